"""Estimates for the whole field from the returns of those that answered, with intervals.

Here belongs: strata and their collapsing, weights, totals, means, shares and changes by `svy`. Not here: which answers
count (core and marts do that), verdicts.

Method: the active associations of a year are the population, those that answered a stratified sample of it without
replacement. Strata are purpose group × grant receiver, collapsed until each has `SMALLEST_STRATUM` answers. A weight
is N/n of the stratum, the variance has the finite population correction, the interval is the 95 % t interval (shares:
logit).
Source of the method: Lohr, Sampling: Design and Analysis, ch. 3 and 8 (weighting-class adjustment for nonresponse).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    import svy

SMALLEST_STRATUM = 5
"""A stratum with fewer answers is collapsed with others."""

REST = "rest"
Cell = tuple[str, bool]
"""A purpose group, and whether its associations got a grant."""

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
}
"""One row an indicator, year and breakdown value; the estimate is null where there are too few answers."""


def estimates(field: pl.DataFrame) -> pl.DataFrame:
    """Estimate every indicator of returns for every year.

    Parameters
    ----------
    field
        `year`, `register_number`, `purpose_group`, `got_grant`, and the answers `volunteer_hours`, `volunteer_persons`,
        `members`, `events`, `joint_events`, `cooperation_grade`, `agrees` (1 or 0); one row an active association and
        year, answers null where it gave none.

    Returns
    -------
    pl.DataFrame
        Columns as `ESTIMATE_SCHEMA`; breakdowns `total` and `purpose_group`. A year without answers has no rows.
    """
    rows: list[dict[str, object]] = []
    for (year,), of_year in field.group_by(["year"], maintain_order=True):
        for indicator, column in COLUMNS.items():
            found = _estimate(of_year, column, _kind(indicator))
            rows.extend({"indicator_id": indicator, "year": year, **row} for row in found)
    return pl.DataFrame(rows, schema=ESTIMATE_SCHEMA)


def changes(field: pl.DataFrame) -> pl.DataFrame:
    """Estimate the change of every indicator of returns from the year before, by the associations that answered both.

    An association that answers in one of the years only says nothing about change, so non-response never reads as
    decline. Parameters as for `estimates`; returns columns as `ESTIMATE_SCHEMA`, where the estimate is the change and
    `n` the number of associations in the panel.
    """
    rows: list[dict[str, object]] = []
    for before, year in pairwise(sorted(field["year"].unique())):
        if year != before + 1:
            continue
        now = field.filter(pl.col("year") == year)
        then = field.filter(pl.col("year") == before)
        for indicator, column in COLUMNS.items():
            answer = pl.col(column).cast(pl.Float64)
            panel = now.join(then.select("register_number", before=answer), on="register_number", how="left")
            differences = panel.with_columns(difference=answer - pl.col("before"))
            kind = "total" if indicator in TOTALS else "mean"
            found = _estimate(differences, "difference", kind)
            rows.extend({"indicator_id": indicator, "year": year, **row} for row in found)
    return pl.DataFrame(rows, schema=ESTIMATE_SCHEMA)


def stratify(field: pl.DataFrame, column: str) -> pl.DataFrame:
    """Give every association its stratum, the stratum's size N, and the weight N/n of its answers to a column.

    Strata with fewer than `SMALLEST_STRATUM` answers are collapsed in steps: the receivers and non-receivers of a
    purpose group; then the small purpose groups into `rest`; then `rest` with the smallest other stratum until it is
    large enough. With too few answers in the whole field one stratum is left.

    Returns
    -------
    pl.DataFrame
        The rows with `stratum`, `stratum_size` (N) and `weight` (N/n; of no use where n is 0).
    """
    is_answer = pl.col(column).is_not_null()
    cells = field.group_by("purpose_group", "got_grant").agg(n=is_answer.sum()).sort("purpose_group", "got_grant")
    labels = _collapse({(row[0], row[1]): row[2] for row in cells.iter_rows()})
    named = pl.DataFrame(
        [(group, receiver, label) for (group, receiver), label in labels.items()],
        schema={"purpose_group": pl.String, "got_grant": pl.Boolean, "stratum": pl.String},
        orient="row",
    )
    sized = field.join(named, on=["purpose_group", "got_grant"], how="left", maintain_order="left")
    return sized.with_columns(stratum_size=pl.len().over("stratum")).with_columns(
        weight=pl.col("stratum_size") / is_answer.sum().over("stratum")
    )


def _collapse(answers: Mapping[Cell, int]) -> dict[Cell, str]:
    """Return the stratum of each cell (purpose group, grant receiver) by the numbers of answers in the cells."""
    labels: dict[Cell, str] = {}
    for group in {group for group, _ in answers}:
        cells = [cell for cell in answers if cell[0] == group]
        if sum(answers[cell] for cell in cells) < SMALLEST_STRATUM:
            labels |= dict.fromkeys(cells, REST)
        elif min(answers[cell] for cell in cells) < SMALLEST_STRATUM:
            labels |= dict.fromkeys(cells, group)
        else:
            labels |= {cell: f"{cell[0]}/{'receiver' if cell[1] else 'other'}" for cell in cells}
    while REST in labels.values() and len(set(labels.values())) > 1:
        sizes: Counter[str] = Counter()
        for cell, label in labels.items():
            sizes[label] += answers[cell]
        if sizes[REST] >= SMALLEST_STRATUM:
            break
        smallest = min((size, label) for label, size in sizes.items() if label != REST)[1]
        labels = {cell: REST if label == smallest else label for cell, label in labels.items()}
    return labels


def _kind(indicator: str) -> str:
    return "total" if indicator in TOTALS else "mean" if indicator in MEANS else "share"


def _estimate(of_year: pl.DataFrame, column: str, kind: str) -> Iterable[dict[str, object]]:
    """Yield the whole and each purpose group; nothing when nobody answered."""
    if of_year[column].null_count() == of_year.height:
        return
    yield _whole(of_year, column, kind)
    sample = _sample(of_year, column)
    if sample is None:
        return
    for parameter in _parameters(sample, column, kind, by="purpose_group"):
        (group,) = parameter.by_level or ("",)
        answers = of_year.filter((pl.col("purpose_group") == group) & pl.col(column).is_not_null()).height
        yield _row("purpose_group", str(group), parameter if answers >= SMALLEST_STRATUM else None, answers)


def _whole(field: pl.DataFrame, column: str, kind: str) -> dict[str, object]:
    answers = field.height - field[column].null_count()
    sample = _sample(field, column)
    parameter = None if sample is None else next(iter(_parameters(sample, column, kind)), None)
    return _row("total", "total", parameter, answers)


def _sample(field: pl.DataFrame, column: str) -> svy.Sample | None:
    """Return the answers as a stratified sample; None when there are too few to say anything."""
    import svy

    answered = stratify(field, column).filter(pl.col(column).is_not_null())
    if answered.height < SMALLEST_STRATUM:
        return None
    data = answered.select("stratum", "weight", "stratum_size", "purpose_group", column)
    return svy.Sample(data, svy.Design(stratum="stratum", wgt="weight", pop_size="stratum_size"))


def _parameters(sample: svy.Sample, column: str, kind: str, by: str | None = None) -> list[svy.ParamEst]:
    if kind == "total":
        found = sample.estimation.total([column], by=by)
    elif kind == "mean":
        found = sample.estimation.mean([column], by=by)
    else:
        found = sample.estimation.prop([column], by=by)
    estimates_found = found if isinstance(found, list) else [found]
    parameters = [parameter for estimate in estimates_found for parameter in estimate.estimates]
    return [item for item in parameters if item.y_level == 1] if kind == "share" else parameters


def _row(breakdown: str, value: str, parameter: svy.ParamEst | None, answers: int) -> dict[str, object]:
    row: dict[str, object] = {"breakdown": breakdown, "breakdown_value": value, "n": answers}
    if parameter is None:
        return row | dict.fromkeys(("estimate", "lower", "upper", "cv"))
    numbers = {
        "estimate": parameter.est,
        "lower": parameter.lci,
        "upper": parameter.uci,
        "cv": parameter.cv,
    }
    return row | {name: _finite(number) for name, number in numbers.items()}


def _finite(number: float | None) -> float | None:
    """Give null for what can't be computed, such as the logit interval of a share of 100 %."""
    return number if number is not None and math.isfinite(number) else None
