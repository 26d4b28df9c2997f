"""Estimates for the whole field from the returns of those that answered, with intervals.

Here belongs: strata and their collapsing, weights, totals, means, shares and changes by `svy`. Not here: which answers
count (core and marts do that), verdicts.

Method: the active associations of a year are the population, those that answered a stratified sample of it without
replacement. Strata are purpose group × grant receiver, collapsed until each has `SMALLEST_STRATUM` answers. A weight
is N/n of the stratum, the variance has the finite population correction, the interval is the 95 % t interval, of shares
on the logit scale. Of a total what was told is known; what the others did stands on the log scale, with the degrees of
freedom that skewed answers leave (decision 0016). Answers that are all equal give no estimate.
Source of the method: Lohr, Sampling: Design and Analysis, ch. 3 and 8 (weighting-class adjustment for nonresponse);
Chao (1987), Biometrics 43(4) (interval on the log scale of what was not seen, above what was).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl
from scipy.special import stdtrit

from pipelines import panel_disclosure
from pipelines.degrees_of_freedom import degrees_of_freedom

if TYPE_CHECKING:
    import svy

SMALLEST_STRATUM = 5
"""A stratum with fewer answers is collapsed with others."""

CONFIDENCE = 0.975
"""The upper end of a two-sided 95 % interval."""

REST = "rest"
Pooled = Mapping[tuple[str, int], frozenset[str]]
"""The purpose groups that are weighed together, by indicator and year: those whose figures are hidden."""

NOTHING_HIDDEN: Pooled = {}
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
    "reason": pl.String,
}
"""One row an indicator, year and breakdown value; where the estimate is null the reason says why."""

TOO_FEW, NO_SPREAD, UNTOLD = "too_few_answers", "no_spread", "hidden"
"""Why there is no estimate, the last part of a message key of verdicts."""


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
    rows: list[dict[str, object]] = []
    # the order of the rows must not show in the last digit
    for (year,), of_year in field.sort("year", "register_number").group_by(["year"], maintain_order=True):
        for indicator, column in COLUMNS.items():
            pooled = hidden.get((indicator, int(str(year))), frozenset())
            found = _estimate(of_year, column, _kind(indicator), pooled)
            rows.extend({"indicator_id": indicator, "year": year, **row} for row in found)
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
    rows: list[dict[str, object]] = []
    for before, year in pairwise(sorted(field["year"].unique())):
        if year != before + 1:
            continue
        now = field.filter(pl.col("year") == year).sort("register_number")
        then = field.filter(pl.col("year") == before)
        for indicator, column in COLUMNS.items():
            answer = pl.col(column).cast(pl.Float64)
            panel = now.join(
                then.select("register_number", before=answer), on="register_number", how="left", maintain_order="left"
            )
            differences = panel.with_columns(difference=answer - pl.col("before"))
            kind = "total" if indicator in TOTALS else "mean"
            small = hidden.get((indicator, before), frozenset()) | hidden.get((indicator, year), frozenset())
            untold = panel_disclosure.untold(now, then, column, small, k)
            found = _estimate(differences, "difference", kind, untold, is_change=True)
            rows.extend({"indicator_id": indicator, "year": year, **_kept_back(row, untold - small)} for row in found)
    return pl.DataFrame(rows, schema=ESTIMATE_SCHEMA)


def _kept_back(row: dict[str, object], untold: AbstractSet[str]) -> dict[str, object]:
    """Return a row without its numbers where they must not be told."""
    if row["breakdown_value"] not in untold:
        return row
    return {name: row[name] for name in ("breakdown", "breakdown_value", "n")} | {"reason": UNTOLD}


def stratify(field: pl.DataFrame, column: str, pooled: AbstractSet[str] = frozenset()) -> pl.DataFrame:
    """Give every association its stratum, the stratum's size N, and the weight N/n of its answers to a column.

    Strata with fewer than `SMALLEST_STRATUM` answers are collapsed in steps: the receivers and non-receivers of a
    purpose group; then the small purpose groups into `rest`; then `rest` with the smallest other stratum until it is
    large enough (for the whole: a group that is large enough is estimated by its own strata all the same). With too few
    answers in the whole field one stratum is left. `pooled` purpose groups are in `rest`.

    Returns
    -------
    pl.DataFrame
        The rows with `stratum`, `stratum_size` (N) and `weight` (N/n; of no use where n is 0).
    """
    is_answer = pl.col(column).is_not_null()
    cells = field.group_by("purpose_group", "got_grant").agg(n=is_answer.sum()).sort("purpose_group", "got_grant")
    labels = _collapse({(row[0], row[1]): row[2] for row in cells.iter_rows()}, pooled)
    named = pl.DataFrame(
        [(group, receiver, label) for (group, receiver), label in labels.items()],
        schema={"purpose_group": pl.String, "got_grant": pl.Boolean, "stratum": pl.String},
        orient="row",
    )
    sized = field.join(named, on=["purpose_group", "got_grant"], how="left", maintain_order="left")
    return sized.with_columns(stratum_size=pl.len().over("stratum")).with_columns(
        weight=pl.col("stratum_size") / is_answer.sum().over("stratum")
    )


def _collapse(answers: Mapping[Cell, int], pooled: AbstractSet[str]) -> dict[Cell, str]:
    """Return the stratum of each cell (purpose group, grant receiver) by the numbers of answers in the cells."""
    labels: dict[Cell, str] = {}
    for group in {group for group, _ in answers}:
        cells = [cell for cell in answers if cell[0] == group]
        if group in pooled or sum(answers[cell] for cell in cells) < SMALLEST_STRATUM:
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


def _estimate(
    of_year: pl.DataFrame, column: str, kind: str, pooled: AbstractSet[str], *, is_change: bool = False
) -> Iterator[dict[str, object]]:
    """Yield the whole and each purpose group; nothing when nobody answered."""
    if of_year[column].null_count() == of_year.height:
        return
    sample = _sample(of_year, column, pooled)
    if sample is None:
        yield {"breakdown": "total", "breakdown_value": "total", "n": of_year[column].count(), "reason": TOO_FEW}
        return
    of_hidden = _sample(of_year, column) if pooled else sample
    has_known_part = kind == "total" and not is_change

    def found(
        drawn: svy.Sample, of_domain: pl.DataFrame, parameter: svy.ParamEst | None, within: pl.Expr
    ) -> dict[str, object]:
        answered = drawn.data.lazy().collect() if has_known_part else None
        freedom = None if answered is None else degrees_of_freedom(answered, column, within)
        return _told(of_domain[column], parameter, freedom, is_change=is_change)

    whole = next(iter(_parameters(sample, column, kind)), None)
    yield {"breakdown": "total", "breakdown_value": "total", **found(sample, of_year, whole, pl.lit(value=True))}
    shown = _by_group(sample, column, kind)
    own = _by_group(of_hidden, column, kind) if of_hidden is not None and pooled else shown
    for (group,), of_group in of_year.group_by(["purpose_group"], maintain_order=True):
        if of_group[column].count():
            drawn, parameters = (of_hidden, own) if group in pooled and of_hidden is not None else (sample, shown)
            # what the groups that it was collapsed with did not answer says nothing of a group whose size is known
            alone = _sample(of_group, column) if str(group) in _collapsed_groups(drawn) else None
            if alone is not None:
                drawn, parameters = alone, _by_group(alone, column, kind)
            of_domain = found(drawn, of_group, parameters.get(str(group)), pl.col("purpose_group") == group)
            yield {"breakdown": "purpose_group", "breakdown_value": group, **of_domain}


def _collapsed_groups(sample: svy.Sample) -> set[str]:
    in_rest = sample.data.lazy().filter(pl.col("stratum") == REST).select("purpose_group").collect()
    return set(in_rest["purpose_group"])


def _by_group(sample: svy.Sample, column: str, kind: str) -> dict[str, svy.ParamEst]:
    found = _parameters(sample, column, kind, by="purpose_group")
    return {str(parameter.by_level[0]): parameter for parameter in found if parameter.by_level}


def _sample(field: pl.DataFrame, column: str, pooled: AbstractSet[str] = frozenset()) -> svy.Sample | None:
    """Return the answers as a stratified sample; None when there are too few to say anything."""
    import svy

    answered = stratify(field, column, pooled).filter(pl.col(column).is_not_null())
    if answered.height < SMALLEST_STRATUM:
        return None
    data = answered.select("stratum", "weight", "stratum_size", "purpose_group", column)
    return svy.Sample(data, svy.Design(stratum="stratum", wgt="weight", pop_size="stratum_size"))


def _parameters(sample: svy.Sample, column: str, kind: str, by: str | None = None) -> list[svy.ParamEst]:
    if kind == "total":
        found = sample.estimation.total(column, by=by)
    elif kind == "mean":
        found = sample.estimation.mean(column, by=by)
    else:
        found = sample.estimation.prop(column, by=by)
    parameters = [parameter for estimate in every(found) for parameter in estimate.estimates]
    return [item for item in parameters if item.y_level == 1] if kind == "share" else parameters


def _told(
    answers: pl.Series, parameter: svy.ParamEst | None, freedom: float | None, *, is_change: bool
) -> dict[str, object]:
    """Return the numbers of an estimate, or why there is none.

    `answers` are null where none was given; `freedom` are the degrees of freedom of a total of which a part is known.
    """
    said: dict[str, object] = {"n": answers.count()}
    if answers.count() < SMALLEST_STRATUM:
        return said | {"reason": TOO_FEW}
    if answers.null_count() == 0:
        exact = 0.0 if parameter is None else parameter.est  # svy leaves out the level of a share that nobody gave
        return said | {"estimate": exact, "lower": exact, "upper": exact, "cv": 0.0}
    if parameter is None or (_is_sure(parameter) and not (is_change and parameter.est == 0)):
        return said | {"reason": NO_SPREAD}
    lower, upper = parameter.lci, parameter.uci
    if freedom is not None:
        lower, upper = _above_what_was_told(float(answers.sum()), parameter, freedom)
    numbers = {"estimate": parameter.est, "lower": lower, "upper": upper, "cv": parameter.cv}
    return said | {name: finite(number) for name, number in numbers.items()}


def _above_what_was_told(told: float, parameter: svy.ParamEst, freedom: float) -> tuple[float, float]:
    """Return the interval of a total: of what was told nothing is uncertain, the rest stands on the log scale."""
    rest = parameter.est - told
    quantile = float(stdtrit(min(freedom, parameter.df or freedom), CONFIDENCE))
    ratio = math.exp(quantile * parameter.se / rest)
    return told + rest / ratio, told + rest * ratio


def _is_sure(parameter: svy.ParamEst) -> bool:
    """Tell whether the answers differ so little that they say nothing of those who did not answer."""
    # a variance of rounding errors of 1e-16 has a root of 1e-8, of weighted sums a little more
    return parameter.se <= 1e-6 * abs(parameter.est)


def every(found: svy.Estimate | Sequence[svy.Estimate]) -> Sequence[svy.Estimate]:
    """Return the estimates that svy gave, one or several."""
    return found if isinstance(found, Sequence) else [found]


def finite(number: float | None) -> float | None:
    """Give null for what can't be computed."""
    return number if number is not None and math.isfinite(number) else None
