"""Disclosure control: which figures are hidden in everything public.

Here belongs: the rule that hides cells. Not here: what is published where (`pipelines.editions`).

A cell is hidden for itself when it speaks of fewer than k units, or tells what every unit of a group is or said:
nobody, everybody, all the same. Others are hidden with it until the totals give nothing back: what anybody can work out
leaves each hidden cell an interval at least k wide. What an edition has hidden stays hidden until k units have changed,
so that two editions can't be subtracted. The whole rule and its reasons: decision 0015.

Method: intervals of the cells of a table with known margins and bounds (Willenborg and de Waal, Elements of Statistical
Disclosure Control, 2001, ch. 6; Fréchet bounds).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

import polars as pl

from pipelines.contract_model import Indicator

MASKED: Mapping[str, str | None] = {
    "value": None,
    "lower": None,
    "upper": None,
    "n": None,
    "population": None,
    "coverage_share": None,
    "reported": None,
    "method": "hidden",
    "verdict": "not_usable",
    "verdict_reason": "verdict.hidden",
}
"""Columns of `marts.indicator_values` and what a hidden row of a public file holds instead; the reason of a verdict
would tell how many answered."""

RESIDENTS_K = 5
"""Fewer residents than this are never shown; the k of associations stands in the settings."""

FIELD = "active_associations"
"""The indicator whose cells are the populations of what associations tell; its own population is public."""

SCALES: Mapping[str, tuple[float, float]] = {"share": (0, 1), "grade": (4, 10), "points": (1, 5)}
"""Least and greatest answer, by unit, of the indicators that are means of answers."""

GIVES_BACK: Mapping[str, str] = {
    "total_support_eur": "premises_support_eur",
    "total_support_real_eur": "premises_support_eur",
    "total_support_per_association_eur": "premises_support_eur",
    "total_support_per_resident_eur": "premises_support_eur",
}
"""Figures that contain another one, all the rest of which is public: they are hidden when its total is."""

KINDS_OF_MONEY = "support_part"
"""A breakdown that parts a sum by what it was spent on: its cells are no groups of associations."""

ANSWERS = {"returns", "residents"}
"""Bases of the indicators that are told, not counted."""

TOTAL = "total"
KEY = ("indicator_id", "period_type", "period", "breakdown", "breakdown_value")
Key = tuple[str, str, str, str, str]
Floors = Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Rule:
    """How an indicator is protected: the k of its units, and least and greatest answer where it is a mean of answers.

    `is_count`: it tells how many units there are and no more, as a share of a counted field does.
    """

    k: int
    scale: tuple[float, float] | None = None
    is_count: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a group, told by `n` units, of which everybody knows that they are at least `floor`, at most `cap`.

    `parts` add up over the groups and can't be negative: the sum told; for a mean of answers how much they lie above
    the least answer and below the greatest (for a share: how many said yes, how many no).
    """

    n: int
    floor: int
    cap: float
    parts: tuple[float, ...]
    is_few: bool
    tells_all: bool

    @property
    def width(self) -> float:
        """How wide the interval is that is known of the cell before any figure is published."""
        return self.cap - self.floor


Cells = Mapping[str, Cell]
"""The cells of one indicator and breakdown in one period, by group."""


def rules(cards: Iterable[Indicator], k: int) -> dict[str, Rule]:
    """Return the rule of every indicator whose card asks for protection; `k` is that of associations."""
    smallest = {"associations": k, "residents": RESIDENTS_K}
    return {
        card.id: Rule(
            smallest[card.disclosure],
            SCALES.get(card.unit_code) if card.basis in ANSWERS else None,
            card.id == FIELD or (card.kind == "share" and card.basis not in ANSWERS),
        )
        for card in cards
        if card.disclosure != "none"
    }


