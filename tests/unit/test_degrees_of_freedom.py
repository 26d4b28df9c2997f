"""Degrees of freedom of a total: those of the t interval where answers are as if normal, fewer where few are large."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.degrees_of_freedom import LEAST, WHOLE, degrees_of_freedom

AS_IF_NORMAL = [-1.0, 0.0, 0.0, 0.0, 0.0, 1.0]
"""Its kurtosis is 3."""


def answered(strata: dict[str, tuple[list[float], int]]) -> pl.DataFrame:
    rows = [(0, name, size, name, answer) for name, (answers, size) in strata.items() for answer in answers]
    columns = ["sample", "stratum", "stratum_size", "purpose_group", "answer"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def of_whole(answers: pl.DataFrame) -> float:
    return degrees_of_freedom(answers)[0, WHOLE]


def test_of_answers_as_if_normal_they_are_one_less_than_the_answers() -> None:
    got = of_whole(answered({"a": (AS_IF_NORMAL, 20)}))
    assert got == pytest.approx(5)


def test_of_two_strata_by_hand() -> None:
    two = answered({"a": ([1.0, 2.0, 3.0, 4.0, 5.0], 10), "b": ([10.0, 20.0, 30.0, 40.0, 50.0, 60.0], 20)})
    variances = 10**2 * 0.5 * 2.5 / 5, 20**2 * 0.7 * 350 / 6
    peak = 1.7184832451  # of the eleven answers, each less the mean of its stratum and over its standard deviation
    uncertain = variances[0] ** 2 * (peak - 2 / 4) / 5 + variances[1] ** 2 * (peak - 3 / 5) / 6
    assert of_whole(two) == pytest.approx(2 * sum(variances) ** 2 / uncertain)


def test_one_great_answer_leaves_few() -> None:
    even = answered({"a": ([float(number) for number in range(20)], 40)})
    uneven = answered({"a": ([float(number) for number in range(19)] + [500.0], 40)})
    assert of_whole(even) > 19
    assert LEAST <= of_whole(uneven) < 4


def test_a_group_has_those_of_its_own_strata_and_the_tail_of_all() -> None:
    two = answered({"a": (AS_IF_NORMAL, 20), "b": (AS_IF_NORMAL * 2, 30)})
    of_group = degrees_of_freedom(two)[0, "a"]
    assert of_group == pytest.approx(5, rel=0.03)
    assert of_whole(two) > of_group


@pytest.mark.parametrize("answers", [[7.0], [7.0, 7.0, 7.0], [1.0, 2.0]])
def test_what_tells_next_to_nothing_leaves_the_least(answers: list[float]) -> None:
    assert of_whole(answered({"a": (answers, 9)})) == LEAST


def test_samples_that_are_reckoned_together_are_reckoned_as_if_alone() -> None:
    samples = [
        answered({"a": (AS_IF_NORMAL, 20), "b": ([1.0, 2.0, 90.0, 4.0, 5.0], 30)}),
        answered({"b": ([1.0, 1.0, 1.0, 2.0, 1.5, 60.0], 60)}),
    ]
    numbered = [one.with_columns(sample=pl.lit(number)) for number, one in enumerate(samples)]
    together = degrees_of_freedom(pl.concat(numbered))
    for number, one in enumerate(samples):
        for (_, group), alone in degrees_of_freedom(one).items():
            assert together[number, group] == alone
