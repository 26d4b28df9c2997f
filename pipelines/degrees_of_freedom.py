"""How many degrees of freedom the variance of an estimated total has, when few answers are large.

Here belongs: that number. Not here: the total and its variance (svy's, `pipelines.estimation`).

The t interval takes answers for normal: n minus the number of strata. Hours, members and events are not: most
associations do little and few do much, so a variance estimated from ten answers is far less sure than that, and the
interval misses the truth too often. The variance of the estimated variance tells how sure it is, by the kurtosis of
the answers. That is taken from all answers of the year, each measured from the mean of its stratum in its standard
deviations: one stratum has too few answers to tell its own.
Source of the method: Valliant and Rust (2010), Degrees of Freedom Approximations and Rules-of-Thumb, Journal of
Official Statistics 26(4); Satterthwaite's approximation.
"""

from __future__ import annotations

from typing import Final

import polars as pl

LEAST: Final = 2.0
"""With fewer degrees of freedom the t distribution is of no use: it has no variance."""


def degrees_of_freedom(answered: pl.DataFrame, column: str, groups: pl.Expr) -> float:
    """Return the degrees of freedom of the variance of a total over some groups, `LEAST` or more.

    Parameters
    ----------
    answered
        `stratum`, `stratum_size` (N) and the answers of a column; one row an association that answered.
    column
        The answers that are summed.
    groups
        Whether an association belongs to the groups summed over.
    """
    from scipy.stats import kurtosis  # half a second that only a refresh needs

    strata = (
        answered.with_columns(answer=pl.col(column).cast(pl.Float64), within=groups)
        .group_by("stratum", maintain_order=True)
        .agg(
            n=pl.len(),
            size=pl.col("stratum_size").first(),
            residuals=(pl.col("answer") - pl.col("answer").mean()) / pl.col("answer").std(),
            spread=pl.when("within").then("answer").otherwise(0.0).var(),
        )
        .filter(pl.col("n") > 1)
    )
    residuals = strata["residuals"].explode().drop_nulls().drop_nans()
    peak = float(kurtosis(residuals, fisher=False)) if residuals.len() else 3.0
    n, size, spread = (pl.col(name) for name in ("n", "size", "spread"))
    parts = strata.select(n, variance=size**2 * (1 - n / size) * spread / n)
    of_variance = pl.col("variance") ** 2 * (peak - (n - 3) / (n - 1)) / n
    total, uncertainty = parts.select(pl.col("variance").sum(), uncertainty=of_variance.sum()).row(0)
    return max(LEAST, 2 * total**2 / uncertainty) if uncertainty > 0 else LEAST
