"""A council term against its baseline and its target: the models run on a few planted figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import duckdb
import polars as pl
import pytest

from pipelines import catalogue, contracts, editions, term_comparison
from pipelines.settings import Settings, parse_settings
from warehouse import database
from warehouse.models import models

Row = dict[str, Any]
OLD, TERM, NEXT = "2017-2021", "2021-2025", "2025-2029"
COUNTED, TOLD, SURVEYED, EVIDENT = (
    "grants_awarded_eur",
    "volunteer_hours",
    "resident_satisfaction",
    "active_associations",
)


@pytest.fixture(scope="module")
def settings() -> Settings:
    return parse_settings(contracts.municipality_settings("esimerkkila"), "municipality.toml")


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A build database with every table, empty."""
    with duckdb.connect() as opened:
        for table in contracts.tables().values():
            columns = ", ".join(f"{column.name} {column.duckdb_type}" for column in table.columns)
            opened.execute(f"CREATE SCHEMA IF NOT EXISTS {table.schema}")
            opened.execute(f"CREATE TABLE {table.full_name} ({columns})")
        yield opened


def plant(connection: duckdb.DuckDBPyConnection, tables: dict[str, list[Row]]) -> None:
    """Put rows into tables in place of what they hold."""
    for name, rows in tables.items():
        columns = contracts.tables()[name].columns
        connection.execute(f"DELETE FROM {name}")
        marks = ", ".join("?" * len(columns))
        for row in rows:
            connection.execute(f"INSERT INTO {name} VALUES ({marks})", [row.get(column.name) for column in columns])


def run(connection: duckdb.DuckDBPyConnection, *names: str) -> None:
    """Build tables by their models."""
    for name in names:
        database.build_from_sql(connection, editions.shape_of(contracts.tables()[name]), models()[name].sql)


