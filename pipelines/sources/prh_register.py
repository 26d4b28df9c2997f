"""Answers of YRTTI, the interface of the Register of Associations (PRH).

Here belongs: the shape of `BasicInfoResponse`. Not here: extracts as CSV or XLSX (read like any other table).

Source of the format: PRH's description of YRTTI, basic information of an association. Addresses and contacts hold names
of persons: they are not read at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.raw_table import Cell, refused
from pipelines.reading_json import JsonRows, as_cell, lacks, objects_of

FIELDS = (
    "RegistrationNumber",
    "BusinessId",
    "Domicile",
    "RegistryDate",
    "AssociationStatus",
    "AssociationStatusDate",
    "EndRegistrationReason",
    "PurposeClassMain",
    "PurposeClassSecondary",
    "AssociationRegistrationLanguage",
)
"""The fields that are read as they are."""

NAME, OTHER_NAMES = "Nimi", "Aikaisemmat nimet"
NAME_PARTING = " | "

_WRAPPER = "BasicInfoResponse"


def recognises(document: object) -> bool:
    """Tell whether a JSON document looks like an answer of YRTTI."""
    return any(map(_is_answer, _items(document)))


def read(document: object) -> JsonRows:
    """Read one answer, a list of answers, or an object that wraps such a list.

    Raises
    ------
    Refused
        The whole file is an error answer, or no record has a register number.
    """
    items = _items(document)
    records = [_record(item) for item in items]
    if not any(FIELDS[0] in record for record in records):
        fault = next((item for item in items if item.get("faultCode") or item.get("faultString")), None)
        if fault is not None:
            said = {"code": fault.get("faultCode") or "–", "text": fault.get("faultString") or "–"}
            raise refused("refusal.service_error", **said)
        raise lacks(FIELDS[0])
    rows = [(place, _cells(record)) for place, record in enumerate(records, start=1)]
    return JsonRows((*FIELDS, NAME, OTHER_NAMES), rows)


def _items(document: object) -> list[Mapping[str, Any]]:
    """Return the answers of a document, each an object; a bare record counts as its own answer."""
    if isinstance(document, list):
        return list(objects_of(document))
    if not isinstance(document, dict):
        return []
    if _WRAPPER in document or FIELDS[0] in document:
        inner = document.get(_WRAPPER)
        return list(objects_of(inner)) if isinstance(inner, list) else [document]
    lists = [list(objects_of(value)) for value in document.values() if isinstance(value, list)]
    return next((items for items in lists if any(map(_is_answer, items))), [document])


def _is_answer(item: Mapping[str, Any]) -> bool:
    return any(field in item for field in (_WRAPPER, FIELDS[0], "faultCode"))


def _record(item: Mapping[str, Any]) -> Mapping[str, Any]:
    inner = item.get(_WRAPPER, item)
    return inner if isinstance(inner, dict) else {}


def _cells(record: Mapping[str, Any]) -> list[Cell]:
    name, others = _names(record.get("AssociationNameInfo"))
    return [*(as_cell(record.get(field)) for field in FIELDS), name, NAME_PARTING.join(others) or None]


def _names(listed: object) -> tuple[Cell, list[str]]:
    """Return the principal name in force and the others in their own order.

    An association that has ended has no name in force; then its newest principal name stands for it.
    """
    infos = [info for info in objects_of(listed if isinstance(listed, list) else []) if info.get("AssociationName")]
    principal = [info for info in infos if info.get("AssociationNameType") == "P"]
    in_force = [info for info in principal if info.get("AssociationNameStatus") == "R"]
    chosen = max(in_force or principal, key=lambda info: str(info.get("AssociationNameStartDate") or ""), default=None)
    name = as_cell(chosen["AssociationName"]) if chosen else None
    others = [str(as_cell(info["AssociationName"])) for info in infos]
    return name, [other for other in dict.fromkeys(others) if other != name]
