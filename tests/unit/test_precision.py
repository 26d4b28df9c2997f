"""Estimates are published no finer than their interval allows; what is counted stays exact."""

from __future__ import annotations

import math

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import contracts, precision


def rounded(number: float, width: float | None, *, keeps_side: bool = False) -> float:
    wide = "NULL" if width is None else repr(width)
    told = precision.told(f"{number!r}::DOUBLE", f"{wide}::DOUBLE", keeps_side=keeps_side)
    (found,) = duckdb.sql(f"SELECT {told}").fetchone() or ()
    return float(found)


@pytest.mark.parametrize(
    ("figure", "lower", "upper", "published"),
    [
        (93_803.0, 83_922.0, 103_685.0, 94_000.0),
        (517.0, 426.0, 608.0, 520.0),
        (101_700.0, 91_200.0, 112_300.0, 100_000.0),
        (7.764, 7.61, 7.91, 7.75),
        (0.634, 0.56, 0.69, 0.64),
        (0.3535, 0.21, 0.47, 0.35),
        (12.0, 12.0, 12.0, 12.0),
    ],
)
def test_an_estimate_is_no_finer_than_its_interval(figure: float, lower: float, upper: float, published: float) -> None:
    assert rounded(figure, upper - lower) == published


def test_without_an_interval_a_number_is_counted_and_stays() -> None:
    assert rounded(188_703.5, None) == 188_703.5


def test_nothing_becomes_less_than_nothing() -> None:
    assert math.copysign(1, rounded(-0.001, 1.0)) == 1


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
@settings(deadline=None)
def test_rounding_moves_a_number_by_an_eighth_of_its_interval_at_the_most(number: float, width: float) -> None:
    found = rounded(number, width)
    assert abs(found - number) <= width / 8 + 1e-9 * abs(number)
    assert rounded(found, width) == pytest.approx(found, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    ("bound", "width", "published"),
    [
        (3.0, 1400.0, 100.0),  # the step is 200: half of it
        (-0.01, 1.2, -0.1),
        (0.004, 0.25, 0.025),
        (1.0, 5.0, 1.0),  # not rounded to zero, so as ever
        (0.3, 4.0, 0.5),
        (0.0, 4.0, 0.0),  # what is zero stays zero
    ],
)
def test_a_bound_of_a_change_stays_on_its_side_of_zero(bound: float, width: float, published: float) -> None:
    assert rounded(bound, width, keeps_side=True) == published


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
@settings(deadline=None)
def test_the_side_of_zero_costs_no_precision_and_tells_nothing_but_itself(number: float, width: float) -> None:
    """The bound is rounded as any other number is; only where that gives zero the side is told, and no more."""
    found, plain = rounded(number, width, keeps_side=True), rounded(number, width)
    assert abs(found - number) <= width / 8 + 1e-9 * abs(number)
    if plain:
        assert found == plain
    elif number:
        tiny = rounded(math.copysign(1e-9, number), width, keeps_side=True)
        assert found == tiny


def test_every_public_number_beside_an_interval_is_rounded() -> None:
    """A new table with an interval has to say how its numbers are published; revisions hold what was published."""
    for name, table in contracts.tables().items():
        if name == "meta.revisions":
            continue
        bounds = {column.name for column in table.columns if column.name.endswith(("lower", "upper"))}
        if table.audience == "public":
            assert bounds <= precision.PUBLISHED.get(name, {}).keys(), name
