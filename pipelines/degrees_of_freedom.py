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

from collections.abc import Mapping
from itertools import product
from typing import Any, Final

import numpy as np
import polars as pl

LEAST: Final = 2.0
"""With fewer degrees of freedom the t distribution is of no use: it has no variance."""

OF_NORMAL: Final = 3.0
"""The kurtosis of the normal distribution."""

WHOLE: Final = "total"
"""Stands for all groups in the place of one."""


def degrees_of_freedom(answered: pl.DataFrame) -> Mapping[tuple[int, str], float]:
    """Return the degrees of freedom of the variance of each total by sample and group, `LEAST` or more.

    All samples are reckoned together: queries for each of them took longer than all that is estimated.

    Parameters
    ----------
    answered
        `sample`, `stratum`, `stratum_size` (N), `purpose_group` and `answer`; one row a sample and association that
        answered.

    Returns
    -------
    Mapping
        For each sample `WHOLE` and the purpose groups.
    """
    groups = [WHOLE, *answered["purpose_group"].unique().sort()]
    answer = pl.col("answer").cast(pl.Float64)
    summed = [answer, *(pl.when(pl.col("purpose_group") == group).then(answer).otherwise(0.0) for group in groups[1:])]
    spreads = [f"spread {place}" for place in range(len(groups))]
    strata = (
        answered.group_by("sample", "stratum", maintain_order=True)
        .agg(
            n=pl.len().cast(pl.Int64),
            size=pl.col("stratum_size").first(),
            residuals=(answer - answer.mean()) / answer.std(),
            **{name: of_groups.var() for name, of_groups in zip(spreads, summed, strict=True)},
        )
        .filter(pl.col("n") > 1)
    )
    n, size = pl.col("n"), pl.col("size")
    peaks = strata.with_columns(peak=pl.col("sample").replace_strict(_peaks(strata), return_dtype=pl.Float64))
    variances = peaks.with_columns((size**2 * (1 - n / size) * pl.col(name) / n).alias(name) for name in spreads)
    uncertain = variances.select(
        "sample",
        *spreads,
        *((pl.col(name) ** 2 * (pl.col("peak") - (n - 3) / (n - 1)) / n).alias(f"{name} of") for name in spreads),
    )
    keys = list(product(answered["sample"].unique().to_list(), groups))
    totals, uncertainties = dict.fromkeys(keys, 0.0), dict.fromkeys(keys, 0.0)
    for sample, *told in uncertain.iter_rows():  # one after the other: sums of decimals have an order
        for place, group in enumerate(groups):
            totals[sample, group] += told[place]
            uncertainties[sample, group] += told[len(groups) + place]
    return {key: _freedom(totals[key], uncertainties[key]) for key in keys}


def _freedom(variance: float, uncertainty: float) -> float:
    return max(LEAST, 2 * variance**2 / uncertainty) if uncertainty > 0 else LEAST


def _peaks(strata: pl.DataFrame) -> Mapping[int, float]:
    """Return the kurtosis of the residuals of each sample; that of the normal distribution where none can be told."""
    told = strata.select("sample", "residuals").explode("residuals").filter(pl.col("residuals").is_not_nan())
    by_sample = told.partition_by("sample", as_dict=True, maintain_order=True)
    found = {sample: _kurtosis(of["residuals"].to_numpy()) for (sample,), of in by_sample.items()}
    return dict.fromkeys(strata["sample"].unique(), OF_NORMAL) | found


def _kurtosis(numbers: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    squares = (numbers - numbers.mean()) ** 2
    return float((squares**2).mean() / squares.mean() ** 2)
