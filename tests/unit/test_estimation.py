"""Estimates against hand-computed strata, and against their own promise."""

from __future__ import annotations

import math
import random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import estimation
from pipelines.strata import LABEL_SCHEMA, Count, stratify

T_975 = {9: 2.2621571628, 14: 2.1447866879}
"""Quantiles of the t distribution, tables."""


def field(rows: list[tuple[str, bool, float | None]], year: int = 2024) -> pl.DataFrame:
    """Associations of a year with one answer, the same in every column."""
    frame = pl.DataFrame(
        [(year, str(number), group, receiver, answer) for number, (group, receiver, answer) in enumerate(rows)],
        schema={
            "year": pl.Int64,
            "register_number": pl.String,
            "purpose_group": pl.String,
            "got_grant": pl.Boolean,
            "volunteer_hours": pl.Float64,
        },
        orient="row",
    )
    others = ("volunteer_persons", "members", "events", "joint_events", "cooperation_grade")
    return frame.with_columns(
        *(pl.col("volunteer_hours").alias(name) for name in others),
        agrees=pl.when(pl.col("volunteer_hours").is_not_null()).then((pl.col("volunteer_hours") >= 4).cast(pl.Int64)),
    )


def row(frame: pl.DataFrame, indicator: str, value: str = "total") -> dict[str, float]:
    found = frame.filter((pl.col("indicator_id") == indicator) & (pl.col("breakdown_value") == value))
    assert found.height == 1
    return found.row(0, named=True)


SPORT = [1.0, 2.0, 3.0, 4.0, 5.0]
CULTURE = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0]
TWO_STRATA = field(
    [("sport", False, answer) for answer in (*SPORT, *[None] * 5)]
    + [("culture", False, answer) for answer in (*CULTURE, *[None] * 14)]
)


def test_total_and_interval_of_two_strata_by_hand() -> None:
    got = row(estimation.estimates(TWO_STRATA), "volunteer_hours")
    total = 10 * 3 + 20 * 35
    variance = 10**2 * (1 - 5 / 10) * 2.5 / 5 + 20**2 * (1 - 6 / 20) * 350 / 6
    told = sum(SPORT + CULTURE)
    ratio = math.exp(T_975[9] * math.sqrt(variance) / (total - told))  # even answers leave all 11 - 2
    assert got["estimate"] == pytest.approx(total)
    bounds = told + (total - told) / ratio, told + (total - told) * ratio
    assert (got["lower"], got["upper"]) == pytest.approx(bounds)
    assert got["cv"] == pytest.approx(math.sqrt(variance) / total)
    assert got["n"] == 11


def test_one_great_answer_makes_the_interval_of_a_total_longer_than_its_spread_alone() -> None:
    answers = [*[1.0] * 9, 2.0, 3.0, 60.0]
    got = row(
        estimation.estimates(field([("sport", False, one) for one in (*answers, *[None] * 12)])), "volunteer_hours"
    )
    told, total, spread = 74, 148, math.sqrt(24**2 * (1 - 12 / 24) * 287.7878787879 / 12)
    as_if_normal = told + (total - told) * math.exp(2.2009851601 * spread / (total - told))
    assert got["estimate"] == pytest.approx(total)
    assert got["cv"] == pytest.approx(spread / total)
    assert got["upper"] > 1.5 * as_if_normal
    assert told < got["lower"] < total


def test_mean_and_share_of_two_strata_by_hand() -> None:
    got = estimation.estimates(TWO_STRATA)
    mean = row(got, "cooperation_grade")
    variance = (10 / 30) ** 2 * (1 - 5 / 10) * 2.5 / 5 + (20 / 30) ** 2 * (1 - 6 / 20) * 350 / 6
    half = T_975[9] * math.sqrt(variance)
    assert mean["estimate"] == pytest.approx(730 / 30)
    assert (mean["lower"], mean["upper"]) == pytest.approx((730 / 30 - half, 730 / 30 + half))
    share = row(got, "cooperation_works_share")  # 2 of 5 in one stratum, all 6 in the other
    truth, spread = (10 * 0.4 + 20) / 30, math.sqrt((10 / 30) ** 2 * (1 - 5 / 10) * 0.4 * 0.6 / 4)
    logit, half = math.log(truth / (1 - truth)), T_975[9] * spread / (truth * (1 - truth))
    bounds = [1 / (1 + math.exp(-logit - side * half)) for side in (-1, 1)]
    assert share["estimate"] == pytest.approx(truth)
    assert [share["lower"], share["upper"]] == pytest.approx(bounds)


