"""Estimates for the whole field from the returns of those that answered, with intervals.

Here belongs: which indicators are totals, means and shares, and which associations, years and answers each rests on.
Not here: how answers are weighed (`pipelines.strata`) and estimated (`pipelines.sample_estimates`), which answers count
(core and marts do that), verdicts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from itertools import chain, pairwise

import polars as pl

from pipelines import panel_disclosure
from pipelines.sample_estimates import Kind, Question, estimated
from pipelines.strata import CELL

Pooled = Mapping[tuple[str, int], frozenset[str]]
"""The purpose groups that are weighed together, by indicator and year: those whose figures are hidden."""

NOTHING_HIDDEN: Pooled = {}
TOTALS: Mapping[str, str] = {
    "volunteer_hours": "volunteer_hours",
    "volunteer_persons": "volunteer_persons",
    "memberships": "members",
    "association_events": "events",
    "joint_events": "joint_events",
}
"""Indicators that are totals, and the column of the returns that each sums."""

MEANS: Mapping[str, str] = {"cooperation_grade": "cooperation_grade"}
SHARES: Mapping[str, str] = {"cooperation_works_share": "agrees"}
COLUMNS: Mapping[str, str] = {**TOTALS, **MEANS, **SHARES}

ESTIMATE_SCHEMA = {
    "indicator_id": pl.String,
    "year": pl.Int64,
    "breakdown": pl.String,
    "breakdown_value": pl.String,
    "estimate": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "cv": pl.Float64,
    "n": pl.Int64,
    "reason": pl.String,
}
"""One row an indicator, year and breakdown value; where the estimate is null the reason says why."""

UNTOLD = "hidden"
"""Why there is no change to tell, the last part of a message key of verdicts."""


def estimates(field: pl.DataFrame, hidden: Pooled = NOTHING_HIDDEN) -> pl.DataFrame:
    """Estimate every indicator of returns for every year.

    Parameters
    ----------
    field
        `year`, `register_number`, `purpose_group`, `got_grant`, and the answers `volunteer_hours`, `volunteer_persons`,
        `members`, `events`, `joint_events`, `cooperation_grade`, `agrees` (1 or 0); one row an active association and
        year, answers null where it gave none.
    hidden
        The purpose groups that must not be told. Whatever is told is estimated with these as one stratum: what weighs
        the same can't be told apart, so no estimate says more of them than their sum does (decision 0015). The
        estimates of the hidden groups themselves are made as if nothing were hidden.

    Returns
    -------
    pl.DataFrame
        Columns as `ESTIMATE_SCHEMA`; breakdowns `total` and `purpose_group`. A year without answers has no rows.
    """
    # the order of the rows must not show in the last digit
    years = field.sort("year", "register_number").partition_by("year", as_dict=True, maintain_order=True)
    rows: list[dict[str, object]] = []
    for indicator, column in COLUMNS.items():
        asked = [
            Question(
                {"indicator_id": indicator, "year": year},
                of_year.select(*CELL, answer=pl.col(column).cast(pl.Float64)),
                hidden.get((indicator, year), frozenset()),
            )
            for (year,), of_year in years.items()
        ]
        kind: Kind = "total" if indicator in TOTALS else "mean" if indicator in MEANS else "share"
        rows.extend(chain.from_iterable(estimated(asked, kind)))
    return pl.DataFrame(rows, schema=ESTIMATE_SCHEMA)


def changes(field: pl.DataFrame, hidden: Pooled = NOTHING_HIDDEN, k: int = 0) -> pl.DataFrame:
    """Estimate the change of every indicator of returns from the year before, by the associations that answered both.

    An association that answers in one of the years only says nothing about change, so non-response never reads as
    decline. When nobody in the panel changed, the change is 0; when all changed by the same amount, there is no telling
    how sure it is.

    Parameters
    ----------
    field, hidden
        As for `estimates`; what is hidden in either year is one stratum.
    k
        A change that would tell of fewer associations than this is null (`pipelines.panel_disclosure`).

    Returns
    -------
    pl.DataFrame
        Columns as `ESTIMATE_SCHEMA`, where the estimate is the change and `n` the number of associations in the panel.
    """
    years = sorted(field["year"].unique())
    pairs = [(before, year) for before, year in pairwise(years) if year == before + 1]
    return pl.DataFrame(list(compared(field, pairs, hidden, k)), schema=ESTIMATE_SCHEMA)


def compared(
    field: pl.DataFrame, pairs: Iterable[tuple[int, int]], hidden: Pooled, k: int, *, by_group: bool = True
) -> Iterator[dict[str, object]]:
    """Yield the change of every indicator of returns from one year to another, as `changes` does from the year before.

    Parameters
    ----------
    pairs
        The earlier and the later year of each comparison.
    by_group
        Whether the purpose groups are told of too.

    Yields
    ------
    dict
        Keys of `ESTIMATE_SCHEMA`, and `baseline_year` for the earlier year.
    """
    panels = [(before, year, *_ends(field, before, year)) for before, year in pairs]
    for indicator, column in COLUMNS.items():
        asked: list[Question] = []
        not_told: list[AbstractSet[str]] = []
        for before, year, then, now in panels:
            small = hidden.get((indicator, before), frozenset()) | hidden.get((indicator, year), frozenset())
            untold = panel_disclosure.untold(now, then, column, small, k)
            difference = pl.col(column).cast(pl.Float64) - pl.col(f"{column} before")
            said = {"indicator_id": indicator, "year": year, "baseline_year": before}
            asked.append(Question(said, now.select(*CELL, answer=difference), untold))
            not_told.append(untold - small)
        kind: Kind = "total" if indicator in TOTALS else "mean"
        found = estimated(asked, kind, is_change=True, by_group=by_group)
        for rows, kept_back in zip(found, not_told, strict=True):
            yield from (_kept_back(row, kept_back) for row in rows)


def _ends(field: pl.DataFrame, before: int, year: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the associations of both years, those of the later one with what they answered before."""
    now = field.filter(pl.col("year") == year).sort("register_number")
    then = field.filter(pl.col("year") == before)
    earlier = then.select("register_number", *(pl.col(column).alias(f"{column} before") for column in COLUMNS.values()))
    return then, now.join(earlier, on="register_number", how="left", maintain_order="left")


def _kept_back(row: dict[str, object], untold: AbstractSet[str]) -> dict[str, object]:
    """Return a row without its numbers where they must not be told."""
    if row["breakdown_value"] not in untold:
        return row
    without = ("estimate", "lower", "upper", "cv")
    return {name: told for name, told in row.items() if name not in without} | {"reason": UNTOLD}
