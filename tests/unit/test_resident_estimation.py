"""Answers of residents: who is weighted together, what the weights do, and when there is no figure."""

from __future__ import annotations

import math
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import contracts, resident_estimation
from pipelines.resident_weighting import (
    BY_AGE_SEX,
    BY_AGE_SEX_AREA,
    Weighable,
    age_sex_cells,
    area_cells,
    prepare,
    rake,
)

TERM, BEFORE = "2021-2025", "2017-2021"
AGES = ("18-29", "30-44", "45-64", "65-74", "75+")
SHARE = "resident_participation_share"


def population(*groups: tuple[str, str, int], areas: dict[str, int] | None = None, term: str = TERM) -> pl.DataFrame:
    """Residents by age group and sex, and by area."""
    rows: list[tuple[str, str, str | None, str | None, str | None, int]] = [
        (term, "age_sex", age, sex, None, residents) for age, sex, residents in groups
    ]
    rows += [(term, "area", None, None, area, residents) for area, residents in (areas or {}).items()]
    schema = {
        "term": pl.String,
        "margin": pl.String,
        "age_group": pl.String,
        "sex": pl.String,
        "area": pl.String,
        "residents": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


Told = tuple[str | None, str | None, str | None, int | None]


def survey(answers: list[Told], term: str = TERM, number: int = 2, first: int = 1) -> pl.DataFrame:
    """Answers of (age group, sex, area, yes or no); satisfaction is 4 where it is yes and 2 where it is no."""
    frame = pl.DataFrame(
        [(first + place, term, number, *answer) for place, answer in enumerate(answers)],
        schema={
            "answer_number": pl.Int64,
            "term": pl.String,
            "term_number": pl.Int64,
            "age_group": pl.String,
            "sex": pl.String,
            "area": pl.String,
            "participated": pl.Int64,
        },
        orient="row",
    )
    yes = pl.col("participated")
    return frame.with_columns(volunteered=yes, knows_where_to_ask=yes, satisfaction=2 + 2 * yes)


def row(frame: pl.DataFrame, breakdown: str = "total", value: str = "total", indicator: str = SHARE) -> dict[str, Any]:
    here = (pl.col("breakdown") == breakdown) & (pl.col("breakdown_value") == value)
    (found,) = frame.filter(here & (pl.col("indicator_id") == indicator)).iter_rows(named=True)
    return found


TOWN = population(
    ("18-29", "female", 1000), ("18-29", "male", 1000), ("30-44", "female", 3000), ("30-44", "male", 5000)
)
ANSWERS: list[Told] = (
    [("18-29", "female", None, 1)] * 12
    + [("18-29", "female", None, 0)] * 8
    + [("18-29", "male", None, 1)] * 3
    + [("18-29", "male", None, 0)] * 7
    + [("30-44", "female", None, 1)] * 6
    + [("30-44", "female", None, 0)] * 6
    + [("30-44", "male", None, 1)] * 2
    + [("30-44", "male", None, 0)] * 6
)


def test_age_and_sex_alone_are_weighted_by_hand() -> None:
    """With one margin raking is post-stratification: each group's share times its residents."""
    got = row(resident_estimation.estimates(survey(ANSWERS), TOWN))
    shares = {(1000, 20): 0.6, (1000, 10): 0.3, (3000, 12): 0.5, (5000, 8): 0.25}
    assert got["estimate"] == pytest.approx(sum(count * share for (count, _), share in shares.items()) / 10_000)
    within = {key: share * (1 - share) / key[1] for key, share in shares.items()}
    # the variance of the post-stratified share, with n/(n-1) of the whole sample (Lohr ch. 4.4)
    variance = 50 / 49 * sum((count / 10_000) ** 2 * spread for (count, _), spread in within.items())
    assert got["cv"] * got["estimate"] == pytest.approx(math.sqrt(variance))
    weights = [count / n for count, n in shares for _ in range(n)]
    assert got["effective_n"] == pytest.approx(sum(weights) ** 2 / sum(weight**2 for weight in weights))
    assert got["deff"] == pytest.approx(50 / got["effective_n"])
    assert (got["n"], got["population"], got["method"]) == (50, 10_000, BY_AGE_SEX)
    assert got["lower"] < got["estimate"] < got["upper"]


def test_the_mean_is_weighted_as_the_shares_are() -> None:
    estimated = resident_estimation.estimates(survey(ANSWERS), TOWN)
    assert row(estimated, indicator="resident_satisfaction")["estimate"] == pytest.approx(
        2 + 2 * row(estimated)["estimate"]
    )


def test_areas_are_met_too_and_give_shares_only() -> None:
    answers = [(age, sex, "a" if place % 3 else "b", yes) for place, (age, sex, _, yes) in enumerate(ANSWERS)]
    # areas count children too: 16,000 against 10,000 adults
    residents = pl.concat([TOWN, population(areas={"a": 4000, "b": 12_000})])
    prepared = prepare(survey(answers).with_columns(answer="participated"), residents)
    assert isinstance(prepared, Weighable)
    assert prepared.method == BY_AGE_SEX_AREA
    sample = rake(prepared.records, prepared.controls)
    assert sample is not None
    weighted = sample.data.lazy().collect()
    by_area = dict(weighted.group_by("area").agg(pl.col("rk_wgt").sum()).iter_rows())
    assert by_area == pytest.approx({"a": 2500, "b": 7500})
    by_age = dict(weighted.group_by("age_group").agg(pl.col("rk_wgt").sum()).iter_rows())
    assert by_age == pytest.approx({"18-29": 2000, "30-44": 8000})


def test_an_answer_with_a_gap_counts_in_parts_and_once() -> None:
    answers: list[Told] = [*ANSWERS, ("30-44", "other", None, 1), (None, "male", None, 1), (None, None, None, 0)]
    prepared = prepare(survey(answers).with_columns(answer="participated"), TOWN)
    assert isinstance(prepared, Weighable)
    parts = prepared.records.filter(pl.col("answer_number") > 50)
    assert parts.group_by("answer_number").agg(pl.col("base").sum()).sort("answer_number")["base"].to_list() == (
        pytest.approx([1.0, 1.0, 1.0])
    )
    of_other = parts.filter(pl.col("answer_number") == 51)
    assert dict(of_other.select("sex_of", "base").iter_rows()) == pytest.approx({"female": 3 / 8, "male": 5 / 8})
    of_nobody = parts.filter(pl.col("answer_number") == 53)
    assert of_nobody.height == 4
    assert row(resident_estimation.estimates(survey(answers), TOWN))["n"] == 53


def test_children_are_told_and_not_estimated_from() -> None:
    with_children: list[Told] = [*ANSWERS, *[("0-17", "female", None, 1)] * 9]
    got = resident_estimation.estimates(survey(with_children), TOWN)
    assert row(got) == row(resident_estimation.estimates(survey(ANSWERS), TOWN))
    child = row(got, "age_group", "0-17")
    assert (child["estimate"], child["reason"]) == (None, "outside_population")


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"18-29": (5, 5), "30-44": (9, 5)}, {"18-29/m", "18-29/w", "30-44/m", "30-44/w"}),
        ({"18-29": (7, 4), "30-44": (9, 5)}, {"18-29", "30-44/m", "30-44/w"}),
        ({"18-29": (1, 1), "30-44": (9, 5)}, {"18-29+30-44/m", "18-29+30-44/w"}),
        ({"18-29": (9, 9), "30-44": (0, 0), "45-64": (5, 5)}, {"18-29/m", "18-29/w", "30-44+45-64/m", "30-44+45-64/w"}),
        ({"18-29": (9, 1), "30-44": (0, 0), "45-64": (2, 1)}, {"18-29+30-44+45-64"}),
        ({"18-29": (0, 0), "30-44": (0, 0)}, {"18-29+30-44"}),
    ],
)
def test_small_groups_are_weighted_with_a_neighbour(answers: dict[str, tuple[int, int]], expected: set[str]) -> None:
    counts = {(age, sex): n for age, both in answers.items() for sex, n in zip("mw", both, strict=True)}
    cells = age_sex_cells(counts)
    assert set(cells.values()) == expected
    assert set(cells) == set(counts)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"a": 9, "b": 5}, {"a": "a", "b": "b"}),
        ({"a": 9, "b": 3, "c": 2}, {"a": "a", "b": "rest", "c": "rest"}),
        ({"a": 9, "b": 6, "c": 0}, {"a": "a", "b": "rest", "c": "rest"}),
        ({"a": 1, "b": 0}, {"a": "rest", "b": "rest"}),
    ],
)
def test_small_areas_are_weighted_together(answers: dict[str, float], expected: dict[str, str]) -> None:
    assert area_cells(answers) == expected


