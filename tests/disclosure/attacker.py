"""Somebody who has every public file and wants the hidden figures back.

Here belongs: what an outsider can know, as linear relations, and the interval that they leave to each hidden figure.
Not here: any knowledge of how figures are hidden; nothing is shared with `pipelines.disclosure`.

Method: every hidden count and sum is a variable; the public figures and the relations between them are the constraints
of a linear programme (HiGHS, by scipy), and the least and greatest value of each variable is what can be worked out.
Whole numbers are relaxed and the bounds of counts rounded inwards afterwards.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from scipy.optimize import linprog
from scipy.sparse import csr_array

FIELD, RESPONSE, REGISTERED, FOUNDED = (
    "active_associations",
    "return_response_share",
    "registered_associations",
    "founded",
)
SCALES = {"share": (0.0, 1.0), "grade": (4.0, 10.0), "points": (1.0, 5.0)}
TOTAL = "total"
NOISE = 1e-6
SMALLEST_STRATUM = 5

Place = tuple[str, str, str, str]
"""Period, indicator, breakdown, group."""
Name = tuple[int, Place, str]
"""Edition, place, and which of its quantities: n, size, up, down, estimate."""


Relation = tuple[dict[int, float], float]
"""Factors of variables, and what they come to: exactly or at the most."""


@dataclass(frozen=True)
class Card:
    """What the public card of an indicator says."""

    basis: str
    kind: str
    unit_code: str
    disclosure: str

    @property
    def scale(self) -> tuple[float, float] | None:
        return SCALES.get(self.unit_code) if self.basis in {"returns", "residents"} else None

    @property
    def is_sum(self) -> bool:
        return self.kind != "share" and self.scale is None


@dataclass(frozen=True)
class Edition:
    """One public edition: rows of `marts.indicator_values` by place, and what the open register and grants tell."""

    rows: Mapping[Place, Mapping[str, object]]
    cards: Mapping[str, Card]
    with_grant: Mapping[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """The interval that is left to a hidden quantity, and how wide it was before any figure was published."""

    edition: int
    place: Place
    quantity: str
    lower: float
    upper: float
    before: float

    @property
    def width(self) -> float:
        return self.upper - self.lower


def edition(values: pl.DataFrame, cards: pl.DataFrame, with_grant: Mapping[tuple[str, str], int]) -> Edition:
    """Take an edition as it is published."""
    rows = {
        (row["period"], row["indicator_id"], row["breakdown"], row["breakdown_value"]): row
        for row in values.iter_rows(named=True)
    }
    known = {
        row["indicator_id"]: Card(row["basis"], row["kind"], row["unit_code"], row["disclosure"])
        for row in cards.iter_rows(named=True)
    }
    return Edition(rows, known, with_grant)


def half_step(lower: float, upper: float) -> float:
    """Return by how much a published estimate may have been rounded: half the step of 1, 2 or 5 and zeros.

    The step is at most a quarter of the interval before it was rounded, which is a third wider than what is published
    at the most.
    """
    if upper <= lower:
        return 0.0
    most = (upper - lower) / 3 * (1 + 1e-9)  # bounds are decimals, so their difference is a little off
    power = 10.0 ** math.floor(math.log10(most))
    return max(step * power for step in (1, 2, 5) if step * power <= most) / 2


class Attack:
    """The linear programme over all editions."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        self.editions = editions
        self.index: dict[Name, int] = {}
        self.same: dict[Name, Name] = {}
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.equal: list[Relation] = []
        self.below: list[Relation] = []
        self._join_unchanged()
        for number in range(len(editions)):
            for place in editions[number].rows:
                self._of_cell(number, place)
            for total in self._totals(number):
                self._of_total(number, total)

    # What is known

    def _row(self, number: int, place: Place) -> Mapping[str, object] | None:
        return self.editions[number].rows.get(place)

    def _variable(self, name: Name, lower: float = 0.0, upper: float = math.inf) -> int:
        name = self.same.get(name, name)
        if name not in self.index:
            self.index[name] = len(self.lower)
            self.lower.append(-math.inf)
            self.upper.append(math.inf)
        at = self.index[name]
        self.lower[at] = max(self.lower[at], lower)
        self.upper[at] = min(self.upper[at], upper)
        return at

    def _term(self, number: int, place: Place, quantity: str) -> int | float | None:
        """Return the number of the variable (int) of a hidden quantity, the public value (float), or None."""
        row = self._row(number, place)
        if row is None:
            return None
        card = self.editions[number].cards[place[1]]
        if row["is_hidden"]:
            return self._variable((number, place, quantity))
        n, reported = row["n"], row["reported"]
        if quantity in {"n", "size"}:
            known = n if quantity == "n" else row["population"]
            return None if known is None else float(known)  # type: ignore[arg-type]
        if n == 0:
            return 0.0
        if reported is None:
            return None
        if card.scale is None:
            return float(reported) if quantity == "up" else None  # type: ignore[arg-type]
        least, greatest = card.scale
        return float(n) * (reported - least if quantity == "up" else greatest - reported)  # type: ignore[operator,arg-type]

    def _relate(self, terms: Sequence[tuple[float, int | float | None]], most: float, *, equal: bool = False) -> None:
        """Add Σ factor × term ≤ most, or = most; nothing when a term is not known to exist."""
        if any(term is None for _, term in terms):
            return
        coefficients: dict[int, float] = {}
        for factor, term in terms:
            if isinstance(term, int):
                coefficients[term] = coefficients.get(term, 0.0) + factor
            elif term is not None:
                most -= factor * term
        coefficients = {at: factor for at, factor in coefficients.items() if factor}
        if coefficients:
            (self.equal if equal else self.below).append((coefficients, most))

    def _of_cell(self, number: int, place: Place) -> None:
        period, indicator, breakdown, group = place
        card = self.editions[number].cards[indicator]
        if card.disclosure == "none":
            return
        n = self._term(number, place, "n")
        if card.scale:
            span = card.scale[1] - card.scale[0]
            up, down = self._term(number, place, "up"), self._term(number, place, "down")
            self._relate([(1, up), (1, down), (-span, n)], 0.0, equal=True)
        size = self._term(number, (period, FIELD, breakdown, group), "n")
        if indicator == FIELD:
            self._of_field(number, place, n)
        elif card.basis == "returns" or indicator == RESPONSE:
            self._relate([(1, n), (-1, size)], 0.0)
            self._relate([(1, n), (-1, self._term(number, (period, RESPONSE, breakdown, group), "n"))], 0.0)
            self._relate([(1, self._term(number, place, "size")), (-1, size)], 0.0, equal=True)

    def _of_field(self, number: int, place: Place, n: int | float | None) -> None:
        period, _, breakdown, group = place
        registered = self._term(number, (period, REGISTERED, breakdown, group), "n")
        self._relate([(1, n), (-1, registered)], 0.0)
        self._relate([(-1, n)], -float(self.editions[number].with_grant.get((period, group), 0)))
        year = str(int(period) - 1)
        before = self._term(number, (year, REGISTERED, breakdown, group), "n")
        answered = self._term(number, (year, RESPONSE, breakdown, group), "n")
        founded = self._term(number, (period, FOUNDED, breakdown, group), "n") or 0.0
        # who answered last year is active this year, unless it has ended: ended = before + founded - registered
        self._relate([(1, answered), (-1, before), (-1, founded), (1, registered), (-1, n)], 0.0)

    def _totals(self, number: int) -> Iterator[tuple[Place, list[Place]]]:
        parts: dict[tuple[str, str, str], list[Place]] = {}
        for place in self.editions[number].rows:
            if place[2] != TOTAL:
                parts.setdefault(place[:3], []).append(place)
        for (period, indicator, _), places in parts.items():
            yield (period, indicator, TOTAL, TOTAL), places

    def _of_total(self, number: int, found: tuple[Place, list[Place]]) -> None:
        total, places = found
        card = self.editions[number].cards[total[1]]
        if card.disclosure == "none" or total not in self.editions[number].rows:
            return
        is_partition = places[0][2] == "purpose_group"
        for quantity in ("n", "up", "down"):
            whole = self._term(number, total, quantity)
            terms: list[tuple[float, int | float | None]] = [
                (1.0, self._term(number, place, quantity)) for place in places
            ]
            if card.disclosure == "residents":  # some do not tell their group
                rest = self._variable((number, (total[0], total[1], places[0][2], "not told"), quantity))
                self._relate([*terms, (1.0, rest), (-1.0, whole)], 0.0, equal=True)
            elif is_partition or (quantity == "up" and card.is_sum):
                self._relate([*terms, (-1.0, whole)], 0.0, equal=True)
            elif quantity == "n":
                for _, part in terms:
                    self._relate([(1.0, part), (-1.0, whole)], 0.0)
                self._relate([*((-factor, term) for factor, term in terms), (1.0, whole)], 0.0)
        if is_partition and card.is_sum and card.basis == "returns":
            self._of_estimates(number, total, places)

    def _of_estimates(self, number: int, total: Place, places: list[Place]) -> None:
        """The estimates of the groups add up to that of the whole, but for rounding, and each is at least what was told.

        Not where the groups with few answers have together so few that a group with enough of them was collapsed with
        them for the whole, and estimated alone.
        """
        if self._is_collapsed_for_the_whole(number, total, places):
            return
        whole = (self._row(number, total) or {}).get("value")
        terms: list[tuple[float, int | float | None]] = []
        rounding = sum(
            half_step(row["lower"], row["upper"])  # type: ignore[arg-type]
            for row in (self._row(number, place) for place in (total, *places))
            if row is not None and row.get("lower") is not None
        )
        for place in places:
            value = (self._row(number, place) or {}).get("value")
            term: int | float = (
                float(value) if isinstance(value, float) else self._variable((number, place, "estimate"))
            )
            if isinstance(term, int):
                self._relate([(1, self._term(number, place, "up")), (-1, term)], 0.0)
            terms.append((1.0, term))
        if isinstance(whole, float):
            most = rounding + NOISE * abs(whole)
            self._relate([*terms, (-1.0, whole)], most)
            self._relate([*((-factor, term) for factor, term in terms), (1.0, whole)], most)

    def _is_collapsed_for_the_whole(self, number: int, total: Place, places: list[Place]) -> bool:
        answered = [self._count(number, place) for place in places]
        enough = [n for n in answered if n is not None and n >= SMALLEST_STRATUM]
        few = (self._count(number, total) or 0) - sum(enough)
        return 0 < few < SMALLEST_STRATUM

    def _count(self, number: int, place: Place) -> int | None:
        n = (self._row(number, place) or {}).get("n")
        return n if isinstance(n, int) else None

    def _join_unchanged(self) -> None:
        """Take a hidden cell for unchanged from edition to edition where nothing that can be seen has changed.

        What changed in the total is explained by the cells that both editions show: then the hidden ones are the same.
        """
        for number in range(1, len(self.editions)):
            for total, places in self._totals(number):
                seen = [
                    place for place in places if self._is_shown(number, place) and self._is_shown(number - 1, place)
                ]
                if not all(self._row(number - 1, place) for place in [*places, total]):
                    continue
                if all(abs(self._moved(number, total, q, seen)) < NOISE for q in ("n", "reported", "population")):
                    for place in set(places) - set(seen):
                        self._join(number, place)

    def _is_shown(self, number: int, place: Place) -> bool:
        row = self._row(number, place)
        return row is not None and not row["is_hidden"]

    def _moved(self, number: int, total: Place, column: str, seen: Sequence[Place]) -> float:
        """Return by how much a total has moved that the cells seen do not explain; for means of n × mean."""

        def at(edition_number: int, place: Place) -> float:
            row = self._row(edition_number, place) or {}
            value = row.get(column)
            weigh = column == "reported" and self.editions[edition_number].cards[place[1]].kind == "share"
            known = 0.0 if value is None else float(value)  # type: ignore[arg-type]
            return known * float(row.get("n") or 0) if weigh else known  # type: ignore[arg-type]

        moves = [at(number, place) - at(number - 1, place) for place in [total, *seen]]
        return moves[0] - sum(moves[1:])

    def _join(self, number: int, place: Place) -> None:
        for quantity in ("n", "size", "up", "down", "estimate"):
            now, then = (number, place, quantity), (number - 1, place, quantity)
            if self._is_shown(number - 1, place):
                old = self._term(number - 1, place, quantity)
                if old is not None and not self._is_shown(number, place):
                    self._variable(now, float(old), float(old))
            elif self._is_shown(number, place):
                new = self._term(number, place, quantity)
                if new is not None:
                    self._variable(then, float(new), float(new))
            else:
                self.same[now] = self.same.get(then, then)

    # What follows

    def intervals(self) -> Iterator[Found]:
        """Work out the interval of every hidden count, sum, and sum above and below of a mean.

        How many answered is no secret where the group's response is shown: there the answers are hidden, not the count.
        """
        programmes = self._programmes()
        solved: dict[int, tuple[float, float]] = {}
        for number, one in enumerate(self.editions):
            for place in one.rows:
                for quantity in self._secrets(number, place):
                    at = self._variable((number, place, quantity))
                    if at not in solved:
                        solved[at] = programmes[at].bounds(at)
                    lower, upper = solved[at]
                    yield Found(number, place, quantity, lower, upper, self._before(number, place, quantity))

    def _secrets(self, number: int, place: Place) -> Iterator[str]:
        period, indicator, breakdown, group = place
        card = self.editions[number].cards[indicator]
        if self._is_shown(number, place):
            return
        if card.basis != "returns" or not self._is_shown(number, (period, RESPONSE, breakdown, group)):
            yield "n"
        if card.scale:
            yield from ("up", "down")
        elif card.is_sum and indicator != FIELD:
            yield "up"

    def _before(self, number: int, place: Place, quantity: str) -> float:
        """Return how wide the interval is before the figures: between none and all of a group that everybody knows."""
        period, indicator, breakdown, group = place
        card = self.editions[number].cards[indicator]
        if card.basis != "returns" and indicator not in {FIELD, RESPONSE}:
            return math.inf
        if quantity != "n" and card.scale is None:
            return math.inf
        registered = self._term(number, (period, REGISTERED, breakdown, group), "n")
        size = self._term(number, (period, FIELD, breakdown, group), "n")
        most = size if isinstance(size, float) else float(registered or 0)
        if indicator == FIELD:
            return most - self.editions[number].with_grant.get((period, group), 0)
        return most * (card.scale[1] - card.scale[0]) if card.scale and quantity != "n" else most

    def _programmes(self) -> list[Programme]:
        """Part the variables into those that have nothing to do with each other; one programme each."""
        parent = list(range(len(self.lower)))

        def root(at: int) -> int:
            while parent[at] != at:
                parent[at] = parent[parent[at]]
                at = parent[at]
            return at

        for coefficients, _ in [*self.equal, *self.below]:
            first, *others = coefficients
            for other in others:
                parent[root(other)] = root(first)
        members: dict[int, list[int]] = {}
        for at in range(len(parent)):
            members.setdefault(root(at), []).append(at)
        found = {
            group: Programme(
                of_group,
                [(self.lower[at], self.upper[at]) for at in of_group],
                [relation for relation in self.equal if root(next(iter(relation[0]))) == group],
                [relation for relation in self.below if root(next(iter(relation[0]))) == group],
            )
            for group, of_group in members.items()
        }
        return [found[root(at)] for at in range(len(parent))]


