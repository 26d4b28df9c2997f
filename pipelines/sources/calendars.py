"""Calendars in the iCalendar format, as calendar programs export them.

Here belongs: which events and occurrences a calendar holds, and on which day in Finland each falls. Not here: telling
that a file is a calendar (`pipelines.reading`).

Source of the format: RFC 5545 (iCalendar), read by the libraries `icalendar` and `recurring-ical-events`. Attendees and
addresses are not read at all. A cancelled event was not held: it is kept outside the data, as is one that never occurs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pipelines.parsing import FIRST_YEAR, LAST_YEAR, TIME_ZONE
from pipelines.raw_table import Cell, Record, Refused, refused
from pipelines.reading_json import JsonRows

SIGN = "begin:vcalendar"
HEADER = ("Päivä", "SUMMARY", "LOCATION", "ORGANIZER", "STATUS", "UID")
_SUMMARY, _STATUS, _UID = (HEADER.index(part) for part in ("SUMMARY", "STATUS", "UID"))
MOST_OCCURRENCES = 50_000

_BEGINNING = re.compile(r"^BEGIN:VEVENT\s*$", re.IGNORECASE | re.MULTILINE)
_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")
_PARTS_OF_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")
_PARTS = ("BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH")
_DAYS = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}
_RULES = ("RRULE", "EXRULE")
_STAMPS = ("DTSTAMP", "LAST-MODIFIED", "CREATED")


class _Row(NamedTuple):
    """An event as cells under `HEADER`; what was not held is no data."""

    cells: list[Cell]
    was_held: bool


def read(text: str) -> JsonRows:
    """Read a calendar: one row an occurrence, in the order of days.

    A rule that repeats for ever is followed to the end of the year in which the calendar was written.

    Raises
    ------
    Refused
        The text is not a calendar, has no event, or repeats without measure.
    """
    from icalendar import Calendar

    try:
        calendars = Calendar.from_ical(text, multiple=True)
        events = [(calendar, list(calendar.walk("VEVENT"))) for calendar in calendars]
        told = [row for calendar, found in events for row in _rows(calendar, found)]
    except Refused:
        raise
    except Exception as error:  # the libraries raise many kinds; for people they are all one
        raise refused("refusal.not_calendar") from error
    if sum(len(found) for _, found in events) != len(_BEGINNING.findall(text)):
        raise refused("refusal.not_calendar")  # the library leaves out an event that has no end
    if not told:
        raise refused("refusal.no_events")
    told.sort(key=lambda row: [cell or "" for cell in row.cells])
    records: list[tuple[bool, Record]] = [
        (row.was_held, (place, list(row.cells))) for place, row in enumerate(told, start=1)
    ]
    return JsonRows(
        HEADER,
        [record for was_held, record in records if was_held],
        [record for was_held, record in records if not was_held],
    )


def _rows(calendar: Any, events: Sequence[Any]) -> Iterator[_Row]:
    """Yield a row for each occurrence, and one for each event that has none or is there twice: no event is lost.

    An event whose start can't be read, or is in no year that can be, is a row that staging puts aside.
    """
    told = set()
    for occurrence in _occurrences(calendar, list(filter(_is_placed, events))):
        cells = _cells(occurrence)
        told.add((cells[_SUMMARY], cells[_UID]))
        yield _Row(cells, was_held=cells[_STATUS] != "CANCELLED")
    for event in events:
        cells = _cells(event)
        key = (cells[_SUMMARY], cells[_UID])
        if not _is_placed(event):
            yield _Row(cells, was_held=True)
        elif key not in told:
            yield _Row(cells, was_held=False)
        elif "RECURRENCE-ID" not in event:
            told.remove(key)  # the library takes a second event of that name for the first


def _occurrences(calendar: Any, events: Sequence[Any]) -> Iterator[Any]:
    """Yield each occurrence of each event of a calendar, with exceptions and moved occurrences taken into account."""
    import recurring_ical_events

    if not events:
        return
    if any(map(_repeats_without_measure, calendar.walk())):
        raise refused("refusal.calendar_repeats")
    starts = [_day(event["DTSTART"].dt) for event in events]
    written = [_day(event[stamp].dt) for event in events for stamp in _STAMPS if stamp in event]
    last = max(*starts, date(max([*written, *starts]).year, 12, 31))
    span = (max(min(starts), date(FIRST_YEAR, 1, 1)) - timedelta(days=1), min(last, date(LAST_YEAR, 12, 30)))
    if sum(_times(event, (span[1] - span[0]).days) for event in events) > MOST_OCCURRENCES:
        raise refused("refusal.calendar_repeats")
    found = recurring_ical_events.of(_with_only(calendar, events)).between(span[0], span[1] + timedelta(days=1))
    if len(found) > MOST_OCCURRENCES:
        raise refused("refusal.calendar_repeats")
    yield from found


def _with_only(calendar: Any, events: Sequence[Any]) -> Any:
    """Return a calendar with these events only: the library gives up on all when one has no start."""
    from icalendar import Calendar

    only = Calendar()
    for part in [*calendar.walk("VTIMEZONE"), *events]:
        only.add_component(part)
    return only


def _times(event: Any, days: int) -> int:
    """Estimate how often an event occurs, before the library makes all its occurrences."""
    rules = event.get("RRULE", [])
    times = 1
    for rule in rules if isinstance(rules, list) else [rules]:
        step = _DAYS.get(str(next(iter(rule.get("FREQ", [])), "")).upper(), 1) * max(rule.get("INTERVAL", [1]))
        each = max((len(rule[part]) for part in _PARTS if part in rule), default=1)
        times += min(days // step * each, *rule.get("COUNT", []), days)
    return times


def _repeats_without_measure(part: Any) -> bool:
    """Tell whether a part repeats within a day, or at a distance of nothing, which the library follows for ever."""
    rules = [part[name] for name in _RULES if name in part]
    listed = [rule for item in rules for rule in (item if isinstance(item, list) else [item])]
    return any(
        str(next(iter(rule.get("FREQ", [])), "")).upper() in _OFTEN
        or any(name in rule for name in _PARTS_OF_DAY)
        or any(distance < 1 for distance in rule.get("INTERVAL", []))
        for rule in listed
    )


def _cells(event: Any) -> list[Cell]:
    organiser = _first(event, "ORGANIZER")
    name = None if organiser is None else organiser.params.get("CN")
    summary, place, status, uid = (_first(event, part) for part in ("SUMMARY", "LOCATION", "STATUS", "UID"))
    texts = (summary, place, name, status, uid)
    start = _day(event["DTSTART"].dt).isoformat() if "DTSTART" in event else None
    return [start, *(str(text) if text else None for text in texts)]


def _is_placed(event: Any) -> bool:
    return "DTSTART" in event and FIRST_YEAR <= _day(event["DTSTART"].dt).year <= LAST_YEAR


def _first(event: Any, part: str) -> Any:
    """Return a part of an event; of a part that stands there more than once, against the format, the first."""
    value = event.get(part)
    return value[0] if isinstance(value, list) else value


def _day(moment: date | datetime) -> date:
    """Return the day in Finland; a time without a zone is a local time, an all-day event has its day."""
    if not isinstance(moment, datetime):
        return moment
    return (moment if moment.tzinfo is None else moment.astimezone(ZoneInfo(TIME_ZONE))).date()