def test_a_missing_age_class_is_weighted_with_its_neighbour_and_said() -> None:
    without = [answer for answer in ANSWERS if answer[:2] != ("18-29", "male")]
    got = row(resident_estimation.estimates(survey(without), TOWN))
    assert got["is_collapsed"]
    assert got["reason"] is None
    assert got["estimate"] == pytest.approx(0.2 * 0.6 + 0.3 * 0.5 + 0.5 * 0.25)


@pytest.mark.parametrize(
    ("answers", "residents", "reason"),
    [
        (ANSWERS, population(), "not_weighted"),
        (ANSWERS, population(("18-29", "female", 0)), "not_weighted"),
        (ANSWERS[:29], TOWN, "too_few_answers"),
        (ANSWERS, population(("18-29", "female", 20), ("30-44", "male", 20)), "more_answers_than_residents"),
        ([(None, sex, None, yes) for _, sex, _, yes in ANSWERS], TOWN, "background_not_told"),
        ([(age, "not_told", None, yes) for age, _, _, yes in ANSWERS], TOWN, "background_not_told"),
        ([("30-44", "female", None, yes) for *_, yes in ANSWERS], TOWN, "one_group_only"),
        ([(age, sex, area, 1) for age, sex, area, _ in ANSWERS], TOWN, "no_spread"),
        (
            [(age, sex, "a" if age == "18-29" else "b", yes) for age, sex, _, yes in ANSWERS],
            pl.concat([TOWN, population(areas={"a": 9000, "b": 1000})]),
            "weighting_failed",
        ),
    ],
)
def test_what_can_not_be_weighted_is_null_with_its_reason(
    answers: list[Told], residents: pl.DataFrame, reason: str
) -> None:
    got = row(resident_estimation.estimates(survey(answers), residents))
    assert (got["estimate"], got["lower"], got["upper"], got["reason"]) == (None, None, None, reason)
    assert f"verdict.{reason}" in contracts.messages()


