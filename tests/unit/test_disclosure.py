"""Small cells are hidden, and nothing that is shown gives them back."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines import contracts, disclosure

SCHEMA = {
    "indicator_id": pl.String,
    "period_type": pl.String,
    "period": pl.String,
    "breakdown": pl.String,
    "breakdown_value": pl.String,
    "n": pl.Int64,
    "value": pl.Float64,
    "is_hidden": pl.Boolean,
}
PROTECTED = "volunteer_hours"


def table(
    cells: list[int], breakdown: str = "purpose_group", indicator: str = PROTECTED, period: str = "2024"
) -> pl.DataFrame:
    """One breakdown of one indicator and year, a cell for each number of units."""
    rows = [(indicator, "year", period, breakdown, f"{place:02}", n, float(n), False) for place, n in enumerate(cells)]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def hidden(values: pl.DataFrame, k: int = 3) -> list[bool]:
    """Which cells are hidden, in the order of the cells."""
    done = disclosure.hide_small_cells(values, {PROTECTED}, k)
    order = ["indicator_id", "period", "breakdown", "breakdown_value"]
    assert done.drop("is_hidden").sort(order).equals(values.drop("is_hidden").sort(order))
    return done.sort(order)["is_hidden"].to_list()


CASES = [
    pytest.param([10, 20, 30], [False, False, False], id="nothing is small"),
    pytest.param([2, 20, 30], [True, True, False], id="one small cell takes the smallest other with it"),
    pytest.param([2, 30, 20], [True, False, True], id="the smallest other, not the next one"),
    pytest.param([2, 1, 30], [True, True, False], id="two small cells of k units together suffice"),
    pytest.param([1, 1, 30, 40], [True, True, True, False], id="two small cells of fewer than k units do not"),
    pytest.param([2, 0, 20], [True, False, True], id="a zero is hidden only when nothing else is left"),
    pytest.param([2, 0, 0], [True, True, False], id="nothing else is left"),
    pytest.param([0, 0, 10], [False, False, False], id="zeros hide nobody"),
    pytest.param([3, 3], [False, False], id="k units may be shown"),
    pytest.param([2], [True], id="a breakdown of one cell"),
    pytest.param([], [], id="no cells"),
]


@pytest.mark.parametrize(("cells", "expected"), CASES)
def test_cells_of_a_breakdown(cells: list[int], expected: list[bool]) -> None:
    assert hidden(table(cells)) == expected


def test_k_is_a_setting() -> None:
    assert hidden(table([4, 20, 30]), k=5) == [True, True, False]
    assert hidden(table([4, 20, 30]), k=4) == [False, False, False]


def test_a_small_total_is_hidden_and_a_great_one_is_not() -> None:
    assert hidden(table([2], breakdown="total")) == [True]
    assert hidden(table([3], breakdown="total")) == [False]


def test_an_indicator_that_is_not_protected_is_left_alone() -> None:
    assert hidden(table([1, 2, 0, 50], indicator="registered_associations")) == [False] * 4


def test_years_and_breakdowns_are_tables_of_their_own() -> None:
    values = pl.concat([table([2, 20]), table([10, 20], period="2023"), table([10, 20], breakdown="receiver")])
    assert hidden(values) == [False, False, True, True, False, False]  # 2023; 2024 by purpose group; by receiver


def test_a_cell_of_unknown_size_counts_as_small() -> None:
    values = table([10, 20, 30]).with_columns(n=pl.when(pl.col("n") > 10).then("n"))
    assert hidden(values) == [True, True, False]
    assert hidden(table([10, 20]).with_columns(n=pl.lit(None, pl.Int64))) == [True, True]


def test_a_row_that_was_hidden_before_is_judged_anew() -> None:
    assert hidden(table([10, 20]).with_columns(is_hidden=pl.lit(value=True))) == [False, False]


@given(st.lists(st.integers(0, 12), min_size=2, max_size=7), st.integers(3, 6))
def test_the_total_gives_no_hidden_cell_back(cells: list[int], k: int) -> None:
    """What is hidden is never one cell alone, nor fewer than k units together, when the total can be seen."""
    of_breakdown, (of_total,) = hidden(table(cells), k), hidden(table([sum(cells)], breakdown="total"), k)
    closed = [n for n, is_hidden in zip(cells, of_breakdown, strict=True) if is_hidden]
    shown = [n for n, is_hidden in zip(cells, of_breakdown, strict=True) if not is_hidden]
    assert all(n == 0 or n >= k for n in shown)
    assert len(closed) != 1
    assert not closed or of_total or sum(closed) >= k


@given(st.lists(st.integers(0, 12), max_size=7), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(cells: list[int], random: Any) -> None:
    values = table(cells)
    places = list(range(len(cells)))
    random.shuffle(places)
    assert hidden(values[places]) == hidden(values)


def test_the_masked_columns_are_columns_of_the_table() -> None:
    columns = {column.name for column in contracts.tables()["marts.indicator_values"].columns}
    assert {*disclosure.MASKED, *disclosure.TABLE, "is_hidden"} <= columns
