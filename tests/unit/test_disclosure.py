"""Which cells are hidden: the small, those that tell all of a group, and those that would give them back."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines import contracts, disclosure
from pipelines.disclosure import Rule

SCHEMA = {
    **dict.fromkeys(disclosure.KEY, pl.String),
    "n": pl.Int64,
    "population": pl.Int64,
    "reported": pl.Float64,
    "is_hidden": pl.Boolean,
}
HOURS, SHARE, GRADE, FIELD = "volunteer_hours", "cooperation_works_share", "cooperation_grade", disclosure.FIELD
RULES = {HOURS: Rule(3), SHARE: Rule(3, (0, 1)), GRADE: Rule(3, (4, 10)), FIELD: Rule(3, is_count=True)}

Told = tuple[int | None, int | None, float | None]


def table(cells: list[Told], indicator: str = HOURS, breakdown: str = "premises", period: str = "2024") -> pl.DataFrame:
    """One breakdown of one indicator and year: n, population and figure of each group."""
    rows = [
        (indicator, "year", period, breakdown, f"{place:02}", n, population, reported, False)
        for place, (n, population, reported) in enumerate(cells)
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def sums(sizes: list[int]) -> list[Told]:
    return [(n, None, 10.0 * n) for n in sizes]


def hidden(values: pl.DataFrame, **more: Any) -> list[bool]:
    """Which cells are hidden, in the order of the rows."""
    done = disclosure.hide_small_groups(values, more.pop("rules", RULES), **more)
    assert done.drop("is_hidden").equals(values.drop("is_hidden"))
    return done["is_hidden"].to_list()


CASES = [
    pytest.param([10, 20, 30], [False, False, False], id="nothing is small"),
    pytest.param([2, 20, 30], [True, True, False], id="one small cell takes the smallest other with it"),
    pytest.param([2, 30, 20], [True, False, True], id="the smallest other, not the next one"),
    pytest.param([2, 1, 30], [True, True, False], id="two small cells of k units together suffice"),
    pytest.param([1, 1, 30, 40], [True, True, True, False], id="two small cells of fewer than k units do not"),
    pytest.param([0, 20, 30], [True, True, False], id="nobody is told of everybody"),
    pytest.param([3, 3], [False, False], id="k units may be shown"),
    pytest.param([2], [True], id="a breakdown of one cell"),
    pytest.param([], [], id="no cells"),
]


@pytest.mark.parametrize(("sizes", "expected"), CASES)
def test_cells_of_a_breakdown(sizes: list[int], expected: list[bool]) -> None:
    assert hidden(table(sums(sizes))) == expected


SHARES = [
    pytest.param([(10, 0.5), (20, 0.5), (30, 0.5)], [False, False, False], id="some of each"),
    pytest.param([(10, 1.0), (20, 0.5), (30, 0.5)], [True, True, False], id="all said yes"),
    pytest.param([(10, 0.0), (20, 0.5), (30, 0.5)], [True, True, False], id="all said no"),
    pytest.param([(10, 0.2), (20, 0.5), (30, 0.5)], [True, True, False], id="two said yes"),
    pytest.param([(10, 0.8), (20, 0.5), (30, 0.5)], [True, True, False], id="two said no"),
    pytest.param([(10, 0.7), (20, 0.5), (30, 0.5)], [False, False, False], id="three said no"),
]


@pytest.mark.parametrize(("cells", "expected"), SHARES)
def test_a_share_counts_those_who_said_yes_and_those_who_said_no(
    cells: list[tuple[int, float]], expected: list[bool]
) -> None:
    assert hidden(table([(n, None, share) for n, share in cells], SHARE)) == expected


@pytest.mark.parametrize("grade", [4.0, 10.0])
def test_a_mean_at_the_end_of_its_scale_tells_what_each_said(grade: float) -> None:
    assert hidden(table([(10, None, grade), (20, None, 7.0), (30, None, 7.0)], GRADE)) == [True, True, False]


def test_a_sum_of_nothing_tells_what_each_said() -> None:
    assert hidden(table([(10, None, 0.0), (20, None, 5.0), (30, None, 5.0)])) == [True, True, False]


FIELDS = [
    pytest.param([(10, 20), (10, 20), (10, 20)], [False, False, False], id="some are active, some are not"),
    pytest.param([(20, 20), (10, 20), (11, 20)], [True, True, False], id="all are active"),
    pytest.param([(0, 20), (10, 20), (11, 20)], [True, True, False], id="none is active"),
    pytest.param([(18, 20), (10, 20), (11, 20)], [True, True, False], id="two are not active"),
]


@pytest.mark.parametrize(("cells", "expected"), FIELDS)
def test_a_field_that_everybody_knows_counts_those_outside_too(
    cells: list[tuple[int, int]], expected: list[bool]
) -> None:
    assert hidden(table([(*cell, None) for cell in cells], FIELD, "purpose_group")) == expected


def test_what_is_told_of_a_group_whose_size_is_hidden_is_hidden() -> None:
    values = pl.concat(
        [
            table([(2, 20, None), (10, 20, None), (12, 20, None)], FIELD, "purpose_group"),
            table([(1, 2, 10.0), (8, 10, 80.0), (9, 12, 90.0)], HOURS, "purpose_group"),
        ]
    )
    assert hidden(values) == [True, True, False] * 2


def test_the_figures_of_a_field_share_the_groups_with_few_answers() -> None:
    """Else the answers to one question would tell who answered the other."""
    values = pl.concat(
        [
            table([(10, 20, None), (10, 20, None), (12, 24, None)], FIELD, "purpose_group"),
            table([(2, 10, 10.0), (7, 10, 80.0), (9, 12, 90.0)], HOURS, "purpose_group"),
            table([(5, 10, 7.0), (7, 10, 8.0), (9, 12, 8.0)], GRADE, "purpose_group"),
        ]
    )
    assert hidden(values) == [False] * 3 + [True, True, False] * 2


def test_who_is_known_to_be_active_narrows_the_interval() -> None:
    """All of a group's active ones got a grant, so hiding their number leaves the other group no room."""
    values = table([(2, 20, None), (10, 20, None), (12, 24, None)], FIELD, "purpose_group")
    assert hidden(values) == [True, True, False]
    assert hidden(values, floors={("2024", "00"): 1, ("2024", "01"): 10}) == [True, False, True]


