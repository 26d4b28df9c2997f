"""Verdicts and changes: which figure may be used, what counts as a change, and that each says why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest

from pipelines import contracts
from pipelines.editions import shape_of
from pipelines.sample_estimates import NO_SPREAD, TOO_FEW
from warehouse.models import models

REGISTER, LEDGER, RETURNS, RESIDENTS = (
    "registered_associations",
    "grants_share_of_budget",
    "volunteer_hours",
    "resident_participation_share",
)
TERMS = {"2017-2021": date(2017, 6, 1), "2021-2025": date(2021, 8, 1), "2025-2029": date(2025, 6, 1)}


class Marts:
    """A database with the tables that verdicts and changes are made of, empty but for years, terms and indicators."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        for schema in ("core", "marts", "meta"):
            connection.execute(f"CREATE SCHEMA {schema}")
        built = ("marts.figures", "marts.indicator_values", "marts.indicator_changes")
        needed = {name for model in built for name in models()[model].reads}
        for name in needed:
            columns = ", ".join(f"{one.name} {one.duckdb_type}" for one in shape_of(contracts.tables()[name]).columns)
            connection.execute(f"CREATE TABLE {name} ({columns})")
        self.put(
            "meta.edition",
            municipality_code="998",
            edition_id="x",
            active_within_months=24,
            data_until=date(2025, 12, 31),
        )
        for year in range(2020, 2026):
            self.put("core.years", year=year, is_complete=year < 2025)
        for term, starts in TERMS.items():
            self.put("meta.council_terms", term_id=term, starts=starts, ends=starts.replace(year=starts.year + 4))
        for indicator, basis in (
            (REGISTER, "register"),
            (LEDGER, "ledger"),
            (RETURNS, "returns"),
            (RESIDENTS, "residents"),
        ):
            self.put("meta.indicators", indicator_id=indicator, basis=basis, kind="share", materiality=0.05)

    def put(self, table: str, **values: Any) -> None:
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        self.connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))

    def figure(self, table: str, indicator: str, period: str | int, reported: float | None, **values: Any) -> None:
        when = {"term": period} if table == "resident_figures" else {"year": period}
        of = {"breakdown": "total", "breakdown_value": "total", "reported": reported, "n": 50, **values}
        self.put(f"marts.{table}", indicator_id=indicator, **when, **of)

    def estimate(self, table: str, indicator: str, period: str | int, estimate: float | None, **values: Any) -> None:
        when = {"term": period} if table.startswith("resident") else {"year": period}
        of = {"breakdown": "total", "breakdown_value": "total", "estimate": estimate, **values}
        self.put(f"marts.{table}", indicator_id=indicator, **when, **of)

    def made(self, table: str) -> list[dict[str, Any]]:
        self.connection.execute(f"CREATE OR REPLACE TABLE marts.{table} AS {models()[f'marts.{table}'].sql}")
        return self.connection.sql(f"SELECT * FROM marts.{table} ORDER BY period").pl().to_dicts()

    def judged(self) -> list[dict[str, Any]]:
        self.made("figures")
        return self.made("indicator_values")

    def verdict(self) -> dict[str, Any]:
        (row,) = self.judged()
        return row

    def change(self) -> dict[str, Any]:
        self.judged()
        (row,) = self.made("indicator_changes")
        return row


@pytest.fixture
def marts() -> Iterator[Marts]:
    with duckdb.connect() as connection:
        yield Marts(connection)


@pytest.mark.parametrize(
    ("answers", "cv", "verdict", "reason"),
    [
        (60, 0.165, "usable", "estimated"),
        (59, 0.165, "usable_with_care", "rough_estimate"),
        (60, 0.166, "usable_with_care", "rough_estimate"),
        (30, 0.333, "usable_with_care", "rough_estimate"),
        (29, 0.01, "not_usable", "low_coverage"),
        (90, 0.334, "not_usable", "uncertain"),
    ],
)
def test_returns_are_judged_by_coverage_and_spread(
    marts: Marts, answers: int, cv: float, verdict: str, reason: str
) -> None:
    marts.figure("return_figures", RETURNS, 2024, 900, n=answers, population=100)
    marts.estimate("return_estimates", RETURNS, 2024, 1500, lower=1400, upper=1600, cv=cv, n=answers)
    got = marts.verdict()
    assert (got["verdict"], got["verdict_reason"]) == (verdict, f"verdict.{reason}")
    assert (got["value"], got["reported"], got["method"]) == (1500, 900, "stratified_estimate")
    assert got["coverage_share"] == answers / 100


