"""A change is not told where it would tell what the one or two associations answered that are outside its panel."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.estimation import COLUMNS, changes
from pipelines.panel_disclosure import TOTAL, untold
from pipelines.term_comparison import panels

K = 3
Answers = dict[str, tuple[int, int, int]]
"""Of each group: how many answered in both years, in the first only, in the second only."""


def two_years(groups: Answers, silent: int = 10) -> pl.DataFrame:
    """What associations answered, of which `silent` more of each group never do."""
    rows = []
    for group, (both, first, second) in groups.items():
        for number in range(both + first + second + silent):
            answered = (number < both + first, number < both or both + first <= number < both + first + second)
            for year, answers in zip((2023, 2024), answered, strict=True):
                members = 10.0 * (number + 1) + (year - 2023) * (number % 3)
                place = {"year": year, "register_number": f"{group}{number:02}", "purpose_group": group}
                rows.append(place | {"got_grant": False, "members": members if answers else None})
    field = pl.DataFrame(rows, infer_schema_length=None)
    return field.with_columns(pl.lit(None, pl.Float64).alias(name) for name in {*COLUMNS.values()} - {"members"})


def kept_back(groups: Answers, hidden: frozenset[str] = frozenset()) -> set[str]:
    field = two_years(groups)
    then, now = (field.filter(pl.col("year") == year) for year in (2023, 2024))
    return set(untold(now, then, "members", hidden, K))


CASES = [
    pytest.param({"a": (9, 3, 0), "b": (9, 2, 1)}, set(), id="three of each group are outside its panel"),
    pytest.param({"a": (9, 0, 0), "b": (9, 2, 1)}, set(), id="nobody is outside, so there is nothing to tell"),
    pytest.param({"a": (9, 1, 0), "b": (9, 0, 0)}, {"a", "b", TOTAL}, id="one of the whole town"),
    pytest.param({"a": (9, 1, 1), "b": (9, 5, 0)}, {"a", "b"}, id="two, and another group lest the whole gives them"),
    pytest.param({"a": (9, 1, 0), "b": (9, 0, 2), "c": (9, 4, 0)}, {"a", "b"}, id="three in two groups suffice"),
    pytest.param({"a": (9, 1, 0), "b": (9, 8, 0), "c": (9, 4, 0)}, {"a", "c"}, id="the group with the fewest goes too"),
]


@pytest.mark.parametrize(("groups", "expected"), CASES)
def test_which_changes_are_not_told(groups: Answers, expected: set[str]) -> None:
    assert kept_back(groups) == expected


def test_hidden_groups_count_together_with_those_kept_back() -> None:
    assert kept_back({"a": (9, 1, 0), "b": (9, 4, 0), "c": (9, 5, 0)}, frozenset("c")) == {"a", "c"}
    assert kept_back({"a": (9, 0, 1), "b": (9, 4, 0), "c": (9, 5, 0)}, frozenset("a")) == {"a", "b"}


def test_who_changes_its_group_is_outside_two_panels_and_inside_the_whole() -> None:
    field = two_years({"a": (9, 0, 0), "b": (9, 0, 0)})
    moved = (pl.col("register_number") == "a00") & (pl.col("year") == 2024)
    field = field.with_columns(purpose_group=pl.when(moved).then(pl.lit("b")).otherwise("purpose_group"))
    then, now = (field.filter(pl.col("year") == year) for year in (2023, 2024))
    assert untold(now, then, "members", frozenset(), K) == {"a", "b"}


def single_answer(field: pl.DataFrame, change: float, group: str) -> float:
    """What somebody works out who knows that one association of a group answered in the first year only."""
    of_group = field.filter(pl.col("purpose_group") == group)
    first, second = (of_group.filter(pl.col("year") == year)["members"] for year in (2023, 2024))
    panel = second.count()
    return float(first.sum() - (second.sum() - change * panel / len(second)))


def test_a_change_would_give_a_single_answer_back() -> None:
    """So the rule is needed: without it the change of a group, exact, is an equation with one unknown answer."""
    field = two_years({"a": (9, 1, 0), "b": (9, 8, 0), "c": (9, 4, 0)})
    of_members = pl.col("indicator_id") == "memberships"
    found = {row["breakdown_value"]: row for row in changes(field).filter(of_members).iter_rows(named=True)}
    assert single_answer(field, found["a"]["estimate"], "a") == pytest.approx(100.0)
    kept = {row["breakdown_value"]: row for row in changes(field, k=K).filter(of_members).iter_rows(named=True)}
    assert {name for name, row in kept.items() if row["estimate"] is None} == {"a", "c"}
    assert {row["reason"] for row in kept.values() if row["estimate"] is None} == {"hidden"}
    assert all(row[bound] is None for row in (kept["a"], kept["c"]) for bound in ("lower", "upper", "cv"))


def test_the_groups_kept_back_are_one_stratum_of_the_change_of_the_whole() -> None:
    """Else the change of the whole were a second equation about them: exchange what they answered, and it stays."""
    groups: Answers = {"a": (9, 1, 0), "b": (9, 8, 0), "c": (7, 4, 0)}
    field = two_years(groups)
    swap = {"a00": "c01", "c01": "a00"}
    other = (
        field.with_columns(giver=pl.col("register_number").replace(swap))
        .drop("members")
        .join(field.select("year", "members", giver="register_number"), on=["year", "giver"], how="left")
    )
    of_whole = (pl.col("indicator_id") == "memberships") & (pl.col("breakdown") == TOTAL)
    kept, free = ([changes(of, k=k).filter(of_whole)["estimate"].item() for of in (field, other)] for k in (K, 0))
    assert kept[0] == pytest.approx(kept[1], rel=1e-12)
    assert free[0] != pytest.approx(free[1], rel=1e-12)


def test_council_terms_keep_the_whole_back_too() -> None:
    field = two_years({"a": (9, 1, 0), "b": (9, 0, 0)})
    of_members = pl.col("indicator_id") == "memberships"
    (row,) = panels(field, [(2023, 2024)], k=K).filter(of_members).iter_rows(named=True)
    assert (row["estimate"], row["lower"], row["reason"]) == (None, None, "hidden")
    (told,) = panels(field, [(2023, 2024)]).filter(of_members).iter_rows(named=True)
    assert told["estimate"] is not None