def test_a_purpose_group_that_is_a_stratum_is_estimated_alone() -> None:
    got = row(estimation.estimates(TWO_STRATA), "volunteer_hours", "culture")
    assert got["estimate"] == pytest.approx(700)
    assert got["n"] == 6


def test_a_group_is_not_estimated_by_what_others_did_not_answer() -> None:
    """For the whole it is collapsed with a group in which one of 28 answered; of its own 12, eight did."""
    silent = [("labour", False, answer) for answer in (1.0, *[None] * 27)]
    sport = [("sport", False, answer) for answer in (*SPORT, 6.0, 7.0, 8.0, *[None] * 4)]
    found = estimation.estimates(field(sport + silent))
    assert row(found, "volunteer_hours")["estimate"] == pytest.approx(40 * (36 + 1) / 9)
    assert row(found, "volunteer_hours", "sport")["estimate"] == pytest.approx(12 * 4.5)
    assert row(found, "volunteer_hours", "labour")["reason"] == "too_few_answers"


def test_equal_answers_of_a_collapsed_group_have_no_spread() -> None:
    equal = [("sport", False, answer) for answer in (*[100.0] * 8, *[None] * 4)]
    others = [("labour", False, answer) for answer in (1.0, *[None] * 27)]
    got = row(estimation.estimates(field(equal + others)), "volunteer_hours", "sport")
    assert (got["estimate"], got["reason"]) == (None, "no_spread")


def test_everybody_answered_so_nothing_is_uncertain() -> None:
    got = row(estimation.estimates(field([("sport", True, value) for value in SPORT])), "volunteer_hours")
    assert (got["estimate"], got["lower"], got["upper"]) == (15, 15, 15)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({("a", True): 9, ("a", False): 7}, {("a", True): "a/receiver", ("a", False): "a/other"}),
        ({("a", True): 9, ("a", False): 4}, {("a", True): "a", ("a", False): "a"}),
        (
            {("a", True): 9, ("b", False): 3, ("c", False): 2},
            {("a", True): "a/receiver", ("b", False): "rest", ("c", False): "rest"},
        ),
        (
            {("a", True): 9, ("b", True): 6, ("c", False): 2},
            {("a", True): "a/receiver", ("b", True): "rest", ("c", False): "rest"},
        ),
        ({("a", True): 1, ("b", True): 1}, {("a", True): "rest", ("b", True): "rest"}),
        ({("a", True): 6, ("b", True): 0}, {("a", True): "rest", ("b", True): "rest"}),
    ],
)
def test_collapsing(answers: dict[tuple[str, bool], int], expected: dict[tuple[str, bool], str]) -> None:
    strata = stratify({cell: Count(n + 1, n) for cell, n in answers.items()})
    assert strata.labels == expected
    rows = pl.DataFrame(list(strata.rows(0, 0)), schema=LABEL_SCHEMA, orient="row")
    answered = [answers[group, receiver] for group, receiver in rows.select("purpose_group", "got_grant").iter_rows()]
    assert (rows["weight"] * pl.Series(answered)).sum() == pytest.approx(sum(answers.values()) + len(answers))


@pytest.mark.parametrize("answers", [[], [1.0], [1.0, 2.0, 3.0, 4.0]])
def test_too_few_answers_give_null_and_no_exception(answers: list[float]) -> None:
    rows: list[tuple[str, bool, float | None]] = [("sport", True, None)] * 10
    got = estimation.estimates(field(rows + [("sport", True, answer) for answer in answers]))
    if not answers:
        assert got.is_empty()
        return
    assert row(got, "volunteer_hours")["estimate"] is None


@pytest.mark.parametrize("answer", [0.0, 7.0])
def test_equal_answers_say_nothing_of_those_who_did_not_answer(answer: float) -> None:
    got = estimation.estimates(field([("sport", True, answer)] * 6 + [("sport", True, None)] * 4))
    assert set(got["reason"]) == {"no_spread"}
    assert got["estimate"].null_count() == got.height > 0


@pytest.mark.parametrize("answer", [0.0, 7.0])
def test_equal_answers_of_everybody_are_exact(answer: float) -> None:
    got = estimation.estimates(field([("sport", True, answer)] * 6))
    total, share = row(got, "volunteer_hours"), row(got, "cooperation_works_share")
    assert (total["estimate"], total["lower"], total["upper"], total["cv"]) == (answer * 6, answer * 6, answer * 6, 0)
    expected = float(answer >= 4)
    assert (share["estimate"], share["lower"], share["upper"]) == (expected, expected, expected)


