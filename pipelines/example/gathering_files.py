"""Files of events and meetings: the town's lists, a calendar, a page of an interface.

Here belongs: how these files look. Not here: what was held.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pipelines.example.classes import class_cells
from pipelines.example.faults import EVENT_FAULTS, MEETING_FAULTS, plant
from pipelines.example.gatherings import (
    CALENDAR,
    CALENDAR_YEAR,
    INTERFACE,
    INTERFACE_YEAR,
    SERIES_NAME,
    SERIES_SKIPPED,
    SERIES_WEEKS,
    TOWN,
)
from pipelines.example.headers import drifting_headers, spelling
from pipelines.example.sheets import FILE_PREFIX, LABEL, Delivery, Layout, Row, write_table
from pipelines.example.town import CITY_YEARS, Meeting, Named, Telling, Town
from pipelines.settings import Settings

_HELSINKI = ZoneInfo("Europe/Helsinki")
_WRITTEN = "20231231T120000Z"
_ADDRESS = "mailto:testi.esimerkki@esimerkki.invalid"
_FIRST_FILE_OF_MEETINGS_ENDS = 2021


def write_events(folder: Path, town: Town, settings: Settings) -> Iterator[Delivery]:
    """Write the town's list of each year, one calendar and one page of an interface."""
    tellings = town.civic.tellings
    for year in CITY_YEARS:
        own = [one for one in tellings if one.told_by == TOWN and one.held_on.year == year]
        planted = plant("events", [_event_row(one, settings, year % 3) for one in own], EVENT_FAULTS.get(year, ()))
        layout = Layout(drifting_headers("events", year % 3), sheet="Tapahtumat", above=("Tapahtumaluettelo", ""))
        kind = "csv" if year % 2 else "xlsx"
        yield write_table(folder / f"{FILE_PREFIX}tapahtumat_{year}.{kind}", layout, planted)
    calendar = [one for one in tellings if one.told_by == CALENDAR]
    yield _write_calendar(folder / f"{FILE_PREFIX}kalenteri_{CALENDAR_YEAR}.ics", calendar)
    page = [one for one in tellings if one.told_by == INTERFACE]
    yield _write_page(folder / f"{FILE_PREFIX}rajapinta_{INTERFACE_YEAR}.json", page)


def _listed(organisations: Sequence[Named]) -> str | None:
    return "; ".join(one.written_as for one in organisations) or None


def _event_row(telling: Telling, settings: Settings, drift: int) -> Row:
    units = settings.code_list("settings.city_units")
    return Row(
        {
            "held_on": telling.held_on,
            "name": telling.name,
            "place": telling.place,
            "organisers": _listed(telling.organisers),
            "city_unit": spelling(units, telling.city_unit, drift) if telling.city_unit else None,
            "participants": telling.participants,
            **class_cells(telling, settings, drift),
        }
    )


def _write_calendar(path: Path, tellings: Sequence[Telling]) -> Delivery:
    """Write whole days, local times and times in UTC in turn; a series is written as one event that repeats."""
    series = [one for one in tellings if one.name == SERIES_NAME]
    single = [one for one in tellings if one.name != SERIES_NAME]
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Esimerkki//Kalenteri//FI", f"X-WR-CALNAME:{_escaped(LABEL)}"]
    for place, telling in enumerate(single):
        lines += _event_lines(telling, place, [_start_of(telling.held_on, place)])
    first = series[0]
    skipped = first.held_on + timedelta(weeks=SERIES_SKIPPED)
    repeated = [
        _start_of(first.held_on, 1),
        f"RRULE:FREQ=WEEKLY;COUNT={SERIES_WEEKS}",
        _start_of(skipped, 1).replace("DTSTART", "EXDATE"),
    ]
    lines += _event_lines(first, len(single), repeated)
    lines += _event_lines(single[0], len(single) + 1, [_start_of(date(CALENDAR_YEAR, 7, 1), 0), "STATUS:CANCELLED"])
    lines.append("END:VCALENDAR")
    path.write_bytes("".join(f"{line}\r\n" for line in lines).encode())
    rows = [Row({"held_on": one.held_on, "name": one.name}) for one in tellings]
    return Delivery(path, rows, range(1, len(rows) + 1))


