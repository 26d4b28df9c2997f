"""Estimates tell no more of the hidden groups than their sum: exchange answers between them and nothing told changes."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

import polars as pl
import pytest

from pipelines.estimation import COLUMNS, NOTHING_HIDDEN, Pooled, changes, estimates

HIDDEN = frozenset({"culture", "labour", "village"})
POOLED: Pooled = {(indicator, year): HIDDEN for indicator in COLUMNS for year in (2023, 2024)}
NUMBERS = ("estimate", "lower", "upper", "cv")


def town(seed: int) -> pl.DataFrame:
    """Two years of six groups of different sizes and response, some with grants."""
    chance = random.Random(seed)
    rows = []
    for group, size, response in (
        ("culture", 14, 0.8),
        ("labour", 19, 0.4),
        ("village", 23, 0.5),
        ("leisure", 40, 0.6),
        ("politics", 9, 0.4),
        ("sport", 44, 0.55),
    ):
        for number in range(size):
            answers = chance.random() < response
            rows += [
                {
                    "year": year,
                    "register_number": f"{group}{number:03}",
                    "purpose_group": group,
                    "got_grant": number % 3 == 0,
                    **{
                        column: (float(chance.randint(0, 1 if column == "agrees" else 30)) if answers else None)
                        for column in COLUMNS.values()
                    },
                }
                for year in (2023, 2024)
            ]
    return pl.DataFrame(rows).with_columns(pl.col("agrees").cast(pl.Int64))


def exchanged(field: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Deal the answers of the hidden groups out anew among those of them that answered; both years go together."""
    chance = random.Random(seed)
    answered = pl.col("purpose_group").is_in(list(HIDDEN)) & pl.col("agrees").is_not_null()
    receivers = sorted(field.filter(answered)["register_number"].unique())
    givers = dict(zip(receivers, chance.sample(receivers, len(receivers)), strict=True))
    given = field.with_columns(giver=pl.col("register_number").replace(givers)).select(
        "year", "register_number", "purpose_group", "got_grant", "giver"
    )
    answers = field.select("year", *COLUMNS.values(), giver="register_number")
    return given.join(answers, on=["year", "giver"], how="left", maintain_order="left").drop("giver")


def told(found: pl.DataFrame) -> list[dict[str, object]]:
    shown = found.filter(~pl.col("breakdown_value").is_in(list(HIDDEN)))
    ordered = shown.sort("indicator_id", "year", "breakdown_value")
    return ordered.select("indicator_id", "year", "breakdown_value", "n", *NUMBERS).to_dicts()


def is_same(one: Mapping[str, object], two: Mapping[str, object]) -> bool:
    return all(
        one[name] == (pytest.approx(value, rel=1e-9) if isinstance(value, float) else value)
        for name, value in two.items()
    )


Estimated = Callable[[pl.DataFrame, Pooled], pl.DataFrame]


@pytest.mark.parametrize("estimated", [estimates, changes])
def test_nothing_told_changes_when_hidden_groups_exchange_answers(estimated: Estimated) -> None:
    field = town(1)
    other = exchanged(field, 2)
    sums = [of.group_by("purpose_group").agg(pl.col("members").sum()).sort("purpose_group") for of in (field, other)]
    assert not sums[0].equals(sums[1])
    one, two = (told(estimated(of, POOLED)) for of in (field, other))
    assert len(one) > 20
    assert all(map(is_same, one, two))


@pytest.mark.parametrize("estimated", [estimates, changes])
def test_without_pooling_the_whole_would_change(estimated: Estimated) -> None:
    one, two = (told(estimated(of, NOTHING_HIDDEN)) for of in (town(1), exchanged(town(1), 2)))
    assert not all(map(is_same, one, two))


def test_a_hidden_group_is_estimated_for_analysts_as_if_nothing_were_hidden() -> None:
    found, plain = (
        estimates(town(1), hidden).filter(pl.col("breakdown_value").is_in(list(HIDDEN)))
        for hidden in (POOLED, NOTHING_HIDDEN)
    )
    assert found.equals(plain)
    assert found["estimate"].drop_nulls().len() > 0