def known_active(states: pl.DataFrame, awards: pl.DataFrame) -> dict[tuple[str, str], int]:
    """Count the associations that everybody knows to be active: grant decisions and the register are public.

    Parameters
    ----------
    states
        `register_number`, `year`, `purpose_group`, `is_registered`; one row an association and year.
    awards
        `recipient_key` (the register number of an association), `decision_year`, `is_regrant`.

    Returns
    -------
    dict
        Year and purpose group to the number of registered associations whose application was decided on in that year.
    """
    applied = awards.filter(~pl.col("is_regrant")).select(register_number="recipient_key", year="decision_year")
    known = states.filter("is_registered").join(applied.unique(), on=["register_number", "year"], how="semi")
    counts = known.group_by("year", "purpose_group").len()
    return {(str(year), str(group)): int(count) for year, group, count in counts.iter_rows()}


def hide_small_groups(
    values: pl.DataFrame,
    protected: Mapping[str, Rule],
    hidden_before: Mapping[Key, int] | None = None,
    floors: Floors | None = None,
) -> pl.DataFrame:
    """Set `is_hidden` on the rows that must not be published.

    Parameters
    ----------
    values
        `indicator_id`, `period_type`, `period`, `breakdown`, `breakdown_value`, `n`, `population`, `reported`; one row
        a cell. Where `n` is not known the cell is taken as small.
    protected
        The rule of each protected indicator.
    hidden_before
        The rows that the edition before has hidden, and how many units told each.
    floors
        As `known_active`.

    Returns
    -------
    pl.DataFrame
        The same rows in the same order, `is_hidden` set.
    """
    period_of: dict[tuple[str, str], dict[str, dict[str, dict[str, Cell]]]] = {}
    for row in values.filter(pl.col("indicator_id").is_in(list(protected))).iter_rows(named=True):
        of_period = period_of.setdefault((row["period_type"], row["period"]), {})
        of_table = of_period.setdefault(row["breakdown"], {})
        cell = _cell(row, protected[row["indicator_id"]], floors or {})
        of_table.setdefault(row["indicator_id"], {})[row["breakdown_value"]] = cell
    kept = _kept(values, protected, hidden_before or {})
    hidden = set(kept)
    for period, tables in period_of.items():
        before = {(key[0], key[3], key[4]) for key in kept if key[1:3] == period}
        hidden |= {
            (indicator, *period, breakdown, group)
            for indicator, breakdown, group in _hidden_of_period(tables, protected, before)
        }
    return values.with_columns(
        is_hidden=pl.Series([key in hidden for key in values.select(KEY).iter_rows()], dtype=pl.Boolean)
    )


Place = tuple[str, str, str]
"""Indicator, breakdown and group of a cell in a period."""


def _kept(values: pl.DataFrame, protected: Mapping[str, Rule], hidden_before: Mapping[Key, int]) -> set[Key]:
    """Return what stays hidden: the hidden cells of a breakdown that together have changed by fewer than k units.

    Shown now, they would tell by subtraction what they were. When k units or more have come, the old ones stay as
    uncertain as that, and the breakdown is judged anew.
    """
    units = dict(zip(values.select(KEY).iter_rows(), values["n"].fill_null(0), strict=True))
    tables: dict[tuple[str, ...], list[Key]] = {}
    for key in hidden_before:
        if key[0] in protected and key in units:
            tables.setdefault(key[:4], []).append(key)
    return {
        key
        for table, keys in tables.items()
        if abs(sum(units[key] - hidden_before[key] for key in keys)) < protected[table[0]].k
        for key in keys
    }


