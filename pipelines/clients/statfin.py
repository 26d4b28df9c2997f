"""Client of Statistics Finland's PxWeb: the population of the municipality and of the whole country.

Here belongs: reading the metadata of a table, and choosing what to ask for. Not here: the shape of the answer
(`pipelines.sources.population`).

Source of the format: PxWeb API version 1: `GET` gives `{title, variables[{code, text, values[], valueTexts[]}]}`,
`POST` the table. Codes of variables and paths of tables change from year to year: roles and labels decide, not codes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pipelines.clients.http import Answer, FetchFailed, StatusRefused
from pipelines.clients.job import Job, field
from pipelines.contract_model import fold
from pipelines.contracts import message
from pipelines.settings import PopulationInterface, Settings
from pipelines.sources.population import (
    AGE_LABELS,
    AREA_LABELS,
    METRIC_LABELS,
    SEX_LABELS,
    TIME_LABELS,
    counts_residents,
)

WHOLE_COUNTRY = "SSS"
NOT_FOUND = (400, 404)
"""What PxWeb answers for a table that is not there."""

Query = Callable[[object, Settings], dict[str, object]]
"""What makes the request of a table out of its metadata."""

_YEAR = re.compile(r"\d{4}")
_OLD_PATH = re.compile(r"(\w+)/statfin_\1_pxt_(\w+\.px)")
_NEW_PATH = re.compile(r"(\w+)/(\w+\.px)")


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of the metadata; `is_time` and `can_be_left_out` are what PxWeb marks it with."""

    code: str
    label: str
    values: tuple[str, ...]
    texts: tuple[str, ...]
    is_time: bool
    can_be_left_out: bool

    def is_called(self, labels: frozenset[str]) -> bool:
        """Tell whether its label, or its code as older tables have it, is one of these."""
        return fold(self.label) in labels or fold(self.code) in labels


def fetch(job: Job[PopulationInterface]) -> None:
    """Land one answer a table.

    Raises
    ------
    FetchFailed
        See `pipelines.clients.job`; also when the table is not one of population by municipality.
    """
    for table in job.interface.tables:
        job.page(table.replace("/", "-"), partial(table_answer, job, table, query))


def query(metadata: object, settings: Settings) -> dict[str, object]:
    """Return the request for the residents of the municipality and the country in every year of the series.

    Raises
    ------
    FetchFailed
        The metadata has not the expected shape, or something that is needed is not in the table.
    """
    variables = variables_of(metadata)
    chosen = ((variable, _choose(variable, settings)) for variable in variables)
    selections = [
        {"code": variable.code, "selection": {"filter": "item", "values": values}}
        for variable, values in chosen
        if values is not None
    ]
    codes = {selection["code"] for selection in selections}
    for find, name in ((_is_area, "Alue"), (lambda variable: variable.is_time, "Vuosi")):
        if not any(variable.code in codes and find(variable) for variable in variables):
            raise FetchFailed(message("client.shape", field=name))
    return {"query": selections, "response": {"format": "json-stat2"}}


def variables_of(metadata: object) -> list[Variable]:
    """Return the variables of a table's metadata.

    Raises
    ------
    FetchFailed
        The metadata has not the expected shape.
    """
    return [_variable(item) for item in field(metadata, "variables", list)]


def table_answer(job: Job[Any], table: str, ask: Query) -> Answer:
    """Ask for the metadata, by the other spelling of the path when this one is gone, then for the cells.

    Raises
    ------
    FetchFailed
        The service did not answer, or `ask` makes no request of the metadata.
    """
    try:
        path, metadata = table, job.service.get(table).document
    except StatusRefused as refused:
        other = _other_path(table)
        if refused.status not in NOT_FOUND or other is None:
            raise
        path, metadata = other, job.service.get(other).document
    return job.service.post(path, ask(metadata, job.settings))


def _other_path(table: str) -> str | None:
    """Return the path of a table in the other generation: `vaerak/11ra.px`, `vaerak/statfin_vaerak_pxt_11ra.px`."""
    old = _OLD_PATH.fullmatch(table)
    if old:
        return f"{old[1]}/{old[2]}"
    new = _NEW_PATH.fullmatch(table)
    return f"{new[1]}/statfin_{new[1]}_pxt_{new[2]}" if new else None


def _variable(item: object) -> Variable:
    code, label = field(item, "code", str), field(item, "text", str)
    values, texts = (tuple(map(str, field(item, name, list))) for name in ("values", "valueTexts"))
    if len(values) != len(texts):
        raise FetchFailed(message("client.shape", field="valueTexts"))
    marks = item if isinstance(item, Mapping) else {}
    is_time = bool(marks.get("time")) or fold(label) in TIME_LABELS or fold(code) in TIME_LABELS
    return Variable(code, label, values, texts, is_time, bool(marks.get("elimination")))


def _is_area(variable: Variable) -> bool:
    return variable.is_called(AREA_LABELS)


def _choose(variable: Variable, settings: Settings) -> list[str] | None:
    """Return the values to ask for; None leaves the variable out, so that PxWeb sums over it."""
    if variable.is_time:
        return periods_from(variable, settings.figures.first_year)
    for recognised, values in _CHOICES:
        if recognised(variable):
            return values(variable, settings)
    if variable.can_be_left_out:
        return None
    raise FetchFailed(message("client.surplus_variable", label=variable.label))


def periods_from(variable: Variable, first_year: int) -> list[str]:
    """Return the periods of a time variable from a year on.

    Raises
    ------
    FetchFailed
        There are none.
    """
    chosen = [value for value in variable.values if (year := _YEAR.match(value)) and int(year[0]) >= first_year]
    if not chosen:
        raise FetchFailed(message("client.no_years", year=first_year))
    return chosen


def _areas(variable: Variable, settings: Settings) -> list[str]:
    code = settings.municipality.code
    own = [value for value in variable.values if value in {code, f"KU{code}"}]
    if not own:
        raise FetchFailed(message("client.no_area", code=code))
    return [value for value in variable.values if value in {*own, WHOLE_COUNTRY}]


def _measures(variable: Variable, _: Settings) -> list[str]:
    pairs = zip(variable.values, variable.texts, strict=True)
    chosen = [value for value, text in pairs if counts_residents(text)]
    if not chosen:
        raise FetchFailed(message("client.no_measure"))
    return chosen


def _all(variable: Variable, _: Settings) -> list[str]:
    return list(variable.values)


_CHOICES: tuple[tuple[Callable[[Variable], bool], Callable[[Variable, Settings], list[str]]], ...] = (
    (_is_area, _areas),
    (lambda variable: variable.is_called(METRIC_LABELS | {"contentscode"}), _measures),
    (lambda variable: variable.is_called(SEX_LABELS | AGE_LABELS), _all),
)
"""How a variable is recognised, and which of its values are asked for."""
