"""Answers of Statistics Finland's PxWeb: every cell of a JSON-stat table, and the residents among them.

Here belongs: JSON-stat and which of its variables is the area, the time and the measure. Not here: fetching.

Source of the format: JSON-stat 1.0 (wrapped in `dataset`) and 2.0, json-stat.org. Names and codes of variables change
from year to year, so roles come first, then labels, then the look of the codes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from pipelines.contract_model import fold
from pipelines.contracts import message
from pipelines.raw_table import Cell, Refused, refused
from pipelines.reading_json import JsonRows, as_cell, lacks

MAX_CELLS = 5_000_000
HEADER = ("Alue", "Ajankohta", "Sukupuoli", "Ikä", "Tiedot", "Väestö")
"""The headers of the contract: the variables of an answer are named anew from year to year."""

AREA_LABELS = frozenset({"alue", "kunta", "area", "region", "municipality", "område", "kommun"})
SEX_LABELS = frozenset({"sukupuoli", "sex", "gender", "kön"})
AGE_LABELS = frozenset({"ikä", "age", "ålder"})
TIME_LABELS = frozenset({"vuosi", "kuukausi", "vuosineljännes", "year", "month", "quarter", "år", "månad", "kvartal"})
METRIC_LABELS = frozenset({"tiedot", "information", "uppgifter"})

_PRICES = re.compile(
    r"(kuluttajahintaindeksi|elinkustannusindeksi|consumer price index|cost-of-living index"
    r"|konsumentprisindex|levnadskostnadsindex)"
)
_AREA_CODE = re.compile(r"KU\d{3}")
_POPULATION = re.compile(
    r"(väkiluku|väestö|asukasluku|population|folkmängd|befolkning|invånarantal)"
    r"(?![\w-])(?!.*(%|\b(change|increase|growth|ökning|förändring|density|share|andel)\b))"
)


@dataclass(frozen=True, slots=True)
class Variable:
    """One dimension: its codes in the order of the cells, their labels, and the units of a measure."""

    id: str
    label: str
    codes: tuple[str, ...]
    labels: Mapping[str, str]
    units: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class JsonStat:
    """A JSON-stat table."""

    label: str
    variables: tuple[Variable, ...]
    roles: Mapping[str, tuple[str, ...]]
    values: Sequence[object] | Mapping[str, object]

    def cells(self) -> Iterator[tuple[int, tuple[str, ...], Cell]]:
        """Yield (position, one code a variable, value) for every cell, also the empty ones."""
        for position, codes in enumerate(product(*(variable.codes for variable in self.variables))):
            yield position, codes, self._value(position)

    def _value(self, position: int) -> Cell:
        if isinstance(self.values, Mapping):
            return as_cell(self.values.get(str(position)))
        return as_cell(self.values[position])


def recognises(document: object) -> bool:
    """Tell whether a JSON document looks like JSON-stat that does not speak of prices."""
    label = json_stat_label(document)
    return label is not None and not speaks_of_prices(label)


def json_stat_label(document: object) -> str | None:
    """Return the label of a document that looks like JSON-stat; None for any other."""
    dataset = _dataset(document)
    return str(dataset.get("label") or "") if "dimension" in dataset and "value" in dataset else None


def read_json_stat(document: object) -> JsonStat:
    """Read any JSON-stat table, version 1 or 2.

    Raises
    ------
    Refused
        A part of the table is missing, or its sizes and its values disagree.
    """
    dataset = _dataset(document)
    dimension = dataset.get("dimension")
    if not isinstance(dimension, dict):
        raise lacks("dimension")
    ids, sizes = (dataset.get(name, dimension.get(name)) for name in ("id", "size"))
    if not isinstance(ids, list) or not isinstance(sizes, list) or len(ids) != len(sizes):
        raise lacks("id, size")
    variables = tuple(_variable(str(name), dimension.get(str(name))) for name in ids)
    if [str(len(variable.codes)) for variable in variables] != [str(size) for size in sizes]:
        raise lacks("category.index")
    count = math.prod(len(variable.codes) for variable in variables)
    if count > MAX_CELLS:
        raise refused("refusal.too_many_cells", count=count, limit=MAX_CELLS)
    values = dataset.get("value")
    if not isinstance(values, dict) and (not isinstance(values, list) or len(values) != count):
        raise lacks("value")
    return JsonStat(str(dataset.get("label") or ""), variables, _roles(dataset, dimension), values)


def read(document: object) -> JsonRows:
    """Read the cells of a table that say how many residents an area has.

    Raises
    ------
    Refused
        The document is no JSON-stat table of population by area.
    """
    table = read_json_stat(document)
    area = find_variable(table, "geo", AREA_LABELS) or _by_codes(table)
    if area is None:
        raise _not_population("no_area")
    time = find_variable(table, "time", TIME_LABELS)
    if time is None:
        raise _not_population("no_time")
    metric = find_variable(table, "metric", METRIC_LABELS)
    measures = _measures(table, metric)
    if not measures:
        raise _not_population("no_measure")
    sex, age = find_variable(table, "", SEX_LABELS), find_variable(table, "", AGE_LABELS)
    used = (area, time, sex, age, metric)
    _refuse_other_breakdowns(table, used)
    places = [table.variables.index(variable) if variable else None for variable in used]
    records = []
    for position, codes, value in table.cells():
        cells = [codes[place] if place is not None else None for place in places]
        if metric is None:
            cells[-1] = table.label
        if metric is None or cells[-1] in measures:
            records.append((position + 1, [*cells, value]))
    return JsonRows(HEADER, records)


def counts_residents(label: str) -> bool:
    """Tell whether the label of a measure says that it counts residents."""
    return _POPULATION.match(fold(label)) is not None


def speaks_of_prices(label: str) -> bool:
    """Tell whether the label of a table says that it is of an index of consumer prices or of the cost of living."""
    return _PRICES.search(fold(label)) is not None


def _dataset(document: object) -> Mapping[str, Any]:
    if not isinstance(document, dict):
        return {}
    inner = document.get("dataset")
    return inner if isinstance(inner, dict) else document


def _variable(name: str, raw: object) -> Variable:
    category = raw.get("category") if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or not isinstance(category, dict):
        raise lacks(f"dimension.{name}.category")
    labels = category.get("label")
    labels = labels if isinstance(labels, dict) else {}
    units = category.get("unit")
    units = units if isinstance(units, dict) else {}
    return Variable(
        id=name,
        label=str(raw.get("label") or name),
        codes=_codes(name, category.get("index"), labels),
        labels={str(code): str(label) for code, label in labels.items()},
        units={str(code): str(unit.get("base", "")) for code, unit in units.items() if isinstance(unit, dict)},
    )


def _codes(name: str, index: object, labels: Mapping[str, object]) -> tuple[str, ...]:
    """Return the codes in the order of the cells; the index may be a list, or an object in no order of its own."""
    if index is None:
        return tuple(map(str, labels))
    if isinstance(index, list):
        return tuple(map(str, index))
    if not isinstance(index, dict):
        raise lacks(f"dimension.{name}.category.index")
    try:
        placed = sorted((int(place), str(code)) for code, place in index.items())
    except (TypeError, ValueError) as error:
        raise lacks(f"dimension.{name}.category.index") from error
    if [place for place, _ in placed] != list(range(len(placed))):
        raise lacks(f"dimension.{name}.category.index")
    return tuple(code for _, code in placed)


def _roles(dataset: Mapping[str, Any], dimension: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    roles = dataset.get("role", dimension.get("role"))
    if not isinstance(roles, dict):
        return {}
    return {str(role): tuple(map(str, names)) for role, names in roles.items() if isinstance(names, list)}


def find_variable(table: JsonStat, role: str, labels: frozenset[str]) -> Variable | None:
    """Return the variable that bears a role or, when none does, one of the labels."""
    named = table.roles.get(role, ())
    by_role = next((variable for variable in table.variables if variable.id in named), None)
    by_label = (
        variable for variable in table.variables if fold(variable.label) in labels or fold(variable.id) in labels
    )
    return by_role or next(by_label, None)


def _by_codes(table: JsonStat) -> Variable | None:
    return next((item for item in table.variables if any(_AREA_CODE.fullmatch(code) for code in item.codes)), None)


def _measures(table: JsonStat, metric: Variable | None) -> frozenset[str]:
    """Return the codes of the measures that count residents; a table of one measure may have only its own label."""
    if metric is None:
        return frozenset({table.label}) if counts_residents(table.label) else frozenset()
    said = {code: (metric.labels.get(code, code), metric.units.get(code, "")) for code in metric.codes}
    return frozenset(code for code, texts in said.items() if any(map(counts_residents, texts)))


def _refuse_other_breakdowns(table: JsonStat, used: Sequence[Variable | None]) -> None:
    """Refuse a table that parts residents by something else too: its rows could not be told apart."""
    for variable in table.variables:
        if variable not in used and len(variable.codes) > 1:
            raise _not_population("other_breakdown", label=variable.label)


def _not_population(reason: str, **values: object) -> Refused:
    why = message(f"refusal.not_population.{reason}", **values)
    return refused("refusal.not_population", reason=why)