def test_the_same_change_everywhere_has_no_interval() -> None:
    before = field([("sport", True, float(value)) for value in range(9)], 2023)
    now = field([("sport", True, float(value + 2) if value else None) for value in range(9)], 2024)
    got = row(estimation.changes(pl.concat([before, now])), "volunteer_hours")
    assert (got["estimate"], got["reason"], got["n"]) == (None, "no_spread", 8)


def test_the_order_of_the_rows_does_not_show() -> None:
    years = pl.concat(
        [TWO_STRATA, TWO_STRATA.with_columns(year=pl.lit(2025, pl.Int64), volunteer_hours=pl.col("members") ** 1.1)]
    )
    for of in (estimation.estimates, estimation.changes):
        keys = ["indicator_id", "year", "breakdown", "breakdown_value"]
        first = of(years).sort(keys)
        for seed in range(5):
            assert of(years.sample(fraction=1, shuffle=True, seed=seed)).sort(keys).equals(first)


CELL = st.tuples(
    st.sampled_from(["sport", "culture", "village"]),
    st.booleans(),
    st.one_of(st.none(), st.sampled_from([0.0, 1.0, 5.0, 1e9]), st.floats(0, 1e6)),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(CELL, min_size=1, max_size=40), st.lists(CELL, min_size=1, max_size=40))
def test_whatever_comes_there_is_a_number_or_a_reason(
    then: list[tuple[str, bool, float | None]], now: list[tuple[str, bool, float | None]]
) -> None:
    """Strata without answers, with one, with equal ones: never an exception, a NaN or a silent zero."""
    both = pl.concat([field(then, 2023), field(now, 2024)])
    answers = {2023: then, 2024: now}
    for one in estimation.estimates(both).iter_rows(named=True):
        numbers = [one[name] for name in ("estimate", "lower", "upper", "cv")]
        assert all(number is None or math.isfinite(number) for number in numbers)
        assert (one["estimate"] is None) == (one["reason"] in {"too_few_answers", "no_spread"})
        if one["estimate"] is not None:
            assert one["lower"] <= one["estimate"] <= one["upper"]
        if one["estimate"] == 0 and one["indicator_id"] in estimation.TOTALS:
            told = [answer for group, _, answer in answers[one["year"]] if one["breakdown_value"] in {"total", group}]
            assert set(told) == {0.0}  # zero is said only when everybody said it
    for one in estimation.changes(both).iter_rows(named=True):
        assert all(one[name] is None or math.isfinite(one[name]) for name in ("estimate", "lower", "upper"))
        assert (one["estimate"] is None) == (one["reason"] is not None)


def test_half_of_the_answers_lost_at_random_is_not_a_decline() -> None:
    draw = random.Random(4)
    rows = [(draw.choice(["sport", "culture"]), draw.random() < 0.5, draw.lognormvariate(5, 1)) for _ in range(120)]
    full = field(rows, 2023)
    halved = field([(group, receiver, answer if draw.random() < 0.5 else None) for group, receiver, answer in rows])
    got = row(estimation.changes(pl.concat([full, halved])), "volunteer_hours")
    assert (got["estimate"], got["lower"], got["upper"]) == (0, 0, 0)
    assert got["n"] < 80


def test_change_of_the_panel_by_hand() -> None:
    before = field(
        [("sport", True, 10.0), ("sport", True, 20.0), ("sport", True, 30.0)] * 5 + [("sport", True, 99.0)], 2023
    )
    now = field(
        [("sport", True, 11.0), ("sport", True, 22.0), ("sport", True, 33.0)] * 5 + [("sport", True, None)], 2024
    )
    got = row(estimation.changes(pl.concat([before, now])), "volunteer_hours")
    variance = 16**2 * (1 - 15 / 16) * (10 / 14) / 15
    half = T_975[14] * math.sqrt(variance)
    assert got["estimate"] == pytest.approx(16 * 2)
    assert (got["lower"], got["upper"]) == pytest.approx((32 - half, 32 + half))
    assert got["n"] == 15


def test_years_that_do_not_follow_each_other_are_not_compared() -> None:
    gap = pl.concat([field([("sport", True, 1.0)] * 6, 2020), field([("sport", True, 2.0)] * 6, 2024)])
    assert estimation.changes(gap).is_empty()