def _cell(row: Mapping[str, object], rule: Rule, floors: Floors) -> Cell:
    n, population, reported = (row[name] for name in ("n", "population", "reported"))
    units = n if isinstance(n, int) else 0
    is_field = row["indicator_id"] == FIELD
    cap = float(max(population, units)) if isinstance(population, int) else math.inf
    parts: tuple[float, ...] = ()
    if not rule.is_count and isinstance(reported, float):
        parts = (reported,)
        if rule.scale:
            parts = (units * (reported - rule.scale[0]), units * (rule.scale[1] - reported))
    rest = cap - units if is_field else math.inf
    of_group = row["breakdown"] != TOTAL
    smallest_part = rule.k if rule.scale == SCALES["share"] else 0
    return Cell(
        n=units,
        floor=min(units, floors.get((str(row["period"]), str(row["breakdown_value"])), 0)) if is_field else 0,
        cap=cap,
        parts=parts,
        is_few=units < rule.k or rest < rule.k,
        tells_all=of_group and any(round(part, 6) < smallest_part or round(part, 6) == 0 for part in parts),
    )


def _hidden_of_period(
    tables: Mapping[str, Mapping[str, Cells]], protected: Mapping[str, Rule], before: AbstractSet[Place]
) -> set[Place]:
    """Return the hidden cells of a period; an indicator that no hiding of groups protects is hidden in all of it."""
    totals = tables.get(TOTAL, {})
    whole = {indicator for indicator, cells in totals.items() if cells[TOTAL].is_few}
    hidden: set[Place] = set()
    for breakdown, of_table in tables.items():
        if breakdown in {TOTAL, KINDS_OF_MONEY}:
            continue
        kept = {
            indicator: {group for group in cells if (indicator, breakdown, group) in before}
            for indicator, cells in of_table.items()
        }
        for indicator, groups in _hidden_of_table(of_table, protected, kept).items():
            hidden |= {(indicator, breakdown, group) for group in groups or ()}
            if groups is None:
                whole.add(indicator)
    if FIELD in whole:
        whole |= {indicator for indicator in totals if totals[indicator][TOTAL].cap < math.inf}
    whole |= {containing for containing, contained in GIVES_BACK.items() if contained in whole}
    hidden |= {
        (indicator, breakdown, group)
        for breakdown, of_table in tables.items()
        for indicator in whole & set(of_table)
        for group in of_table[indicator]
    }
    return hidden


def _hidden_of_table(
    of_table: Mapping[str, Cells], protected: Mapping[str, Rule], kept: Mapping[str, set[str]]
) -> dict[str, set[str] | None]:
    """Return the hidden groups of each indicator of a breakdown, None where even hiding all of them does not do.

    Where the breakdown is one of the field, the size of a hidden group stands in every figure that the group tells, so
    the groups hidden in the field are hidden in all of them, and they share the groups hidden for few answers.
    """
    hidden: dict[str, set[str] | None] = {}
    base: set[str] = set()
    pool = _NO_POOL
    others = {name: cells for name, cells in of_table.items() if name != FIELD}
    if FIELD in of_table:
        sizes, k = of_table[FIELD], protected[FIELD].k
        few = kept[FIELD] | {group for group, cell in sizes.items() if cell.is_few}
        grown = _grown([sizes], few, lambda groups: _counts_are_safe(sizes, groups, k, _NO_POOL))
        hidden[FIELD] = grown
        pool = _pool(sizes, set(sizes) if grown is None else grown)
        others = {name: _capped(cells, sizes, pool) for name, cells in others.items()}
        base = set(pool.least) | {group for cells in others.values() for group, cell in cells.items() if cell.is_few}
        base |= set.intersection(*(kept[name] for name in others)) if others else set()
        family = list(others.values())
        grown = _grown(family, base, lambda groups: all(_counts_are_safe(cells, groups, k, pool) for cells in family))
        base = set(sizes) if grown is None else grown
    for name, cells in others.items():
        if FIELD not in of_table and not any(cell.n for cell in cells.values()):
            hidden[name] = set(cells)  # nobody told it, as where it was not asked: the total can't be parted by it
            continue
        start = base | kept[name] | {group for group, cell in cells.items() if cell.is_few or cell.tells_all}
        hidden[name] = _grown([cells], start & set(cells), _told_check(cells, protected[name].k, pool))
    return hidden


