"""Somebody who knows who answered the survey of residents, how the answers were weighted, and all but what they said.

Here belongs: what plain means and raked estimates tell together of the groups that are hidden. Not here: what follows
from totals alone, over all editions (`attacker`).

The attacker has the public program and knows of every answer its age group, sex and area, so that the weights are known
to the last digit; what is not known is how often the answers of one age group, sex and area were yes. Each figure that
is shown is an equation: its plain mean exactly, its estimate within half a step of its rounding.

Method: a linear programme (HiGHS, by scipy) for the least and the greatest sum of each hidden group.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.optimize import linprog

from pipelines.resident_weighting import Weighable, prepare, rake
from tests.disclosure.attacker import half_step

GROUPS = ("age_group", "sex", "area")
WHOLE = ("total", "total")
NOISE = 1e-6
Domain = tuple[str, str]
"""A breakdown and a value of it."""


@dataclass(frozen=True)
class Figure:
    """What is published of a group; of a hidden one nothing."""

    n: int | None
    reported: float | None
    value: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True)
class Left:
    """What is left of a hidden group: how much its answers lie above the least one in sum, and how wide it was."""

    domain: Domain
    lower: float
    upper: float
    before: float

    @property
    def width(self) -> float:
        return self.upper - self.lower


def left_of(
    known: pl.DataFrame,
    population: pl.DataFrame,
    figures: Mapping[Domain, Figure],
    span: int,
    *,
    estimates: str = "rounded",
) -> Iterator[Left]:
    """Yield what is left of every hidden group of one question.

    Parameters
    ----------
    known
        `answer_number`, `age_group`, `sex`, `area`; one row an answer.
    population
        As `marts.survey_population`, of the same survey.
    figures
        What is published; plain means and estimates are counted from the least answer.
    span
        The greatest answer, counted from the least one.
    estimates
        `rounded` as they are published, `exact`, or `none` for an attacker who leaves them.
    """
    kinds = known.group_by(GROUPS).len().sort(GROUPS, nulls_last=True)
    sizes = kinds["len"].to_numpy()
    inside = {domain: _members(kinds, domain) for domain in figures}
    equal, below = [], []
    weights = _weights(known, population, kinds) if estimates != "none" else None
    for domain, figure in figures.items():
        if figure.n is None or figure.reported is None:
            continue
        equal.append((inside[domain].astype(float), figure.n * figure.reported))
        if weights is None or figure.value is None or figure.lower is None or figure.upper is None:
            continue
        weighed = inside[domain] * weights / sizes
        step = half_step(figure.lower, figure.upper) if estimates == "rounded" else 0.0
        most = (inside[domain] * weights).sum()
        # in answers of the group, so that all rows of the programme are of one size
        scale = figure.n / most
        below.append((weighed * scale, (figure.value + step) * figure.n + NOISE))
        below.append((-weighed * scale, -(figure.value - step) * figure.n + NOISE))
    for domain, figure in figures.items():
        if figure.n is None and inside[domain].any():
            bounds = [_extreme(sign * inside[domain], equal, below, sizes * span) for sign in (1, -1)]
            before = float((inside[domain] * sizes).sum() * span)
            yield Left(domain, math.ceil(bounds[0] - 1e-4), math.floor(-bounds[1] + 1e-4), before)


def _members(kinds: pl.DataFrame, domain: Domain) -> np.ndarray:
    if domain == WHOLE:
        return np.ones(kinds.height, dtype=bool)
    return (kinds[domain[0]] == domain[1]).fill_null(value=False).to_numpy()


def _weights(known: pl.DataFrame, population: pl.DataFrame, kinds: pl.DataFrame) -> np.ndarray | None:
    """Return what all answers of each kind weigh together; None where the survey was not weighted."""
    prepared = prepare(known, population)
    sample = rake(prepared.records, prepared.controls) if isinstance(prepared, Weighable) else None
    if sample is None:
        return None
    of_kind = sample.data.lazy().collect().group_by(GROUPS).agg(pl.col(str(sample.design.wgt)).sum().alias("weight"))
    found = kinds.join(of_kind, on=GROUPS, how="left", nulls_equal=True, maintain_order="left")
    return found["weight"].fill_null(0).to_numpy()


def _extreme(
    goal: np.ndarray,
    equal: list[tuple[np.ndarray, float]],
    below: list[tuple[np.ndarray, float]],
    most: np.ndarray,
) -> float:
    result = linprog(
        goal,
        A_eq=np.array([row for row, _ in equal]) if equal else None,
        b_eq=np.array([side for _, side in equal]) if equal else None,
        A_ub=np.array([row for row, _ in below]) if below else None,
        b_ub=np.array([side for _, side in below]) if below else None,
        bounds=np.c_[np.zeros(len(most)), most],
    )
    assert result.status == 0, result.message
    return float(result.fun)
