"""Changes of the figures of returns over a council term, by the associations that answered at both of its ends.

Here belongs: which years are compared. Not here: how a panel is estimated (`pipelines.estimation`), what the term's
baseline and newest year are (`marts.term_ends`).
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from pipelines import estimation

PANEL_SCHEMA = {"baseline_year": pl.Int64} | {
    name: estimation.ESTIMATE_SCHEMA[name]
    for name in ("indicator_id", "year", "estimate", "lower", "upper", "cv", "n", "reason")
}
"""One row an indicator, baseline year and year; where the estimate is null the reason says why."""


def panels(
    field: pl.DataFrame,
    pairs: Iterable[tuple[int, int]],
    hidden: estimation.Pooled = estimation.NOTHING_HIDDEN,
    k: int = 0,
) -> pl.DataFrame:
    """Estimate the change of every indicator of returns from a baseline year to a later one, for the whole field.

    Parameters
    ----------
    field
        As for `estimation.estimates`.
    pairs
        Baseline year and later year of each comparison.
    hidden, k
        As for `estimation.changes`.

    Returns
    -------
    pl.DataFrame
        Columns as `PANEL_SCHEMA`; the estimate is the change, `n` the number of associations in the panel.
    """
    rows = estimation.compared(field, sorted(set(pairs)), hidden, k, by_group=False)
    told = ({name: row.get(name) for name in PANEL_SCHEMA} for row in rows)
    return pl.DataFrame(list(told), schema=PANEL_SCHEMA)
