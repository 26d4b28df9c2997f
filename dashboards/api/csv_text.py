"""Answers as CSV, written as the files of the open data are (decision 0025).

Here belongs: rows of models as text. Not here: CSV for Finnish spreadsheets (`dashboards.downloads`).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from typing import Any, Final

from pydantic import BaseModel

from dashboards.api.models import Texts

_FORMULA: Final = re.compile(r"^[=+\-@\t\r]")


def as_csv(rows: Iterable[BaseModel], kind: type[BaseModel]) -> bytes:
    """Write rows of one kind; a text in three languages is three columns, a list is joined by `|`."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_header(kind))
    writer.writerows([_cell(value) for value in _values(row.model_dump())] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _header(kind: type[BaseModel]) -> list[str]:
    header: list[str] = []
    for name, field in kind.model_fields.items():
        header += [f"{name}_{language}" for language in Texts.model_fields] if field.annotation is Texts else [name]
    return header


def _values(row: Mapping[str, Any]) -> Iterator[Any]:
    for value in row.values():
        if isinstance(value, dict):
            yield from value.values()
        else:
            yield value


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        value = "|".join(map(str, value))
    if isinstance(value, str):
        return f"'{value}" if _FORMULA.match(value) else value
    return value
