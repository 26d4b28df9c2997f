"""Estimates give no hidden count back to somebody who guesses the strata; without rounding they would."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import count

import duckdb
import polars as pl
import pytest

from pipelines import precision
from pipelines.estimation import NOTHING_HIDDEN, Pooled, estimates
from tests.disclosure import whole_numbers
from tests.disclosure.attacker import FIELD, Edition, Place, edition
from tests.disclosure.test_attacker import CARDS, K, Published, by_place
from tests.disclosure.whole_numbers import Range

SHARE = "cooperation_works_share"
GRADE = "cooperation_grade"


def attacked(seen: Edition, told: Mapping[Place, int], *, is_rounded: bool = True) -> Iterator[list[Range] | None]:
    """Yield what every guess leaves of the hidden groups of a table of shares or grades."""
    for uses_interval in (False, True):
        for table in whole_numbers.tables(seen, told, is_rounded=is_rounded, uses_interval=uses_interval):
            if table.place[1] not in {SHARE, GRADE} or (uses_interval and table.variance is None):
                continue
            for weights in whole_numbers.guesses(table):
                yield whole_numbers.ranges(table, weights)


def is_narrow(found: Range) -> bool:
    return found.width < min(K, found.before) - 1e-6


def sum_above(row: Mapping[str, object], indicator: str) -> float:
    least = 4.0 if indicator == GRADE else 0.0
    return float(row["n"]) * (float(row["reported"]) - least) if row["n"] else 0.0  # type: ignore[arg-type]


def test_three_editions_leave_every_hidden_count_at_least_k_wide(
    published: list[Published], capsys: pytest.CaptureFixture[str]
) -> None:
    """A guess that fits and leaves less is wrong about it, so that it misleads."""
    right: list[Range] = []
    narrow: list[Range] = []
    wrong: list[Range] = []
    refuted = count()
    for one in published:
        truth = by_place(one.true_values)
        told = {place: row["n"] for place, row in truth.items()}
        for found in attacked(one.seen(), told):
            if found is None:
                next(refuted)
                continue
            fits = all(
                range_.lower - 1e-6 <= sum_above(truth[range_.place], range_.place[1]) <= range_.upper + 1e-6
                for range_ in found
            )
            (right if fits else wrong).extend(found)
            narrow += [range_ for range_ in found if fits and is_narrow(range_)]
    with capsys.disabled():
        print(
            f"\n{len(right)} hidden sums attacked by estimates of three editions, {len(narrow)} recovered or narrowed, "
            f"least width {min(range_.width for range_ in right):g}; {next(refuted)} guesses refuted, "
            f"{len(wrong)} sums misjudged by guesses that fit and are wrong"
        )
    assert len(right) > 30
    assert not narrow


# The attacker can find

YES = {"a": 9, "b": 3, "c": 7, "d": 20, "e": 15}
ANSWERED = {"a": 11, "b": 8, "c": 9, "d": 25, "e": 24}
ACTIVE = {"a": 14, "b": 19, "c": 23, "d": 40, "e": 44}
HIDDEN = {"a", "b", "c"}


def rounded(number: float, lower: float, upper: float) -> float:
    expression = precision.told(f"{number!r}::DOUBLE", f"{upper - lower!r}::DOUBLE")
    (found,) = duckdb.sql(f"SELECT {expression}").fetchone() or ()
    return float(found)


def exact(number: float, _lower: float, _upper: float) -> float:
    return number


def town(written: Callable[[float, float, float], float], pooled: Pooled = NOTHING_HIDDEN) -> Edition:
    """A town whose strata are its groups: nobody of it got a grant, so the attacker's guess is right."""
    answers = [
        (group, place, (1 if place < YES[group] else 0) if place < ANSWERED[group] else None)
        for group in ACTIVE
        for place in range(ACTIVE[group])
    ]
    field = pl.DataFrame(
        [
            {
                "year": 2024,
                "register_number": f"{group}{place:03}",
                "purpose_group": group,
                "got_grant": False,
                "agrees": said,
                **dict.fromkeys(
                    ("volunteer_hours", "volunteer_persons", "members", "events", "joint_events", "cooperation_grade")
                ),
            }
            for group, place, said in answers
        ],
        infer_schema_length=None,
    )
    (estimate,) = (
        estimates(field, pooled)
        .filter(pl.col("indicator_id") == SHARE, pl.col("breakdown") == "total")
        .iter_rows(named=True)
    )
    value, lower, upper = (
        written(estimate[name], estimate["lower"], estimate["upper"]) for name in ("estimate", "lower", "upper")
    )
    whole = (sum(ANSWERED.values()), sum(ACTIVE.values()), sum(YES.values()))
    rows = [(SHARE, "total", "total", *whole, value, lower, upper, False)]
    for group in ACTIVE:
        rows.append((FIELD, "purpose_group", group, ACTIVE[group], None, ACTIVE[group], None, None, None, False))
        told = (None, None, None) if group in HIDDEN else (ANSWERED[group], ACTIVE[group], YES[group])
        rows.append((SHARE, "purpose_group", group, *told, None, None, None, group in HIDDEN))
    values = pl.DataFrame(
        [
            (name, "2024", breakdown, group, n, size, yes / n if name == SHARE and n else yes, *bounds)
            for name, breakdown, group, n, size, yes, *bounds in rows
        ],
        schema={
            **dict.fromkeys(("indicator_id", "period", "breakdown", "breakdown_value"), pl.String),
            "n": pl.Int64,
            "population": pl.Int64,
            **dict.fromkeys(("reported", "value", "lower", "upper"), pl.Float64),
            "is_hidden": pl.Boolean,
        },
        orient="row",
    )
    return edition(values, CARDS, {})


def left_of(seen: Edition, *, is_rounded: bool) -> list[Range]:
    told = {("2024", SHARE, "purpose_group", group): n for group, n in ANSWERED.items()}
    found = list(attacked(seen, told, is_rounded=is_rounded))
    assert len(found) == 4  # two guesses; each by the value, and by value and interval
    right = [one for one in found if one and all(of.lower <= YES[of.place[3]] <= of.upper for of in one)]
    assert right
    return [range_ for one in right for range_ in one]


def test_exact_estimates_give_hidden_counts_back() -> None:
    found = left_of(town(exact), is_rounded=False)
    assert {range_.place[3]: range_.lower for range_ in found if range_.width < 1e-6} == {
        group: YES[group] for group in HIDDEN
    }


def test_rounded_estimates_do_not() -> None:
    found = left_of(town(rounded), is_rounded=True)
    assert found
    assert not [range_ for range_ in found if is_narrow(range_)]


def test_exact_estimates_give_nothing_back_when_the_hidden_groups_are_one_stratum() -> None:
    """The attacker guesses just that; what the total leaves is left, to the last answer."""
    pooled = town(exact, {(SHARE, 2024): frozenset(HIDDEN)})
    found = [one for one in left_of(pooled, is_rounded=False) if not is_narrow(one)]
    yes, answers = (sum(of[group] for group in HIDDEN) for of in (YES, ANSWERED))
    assert {(one.place[3], one.lower, one.upper) for one in found} >= {
        (group, max(0, yes - (answers - ANSWERED[group])), min(ANSWERED[group], yes)) for group in HIDDEN
    }
