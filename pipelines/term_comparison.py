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
    frames = [_panel(field, baseline, year, hidden, k) for baseline, year in sorted(set(pairs))]
    return pl.concat([pl.DataFrame(schema=PANEL_SCHEMA), *frames])


def _panel(field: pl.DataFrame, baseline: int, year: int, hidden: estimation.Pooled, k: int) -> pl.DataFrame:
    """Put the baseline in the place of the year before, which is what `estimation.changes` compares with."""
    now = field.filter(pl.col("year") == year)
    then = field.filter(pl.col("year") == baseline).with_columns(year=pl.lit(year - 1, field.schema["year"]))
    of_ends = {
        (name, year - 1 if of == baseline else of): groups for (name, of), groups in hidden.items() if of != year - 1
    }
    if baseline == year - 1:
        of_ends = dict(hidden)
    found = estimation.changes(pl.concat([then, now]), of_ends, k).filter(pl.col("breakdown") == "total")
    return found.with_columns(baseline_year=pl.lit(baseline, pl.Int64)).select(list(PANEL_SCHEMA))