def test_k_is_a_setting() -> None:
    assert hidden(table(sums([4, 20, 30])), rules={HOURS: Rule(5)}) == [True, True, False]
    assert hidden(table(sums([4, 20, 30])), rules={HOURS: Rule(4)}) == [False, False, False]


def test_a_small_total_is_hidden_with_its_groups_and_a_great_one_is_not() -> None:
    small = pl.concat([table(sums([2]), breakdown="total").with_columns(breakdown_value=pl.lit("total"))])
    assert hidden(small) == [True]
    assert hidden(pl.concat([small, table(sums([1, 1]))])) == [True, True, True]
    great = table(sums([3]), breakdown="total").with_columns(breakdown_value=pl.lit("total"))
    assert hidden(great) == [False]


def test_where_hiding_every_group_does_not_do_the_total_is_hidden() -> None:
    """One group makes the whole: its sum is that of the total."""
    total = table([(4, None, 0.0)], breakdown="total").with_columns(breakdown_value=pl.lit("total"))
    assert hidden(pl.concat([total, table([(4, None, 0.0)])])) == [True, True]


def test_a_breakdown_that_nobody_told_does_not_hide_the_total() -> None:
    """A survey that does not ask where people live has areas all the same: those of the town."""
    total = table([(72, None, 0.5)], SHARE, "total").with_columns(breakdown_value=pl.lit("total"))
    areas = table([(0, None, None), (0, None, None), (0, None, None)], SHARE, "area")
    assert hidden(pl.concat([total, areas])) == [False, True, True, True]