@dataclass(frozen=True, slots=True)
class _Pool:
    """The groups whose size is hidden, with what is known of each at least, and how many units they are together."""

    least: Mapping[str, int]
    together: int


_NO_POOL = _Pool({}, 0)


def _pool(sizes: Cells, groups: AbstractSet[str]) -> _Pool:
    together = sum(sizes[group].n for group in groups)
    caps = sum(sizes[group].cap for group in groups)
    least = {group: max(sizes[group].floor, together - int(caps - sizes[group].cap)) for group in groups}
    return _Pool(least, together)


def _capped(cells: Cells, sizes: Cells, pool: _Pool) -> dict[str, Cell]:
    """Bound the answers of a group whose size is hidden by what is known of the size."""
    floors = sum(sizes[group].floor for group in pool.least)
    return {
        group: replace(cell, cap=min(sizes[group].cap, pool.together - floors + sizes[group].floor))
        if group in pool.least
        else cell
        for group, cell in cells.items()
    }


def _told_check(cells: Cells, k: int, pool: _Pool) -> Callable[[AbstractSet[str]], bool]:
    return lambda groups: _counts_are_safe(cells, groups, k, pool) and _parts_are_safe(cells, groups, k)


def _counts_are_safe(cells: Cells, groups: AbstractSet[str], k: int, pool: _Pool) -> bool:
    """Tell whether the total leaves every hidden count an interval at least k wide, or all that was known before."""
    hidden = {group: cells[group] for group in groups if group in cells}
    for group, cell in hidden.items():
        others = {name: other for name, other in hidden.items() if name != group}
        can_fall = min(cell.n - cell.floor, _room(others, pool, group))
        can_rise = min(cell.cap - cell.n, sum(other.n - other.floor for other in others.values()))
        if can_fall + can_rise < min(k, cell.width):
            return False
    return True


def _room(others: Cells, pool: _Pool, group: str) -> float:
    """Return how many more units the others can have; those whose size is hidden have a sum of sizes together."""
    apart = sum(other.cap - other.n for name, other in others.items() if name not in pool.least)
    pooled = [(other.cap - other.n, other.n) for name, other in others.items() if name in pool.least]
    together = pool.together - pool.least.get(group, 0) - sum(n for _, n in pooled)
    return apart + (min(sum(room for room, _ in pooled), together) if pooled else 0)


def _parts_are_safe(cells: Cells, groups: AbstractSet[str], k: int) -> bool:
    """Tell whether the hidden sums, taken together, tell nobody's; who answers is taken as known where many do."""
    hidden = [cells[group] for group in groups if cells[group].parts]
    if not hidden:
        return True
    together = [sum(parts) for parts in zip(*(cell.parts for cell in hidden), strict=True)]
    if len(hidden) < 2 or any(round(part, 6) < k for part in together):
        return False
    if len(together) == 1:
        return True
    answers = sum(together)
    return all(cell.n < k or round(answers - sum(cell.parts), 6) >= k for cell in hidden)


def _grown(
    tables: Sequence[Cells], start: AbstractSet[str], is_safe: Callable[[AbstractSet[str]], bool]
) -> set[str] | None:
    """Hide more groups until it is safe, the smallest first, and then show again what need not have been hidden.

    Returns None when it is not safe with every group hidden.
    """
    hidden = set(start)
    sizes: dict[str, int] = {}
    for cells in tables:
        for group, cell in cells.items():
            sizes[group] = max(sizes.get(group, 0), cell.n)
    for group in sorted(sizes.keys() - hidden, key=lambda name: (sizes[name] == 0, sizes[name], name)):
        if is_safe(hidden):
            break
        hidden.add(group)
    if not is_safe(hidden):
        return None
    for group in sorted(hidden - start, key=lambda name: (-sizes[name], name)):
        if is_safe(hidden - {group}):
            hidden.remove(group)
    return hidden