@pytest.fixture
def compared(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Callable[..., dict[tuple[str, str], Row]]:
    """Plant figures, run the models, return the rows of `marts.term_values` by indicator and term."""

    def compare(values: list[Row], data_until: date = date(2026, 3, 1), **planted: list[Row]) -> Any:
        tables: dict[str, list[Row]] = {
            "meta.edition": catalogue.edition(settings, "e", data_until),
            "meta.indicators": catalogue.indicators(settings),
            "meta.council_terms": catalogue.council_terms(settings),
            "meta.targets": planted.get("targets", []),
            "meta.series_breaks": planted.get("breaks", []),
            "core.years": [{"year": year, "is_complete": year < data_until.year} for year in range(2015, 2027)],
            "marts.indicator_values": values,
            "marts.indicator_changes": planted.get("changes", []),
            "marts.term_panels": planted.get("panels", []),
        }
        plant(connection, tables)
        run(connection, "marts.term_years", "marts.term_ends", "marts.term_values")
        found = database.read_frame(connection, "marts.term_values")
        return {(row["indicator_id"], row["term_id"]): row for row in found.iter_rows(named=True)}

    return compare


def figure(period: int | str, value: float | None, indicator: str = COUNTED, **more: Any) -> Row:
    return {
        "indicator_id": indicator,
        "municipality_code": "998",
        "period_type": "year" if isinstance(period, int) else "term",
        "period": str(period),
        "breakdown": "total",
        "breakdown_value": "total",
        "value": value,
        "lower": None,
        "upper": None,
        "status": "final",
        "verdict": "usable",
        "verdict_reason": "verdict.counted",
        "is_hidden": False,
        **more,
    }


def target(value: float, indicator: str = COUNTED, term: str = TERM, set_on: date = date(2021, 12, 13)) -> Row:
    return {
        "indicator_id": indicator,
        "term_id": term,
        "target": value,
        "owner": "Esimerkkityöryhmä",
        "set_on": set_on,
        "decided_in": "Valtuusto",
    }


def test_the_baseline_is_the_last_full_year_before_the_term_and_the_newest_its_last_year(compared: Any) -> None:
    rows = compared([figure(year, 1000.0 + year) for year in range(2015, 2026)])
    ends = {
        term: (rows[COUNTED, term]["baseline_period"], rows[COUNTED, term]["latest_period"])
        for term in (OLD, TERM, NEXT)
    }
    assert ends == {OLD: ("2016", "2020"), TERM: ("2020", "2024"), NEXT: ("2024", "2025")}


def test_the_years_of_a_term_and_a_year_without_data_are_told(
    compared: Any, connection: duckdb.DuckDBPyConnection
) -> None:
    compared([figure(year, 10.0) for year in (2020, 2021, 2023, 2024)])
    told = connection.execute(
        "SELECT period, is_baseline, value, verdict, verdict_reason FROM marts.term_years "
        f"WHERE indicator_id = '{COUNTED}' AND term_id = '{TERM}' ORDER BY period"
    ).fetchall()
    assert [(row[0], row[1], row[2]) for row in told] == [
        ("2020", True, 10.0),
        ("2021", False, 10.0),
        ("2022", False, None),
        ("2023", False, 10.0),
        ("2024", False, 10.0),
    ]
    assert told[2][3:] == ("not_usable", "verdict.no_data")


@pytest.mark.parametrize(
    ("latest", "direction", "reason"),
    [
        (102.9, "no_clear_change", "term.small"),
        (100.0, "no_clear_change", "term.small"),
        (103.0, "rose", "term.rose"),
        (97.0, "fell", "term.fell"),
    ],
)
def test_what_is_counted_changes_when_it_passes_the_materiality_of_its_card(
    latest: float, direction: str, reason: str, compared: Any
) -> None:
    assert contracts.indicators()[COUNTED].materiality == 0.03
    row = compared([figure(2020, 100.0), figure(2024, latest)])[COUNTED, TERM]
    assert (row["direction"], row["change_reason"]) == (direction, reason)
    assert row["change"] == pytest.approx(latest - 100)
    assert row["change_share"] == pytest.approx((latest - 100) / 100)


@pytest.mark.parametrize(("year", "is_cut"), [(2020, False), (2021, True), (2023, True), (2024, True), (2025, False)])
def test_a_break_between_baseline_and_newest_cuts_the_comparison_and_says_when(
    year: int, is_cut: bool, compared: Any
) -> None:
    breaks = [{"break_id": "b", "indicator_id": COUNTED, "breaks_on": date(year, 1, 1), "text_fi": "x"}]
    row = compared([figure(2020, 100.0), figure(2024, 150.0)], breaks=breaks)[COUNTED, TERM]
    assert (row["change_reason"] == "term.break") is is_cut
    assert row["broken_on"] == (date(year, 1, 1) if is_cut else None)
    assert (row["change"] is None) is is_cut
    assert (row["baseline"], row["latest"]) == (100.0, 150.0)


def test_a_preliminary_year_is_the_newest_only_when_there_is_no_other(compared: Any) -> None:
    preliminary = figure(2025, 200.0, status="preliminary")
    known = compared([figure(2020, 100.0), figure(2023, 110.0), figure(2024, 190.0, status="preliminary")])
    assert known[COUNTED, TERM]["latest_period"] == "2023"
    alone = compared([figure(2024, 100.0), preliminary])[COUNTED, NEXT]
    assert (alone["latest_period"], alone["latest_status"], alone["direction"]) == (
        "2025",
        "preliminary",
        "not_comparable",
    )
    assert alone["change_reason"] == "term.preliminary"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([], "term.no_latest"),
        ([figure(2020, 1.0)], "term.no_latest"),
        ([figure(2024, 1.0)], "term.no_baseline"),
        ([figure(2020, None, verdict="not_usable"), figure(2024, 1.0)], "term.no_baseline"),
        ([figure(2020, 1.0), figure(2024, 2.0, verdict="not_usable")], "term.not_usable"),
        ([figure(2020, 1.0, verdict="not_usable"), figure(2024, 2.0)], "term.not_usable"),
        ([figure(2020, 1.0, is_hidden=True), figure(2024, 2.0)], "term.hidden"),
    ],
)
def test_what_is_missing_is_empty_with_a_reason(values: list[Row], reason: str, compared: Any) -> None:
    row = compared(values)[COUNTED, TERM]
    assert row["change_reason"] == reason
    assert (row["direction"], row["change"], row["change_share"]) == ("not_comparable", None, None)
    assert reason in contracts.messages()


