"""Answers of Linked Events, the events interface of several Finnish cities.

Here belongs: the shape of an event. Not here: fetching (the files are pages of answers).

Source of the format: City of Helsinki, Linked Events API v1, `event/`. A record that only holds others together (a
series, a festival with a programme) counts as those others, and a cancelled event was not held: both are kept outside
the data.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pipelines.parsing import TIME_ZONE
from pipelines.raw_table import Cell
from pipelines.reading_json import JsonRows, as_cell, items_with, lacks

START, NAME = "start_time", "name"
HEADER = ("Päivä", NAME, "location", "provider", START, "event_status", "super_event_type", "id")

_LANGUAGES = ("fi", "sv", "en")
_NOT_HELD = ("EventCancelled", "EventPostponed")


def recognises(document: object) -> bool:
    """Tell whether a JSON document looks like a page of events."""
    return bool(items_with(document, START, NAME))


def read(document: object) -> JsonRows:
    """Read a page of events, a list of events, or an object that wraps such a list.

    Raises
    ------
    Refused
        No record has a start and a name.
    """
    items = items_with(document, START, NAME)
    if not items:
        raise lacks(START)
    rows = JsonRows(HEADER, [], [])
    for place, item in enumerate(items, start=1):
        (rows.outside if _is_outside(item) else rows.records).append((place, _cells(item)))
    return rows


def _is_outside(item: Mapping[str, Any]) -> bool:
    holds_others = bool(item.get("super_event_type")) and bool(item.get("sub_events"))
    return holds_others or item.get("event_status") in _NOT_HELD or item.get("deleted") is True


def _cells(item: Mapping[str, Any]) -> list[Cell]:
    place = item.get("location")
    return [
        _local_day(as_cell(item.get(START))),
        _in_one_language(item.get(NAME)),
        _in_one_language(place.get("name")) if isinstance(place, dict) else as_cell(place),
        _in_one_language(item.get("provider")),
        *(as_cell(item.get(field)) for field in HEADER[4:]),
    ]


def _in_one_language(texts: object) -> Cell:
    if not isinstance(texts, dict):
        return as_cell(texts)
    return next((as_cell(texts[language]) for language in _LANGUAGES if texts.get(language)), None)


def _local_day(moment: Cell) -> Cell:
    """Return the day in Finland of a moment; what is no moment stays as it is, for staging to judge."""
    try:
        parsed = datetime.fromisoformat(moment or "")
    except ValueError:
        return moment
    local = parsed if parsed.tzinfo is None else parsed.astimezone(ZoneInfo(TIME_ZONE))
    return local.date().isoformat()
