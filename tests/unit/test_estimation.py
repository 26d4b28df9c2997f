"""Estimates against hand-computed strata, and against their own promise."""

from __future__ import annotations

import math
import random

import polars as pl
import pytest

from pipelines import estimation

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
    half = T_975[9] * math.sqrt(variance)
    assert got["estimate"] == pytest.approx(total)
    assert (got["lower"], got["upper"]) == pytest.approx((total - half, total + half))
    assert got["cv"] == pytest.approx(math.sqrt(variance) / total)
    assert got["n"] == 11


def test_a_purpose_group_that_is_a_stratum_is_estimated_alone() -> None:
    got = row(estimation.estimates(TWO_STRATA), "volunteer_hours", "culture")
    assert got["estimate"] == pytest.approx(700)
    assert got["n"] == 6


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
    rows = [(*cell, 1.0) for cell, n in answers.items() for _ in range(n)]
    rows += [(*cell, None) for cell in answers]
    strata = estimation.stratify(field(rows), "volunteer_hours")
    got = {(item[0], item[1]): item[2] for item in strata.select("purpose_group", "got_grant", "stratum").iter_rows()}
    assert got == expected
    answered = strata.filter(pl.col("volunteer_hours").is_not_null())
    assert answered["weight"].sum() == pytest.approx(strata.height)


@pytest.mark.parametrize("answers", [[], [1.0], [1.0, 2.0, 3.0, 4.0]])
def test_too_few_answers_give_null_and_no_exception(answers: list[float]) -> None:
    rows: list[tuple[str, bool, float | None]] = [("sport", True, None)] * 10
    got = estimation.estimates(field(rows + [("sport", True, answer) for answer in answers]))
    if not answers:
        assert got.is_empty()
        return
    assert row(got, "volunteer_hours")["estimate"] is None


@pytest.mark.parametrize("answer", [0.0, 7.0])
def test_equal_answers_have_no_spread_and_no_nan(answer: float) -> None:
    got = estimation.estimates(field([("sport", True, answer)] * 6 + [("sport", True, None)] * 4))
    total = row(got, "volunteer_hours")
    assert (total["estimate"], total["lower"], total["upper"]) == pytest.approx((answer * 10,) * 3)
    for name in ("estimate", "lower", "upper", "cv"):
        assert not got[name].is_nan().any()


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


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    """300 draws of answers from one known field; a nominal 95 % interval may miss as a binomial would."""
    draw = random.Random(11)
    truth = [
        (group, draw.random() < 0.5, draw.gauss(mean, 20)) for group, mean in (("a", 100), ("b", 60)) for _ in range(80)
    ]
    total = sum(value for _, _, value in truth)
    draws, hits = 300, 0
    for _ in range(draws):
        answered = field(
            [(group, receiver, value if draw.random() < 0.6 else None) for group, receiver, value in truth]
        )
        got = estimation._whole(answered, "volunteer_hours", "total")
        hits += got["lower"] <= total <= got["upper"]
    assert 0.92 <= hits / draws <= 0.98
