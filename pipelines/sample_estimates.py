"""Totals, means and shares of associations from the answers of some of them, with intervals.

Here belongs: what svy makes of answers, for the whole and for purpose groups. Not here: strata and weights
(`pipelines.strata`), which answers are asked about (`pipelines.estimation`).

Method: the active associations of a year are the population, those that answered a stratified sample of it without
replacement. A weight is N/n of the stratum, the variance has the finite population correction, the interval is the
95 % t interval, of shares on the logit scale. Of a total what was told is known; what the others did stands on the log
scale, with the degrees of freedom that skewed answers leave (decision 0016). Answers that are all equal give no
estimate.
Source of the method: Lohr, Sampling: Design and Analysis, ch. 3 and 8 (weighting-class adjustment for nonresponse);
Chao (1987), Biometrics 43(4) (interval on the log scale of what was not seen, above what was).

Each question has samples of its own, and svy is asked about all of them at once: every stratum belongs to one sample,
so each sample is a domain, and domains are estimated as if they were alone (decision 0040).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import polars as pl
from scipy.special import stdtrit

from pipelines.degrees_of_freedom import WHOLE, degrees_of_freedom
from pipelines.strata import CELL, LABEL_SCHEMA, SMALLEST_STRATUM, Cell, Count, Strata, stratify

if TYPE_CHECKING:
    import svy

CONFIDENCE = 0.975
"""The upper end of a two-sided 95 % interval."""

TOO_FEW, NO_SPREAD = "too_few_answers", "no_spread"
"""Why there is no estimate, the last part of a message key of verdicts."""

Kind = Literal["total", "mean", "share"]
Row = dict[str, object]
Domain = tuple[int, str]
"""A sample, and a purpose group of it or `WHOLE`."""


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked of the associations of a year.

    Attributes
    ----------
    said
        Stands in every row of what is estimated.
    associations
        `purpose_group`, `got_grant` and `answer` (null where none was given), in an order of their own.
    pooled
        The purpose groups that are weighed together.
    """

    said: Mapping[str, object]
    associations: pl.DataFrame
    pooled: AbstractSet[str] = frozenset()


@dataclass(slots=True)
class _Samples:
    """The samples of all questions: rows of `LABEL_SCHEMA`, and how many samples there are."""

    labels: list[tuple[object, ...]] = field(default_factory=list)
    drawn: int = 0

    def draw(self, question: int, strata: Strata) -> int:
        """Add the sample of a question that has these strata, and return its number."""
        number, self.drawn = self.drawn, self.drawn + 1
        self.labels.extend(strata.rows(number, question))
        return number


@dataclass(frozen=True, slots=True)
class _Plan:
    """The sample of the whole (None when there are too few answers), and that of each purpose group that answered."""

    whole: int | None
    groups: Mapping[str, int]


def estimated(
    questions: Sequence[Question], kind: Kind, *, is_change: bool = False, by_group: bool = True
) -> list[list[Row]]:
    """Estimate the answers to questions of one kind.

    Parameters
    ----------
    is_change
        The answers are differences: an association that answered may have changed since, so nothing of them is known,
        and no change at all is a change of 0.
    by_group
        Whether the purpose groups are estimated too.

    Returns
    -------
    list
        For each question the rows of the whole and of each purpose group that answered, none when nobody answered.
        Keys: those of `Question.said`, `breakdown`, `breakdown_value`, `n`, and `estimate`, `lower`, `upper`, `cv`,
        or `reason`.
    """
    if not questions:
        return []
    asked = pl.concat(one.associations.with_columns(question=pl.lit(place)) for place, one in enumerate(questions))
    counts = _counts(asked, len(questions))
    samples = _Samples()
    plans = [
        _planned(samples, place, cells, one.pooled, by_group=by_group)
        for place, (cells, one) in enumerate(zip(counts, questions, strict=True))
    ]
    labels = pl.DataFrame(samples.labels, schema=LABEL_SCHEMA, orient="row")
    answered = asked.drop_nulls("answer").join(labels, on=["question", *CELL], maintain_order="left")
    found = _parameters(answered, kind, by_group=by_group)
    freedom = degrees_of_freedom(answered) if kind == "total" and not is_change else {}
    return [
        [dict(one.said) | row for row in _rows(one, plan, found, freedom, is_change=is_change)]
        for one, plan in zip(questions, plans, strict=True)
    ]