class Programme:
    """A linear programme over some of the variables."""

    def __init__(
        self,
        members: list[int],
        bounds: list[tuple[float, float]],
        equal: list[Relation],
        below: list[Relation],
    ) -> None:
        self.column = {at: column for column, at in enumerate(members)}
        self.limits = bounds
        self.equal = self._system(equal)
        self.below = self._system(below)

    def bounds(self, at: int) -> tuple[float, float]:
        """Return the least and the greatest value that a variable can have."""
        found = []
        for sign in (1.0, -1.0):
            goal = np.zeros(len(self.column))
            goal[self.column[at]] = sign
            result = linprog(goal, *self.below, *self.equal, self.limits, method="highs")
            if result.status == 3:
                found.append(-sign * math.inf)
                continue
            assert result.status == 0, f"the public files contradict each other: {result.message}"
            found.append(sign * result.fun)
        return found[0], found[1]

    def _system(self, relations: list[Relation]) -> tuple[csr_array | None, np.ndarray | None]:
        if not relations:
            return None, None
        cells = [
            (factor, row, self.column[at]) for row, (terms, _) in enumerate(relations) for at, factor in terms.items()
        ]
        factors, rows, columns = zip(*cells, strict=True)
        matrix = csr_array((factors, (rows, columns)), shape=(len(relations), len(self.column)))
        return matrix, np.array([most for _, most in relations])