@pytest.mark.parametrize(
    ("upper", "verdict", "reason"),
    [
        (1900, "usable", "estimated"),
        (2200, "usable_with_care", "rough_estimate"),
        (3300, "not_usable", "uncertain"),
    ],
)
def test_an_interval_wider_than_its_cv_tells_counts(marts: Marts, upper: float, verdict: str, reason: str) -> None:
    """Of five answers that happen to be alike the CV is small, and the interval is wide."""
    marts.figure("return_figures", RETURNS, 2024, 900, n=5, population=8)
    marts.estimate("return_estimates", RETURNS, 2024, 1500, lower=1000, upper=upper, cv=0.1, n=5)
    got = marts.verdict()
    assert (got["verdict"], got["verdict_reason"]) == (verdict, f"verdict.{reason}")


@pytest.mark.parametrize("reason", [TOO_FEW, NO_SPREAD])
def test_returns_without_an_estimate_say_why(marts: Marts, reason: str) -> None:
    marts.figure("return_figures", RETURNS, 2024, 0, population=60)
    marts.estimate("return_estimates", RETURNS, 2024, None, n=50, reason=reason)
    got = marts.verdict()
    assert (got["value"], got["verdict"], got["verdict_reason"]) == (None, "not_usable", f"verdict.{reason}")


@pytest.mark.parametrize(
    ("effective_n", "cv", "extra", "verdict", "reason"),
    [
        (100, 0.165, {}, "usable", "weighted"),
        (99, 0.165, {}, "usable_with_care", "rough_weighted"),
        (100, 0.166, {}, "usable_with_care", "rough_weighted"),
        (30, 0.333, {}, "usable_with_care", "rough_weighted"),
        (29, 0.1, {}, "not_usable", "few_residents"),
        (200, 0.334, {}, "not_usable", "uncertain"),
        (200, 0.1, {"is_collapsed": True}, "usable_with_care", "groups_weighted_together"),
        (200, 0.1, {"method": "raked_by_age_sex"}, "usable_with_care", "weighted_without_area"),
    ],
)
def test_residents_are_judged_by_what_their_answers_are_worth(
    marts: Marts, effective_n: float, cv: float, extra: dict[str, Any], verdict: str, reason: str
) -> None:
    weighted = {"method": "raked_by_age_sex_area", "is_collapsed": False, "population": 14_000, **extra}
    marts.figure("resident_figures", RESIDENTS, "2017-2021", 0.5, n=300)
    marts.estimate(
        "resident_estimates",
        RESIDENTS,
        "2017-2021",
        0.4,
        lower=0.3,
        upper=0.5,
        cv=cv,
        effective_n=effective_n,
        **weighted,
    )
    got = marts.verdict()
    assert (got["verdict"], got["verdict_reason"]) == (verdict, f"verdict.{reason}")
    assert (got["value"], got["reported"], got["lower"], got["upper"]) == (0.4, 0.5, 0.3, 0.5)
    assert (got["method"], got["population"], got["coverage_share"]) == (weighted["method"], 14_000, None)


def test_residents_that_were_not_weighted_have_no_value(marts: Marts) -> None:
    marts.figure("resident_figures", RESIDENTS, "2017-2021", 0.5)
    marts.estimate("resident_estimates", RESIDENTS, "2017-2021", None, n=50, is_collapsed=False, reason="not_weighted")
    got = marts.verdict()
    assert (got["value"], got["reported"], got["verdict"]) == (None, 0.5, "not_usable")
    assert (got["verdict_reason"], got["method"]) == ("verdict.not_weighted", "reported_mean")


