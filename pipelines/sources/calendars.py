"""Calendars in the iCalendar format, as calendar programs export them.

Here belongs: which events and occurrences a calendar holds, and on which day in Finland each falls. Not here: telling
that a file is a calendar (`pipelines.reading`).

Source of the format: RFC 5545 (iCalendar), read by the libraries `icalendar` and `recurring-ical-events`. Attendees and
addresses are not read at all. A cancelled event was not held: it is kept outside the data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pipelines.parsing import FIRST_YEAR, LAST_YEAR, TIME_ZONE
from pipelines.raw_table import Cell, Record, Refused, refused
from pipelines.reading_json import JsonRows

SIGN = "begin:vcalendar"
HEADER = ("Päivä", "SUMMARY", "LOCATION", "ORGANIZER", "STATUS", "UID")
MOST_OCCURRENCES = 50_000

_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")
_PARTS_OF_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")
_STAMPS = ("DTSTAMP", "LAST-MODIFIED", "CREATED")


def read(text: str) -> JsonRows:
    """Read a calendar: one row an occurrence, in the order of days.

    A rule that repeats for ever is followed to the end of the year in which the calendar was written.

    Raises
    ------
    Refused
        The text is not a calendar, has no event with a start, or repeats without measure.
    """
    from icalendar import Calendar

    try:
        calendars = Calendar.from_ical(text, multiple=True)
        occurrences = [occurrence for calendar in calendars for occurrence in _occurrences(calendar)]
    except Refused:
        raise
    except Exception as error:  # the libraries raise many kinds; for people they are all one
        raise refused("refusal.not_calendar") from error
    if not occurrences:
        raise refused("refusal.no_events")
    cells = sorted(map(_cells, occurrences), key=lambda row: [cell or "" for cell in row])
    records: list[Record] = list(enumerate(cells, start=1))
    is_cancelled = HEADER.index("STATUS")
    return JsonRows(
        HEADER,
        [record for record in records if record[1][is_cancelled] != "CANCELLED"],
        [record for record in records if record[1][is_cancelled] == "CANCELLED"],
    )


def _occurrences(calendar: Any) -> Iterator[Any]:
    """Yield each occurrence of each event of a calendar, with exceptions and moved occurrences taken into account."""
    import recurring_ical_events

    events = [event for event in calendar.walk("VEVENT") if "DTSTART" in event]
    if not events:
        return
    if any(map(_repeats_too_often, events)):
        raise refused("refusal.calendar_repeats")
    starts = [_day(event["DTSTART"].dt) for event in events]
    written = [_day(event[stamp].dt) for event in events for stamp in _STAMPS if stamp in event]
    last = max(*starts, date(max([*written, *starts]).year, 12, 31))
    span = (max(min(starts), date(FIRST_YEAR, 1, 1)) - timedelta(days=1), min(last, date(LAST_YEAR, 12, 30)))
    found = recurring_ical_events.of(calendar).between(span[0], span[1] + timedelta(days=1))
    if len(found) > MOST_OCCURRENCES:
        raise refused("refusal.calendar_repeats")
    yield from found


def _repeats_too_often(event: Any) -> bool:
    rules = event.get("RRULE", [])
    listed: Iterable[Any] = rules if isinstance(rules, list) else [rules]
    return any(
        str(next(iter(rule.get("FREQ", [])), "")).upper() in _OFTEN or any(part in rule for part in _PARTS_OF_DAY)
        for rule in listed
    )


def _cells(event: Any) -> list[Cell]:
    organiser = event.get("ORGANIZER")
    name = None if organiser is None else organiser.params.get("CN")
    texts = (event.get("SUMMARY"), event.get("LOCATION"), name, event.get("STATUS"), event.get("UID"))
    return [_day(event["DTSTART"].dt).isoformat(), *(str(text) if text else None for text in texts)]


def _day(moment: date | datetime) -> date:
    """Return the day in Finland; a time without a zone is a local time, an all-day event has its day."""
    if not isinstance(moment, datetime):
        return moment
    return (moment if moment.tzinfo is None else moment.astimezone(ZoneInfo(TIME_ZONE))).date()
