"""Services of the Finnish Service Catalogue (PTV, Palvelutietovaranto) as listings of those that offer them.

Here belongs: the shape of a page of services. Not here: fetching (`pipelines.clients.ptv`), which of the organisations
are associations (core links them).

Source of the format: PTV Open API version 11, service: `organizations[{roleType, organization{id, name}}]`, `modified`.
A page holds services and not organisations: an organisation is listed once a page, by its newest service; its other
services, and services without an organisation, are kept outside the data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.raw_table import Cell
from pipelines.reading_json import JsonRows, as_cell, items_with, lacks, objects_of

ORGANISATIONS, MODIFIED = "organizations", "modified"
HEADER = ("directory", "organization", MODIFIED)

DIRECTORY = "ptv"
"""Code of the code list `directories`."""


def recognises(document: object) -> bool:
    """Tell whether a JSON document looks like a page of services."""
    return bool(items_with(document, ORGANISATIONS, MODIFIED))


def read(document: object) -> JsonRows:
    """Read a page of services.

    Raises
    ------
    Refused
        No record has organisations and a day of change.
    """
    items = items_with(document, ORGANISATIONS, MODIFIED)
    if not items:
        raise lacks(ORGANISATIONS)
    newest: dict[str, tuple[str, int]] = {}
    listed: list[tuple[int, Cell, Cell]] = []
    for place, item in enumerate(items, start=1):
        day = _day(item)
        for name in _organisations(item):
            listed.append((place, name, day))
            if name is not None:
                newest[name] = max(newest.get(name, ("", 0)), (day or "", place))
    rows = JsonRows(HEADER, [], [])
    for place, name, day in listed:
        counts = name is not None and newest[name] == (day or "", place)
        (rows.records if counts else rows.outside).append((place, [DIRECTORY, name, day]))
    return rows


def _organisations(service: Mapping[str, Any]) -> Iterator[Cell]:
    """Yield each organisation of a service once, whatever its roles; None for a service that names none."""
    roles = service.get(ORGANISATIONS)
    found = [role.get("organization") for role in objects_of(roles if isinstance(roles, list) else [])]
    names = {as_cell(organisation.get("name")): None for organisation in found if isinstance(organisation, dict)}
    yield from names or {None: None}


def _day(service: Mapping[str, Any]) -> Cell:
    """Return the day of a moment; what is no moment stays as it is, for staging to judge."""
    moment = as_cell(service.get(MODIFIED))
    return moment if moment is None else moment.partition("T")[0]