def test_a_group_of_residents_that_nobody_answered_for_is_not_usable(marts: Marts) -> None:
    marts.figure("resident_figures", RESIDENTS, "2017-2021", None, n=0, breakdown="age_group", breakdown_value="75+")
    got = marts.verdict()
    assert (got["value"], got["n"], got["verdict"]) == (None, 0, "not_usable")
    assert got["verdict_reason"] == "verdict.too_few_answers"


def test_a_year_without_budget_or_population_has_no_share(marts: Marts) -> None:
    marts.figure("grant_figures", LEDGER, 2024, None)
    got = marts.verdict()
    assert (got["value"], got["verdict"], got["verdict_reason"]) == (None, "not_usable", "verdict.no_denominator")


@pytest.mark.parametrize(
    ("before", "now", "direction", "reason"),
    [
        (100, 105, "rose", "rose"),
        (100, 104.9, "no_clear_change", "small"),
        (100, 95.1, "no_clear_change", "small"),
        (100, 95, "fell", "fell"),
        (0, 0, "no_clear_change", "small"),
        (100, None, "not_comparable", "missing"),
    ],
)
def test_what_is_counted_changes_when_it_is_worth_telling(
    marts: Marts, before: float, now: float | None, direction: str, reason: str
) -> None:
    marts.figure("register_figures", REGISTER, 2023, before)
    marts.figure("register_figures", REGISTER, 2024, now)
    got = marts.change()
    assert (got["direction"], got["reason"]) == (direction, f"change.{reason}")
    assert got["change"] == (None if now is None else pytest.approx(now - before))


@pytest.mark.parametrize(
    ("kind", "now", "direction", "reason"),
    [
        ("stock", 60, "no_clear_change", "smaller_minimum"),
        ("stock", 140, "rose", "rose"),
        ("share", 60, "fell", "fell"),
    ],
)
def test_fewer_signs_of_activity_are_no_decline(
    marts: Marts, kind: str, now: float, direction: str, reason: str
) -> None:
    """Of those who don't answer nobody knows whether they are active; a share of answers does fall."""
    marts.put("meta.indicators", indicator_id="seen", basis="evidence", kind=kind, materiality=0.05)
    for year in (2020, 2021):
        for source in ("return", "grant_application"):
            marts.put("core.activity_evidence", kind=source, evidence_on=date(year - 5, 3, 1))
    marts.figure("register_figures", "seen", 2023, 100)
    marts.figure("register_figures", "seen", 2024, now)
    got = marts.change()
    assert (got["direction"], got["reason"]) == (direction, f"change.{reason}")


@pytest.mark.parametrize(
    ("lower", "upper", "direction", "reason"),
    [
        (1, 9, "rose", "rose_in_panel"),
        (-9, -1, "fell", "fell_in_panel"),
        (-1, 9, "no_clear_change", "within_interval"),
        (0, 0, "no_clear_change", "within_interval"),
    ],
)
def test_what_is_sampled_changes_by_the_interval_of_its_panel(
    marts: Marts, lower: float, upper: float, direction: str, reason: str
) -> None:
    """The estimates fell by two thirds, because other associations answered; the panel alone speaks."""
    for year, estimate in ((2023, 3000), (2024, 1000)):
        marts.figure("return_figures", RETURNS, year, estimate / 2, population=60)
        marts.estimate("return_estimates", RETURNS, year, estimate, lower=900, upper=3100, cv=0.1, n=50)
    marts.estimate("return_changes", RETURNS, 2024, (lower + upper) / 2, lower=lower, upper=upper, n=40)
    got = marts.change()
    assert (got["direction"], got["reason"]) == (direction, f"change.{reason}")
    assert got["change"] == (lower + upper) / 2


