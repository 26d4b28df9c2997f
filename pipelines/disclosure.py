"""Disclosure control: which small figures are hidden in everything public.

Here belongs: the rule that hides cells. Not here: what is published where (`pipelines.editions`).

Method: primary suppression of cells told by fewer than k units; secondary suppression so that the hidden cells of a
breakdown can't be worked out from its total: at least two cells are hidden, and together they hold at least k units.
Where the number of active associations of a group is hidden, the figures that rest on it are hidden too.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

MASKED = ("value", "lower", "upper", "n", "population", "coverage_share", "reported")
"""Columns of `marts.indicator_values` that are empty in a hidden row of a public file."""

RESIDENTS_K = 5
"""Fewer residents than this are never shown; the k of associations stands in the settings."""

POPULATION = "active_associations"
"""The indicator whose cells are the populations of other protected indicators."""

TABLE = ("indicator_id", "period_type", "period", "breakdown")


def hide_small_groups(values: pl.DataFrame, units: Mapping[str, str], smallest: Mapping[str, int]) -> pl.DataFrame:
    """Set `is_hidden`, with the k of the units that each indicator speaks of.

    Parameters
    ----------
    values
        As `hide_small_cells`.
    units
        Indicator to the kind of unit that it speaks of; a kind without a k is not protected.
    smallest
        Kind of unit to the smallest number of them that may be shown.
    """
    kinds = pl.col("indicator_id").replace_strict(dict(units), default=None, return_dtype=pl.String)
    parts = [
        hide_small_cells(values.filter(kinds == kind), {name for name, unit in units.items() if unit == kind}, k)
        for kind, k in smallest.items()
    ]
    others = values.filter(~kinds.is_in(list(smallest)).fill_null(value=False))
    return pl.concat([*parts, hide_small_cells(others, set(), 0)])


def hide_small_cells(values: pl.DataFrame, protected: set[str], k: int) -> pl.DataFrame:
    """Set `is_hidden` on the rows that must not be published.

    Parameters
    ----------
    values
        `indicator_id`, `period_type`, `period`, `breakdown`, `breakdown_value`, `n`; one row a cell.
        Where `n` is not known the cell is taken as small.
    protected
        Indicators whose cells speak of single associations.
    k
        Smallest number of units that may be shown.

    Returns
    -------
    pl.DataFrame
        The same rows and columns, `is_hidden` set.
    """
    is_protected = pl.col("indicator_id").is_in(list(protected))
    small = (is_protected & pl.col("n").is_between(1, k - 1).fill_null(value=True)).alias("is_hidden")
    ranked = values.with_columns(small).with_columns(
        _smallest_first=pl.struct(~pl.col("is_hidden"), (pl.col("n") == 0).alias("is_zero"), "n", "breakdown_value")
        .rank("ordinal")
        .over(TABLE)
    )
    hidden = ranked.filter("is_hidden").group_by(TABLE).agg(hidden_cells=pl.len(), hidden_units=pl.col("n").sum())
    grown = ranked.join(hidden, on=TABLE, how="left").with_columns(
        _must_grow=(pl.col("hidden_cells") == 1) | (pl.col("hidden_units") < k)
    )
    is_next = pl.col("_smallest_first") == pl.col("hidden_cells") + 1
    is_breakdown = pl.col("breakdown") != "total"
    suppressed = grown.with_columns(
        is_hidden=pl.col("is_hidden") | (pl.col("_must_grow").fill_null(value=False) & is_next & is_breakdown)
    ).select(values.columns)
    return _hide_with_population(suppressed, is_protected)


def _hide_with_population(values: pl.DataFrame, is_protected: pl.Expr) -> pl.DataFrame:
    """Hide every protected figure of a group whose size is hidden: it tells the size as population or divisor."""
    group = ["period_type", "period", "breakdown", "breakdown_value"]
    sizes = values.filter(pl.col("is_hidden") & (pl.col("indicator_id") == POPULATION)).select(group)
    told = values.join(sizes.with_columns(size_is_hidden=True), on=group, how="left", maintain_order="left")
    follows = is_protected & pl.col("size_is_hidden").fill_null(value=False)
    return told.with_columns(is_hidden=pl.col("is_hidden") | follows).select(values.columns)