def _counts(asked: pl.DataFrame, questions: int) -> list[dict[Cell, Count]]:
    """Return for each question the associations and answers of its cells, cells in the order of their associations."""
    found: list[dict[Cell, Count]] = [{} for _ in range(questions)]
    of_cells = asked.group_by("question", *CELL, maintain_order=True).agg(pl.len(), n=pl.col("answer").count())
    for question, group, receiver, associations, answers in of_cells.iter_rows():
        found[question][group, receiver] = Count(associations, answers)
    return found


def _planned(
    samples: _Samples, question: int, cells: Mapping[Cell, Count], pooled: AbstractSet[str], *, by_group: bool
) -> _Plan:
    """Draw the samples of a question."""
    if sum(count.answers for count in cells.values()) < SMALLEST_STRATUM:
        return _Plan(None, {})
    told = stratify(cells, pooled)
    whole = samples.draw(question, told)
    if not by_group:
        return _Plan(whole, {})
    apart = stratify(cells) if pooled else told
    hidden = samples.draw(question, apart) if pooled else whole
    groups: dict[str, int] = {}
    for group in dict.fromkeys(group for group, _ in cells):
        own = {cell: count for cell, count in cells.items() if cell[0] == group}
        answers = sum(count.answers for count in own.values())
        groups[group], strata = (hidden, apart) if group in pooled else (whole, told)
        # what the groups that it was collapsed with did not answer says nothing of a group whose size is known
        if group in strata.collapsed and answers >= SMALLEST_STRATUM:
            groups[group] = samples.draw(question, stratify(own))
    return _Plan(whole, groups)


def _parameters(answered: pl.DataFrame, kind: Kind, *, by_group: bool) -> dict[Domain, svy.ParamEst]:
    """Return what svy estimates of each sample, and of the purpose groups in it."""
    if answered.is_empty():
        return {}
    import svy

    data = answered.select(
        "sample", "purpose_group", "stratum_size", "weight", "answer", stratum=pl.format("{}/{}", "sample", "stratum")
    )
    drawn = svy.Sample(data, svy.Design(stratum="stratum", wgt="weight", pop_size="stratum_size"))
    of = drawn.estimation
    found: dict[Domain, svy.ParamEst] = {}
    for by in (["sample"], ["sample", "purpose_group"])[: 2 if by_group else 1]:
        if kind == "total":
            told = of.total("answer", by=by)
        else:
            told = of.mean("answer", by=by) if kind == "mean" else of.prop("answer", by=by)
        for parameter in (one for estimate in every(told) for one in estimate.estimates):
            sample, group = (*(parameter.by_level or ()), WHOLE)[:2]
            if kind != "share" or parameter.y_level == 1:
                found[int(str(sample)), str(group)] = parameter
    return found


def _rows(
    question: Question,
    plan: _Plan,
    found: Mapping[Domain, svy.ParamEst],
    freedom: Mapping[Domain, float],
    *,
    is_change: bool,
) -> Iterator[Row]:
    """Yield the whole and each purpose group; nothing when nobody answered."""
    answers = question.associations["answer"]
    if answers.count() == 0:
        return
    whole: Row = {"breakdown": "total", "breakdown_value": "total"}
    if plan.whole is None:
        yield whole | {"n": answers.count(), "reason": TOO_FEW}
        return
    domain = plan.whole, WHOLE
    yield whole | _told(answers, found.get(domain), freedom.get(domain), is_change=is_change)
    for (group,), of_group in question.associations.group_by(["purpose_group"], maintain_order=True):
        sample = plan.groups.get(str(group))
        if sample is not None and of_group["answer"].count():
            domain = sample, str(group)
            told = _told(of_group["answer"], found.get(domain), freedom.get(domain), is_change=is_change)
            yield {"breakdown": "purpose_group", "breakdown_value": group, **told}


def _told(answers: pl.Series, parameter: svy.ParamEst | None, freedom: float | None, *, is_change: bool) -> Row:
    """Return the numbers of an estimate, or why there is none.

    `answers` are null where none was given; `freedom` are the degrees of freedom of a total of which a part is known.
    """
    said: Row = {"n": answers.count()}
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