@pytest.mark.parametrize(
    ("given", "reason"), [(TOO_FEW, "too_few_pairs"), (NO_SPREAD, "no_spread"), (None, "too_few_pairs")]
)
def test_a_panel_that_is_too_small_or_all_alike_tells_no_change(marts: Marts, given: str | None, reason: str) -> None:
    for year in (2023, 2024):
        marts.figure("return_figures", RETURNS, year, 500, population=60)
        marts.estimate("return_estimates", RETURNS, year, 1000, lower=900, upper=1100, cv=0.1, n=50)
    if given is not None:
        marts.estimate("return_changes", RETURNS, 2024, None, n=3, reason=given)
    got = marts.change()
    assert (got["direction"], got["reason"], got["change"]) == ("not_comparable", f"change.{reason}", None)


@pytest.mark.parametrize(
    ("bounds", "direction", "reason"),
    [
        ((0.01, 0.2), "rose", "rose_between_surveys"),
        ((-0.2, -0.01), "fell", "fell_between_surveys"),
        ((-0.1, 0.1), "no_clear_change", "within_interval_of_surveys"),
        (None, "not_comparable", "too_few_residents"),
    ],
)
def test_council_terms_are_compared_by_the_interval_of_the_difference(
    marts: Marts, bounds: tuple[float, float] | None, direction: str, reason: str
) -> None:
    known = {"lower": 0.3, "upper": 0.5, "cv": 0.1, "effective_n": 200, "n": 250, "is_collapsed": False}
    for term in ("2017-2021", "2021-2025"):
        marts.figure("resident_figures", RESIDENTS, term, 0.5)
        marts.estimate("resident_estimates", RESIDENTS, term, 0.4, method="raked_by_age_sex_area", **known)
    if bounds is not None:
        marts.estimate("resident_changes", RESIDENTS, "2021-2025", sum(bounds) / 2, lower=bounds[0], upper=bounds[1])
    got = marts.change()
    assert (got["period"], got["previous_period"]) == ("2021-2025", "2017-2021")
    assert (got["direction"], got["reason"]) == (direction, f"change.{reason}")


def test_a_break_is_said_and_cuts_the_comparison(marts: Marts) -> None:
    marts.put("meta.series_breaks", break_id="b", indicator_id=REGISTER, breaks_on=date(2023, 1, 1))
    for year, value in ((2022, 100), (2023, 300), (2024, 600)):
        marts.figure("register_figures", REGISTER, year, value)
    verdicts = {row["period"]: (row["verdict"], row["break_id"]) for row in marts.judged()}
    assert verdicts == {"2022": ("usable", None), "2023": ("usable_with_care", "b"), "2024": ("usable", None)}
    changes = {row["period"]: (row["direction"], row["reason"]) for row in marts.made("indicator_changes")}
    assert changes == {"2023": ("not_comparable", "change.break"), "2024": ("rose", "change.rose")}


def test_a_break_cuts_council_terms_too(marts: Marts) -> None:
    marts.put("meta.series_breaks", break_id="b", indicator_id=RESIDENTS, breaks_on=date(2023, 1, 1))
    known = {"lower": 0.3, "upper": 0.5, "cv": 0.1, "effective_n": 200, "n": 250, "is_collapsed": False}
    for term in ("2017-2021", "2021-2025"):
        marts.figure("resident_figures", RESIDENTS, term, 0.5)
        marts.estimate("resident_estimates", RESIDENTS, term, 0.4, method="raked_by_age_sex_area", **known)
    marts.estimate("resident_changes", RESIDENTS, "2021-2025", 0.2, lower=0.1, upper=0.3)
    assert marts.change()["reason"] == "change.break"


@pytest.mark.parametrize(("model", "kind"), [("indicator_values", "verdict"), ("indicator_changes", "change")])
def test_every_reason_has_its_sentence_in_three_languages(model: str, kind: str) -> None:
    judged = models()[f"marts.{model}"].sql.partition("judged AS (")[2].partition("END AS reason")[0]
    reasons = set(re.findall(r"(?:THEN|ELSE) '(\w+)'", judged)) | ({TOO_FEW, NO_SPREAD} if kind == "verdict" else set())
    assert len(reasons) > 10
    for reason in reasons:
        text = contracts.messages()[f"{kind}.{reason}"]
        assert len({text.fi, text.sv, text.en}) == 3