def test_a_hidden_figure_shows_in_no_column(compared: Any, connection: duckdb.DuckDBPyConnection) -> None:
    compared([figure(2020, 77.0), figure(2024, 99.0, is_hidden=True)])
    for table in ("marts.term_years", "marts.term_values"):
        assert all(99.0 not in row for row in connection.execute(f"SELECT * FROM {table}").fetchall())


def test_a_term_without_any_figure_still_has_its_row(compared: Any) -> None:
    row = compared([], data_until=date(2024, 3, 1))[COUNTED, NEXT]
    assert (row["latest"], row["verdict"], row["verdict_reason"]) == (None, "not_usable", "verdict.no_data")


def test_a_window_that_was_not_full_at_the_baseline_is_not_growth(compared: Any) -> None:
    short = figure(2020, 100.0, EVIDENT, verdict="usable_with_care", verdict_reason="verdict.window_not_full")
    row = compared([short, figure(2024, 200.0, EVIDENT)])[EVIDENT, TERM]
    assert (row["direction"], row["change_reason"]) == ("not_comparable", "term.window_not_full")


@pytest.mark.parametrize(
    ("lower", "upper", "direction", "reason"),
    [
        (5.0, 25.0, "rose", "term.rose_in_panel"),
        (-25.0, -5.0, "fell", "term.fell_in_panel"),
        (-5.0, 25.0, "no_clear_change", "term.within_interval"),
        (None, None, "not_comparable", "term.too_few_pairs"),
    ],
)
def test_what_associations_tell_changes_as_the_panel_of_both_ends_says(
    lower: float | None, upper: float | None, direction: str, reason: str, compared: Any
) -> None:
    """The two estimates fall from 900 to 300: fewer answers must not read as decline."""
    values = [figure(2020, 900.0, TOLD, lower=800.0, upper=990.0), figure(2024, 300.0, TOLD, lower=280.0, upper=320.0)]
    change = None if lower is None else 15.0
    panel = {
        "indicator_id": TOLD,
        "baseline_year": 2020,
        "year": 2024,
        "estimate": change,
        "lower": lower,
        "upper": upper,
    }
    row = compared(values, panels=[panel])[TOLD, TERM]
    assert (row["direction"], row["change_reason"]) == (direction, reason)
    assert row["change"] == change
    assert row["change_share"] == (None if change is None else pytest.approx(15 / 285))


def test_a_survey_of_residents_is_compared_with_that_of_the_term_before(compared: Any) -> None:
    values = [
        figure(term, value, SURVEYED, lower=value - 0.1, upper=value + 0.1) for term, value in ((OLD, 3.2), (TERM, 3.6))
    ]
    change = {
        "indicator_id": SURVEYED,
        "period": TERM,
        "previous_period": OLD,
        "breakdown": "total",
        "breakdown_value": "total",
        "change": 0.4,
        "lower": 0.26,
        "upper": 0.54,
    }
    rows = compared(values, changes=[change])
    row = rows[SURVEYED, TERM]
    assert (row["baseline_period"], row["latest_period"], row["direction"]) == (OLD, TERM, "rose")
    assert row["change"] == 0.4
    assert rows[SURVEYED, OLD]["change_reason"] == "term.no_baseline"
    assert rows[SURVEYED, NEXT]["change_reason"] == "term.no_latest"
    assert compared(values)[SURVEYED, TERM]["change_reason"] == "term.no_interval"
    going_on = [value | {"status": "preliminary"} for value in values]
    assert compared(going_on, changes=[change])[SURVEYED, TERM]["direction"] == "rose"


@pytest.mark.parametrize(
    ("values", "aim", "state", "reason"),
    [
        ([figure(2024, 120.0)], 120.0, "reached", "target.reached"),
        ([figure(2024, 119.0)], 120.0, "missed", "target.missed"),
        ([figure(2023, 130.0)], 120.0, "reached", "target.reached_so_far"),
        ([figure(2023, 119.0)], 120.0, "unknown", "target.last_year_missing"),
        ([], 120.0, "unknown", "target.no_latest"),
        ([figure(2024, 130.0, verdict="not_usable")], 120.0, "unknown", "target.not_usable"),
        ([figure(2024, 130.0, status="preliminary")], 120.0, "unknown", "target.preliminary"),
    ],
)
def test_a_target_is_judged_by_the_newest_figure(
    values: list[Row], aim: float, state: str, reason: str, compared: Any
) -> None:
    row = compared(values, targets=[target(aim)])[COUNTED, TERM]
    assert (row["target_state"], row["target_reason"]) == (state, reason)
    assert (row["target_gap"] is None) is (state == "unknown")
    assert (row["target_owner"], row["target_set_on"]) == ("Esimerkkityöryhmä", date(2021, 12, 13))


