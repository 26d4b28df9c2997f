"""Somebody who knows that answers are whole numbers and guesses how the estimate was weighted.

Here belongs: the second equation that an estimate of the whole gives about the hidden groups, and what whole numbers
fit it. Not here: what follows from totals alone, over all editions (`attacker`).

The whole's mean tells Σ x over the hidden groups; its estimate tells Σ (N/n) x, the weights being those of the strata.
How the groups fall into strata is not public, so it is guessed. Who answered of a group is easily found out by asking
around, so the attacker is taken to know every N and n that the response of the groups does not hide.

Method: a mixed-integer programme (HiGHS, by scipy) for the least and the greatest sum of each hidden group. A group of
unknown size has an option for each pair (N, n) that it can have; with the interval of a share, one for each count too,
for the variance is no linear function of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.special import stdtrit

from tests.disclosure.attacker import (
    FIELD,
    REGISTERED,
    SMALLEST_STRATUM,
    TOTAL,
    Card,
    Edition,
    Place,
    half_step,
)

GROUPS = "purpose_group"
EXACT = 1e-9


@dataclass(frozen=True)
class Option:
    """What a hidden group may be: its size N, its answers n, and the least and greatest sum that they may come to."""

    size: int
    answers: int
    least: float
    greatest: float


@dataclass(frozen=True)
class Table:
    """An indicator of a year: what is known of the whole, what the shown groups leave, and the hidden groups.

    `estimate` and `half_step` are of the sum over everybody, weighed; `left` is the plain sum of the hidden groups.
    """

    place: Place
    groups: Mapping[str, Sequence[Option]]
    left: float
    left_size: int
    left_answers: int
    estimate: float
    half_step: float
    variance: tuple[float, float] | None
    is_whole: bool

    @property
    def is_known(self) -> bool:
        """Every size and every number of answers is known."""
        return all(len({(one.size, one.answers) for one in options}) == 1 for options in self.groups.values())


@dataclass(frozen=True)
class Range:
    """The least and the greatest sum of a hidden group, and how wide it could be at all."""

    place: Place
    lower: float
    upper: float
    before: float

    @property
    def width(self) -> float:
        return self.upper - self.lower


def tables(
    edition: Edition, told: Mapping[Place, int], *, is_rounded: bool = True, uses_interval: bool = False
) -> Iterator[Table]:
    """Yield every table of what associations told that has hidden groups and an estimate of the whole.

    Parameters
    ----------
    told
        The number of answers behind each figure, for the groups whose size is shown.
    is_rounded
        Whether the attacker has to reckon with rounding; else a quarter of an answer is allowed for a wrong guess.
    uses_interval
        Take the variance of a share from its interval as well, where the sizes are known.
    """
    for place, row in edition.rows.items():
        card = edition.cards[place[1]]
        if place[2] != TOTAL or card.basis != "returns" or row["is_hidden"] or row["value"] is None:
            continue
        found = _table(edition, place, told, is_rounded=is_rounded, uses_interval=uses_interval)
        if found is not None:
            yield found


def _table(
    edition: Edition, whole: Place, told: Mapping[Place, int], *, is_rounded: bool, uses_interval: bool
) -> Table | None:
    period, indicator, _, _ = whole
    card, row = edition.cards[indicator], edition.rows[whole]
    places = [place for place in edition.rows if place[:3] == (period, indicator, GROUPS)]
    hidden = [place for place in places if edition.rows[place]["is_hidden"]]
    sizes = {place: edition.rows[period, FIELD, GROUPS, place[3]] for place in places}
    shown = [place for place in places if place not in hidden and edition.rows[place]["n"]]
    if not hidden or any(sizes[place]["is_hidden"] for place in shown):
        return None
    least = card.scale[0] if card.scale else 0.0
    known = {place: _sum(card, edition.rows[place]) for place in shown}
    left = _sum(card, row) - sum(known.values())
    left_answers = row["n"] - sum(edition.rows[place]["n"] for place in shown)  # type: ignore[operator,misc]
    left_size = row["population"] - sum(sizes[place]["n"] for place in places if place not in hidden)  # type: ignore[operator,misc]
    groups = {
        place[3]: list(_options(edition, place, sizes[place], told, left_size, left_answers, left)) for place in hidden
    }
    everybody = sum(sizes[place]["n"] for place in shown) + left_size  # type: ignore[misc]
    factor = everybody if card.scale else 1
    value, lower, upper = (float(row[name]) for name in ("value", "lower", "upper"))  # type: ignore[arg-type]
    of_shown = sum(sizes[place]["n"] / edition.rows[place]["n"] * known[place] for place in shown)  # type: ignore[operator]
    step = half_step(lower, upper) if is_rounded else 0.0
    table = Table(
        whole,
        groups,
        left,
        int(left_size),
        int(left_answers),
        (value - least) * factor - of_shown,
        step * factor + 0.25,
        None,
        not _is_continuous(left),
    )
    if not (uses_interval and card.unit_code == "share" and table.is_known and upper > lower):
        return table
    counts = {
        group: [Option(one.size, one.answers, x, x) for one in options for x in range(one.answers + 1)]
        for group, options in groups.items()
    }
    freedom = int(row["n"]) - len(places)  # type: ignore[call-overload]
    seen = [(sizes[place]["n"], edition.rows[place]["n"], known[place]) for place in shown]
    other = sum(_variance(int(size), int(n), x) for size, n, x in seen)  # type: ignore[call-overload]
    variances = [bound - other for bound in _variance_of(value, lower, upper, step, everybody, freedom)]
    return replace(table, groups=counts, variance=(variances[0], variances[1]))


def _is_continuous(left: float) -> bool:
    return abs(left - round(left)) > 1e-6


def _sum(card: Card, row: Mapping[str, object]) -> float:
    """Return the sum told; of a mean how much all answers lie above the least."""
    reported = float(row["reported"] or 0.0)  # type: ignore[arg-type]
    return float(row["n"]) * (reported - card.scale[0]) if card.scale else reported  # type: ignore[arg-type]


def _options(
    edition: Edition,
    place: Place,
    size: Mapping[str, object],
    told: Mapping[Place, int],
    left_size: int,
    left_answers: int,
    left: float,
) -> Iterator[Option]:
    period, indicator, _, group = place
    scale = edition.cards[indicator].scale
    if size["is_hidden"]:
        registered = int(edition.rows[period, REGISTERED, GROUPS, group]["n"])  # type: ignore[call-overload]
        floor = edition.with_grant.get((period, group), 0)
        pairs = [(all_, n) for all_ in range(max(floor, 1), min(registered, left_size) + 1) for n in range(1, all_ + 1)]
    else:
        pairs = [(int(size["n"]), told[place])] if told[place] else []  # type: ignore[call-overload]
    for all_, n in pairs:
        if n <= left_answers:
            yield Option(all_, n, 0.0, n * (scale[1] - scale[0]) if scale else left)


def _variance(size: int, answers: int, yes: float) -> float:
    """Return what a stratum adds to the variance of the weighed sum of a share."""
    if answers < 2:
        return 0.0
    share = yes / answers
    return size**2 * (1 - answers / size) * share * (1 - share) / (answers - 1)


def _variance_of(
    value: float, lower: float, upper: float, step: float, everybody: int, freedom: int
) -> tuple[float, float]:
    """Return between what the variance of the weighed sum lies, by an interval on the logit scale."""

    def logit(share: float) -> float:
        share = min(max(share, 1e-6), 1 - 1e-6)
        return math.log(share / (1 - share))

    quantile = float(stdtrit(freedom, 0.975))
    spreads = [value_ * (1 - value_) for value_ in (value - step, value, value + step)]
    narrow = logit(upper - step) - logit(lower + step)
    wide = logit(upper + step) - logit(lower - step)
    few, many = (
        (everybody * width * spread / (2 * quantile)) ** 2
        for width, spread in ((max(narrow, 0), min(spreads)), (wide, max(spreads)))
    )
    return few - 0.25, many + 0.25


def guesses(table: Table) -> Iterator[Mapping[str, float]]:
    """Yield what an answer of a group may weigh where it is not N/n of its group.

    The strata are the groups, or the hidden ones are one stratum, or those with few answers were collapsed into one,
    as the public program does.
    """
    yield {}
    if table.left_answers:
        yield dict.fromkeys(table.groups, table.left_size / table.left_answers)
    if not table.is_known:
        return
    few = {group: o[0] for group, o in table.groups.items() if o[0].answers < SMALLEST_STRATUM}
    answers = sum(one.answers for one in few.values())
    if len(few) > 1 and answers >= SMALLEST_STRATUM:
        yield dict.fromkeys(few, sum(one.size for one in few.values()) / answers)


def ranges(table: Table, weights: Mapping[str, float]) -> list[Range] | None:
    """Return what is left of every hidden group; None when nothing fits, so that the guess was wrong."""
    programme = _Programme(table, weights)
    found = []
    for group, options in table.groups.items():
        bounds = programme.bounds(group)
        if bounds is None:
            return None
        before = max(one.greatest for one in options) - min(one.least for one in options)
        found.append(Range((table.place[0], table.place[1], GROUPS, group), *bounds, before))
    return found


class _Programme:
    """Variables: of each option whether it is the one, and the sum of the group if it is."""

    def __init__(self, table: Table, weights: Mapping[str, float]) -> None:
        self.table = table
        self.columns = [(group, one) for group, options in table.groups.items() for one in options]
        many = len(self.columns)
        sizes = np.array([one.size for _, one in self.columns])
        answers = np.array([one.answers for _, one in self.columns])
        weighed = np.array([weights.get(group, one.size / one.answers) for group, one in self.columns])
        none, ones = np.zeros(many), np.ones(many)
        slack = table.half_step + EXACT
        rows = [
            (np.r_[sizes, none], table.left_size, table.left_size),
            (np.r_[answers, none], table.left_answers, table.left_answers),
            (np.r_[none, ones], table.left - 1e-6, table.left + 1e-6),
            (np.r_[none, weighed], table.estimate - slack, table.estimate + slack),
        ]
        if table.variance is not None:
            added = [_variance(one.size, one.answers, one.least) for _, one in self.columns]
            rows.append((np.r_[added, none], *table.variance))
        rows += [(np.r_[self._of(group), none], 1, 1) for group in table.groups]
        for at, (_, one) in enumerate(self.columns):
            here = np.eye(1, many, at)[0]
            rows.append((np.r_[-one.greatest * here, here], -np.inf, 0))
            rows.append((np.r_[-one.least * here, here], 0, np.inf))
        factors, least, greatest = zip(*rows, strict=True)
        self.constraints = LinearConstraint(np.array(factors), np.array(least), np.array(greatest))
        highest = [max(one.greatest, 0.0) for _, one in self.columns]
        self.limits = Bounds(np.zeros(2 * many), np.r_[ones, highest])
        self.integrality = np.r_[ones, ones if table.is_whole else none]

    def _of(self, group: str) -> np.ndarray:
        return np.array([float(name == group) for name, _ in self.columns])

    def bounds(self, group: str) -> tuple[float, float] | None:
        goal = np.r_[np.zeros(len(self.columns)), self._of(group)]
        found = []
        for sign in (1.0, -1.0):
            result = milp(sign * goal, integrality=self.integrality, bounds=self.limits, constraints=self.constraints)
            if result.status == 2:
                return None
            assert result.status == 0, result.message
            found.append(sign * result.fun)
        return found[0], found[1]
