"""Reservation statistics of Varaamo, the booking system of several Finnish cities.

Here belongs: the shape of a statistics record. Not here: other systems' exports as CSV or XLSX (read like any other
table).

Source of the format: City of Helsinki, `tilavarauspalvelu-core`, reservation statistics. Fields that tell of persons
(age group, language, e-mail) are not read at all. A period that the town itself blocks is no booking: such rows are
kept outside the data.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.reading_json import JsonRows, as_cell, items_with, lacks

BEGIN, END = "begin", "end"
FIELDS = (
    "primary_unit_name",
    "primary_reservation_unit_name",
    "reservee_organisation_name",
    "reservee_id",
    BEGIN,
    END,
    "price",
    "non_subsidised_price",
    "state",
    "reservation_type",
)
"""The fields that are read as they are."""

_OWN_TYPES = ("blocked", "staff")
"""Types of reservations that the town makes for itself."""


def recognises(document: object) -> bool:
    """Tell whether a JSON document looks like reservation statistics."""
    return bool(items_with(document, BEGIN, "reservation_type"))


def read(document: object) -> JsonRows:
    """Read a list of records, or an object that wraps the list under any key.

    Raises
    ------
    Refused
        No record has the fields of a reservation.
    """
    items = items_with(document, BEGIN, "reservation_type")
    if not items:
        raise lacks(BEGIN)
    records = [(place, [as_cell(item.get(field)) for field in FIELDS]) for place, item in enumerate(items, start=1)]
    own = {place for place, item in enumerate(items, start=1) if _is_own(item)}
    return JsonRows(
        FIELDS,
        [record for record in records if record[0] not in own],
        [record for record in records if record[0] in own],
    )


def _is_own(item: Mapping[str, Any]) -> bool:
    return str(item.get("reservation_type")).casefold() in _OWN_TYPES