def test_a_target_is_open_while_the_term_goes_on(compared: Any) -> None:
    row = compared([figure(2025, 100.0)], targets=[target(120.0, term=NEXT)])[COUNTED, NEXT]
    assert (row["target_state"], row["target_gap"]) == ("open", -20.0)


@pytest.mark.parametrize(
    ("lower", "upper", "reason"),
    [
        (118.0, 140.0, "target.within_interval"),
        (121.0, 140.0, "target.reached"),
        (90.0, 119.0, "target.missed"),
        (None, None, "target.no_interval"),
    ],
)
def test_an_estimate_reaches_a_target_with_its_whole_interval(
    lower: float | None, upper: float | None, reason: str, compared: Any
) -> None:
    value = figure(2024, 119.5, TOLD, lower=lower, upper=upper)
    assert compared([value], targets=[target(120.0, TOLD)])[TOLD, TERM]["target_reason"] == reason


def test_a_target_set_before_a_break_is_not_judged_and_one_set_after_it_is(compared: Any) -> None:
    breaks = [{"break_id": "b", "indicator_id": COUNTED, "breaks_on": date(2023, 1, 1), "text_fi": "x"}]
    reasons = [
        compared([figure(2024, 130.0)], breaks=breaks, targets=[target(120.0, set_on=day)])[COUNTED, TERM][
            "target_reason"
        ]
        for day in (date(2021, 12, 13), date(2023, 2, 1))
    ]
    assert reasons == ["target.break", "target.reached"]


def test_where_less_is_better_the_target_is_reached_from_above(
    compared: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards = [row | {"direction": "down"} for row in catalogue.indicators(settings)]
    monkeypatch.setattr(catalogue, "indicators", lambda _: cards)
    reached = compared([figure(2024, 119.0)], targets=[target(120.0)])[COUNTED, TERM]
    missed = compared([figure(2024, 121.0)], targets=[target(120.0)])[COUNTED, TERM]
    assert (reached["target_state"], missed["target_state"]) == ("reached", "missed")


def test_every_indicator_has_a_row_in_every_term(compared: Any) -> None:
    assert set(compared([])) == {(name, term) for name in contracts.indicators() for term in (OLD, TERM, NEXT)}


def field(year: int, answers: dict[str, float | None]) -> pl.DataFrame:
    rows = [
        {"year": year, "register_number": name, "purpose_group": "sport", "got_grant": True, "volunteer_hours": answer}
        for name, answer in answers.items()
    ]
    told = dict.fromkeys(
        ("volunteer_persons", "members", "events", "joint_events", "cooperation_grade", "agrees"), pl.Float64
    )
    frame = pl.DataFrame(rows, schema_overrides={"volunteer_hours": pl.Float64})
    return frame.with_columns(pl.lit(None, kind).alias(name) for name, kind in told.items())


def test_a_panel_is_of_those_that_answered_at_both_ends_of_the_term() -> None:
    """Ten associations gained 4 or 6 hours each; the ten that answered at the baseline only had a thousand each."""
    stayed = {f"stayed-{number}": 10.0 + number for number in range(10)}
    left = {f"left-{number}": 1000.0 for number in range(10)}
    then = field(2020, {**stayed, **left})
    now = field(2024, {**{name: hours + 4 + 2 * (hours % 2) for name, hours in stayed.items()}, **dict.fromkeys(left)})
    panels = term_comparison.panels(pl.concat([then, now]), [(2020, 2024), (2020, 2024)])
    (row,) = panels.filter(pl.col("indicator_id") == "volunteer_hours").iter_rows(named=True)
    assert (row["baseline_year"], row["year"], row["n"]) == (2020, 2024, 10)
    assert row["estimate"] == pytest.approx(5 * 20)


def test_without_years_to_compare_there_are_no_panels() -> None:
    assert term_comparison.panels(field(2020, {"a": 1.0}), []).is_empty()
