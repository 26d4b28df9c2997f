"""Files of the town's own records: bookings, work, the annual clock.

Here belongs: how these files look and drift. Not here: what happened.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pipelines import contracts
from pipelines.example.classes import class_cells
from pipelines.example.faults import BOOKING_BASE, BOOKING_FAULTS, TASK_FAULTS, WORK_FAULTS, plant
from pipelines.example.headers import drifting_headers, spelling
from pipelines.example.sheets import FILE_PREFIX, LABEL, Delivery, Layout, Row, write_table
from pipelines.example.town import CITY_YEARS, Booking, Task, Town, Work
from pipelines.settings import Settings

BOOKING_SYSTEM_YEAR = 2024
"""Year whose bookings come as the statistics of a booking system."""

_HELSINKI = ZoneInfo("Europe/Helsinki")


def write_bookings(folder: Path, town: Town, settings: Settings) -> Iterator[Delivery]:
    """Write the bookings of each year."""
    for year in CITY_YEARS:
        bookings = [one for one in town.civic.bookings if one.starts_at.year == year]
        if year == BOOKING_SYSTEM_YEAR:
            yield _write_statistics(folder / f"{FILE_PREFIX}varaukset_{year}.json", bookings, settings)
            continue
        rows = [_booking_row(one, settings, year % 3) for one in bookings]
        planted = plant("premises_bookings", rows, BOOKING_FAULTS.get(year, ()), BOOKING_BASE)
        layout = Layout(
            drifting_headers("premises_bookings", year % 3), sheet="Varaukset", is_typed=year != CITY_YEARS[1]
        )
        yield write_table(folder / f"{FILE_PREFIX}varaukset_{year}.{_kind(year)}", layout, planted)


def _kind(year: int) -> str:
    return "xlsx" if year % 2 else "csv"


def _booking_row(booking: Booking, settings: Settings, drift: int) -> Row:
    return Row(
        {
            "premises": spelling(settings.code_list("settings.premises"), booking.premises, drift),
            "booker_name": booking.booker.written_as,
            "business_id": booking.booker.business_id,
            "starts_at": booking.starts_at,
            "ends_at": booking.ends_at,
            "price_eur": booking.price,
            "list_price_eur": booking.list_price,
            "state": spelling(contracts.code_lists()["booking_states"], booking.state, drift),
        }
    )


def _write_statistics(path: Path, bookings: list[Booking], settings: Settings) -> Delivery:
    records = [_record(one, settings) for one in bookings]
    blocked = {**records[0], "reservation_type": "BLOCKED", "reservee_organisation_name": None, "reservee_id": None}
    content = {"esimerkkiaineisto": LABEL, "varaukset": [*records, blocked]}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    rows = [Row({"booker_name": one.booker.written_as}) for one in bookings]
    return Delivery(path, rows, range(1, len(rows) + 1))


def _record(booking: Booking, settings: Settings) -> dict[str, Any]:
    return {
        "primary_unit_name": spelling(settings.code_list("settings.premises"), booking.premises, 0),
        "primary_reservation_unit_name": "Sali",
        "reservee_organisation_name": booking.booker.written_as,
        "reservee_id": booking.booker.business_id or "",
        "begin": _in_utc(booking.starts_at),
        "end": _in_utc(booking.ends_at),
        "duration_minutes": round(booking.hours * 60),
        "price": None if booking.price is None else float(booking.price),
        "non_subsidised_price": None if booking.list_price is None else float(booking.list_price),
        "state": booking.state.upper() if booking.state != "pending" else "REQUIRES_HANDLING",
        "reservation_type": "NORMAL",
    }


def _in_utc(local: datetime) -> str:
    return local.replace(tzinfo=_HELSINKI).astimezone(UTC).isoformat()


def write_work(folder: Path, town: Town, settings: Settings) -> Iterator[Delivery]:
    """Write the work of each year; the last piece of a year is like the one before it."""
    for year in CITY_YEARS:
        rows: list[Row] = []
        for work in (one for one in town.civic.work if one.done_on.year == year):
            row = _work_row(work, settings, year % 3)
            is_again = any(row.cells == other.cells for other in rows)
            rows.append(Row(row.cells, warns_of="city_work.no_row_twice" if is_again else None))
        planted = plant("city_work", rows, WORK_FAULTS.get(year, ()))
        layout = Layout(drifting_headers("city_work", year % 3), sheet=f"Työ {year}")
        yield write_table(folder / f"{FILE_PREFIX}yhdistystyo_{year}.{_kind(year + 1)}", layout, planted)


def _work_row(work: Work, settings: Settings, drift: int) -> Row:
    return Row(
        {
            "done_on": work.done_on,
            "city_unit": spelling(settings.code_list("settings.city_units"), work.city_unit, drift),
            "kind": spelling(contracts.code_lists()["work_kinds"], work.kind, drift),
            "hours": work.hours,
            "description": work.description,
            "association_name": work.association.written_as if work.association else None,
            **class_cells(work, settings, drift),
        }
    )


def write_tasks(folder: Path, town: Town) -> Delivery:
    """Write the annual clocks of all years as one file."""
    rows = [_task_row(one, place) for place, one in enumerate(town.civic.tasks)]
    layout = Layout(drifting_headers("annual_clock", 0), sheet="Vuosikello", notes=("Merkitse kyllä, kun tehty.",))
    return write_table(folder / f"{FILE_PREFIX}vuosikello.xlsx", layout, plant("annual_clock", rows, TASK_FAULTS))


def _task_row(task: Task, place: int) -> Row:
    not_done = "ei" if place % 2 else None
    return Row(
        {
            "year": task.year,
            "due_on": task.due_on,
            "task": task.task,
            "responsible": task.responsible,
            "is_done": "kyllä" if task.is_done else not_done,
        }
    )