def test_a_question_that_nobody_answered_has_no_row() -> None:
    nothing = survey(ANSWERS).with_columns(participated=pl.lit(None, pl.Int64))
    got = resident_estimation.estimates(nothing, TOWN)
    assert SHARE not in got["indicator_id"].unique().to_list()
    assert resident_estimation.estimates(survey([]), TOWN).is_empty()


def both_terms(before: list[Told], now: list[Told]) -> tuple[pl.DataFrame, pl.DataFrame]:
    answers = pl.concat([survey(before, BEFORE, 1), survey(now, TERM, 2, first=1000)])
    return answers, pl.concat([TOWN.with_columns(term=pl.lit(BEFORE)), TOWN])


def test_the_change_between_terms_is_the_difference_of_two_independent_samples() -> None:
    more_yes = [(age, sex, area, 1 if place % 4 == 0 else yes) for place, (age, sex, area, yes) in enumerate(ANSWERS)]
    answers, residents = both_terms(ANSWERS, more_yes)
    estimated = resident_estimation.estimates(answers, residents)
    before, now = (row(estimated.filter(pl.col("term") == term)) for term in (BEFORE, TERM))
    change = row(resident_estimation.changes(answers, residents))
    assert change["term"] == TERM
    assert change["estimate"] == pytest.approx(now["estimate"] - before["estimate"])
    error = math.hypot(*(one["cv"] * one["estimate"] for one in (before, now)))
    t_of_98 = 1.9844674545
    assert change["upper"] - change["estimate"] == pytest.approx(t_of_98 * error)
    assert change["estimate"] - change["lower"] == pytest.approx(t_of_98 * error)


def test_terms_are_compared_only_with_the_term_before_and_with_answers_in_both() -> None:
    answers, residents = both_terms(ANSWERS, ANSWERS)
    assert row(resident_estimation.changes(answers, residents))["estimate"] == pytest.approx(0)
    a_term_between = answers.with_columns(term_number=pl.col("term_number") * 2)
    assert resident_estimation.changes(a_term_between, residents).is_empty()
    assert resident_estimation.changes(*both_terms(ANSWERS, ANSWERS[:20])).is_empty()
    assert resident_estimation.changes(answers, TOWN).is_empty()


def test_the_order_of_the_rows_does_not_show() -> None:
    answers, residents = both_terms(ANSWERS, ANSWERS[::-1])
    for of in (resident_estimation.estimates, resident_estimation.changes):
        keys = ["indicator_id", "term", "breakdown", "breakdown_value"]
        first = of(answers, residents).sort(keys)
        for seed in range(5):
            shuffled = of(
                answers.sample(fraction=1, shuffle=True, seed=seed),
                residents.sample(fraction=1, shuffle=True, seed=seed),
            )
            assert shuffled.sort(keys).equals(first)


OPTIONS = st.tuples(
    st.sampled_from(["0-17", *AGES[:2], None]),
    st.sampled_from(["female", "male", "other", None]),
    st.sampled_from(["a", "b", "c", None]),
    st.sampled_from([0, 1, None]),
)


@settings(max_examples=60, deadline=None)
@given(
    answers=st.lists(OPTIONS, max_size=80),
    counts=st.lists(st.integers(0, 400), min_size=4, max_size=4),
    areas=st.dictionaries(st.sampled_from("abc"), st.integers(0, 500)),
)
def test_whatever_comes_there_is_a_number_or_a_reason(
    answers: list[Told], counts: list[int], areas: dict[str, int]
) -> None:
    groups = [(age, sex, counts.pop()) for age in AGES[:2] for sex in ("female", "male")]
    got = resident_estimation.estimates(survey(answers), population(*groups, areas=areas))
    for one in got.iter_rows(named=True):
        numbers = [one[name] for name in ("estimate", "lower", "upper", "cv", "effective_n", "deff")]
        assert all(number is None or math.isfinite(number) for number in numbers)
        assert (one["estimate"] is None) == (one["reason"] is not None), one
        if one["reason"] is not None:
            assert f"verdict.{one['reason']}" in contracts.messages()
        elif one["indicator_id"] in resident_estimation.SHARES:
            assert 0 <= one["lower"] <= one["estimate"] <= one["upper"] <= 1