def test_a_sum_that_contains_a_hidden_total_is_hidden() -> None:
    """All the rest of the sum is public, so it would give the total back; its parts are no groups of their own."""
    rules = {"premises_support_eur": Rule(3), "total_support_eur": Rule(3)}

    def town(bookers: int) -> pl.DataFrame:
        return pl.concat(
            [
                table([(bookers, None, 20.0)], "premises_support_eur", "total"),
                table([(40, None, 9020.0)], "total_support_eur", "total"),
                table([(bookers, None, 20.0), (38, None, 9000.0)], "total_support_eur", "support_part"),
            ]
        ).with_columns(
            breakdown_value=pl.when(pl.col("breakdown") == "total").then(pl.lit("total")).otherwise("breakdown_value")
        )

    assert hidden(town(2), rules=rules) == [True] * 4
    assert hidden(town(3), rules=rules) == [False] * 4


def test_an_indicator_that_is_not_protected_is_left_alone() -> None:
    assert hidden(table(sums([1, 2, 0, 50]), indicator="registered_associations")) == [False] * 4


def test_years_and_breakdowns_are_tables_of_their_own() -> None:
    values = pl.concat(
        [table(sums([2, 20])), table(sums([10, 20]), period="2023"), table(sums([10, 20]), breakdown="area")]
    )
    assert hidden(values) == [True, True, False, False, False, False]


def test_a_cell_of_unknown_size_counts_as_small() -> None:
    assert hidden(table([(None, None, 5.0), (20, None, 5.0), (30, None, 5.0)])) == [True, True, False]


@pytest.mark.parametrize(
    ("units_before", "expected"),
    [(30, [True, False, True]), (28, [True, False, True]), (32, [True, False, True]), (27, [False] * 3)],
)
def test_what_was_hidden_stays_hidden_until_k_units_have_changed(units_before: int, expected: list[bool]) -> None:
    values = table(sums([10, 20, 30]))
    before = values.select(disclosure.KEY).row(2)
    assert hidden(values, hidden_before={before: units_before}) == expected


def test_the_first_answers_of_a_year_do_not_hide_it_for_ever() -> None:
    def year(answers: int) -> pl.DataFrame:
        return table(sums([answers]), breakdown="total").with_columns(breakdown_value=pl.lit("total"))

    assert hidden(year(2)) == [True]
    (key,) = year(2).select(disclosure.KEY).iter_rows()
    assert hidden(year(4), hidden_before={key: 2}) == [True]
    assert hidden(year(140), hidden_before={key: 2}) == [False]


def test_what_is_not_protected_is_not_kept_hidden() -> None:
    values = table(sums([10, 20, 30]), "registered_associations")
    before = values.select(disclosure.KEY).row(2)
    assert hidden(values, hidden_before={before: 30}) == [False] * 3


def test_a_row_that_is_marked_is_judged_anew() -> None:
    assert hidden(table(sums([10, 20])).with_columns(is_hidden=pl.lit(value=True))) == [False, False]


@given(st.lists(st.integers(0, 12), max_size=7), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(sizes: list[int], random: Any) -> None:
    values = table(sums(sizes))
    places = list(range(len(sizes)))
    random.shuffle(places)
    marked = dict(zip(values["breakdown_value"], hidden(values), strict=True))
    assert hidden(values[places]) == [marked[group] for group in values[places]["breakdown_value"]]


def test_the_rules_follow_the_cards() -> None:
    found = disclosure.rules(contracts.indicators().values(), 4)
    assert found["volunteer_hours"] == Rule(4)
    assert found["cooperation_works_share"] == Rule(4, (0, 1))
    assert found["cooperation_grade"] == Rule(4, (4, 10))
    assert found["return_response_share"] == Rule(4, is_count=True)
    assert found["resident_satisfaction"] == Rule(disclosure.RESIDENTS_K, (1, 5))
    assert "grants_awarded_eur" not in found


def test_the_masked_columns_are_columns_of_the_table() -> None:
    columns = {column.name for column in contracts.tables()["marts.indicator_values"].columns}
    assert {*disclosure.MASKED, *disclosure.KEY, "is_hidden"} <= columns
