"""Answers of the open interface of the Business Information System (YTJ).

Here belongs: the shape of a page of companies, and which of its many names and register entries count. Not here:
fetching (`pipelines.clients.ytj`).

Source of the format: PRH, YTJ open data interface version 3, `GET /companies`. Addresses may hold names of persons
(`co`): they are not read at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.raw_table import Cell
from pipelines.reading_json import JsonRows, as_cell, lacks, objects_of

COMPANIES, BUSINESS_ID = "companies", "businessId"
HEADER = (BUSINESS_ID, "name", "companyForm", "endDate", "registerStatus", "registerStatusDate", "lastModified")

ASSOCIATION_REGISTER = "3"
"""Code of the Register of Associations among `registeredEntries`."""

REGISTERED, ENDED = "registered", "ended"
"""Codes of the code list `association_status`."""

_PRINCIPAL_NAME, _CURRENT = "1", "1"


def recognises(document: object) -> bool:
    """Tell whether a JSON document looks like a page of YTJ."""
    return any(business_id_of(company) is not None for company in _companies(document))


def read(document: object) -> JsonRows:
    """Read the companies of a page.

    Raises
    ------
    Refused
        The document has no list of companies, or none of them has a Y-tunnus.
    """
    if not isinstance(document, dict) or not isinstance(document.get(COMPANIES), list):
        raise lacks(COMPANIES)
    companies = list(_companies(document))
    if companies and not recognises(document):
        raise lacks(f"{BUSINESS_ID}.value")
    return JsonRows(HEADER, [(place, _cells(company)) for place, company in enumerate(companies, start=1)])


def business_id_of(company: Mapping[str, Any]) -> Cell:
    """Return the Y-tunnus of a company; None where the answer has none."""
    identifier = company.get(BUSINESS_ID)
    return as_cell(identifier.get("value")) if isinstance(identifier, dict) else None


def _companies(document: object) -> Iterator[Mapping[str, Any]]:
    companies = document.get(COMPANIES) if isinstance(document, dict) else None
    return objects_of(companies if isinstance(companies, list) else [])


def _cells(company: Mapping[str, Any]) -> list[Cell]:
    names = [name for name in _listed(company, "names") if as_cell(name.get("type")) == _PRINCIPAL_NAME]
    form = _current(_listed(company, "companyForms"))
    status, since = _register_state(_listed(company, "registeredEntries"))
    return [
        business_id_of(company),
        as_cell(_current(names).get("name")),
        as_cell(form.get("type")),
        as_cell(company.get("endDate")),
        status,
        since,
        as_cell(company.get("lastModified")),
    ]


def _listed(company: Mapping[str, Any], field: str) -> list[Mapping[str, Any]]:
    items = company.get(field)
    return list(objects_of(items)) if isinstance(items, list) else []


def _current(versions: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the version in force; the newest one where everything has ended."""
    in_force = [item for item in versions if as_cell(item.get("version")) == _CURRENT]
    return max(in_force or versions, key=lambda item: str(item.get("registrationDate") or ""), default={})


def _register_state(entries: list[Mapping[str, Any]]) -> tuple[Cell, Cell]:
    """Return the state in the Register of Associations and its day: an entry without an end is in force."""
    own = [entry for entry in entries if as_cell(entry.get("register")) == ASSOCIATION_REGISTER]
    if not own:
        return None, None
    in_force = [entry for entry in own if as_cell(entry.get("endDate")) is None]
    if in_force:
        return REGISTERED, as_cell(max(str(entry.get("registrationDate") or "") for entry in in_force))
    return ENDED, as_cell(max(str(entry["endDate"]) for entry in own))
