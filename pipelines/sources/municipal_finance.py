"""Answers of the State Treasury's interface of municipal finance.

Here belongs: the shape of a reported document. Not here: the same figures as CSV or XLSX (read like any other table).

Source of the format: Valtiokonttori, automated reporting of municipal economy (JHS 205), `dokumentti/…` answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.raw_table import Cell
from pipelines.reading_json import JsonRows, as_cell, lacks, objects_of

FIGURE, VALUE = "tunnusluku", "arvo"
DOCUMENT_FIELDS = (
    "ytunnus",
    "raportointikokonaisuus",
    "raportointikausi",
    "hyvaksymisvaihe",
    "hyvaksymispvm",
    "julkaisupvm",
)
"""Fields of the whole document; they may stand beside the rows instead of in each."""


def recognises(document: object) -> bool:
    """Tell whether a JSON document looks like a reported document of the State Treasury."""
    rows, _ = _parts(document)
    return any(FIGURE in row and VALUE in row for row in objects_of(rows))


def read(document: object) -> JsonRows:
    """Read the rows of a document: a bare list, or an object that wraps the list under any key.

    Raises
    ------
    Refused
        No row has a figure and its value.
    """
    rows, shared = _parts(document)
    if not recognises(document):
        raise lacks(FIGURE)
    own_fields = dict.fromkeys(field for row in objects_of(rows) for field in row)
    header = tuple(dict.fromkeys((*shared, *own_fields)))
    records = [(place, _cells(header, shared, row)) for place, row in enumerate(objects_of(rows), start=1)]
    return JsonRows(header, records)


def _parts(document: object) -> tuple[Sequence[object], Mapping[str, Any]]:
    """Return the rows, and the fields that hold for all of them."""
    if isinstance(document, list):
        return document, {}
    if not isinstance(document, dict):
        return [], {}
    shared = {field: document[field] for field in DOCUMENT_FIELDS if as_cell(document.get(field)) is not None}
    lists = (value for value in document.values() if isinstance(value, list))
    return next((rows for rows in lists if any(FIGURE in row for row in objects_of(rows))), []), shared


def _cells(header: Sequence[str], shared: Mapping[str, Any], row: Mapping[str, Any]) -> list[Cell]:
    """Return the cells of a row; what it does not say itself the document says."""
    return [as_cell(row.get(field)) or as_cell(shared.get(field)) for field in header]
