"""What every table of Statistics Finland's PxWeb has in common: its metadata, the request, and its landing.

Here belongs: reading the metadata, building the request out of what a source chooses, both spellings of a path. Not
here: what is chosen (one module a source beside this one), the shape of the answer (`pipelines.sources.json_stat`).

Source of the format: PxWeb API version 1: `GET` gives `{title, variables[{code, text, values[], valueTexts[]}]}`,
`POST` the table. Codes of variables and paths of tables change from year to year: roles and labels decide, not codes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pipelines.clients.http import Answer, FetchFailed, StatusRefused
from pipelines.clients.job import Job, field
from pipelines.contract_model import fold
from pipelines.contracts import message
from pipelines.settings import Settings, TableInterface
from pipelines.sources.json_stat import METRIC_LABELS, TIME_LABELS

NOT_FOUND = (400, 404)
"""What PxWeb answers for a table that is not there."""

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

    @property
    def is_measure(self) -> bool:
        """Tell whether it says what is counted."""
        return self.is_called(METRIC_LABELS | {"contentscode"})

    def is_called(self, labels: frozenset[str]) -> bool:
        """Tell whether its label, or its code as older tables have it, is one of these."""
        return fold(self.label) in labels or fold(self.code) in labels

    def values_of(self, wanted: Callable[[str], bool]) -> list[str]:
        """Return the values whose label is wanted."""
        return [value for value, text in zip(self.values, self.texts, strict=True) if wanted(text)]


@dataclass(frozen=True, slots=True)
class Question:
    """What a source asks of its tables.

    Attributes
    ----------
    choose
        The values of a variable that are asked for; None when it is not one that the source knows. Not asked of the
        time, of which every period of the series is wanted.
    needs
        Besides the time: what a table can't do without, by the name that people know it by.
    """

    choose: Callable[[Variable, Settings], list[str] | None]
    needs: Mapping[str, Callable[[Variable], bool]]


def land_tables(job: Job[TableInterface], question: Question) -> None:
    """Land one answer a table of the settings.

    Raises
    ------
    FetchFailed
        See `pipelines.clients.job`; also when a table is not one that the question can be put to.
    """
    for table in job.interface.tables:
        job.page(table.replace("/", "-"), partial(_answer, job, table, question))


def request(metadata: object, settings: Settings, question: Question) -> dict[str, object]:
    """Return the request that puts a question to a table with this metadata.

    Raises
    ------
    FetchFailed
        The metadata has not the expected shape, or something that is needed is not in the table.
    """
    variables = [_variable(item) for item in field(metadata, "variables", list)]
    for name, is_it in {**question.needs, "Vuosi": _is_time}.items():
        if not any(map(is_it, variables)):
            raise FetchFailed(message("client.shape", field=name))
    return {
        "query": [
            {"code": variable.code, "selection": {"filter": "item", "values": values}}
            for variable, values in _chosen(variables, settings, question)
        ],
        "response": {"format": "json-stat2"},
    }


def _chosen(variables: list[Variable], settings: Settings, question: Question) -> Iterator[tuple[Variable, list[str]]]:
    """Yield the values to ask for; PxWeb sums over a variable that is left out."""
    for variable in variables:
        values = (
            _periods_from(variable, settings.figures.first_year)
            if variable.is_time
            else question.choose(variable, settings)
        )
        if values is not None:
            yield variable, values
        elif not variable.can_be_left_out:
            raise FetchFailed(message("client.surplus_variable", label=variable.label))


def _answer(job: Job[Any], table: str, question: Question) -> Answer:
    """Ask for the metadata, by the other spelling of the path when this one is gone, then for the cells."""
    try:
        path, metadata = table, job.service.get(table).document
    except StatusRefused as refused:
        other = _other_path(table)
        if refused.status not in NOT_FOUND or other is None:
            raise
        path, metadata = other, job.service.get(other).document
    return job.service.post(path, request(metadata, job.settings, question))


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


def _is_time(variable: Variable) -> bool:
    return variable.is_time


def _periods_from(variable: Variable, first_year: int) -> list[str]:
    chosen = [value for value in variable.values if (year := _YEAR.match(value)) and int(year[0]) >= first_year]
    if not chosen:
        raise FetchFailed(message("client.no_years", year=first_year))
    return chosen
