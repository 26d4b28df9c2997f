"""JSON-stat, the table format of Statistics Finland's PxWeb: every cell, and which variable bears which role.

Here belongs: what is the same for every table. Not here: what one source reads of it (`population`, `price_index`),
fetching.

Source of the format: JSON-stat 1.0 (wrapped in `dataset`) and 2.0, json-stat.org. Names and codes of variables change
from year to year, so roles come first, then labels.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from pipelines.contract_model import fold
from pipelines.raw_table import Cell, refused
from pipelines.reading_json import as_cell, lacks

MAX_CELLS = 5_000_000

TIME_LABELS = frozenset({"vuosi", "kuukausi", "vuosineljännes", "year", "month", "quarter", "år", "månad", "kvartal"})
METRIC_LABELS = frozenset({"tiedot", "information", "uppgifter"})


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


def find_variable(table: JsonStat, role: str, labels: frozenset[str]) -> Variable | None:
    """Return the variable that bears a role or, when none does, one of the labels."""
    named = table.roles.get(role, ())
    by_role = next((variable for variable in table.variables if variable.id in named), None)
    by_label = (
        variable for variable in table.variables if fold(variable.label) in labels or fold(variable.id) in labels
    )
    return by_role or next(by_label, None)


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


def areas_of(document: object, codes: Sequence[str]) -> Variable:
    """Return the variable of a table that has one of the codes.

    Raises
    ------
    Refused
        The document is no JSON-stat table, or no variable has any of them.
    """
    table = read_json_stat(document)
    found = next((variable for variable in table.variables if set(codes) & set(variable.codes)), None)
    if found is None:
        raise lacks("dimension")
    return found


def cut_areas(document: object, area: Variable, codes: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield for each code of an area the table (JSON-stat 2) that holds its cells alone, with their texts unchanged."""
    table = read_json_stat(document)
    sizes = [len(variable.codes) for variable in table.variables]
    axis = [variable.id for variable in table.variables].index(area.id)
    texts = np.array([cell for _, _, cell in table.cells()], dtype=object).reshape(sizes)
    for code in codes:
        one = texts.take([area.codes.index(code)], axis=axis)
        variables = [replace(item, codes=(code,)) if item.id == area.id else item for item in table.variables]
        yield code, _document(table, variables, one.ravel().tolist())


def without_areas(document: object, area: Variable) -> dict[str, Any]:
    """Return the table (JSON-stat 2) without any of its areas: it tells nothing."""
    table = read_json_stat(document)
    variables = [replace(item, codes=()) if item.id == area.id else item for item in table.variables]
    return _document(table, variables, [])


def _document(table: JsonStat, variables: Sequence[Variable], values: Sequence[Cell]) -> dict[str, Any]:
    return {
        "class": "dataset",
        "version": "2.0",
        "label": table.label,
        "id": [variable.id for variable in variables],
        "size": [len(variable.codes) for variable in variables],
        "role": {role: list(names) for role, names in table.roles.items()},
        "dimension": {
            variable.id: {
                "label": variable.label,
                "category": {
                    "index": {code: place for place, code in enumerate(variable.codes)},
                    "label": {code: label for code, label in variable.labels.items() if code in variable.codes},
                    "unit": {code: {"base": unit} for code, unit in variable.units.items() if code in variable.codes},
                },
            }
            for variable in variables
        },
        "value": list(values),
    }
