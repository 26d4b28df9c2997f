"""Shares and means for all adult residents from the answers to the survey of residents, with intervals.

Here belongs: what is estimated, for the whole and for groups, and the change from the council term before. Not here:
the weights (`pipelines.resident_weighting`), verdicts.

Method: weighted by raking, the variance by linearisation with the raking counted in, the interval is the 95 % t
interval (shares: logit). Change: the difference of two weighted means of independent samples, the surveys as strata.
`effective_n` is the number of answers of equal weight that would tell as much: (Σw)² / Σw².
Source of the method: Lohr, Sampling: Design and Analysis, ch. 8 and 9; Kish (1992), Journal of Official Statistics 8(2)
(effective size).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl

from pipelines.resident_weighting import MARGINS, SMALLEST_CELL, SMALLEST_SAMPLE, Weighable, prepare, rake
from pipelines.sample_estimates import every, finite

if TYPE_CHECKING:
    import svy

SHARES: Mapping[str, str] = {
    "resident_participation_share": "participated",
    "resident_volunteering_share": "volunteered",
    "residents_know_where_to_ask_share": "knows_where_to_ask",
}
MEANS: Mapping[str, str] = {"resident_satisfaction": "satisfaction"}
COLUMNS: Mapping[str, str] = {**SHARES, **MEANS}
"""Indicators, and the column of the answers that each rests on."""

BREAKDOWNS = ("age_group", "sex", "area")
CHILDREN = "0-17"
"""The age group that the survey does not speak for."""

Domain = tuple[str, str]
"""A breakdown and a value of it; both `total` for the whole."""

TOTAL: Domain = ("total", "total")

ESTIMATE_SCHEMA = {
    "indicator_id": pl.String,
    "term": pl.String,
    "breakdown": pl.String,
    "breakdown_value": pl.String,
    "estimate": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "cv": pl.Float64,
    "n": pl.Int64,
    "effective_n": pl.Float64,
    "deff": pl.Float64,
    "population": pl.Int64,
    "method": pl.String,
    "is_collapsed": pl.Boolean,
    "reason": pl.String,
}
"""One row an indicator, term and breakdown value; where the estimate is null the reason says why."""

CHANGE_SCHEMA = {name: ESTIMATE_SCHEMA[name] for name in list(ESTIMATE_SCHEMA)[:7]}
"""One row an indicator, term and breakdown value that can be compared; the estimate is the change."""


def estimates(field: pl.DataFrame, population: pl.DataFrame) -> pl.DataFrame:
    """Estimate every indicator of residents for every council term that has a survey.

    Parameters
    ----------
    field
        As `marts.resident_field`: `answer_number`, `term`, `term_number`, `age_group`, `sex`, `area`, and the answers
        (1 or 0, satisfaction 1-5), null where none was given; one row an answer.
    population
        As `marts.survey_population`: `term`, `margin` (`age_sex`, `area`), `age_group`, `sex`, `area`, `residents`.

    Returns
    -------
    pl.DataFrame
        Columns as `ESTIMATE_SCHEMA`; breakdowns `total` and `BREAKDOWNS`. A question without answers has no rows.
    """
    rows: list[dict[str, object]] = []
    for (term,), of_term in field.sort("answer_number").group_by(["term"], maintain_order=True):
        residents = population.filter(pl.col("term") == term)
        for indicator, column in COLUMNS.items():
            found = _estimate(_answers(of_term, column), residents, is_share=indicator in SHARES)
            rows.extend({"indicator_id": indicator, "term": term, **row} for row in found)
    return pl.DataFrame(rows, schema=ESTIMATE_SCHEMA)


def changes(field: pl.DataFrame, population: pl.DataFrame) -> pl.DataFrame:
    """Estimate the change of every indicator of residents from the council term before.

    Parameters as for `estimates`; returns columns as `CHANGE_SCHEMA`. Terms of which one has no survey that could be
    weighted, and groups with fewer than `SMALLEST_SAMPLE` answers in one of them, have no rows.
    """
    rows: list[dict[str, object]] = []
    ordered = field.sort("answer_number")  # the order of the rows must not show in the last digit
    terms = dict(field.select("term_number", "term").unique().sort("term_number").iter_rows())
    for before, now in pairwise(terms):
        if now != before + 1:
            continue
        for indicator, column in COLUMNS.items():
            surveys = {
                term: prepare(
                    _answers(ordered.filter(pl.col("term") == term), column), population.filter(pl.col("term") == term)
                )
                for term in (terms[before], terms[now])
            }
            found = _differences({term: one for term, one in surveys.items() if isinstance(one, Weighable)})
            rows.extend({"indicator_id": indicator, "term": terms[now], **row} for row in found)
    return pl.DataFrame(rows, schema=CHANGE_SCHEMA)


def _answers(of_term: pl.DataFrame, column: str) -> pl.DataFrame:
    answered = of_term.filter(pl.col(column).is_not_null())
    return answered.select("answer_number", "term", *BREAKDOWNS, answer=pl.col(column).cast(pl.Int64))


def _domains(answers: pl.DataFrame) -> Iterator[Domain]:
    """Yield the whole and every group that somebody told."""
    if answers.is_empty():
        return
    yield TOTAL
    for breakdown in BREAKDOWNS:
        yield from ((breakdown, str(value)) for value in answers[breakdown].drop_nulls().unique().sort())


def _within(domain: Domain) -> pl.Expr:
    breakdown, value = domain
    return pl.lit(value=True) if domain == TOTAL else (pl.col(breakdown) == value).fill_null(value=False)


def _estimate(answers: pl.DataFrame, residents: pl.DataFrame, *, is_share: bool) -> Iterator[dict[str, object]]:
    prepared = prepare(answers, residents)
    sample = None if isinstance(prepared, str) else rake(prepared.records, prepared.controls)
    for domain in _domains(answers):
        row: dict[str, object] = {
            "breakdown": domain[0],
            "breakdown_value": domain[1],
            "n": answers.filter(_within(domain)).height,
            "is_collapsed": False,
        }
        if domain == ("age_group", CHILDREN):
            yield row | {"reason": "outside_population"}
        elif isinstance(prepared, str) or sample is None:
            yield row | {"reason": prepared if isinstance(prepared, str) else "weighting_failed"}
        else:
            known = {"method": prepared.method, "is_collapsed": prepared.is_collapsed}
            known |= {"population": prepared.population if domain == TOTAL else None}
            yield row | known | _of_domain(sample, domain, is_share=is_share)


def _of_domain(sample: svy.Sample, domain: Domain, *, is_share: bool) -> dict[str, object]:
    weights = _weights(sample, domain)
    n = weights.height
    if n < SMALLEST_CELL:
        return {"n": n, "reason": "too_few_answers"}
    effective_n = float(weights.select(pl.col("weight").sum() ** 2 / (pl.col("weight") ** 2).sum()).item())
    said = {"n": n, "effective_n": effective_n, "deff": n / effective_n}
    if weights["answer"].n_unique() == 1:
        return said | {"reason": "no_spread"}
    import svy

    where = None if domain == TOTAL else svy.col(domain[0]) == domain[1]
    (found,) = every((sample.estimation.prop if is_share else sample.estimation.mean)("answer", where=where))
    (parameter,) = (one for one in found.estimates if not is_share or one.y_level == 1)
    numbers = {"estimate": parameter.est, "lower": parameter.lci, "upper": parameter.uci, "cv": parameter.cv}
    return said | {name: finite(number) for name, number in numbers.items()}


def _weights(sample: svy.Sample, domain: Domain) -> pl.DataFrame:
    """Return the answers of a group with their weights, the records of one answer put together."""
    of_domain = sample.data.lazy().collect().filter(_within(domain))
    summed = of_domain.group_by("answer_number", maintain_order=True).agg(
        pl.col("answer").first(), weight=pl.col(str(sample.design.wgt)).sum()
    )
    return summed.sort("answer_number")


def _differences(surveys: Mapping[str, Weighable]) -> Iterator[dict[str, object]]:
    """Yield the change of the whole and of every group that both surveys speak of; nothing without two surveys."""
    if len(surveys) < 2:
        return
    before, now = surveys
    records = pl.concat(
        one.records.with_columns(pl.format("{} {}", "term", column).alias(column) for column in MARGINS)
        for one in surveys.values()
    )
    controls = {
        column: {
            f"{term} {level}": count for term, one in surveys.items() for level, count in one.controls[column].items()
        }
        for column in MARGINS
    }
    sample = rake(records, controls, stratum="term")
    if sample is None:
        return
    for domain in _domains(records):
        in_domain = records.filter(_within(domain)).group_by("term")
        told = in_domain.agg(n=pl.col("answer_number").n_unique(), values=pl.col("answer").n_unique())
        if told.filter((pl.col("n") >= SMALLEST_SAMPLE) & (pl.col("values") > 1)).height == 2:
            yield {"breakdown": domain[0], "breakdown_value": domain[1], **_difference(sample, domain, before, now)}


def _difference(sample: svy.Sample, domain: Domain, before: str, now: str) -> dict[str, object]:
    import svy

    where = None if domain == TOTAL else svy.col(domain[0]) == domain[1]
    (means,) = every(sample.estimation.mean("answer", by="term", where=where))
    (row,) = means.contrast(svy.estd(now) - svy.estd(before)).to_polars().iter_rows(named=True)
    return {"estimate": finite(row["est"]), "lower": finite(row["lci"]), "upper": finite(row["uci"])}