def _start_of(day: date, form: int) -> str:
    evening = datetime.combine(day, time(18, 30))
    night = datetime.combine(day, time(0, 30), _HELSINKI).astimezone(UTC)  # in UTC it is still the day before
    return (
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTSTART;TZID=Europe/Helsinki:{evening:%Y%m%dT%H%M%S}",
        f"DTSTART:{night:%Y%m%dT%H%M%SZ}",
    )[form % 3]


def _event_lines(telling: Telling, place: int, when: Sequence[str]) -> list[str]:
    (organiser,) = telling.organisers
    location = [f"LOCATION:{_escaped(telling.place)}"] if telling.place else []
    return [
        "BEGIN:VEVENT",
        f"UID:esimerkki-{place}@esimerkki.invalid",
        f"DTSTAMP:{_WRITTEN}",
        *when,
        f"SUMMARY:{_escaped(telling.name)}",
        *location,
        f'ORGANIZER;CN="{organiser.written_as}":{_ADDRESS}',
        "END:VEVENT",
    ]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")


def _write_page(path: Path, tellings: Sequence[Telling]) -> Delivery:
    """Write events, a record that holds two of them together and one that was cancelled."""
    events = [_linked_event(one, place) for place, one in enumerate(tellings)]
    together = {**events[0], "id": "esimerkki:sarja", "super_event_type": "recurring", "sub_events": ["a", "b"]}
    cancelled = {**events[0], "id": "esimerkki:peruttu", "event_status": "EventCancelled"}
    content = {
        "esimerkkiaineisto": LABEL,
        "meta": {"count": len(events) + 2, "next": None, "previous": None},
        "data": [*events, together, cancelled],
    }
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    rows = [Row({"held_on": one.held_on, "name": one.name}) for one in tellings]
    return Delivery(path, rows, range(1, len(rows) + 1))


def _linked_event(telling: Telling, place: int) -> dict[str, Any]:
    night = datetime.combine(telling.held_on, time(0, 30), _HELSINKI).astimezone(UTC)
    return {
        "id": f"esimerkki:{place}",
        "name": {"fi": telling.name, "sv": telling.name},
        "start_time": f"{night:%Y-%m-%dT%H:%M:%SZ}",
        "end_time": None,
        "event_status": "EventScheduled",
        "super_event": None,
        "super_event_type": None,
        "sub_events": [],
        "location": {"name": {"fi": telling.place}} if telling.place else None,
        "provider": {"fi": _listed(telling.organisers)},
    }


def write_meetings(folder: Path, town: Town, settings: Settings) -> Iterator[Delivery]:
    """Write the meetings as two files."""
    early = [one for one in town.civic.meetings if one.held_on.year <= _FIRST_FILE_OF_MEETINGS_ENDS]
    late = [one for one in town.civic.meetings if one.held_on.year > _FIRST_FILE_OF_MEETINGS_ENDS]
    rows = plant("meetings", [_meeting_row(one, settings, 1) for one in early], MEETING_FAULTS)
    yield write_table(folder / f"{FILE_PREFIX}foorumit_2018-2021.csv", Layout(drifting_headers("meetings", 1)), rows)
    rows = [_meeting_row(one, settings, 0) for one in late]
    layout = Layout(drifting_headers("meetings", 0), sheet="Kokoukset")
    yield write_table(folder / f"{FILE_PREFIX}foorumit_2022-2025.xlsx", layout, rows)


def _meeting_row(meeting: Meeting, settings: Settings, drift: int) -> Row:
    return Row(
        {
            "held_on": meeting.held_on,
            "forum": spelling(settings.code_list("settings.forums"), meeting.forum, drift),
            "place": meeting.place,
            "participants": meeting.participants,
            "associations": _listed(meeting.associations),
            **class_cells(meeting, settings, drift),
        }
    )
