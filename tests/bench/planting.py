"""Faults as people make them, planted into clean rows with a seed.

Here belongs: the classes of faults, and changing the cells of a row. Not here: which rows are clean, counting what is
caught (`faults`).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.check_digit import check_digit

Cells = dict[str, str | None]
Change = Callable[[Cells, random.Random], Cells | None]
"""Returns the changed cells by column, or None when the row has nothing that could be spoilt so."""


@dataclass(frozen=True)
class Fault:
    """A class of faults in one source; an `extra` fault is a row more, the others change a row."""

    title: str
    source: str
    columns: tuple[str, ...]
    change: Change
    extra: bool = False


def number(text: str | None) -> float | None:
    """Read a number as the files write it."""
    bare = re.sub(r"[\s€]", "", text or "").replace("−", "-").replace(",", ".")
    return float(bare) if re.fullmatch(r"-?\d+(\.\d+)?", bare) else None


def day(text: str | None) -> date | None:
    """Read the day of a cell, in the ways of the example town."""
    if found := re.match(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text or ""):
        return date(int(found[3]), int(found[2]), int(found[1]))
    return date.fromisoformat(text[:10]) if re.match(r"\d{4}-\d{2}-\d{2}", text or "") else None


def _times(column: str, factor: float, *, whole: bool = False) -> Change:
    def change(cells: Cells, _chance: random.Random) -> Cells | None:
        value = number(cells.get(column))
        if value is None or value <= 0:
            return None
        changed = round(value * factor) if whole else round(value * factor, 2)
        return {column: f"{changed:g}".replace(".", ",") if changed < 100_000 else f"{changed:.2f}".replace(".", ",")}

    return change


def _comma_lost(column: str) -> Change:
    def change(cells: Cells, _chance: random.Random) -> Cells | None:
        value = number(cells.get(column))
        if value is None or value <= 0 or value == round(value):
            return None
        return {column: f"{value * 100:.0f}"}

    return change


def _set(column: str, *others: str | None) -> Change:
    def change(cells: Cells, chance: random.Random) -> Cells | None:
        return {column: chance.choice(others)} if cells.get(column) else None

    return change


def _negative(column: str) -> Change:
    def change(cells: Cells, _chance: random.Random) -> Cells | None:
        value = number(cells.get(column))
        return {column: f"-{cells[column]}"} if value is not None and value > 0 else None

    return change


def _swap(first: str, second: str) -> Change:
    def change(cells: Cells, _chance: random.Random) -> Cells | None:
        one, other = cells.get(first), cells.get(second)
        values = number(one), number(other)
        if not one or not other or one == other:
            return None
        if all(value is not None for value in values) and max(values) < 3 * max(1, min(values)):  # type: ignore[type-var]
            return None  # nobody could tell that 120 and 130 have changed places
        return {first: other, second: one}

    return change


def _year(column: str, shift: Callable[[int, random.Random], int]) -> Change:
    """Change the year of a day or of a year."""

    def change(cells: Cells, chance: random.Random) -> Cells | None:
        text = cells.get(column) or ""
        found = re.search(r"(19|20)\d\d", text)
        if not found:
            return None
        year = shift(int(found[0]), chance)
        return {column: text.replace(found[0], str(year))} if str(year) != found[0] else None

    return change


def _digits_swapped(year: int, chance: random.Random) -> int:
    text = str(year)
    return int(chance.choice((text[:2] + text[3] + text[2], text[0] + text[2] + text[1] + text[3])))


def _one_off(year: int, chance: random.Random) -> int:
    return year + chance.choice((-1, 1))


def _days(column: str, from_column: str, shift: Callable[[random.Random], int]) -> Change:
    """Put a day so many days from the day in another column."""

    def change(cells: Cells, chance: random.Random) -> Cells | None:
        start = day(cells.get(from_column))
        if start is None or not cells.get(column):
            return None
        moved = start + timedelta(days=shift(chance))
        clock = re.search(r"[ T](\d{1,2}:\d{2})", cells[column] or "")
        return {column: f"{moved.day}.{moved.month}.{moved.year}" + (f" {clock[1]}" if clock else "")}

    return change


def _future(column: str) -> Change:
    def change(cells: Cells, chance: random.Random) -> Cells | None:
        if not cells.get(column):
            return None
        return {column: f"{chance.randint(1, 28)}.{chance.randint(1, 12)}.{chance.randint(2027, 2035)}"}

    return change


def _short_year(column: str) -> Change:
    def change(cells: Cells, _chance: random.Random) -> Cells | None:
        found = day(cells.get(column))
        return {column: f"{found.day}.{found.month}.{found.year % 100:02}"} if found else None

    return change


def _wrong_digit(cells: Cells, chance: random.Random) -> Cells | None:
    found = re.fullmatch(r"(\d{7})-(\d)", cells.get("business_id") or "")
    return {"business_id": f"{found[1]}-{(int(found[2]) + chance.randint(1, 9)) % 10}"} if found else None


def _orphan(cells: Cells, chance: random.Random) -> Cells | None:
    if not cells.get("business_id"):
        return None
    while (right := check_digit(digits := f"{chance.randint(8_000_000, 8_999_999)}")) is None:
        continue
    return {"business_id": f"{digits}-{right}"}


def _above(column: str, other: str) -> Change:
    def change(cells: Cells, chance: random.Random) -> Cells | None:
        value = number(cells.get(other))
        if value is None or value <= 0 or not cells.get(column):
            return None
        return {column: f"{value * chance.uniform(1.05, 1.5):.2f}".replace(".", ",")}

    return change


def _again(_cells: Cells, _chance: random.Random) -> Cells | None:
    return {}


def _again_written_otherwise(column: str) -> Change:
    def change(cells: Cells, _chance: random.Random) -> Cells | None:
        name = cells.get(column) or ""
        other = re.sub(r"\s+(ry|r\.y\.|RY)$", "", name).upper() + " r.y."
        return {column: other} if name and other != name else None

    return change


def _total(label: str, first: str, summed: Sequence[str]) -> Change:
    def change(cells: Cells, chance: random.Random) -> Cells | None:
        return {
            **dict.fromkeys(cells),
            first: label,
            **{column: f"{chance.randint(10_000, 900_000)}" for column in summed},
        }

    return change


NAMES: Mapping[str, str] = {
    "association_returns": "association_name",
    "grant_ledger": "recipient_name",
    "umbrella_members": "member_name",
    "directory_listings": "association_name",
    "premises_bookings": "booker_name",
}
MONEY: Sequence[tuple[str, str]] = (
    ("grant_ledger", "applied_eur"),
    ("grant_ledger", "awarded_eur"),
    ("grant_ledger", "paid_eur"),
    ("grant_controls", "booked_eur"),
    ("premises_bookings", "list_price_eur"),
    ("premises_bookings", "price_eur"),
    ("municipal_finance", "value_eur"),
)
COUNTS: Sequence[tuple[str, str]] = (
    ("association_returns", "members"),
    ("association_returns", "volunteer_hours"),
    ("association_returns", "volunteer_persons"),
    ("events", "participants"),
    ("meetings", "participants"),
    ("city_work", "hours"),
    ("population", "residents"),
)
YEARS_OF_FILES: Sequence[tuple[str, str]] = (
    ("association_returns", "year"),
    ("grant_ledger", "decided_on"),
    ("premises_bookings", "starts_at"),
    ("city_work", "done_on"),
    ("events", "held_on"),
    ("resident_survey", "answered_on"),
)
HAPPENED: Sequence[tuple[str, str]] = (
    ("grant_ledger", "decided_on"),
    ("grant_ledger", "paid_on"),
    ("city_work", "done_on"),
    ("meetings", "held_on"),
    ("prh_register", "registered_on"),
    ("directory_listings", "updated_on"),
    ("resident_survey", "answered_on"),
    ("umbrella_members", "valid_from"),
)
CODES: Sequence[tuple[str, str]] = (
    ("grant_ledger", "granting_body"),
    ("grant_ledger", "grant_type"),
    ("association_returns", "counting_method"),
    ("city_work", "kind"),
    ("meetings", "forum"),
    ("premises_bookings", "premises"),
    ("umbrella_members", "umbrella"),
    ("resident_survey", "age_group"),
    ("prh_register", "status"),
    ("directory_listings", "directory"),
)
ONCE = ("association_returns", "grant_ledger", "grant_controls", "umbrella_members", "premises_bookings", "events", "meetings", "annual_clock", "directory_listings", "prh_register", "population", "municipal_finance")  # fmt: skip


def faults() -> list[Fault]:
    """Return every class of faults in every source that can have it."""
    made = [
        Fault("hours as minutes", source, (column,), _times(column, 60))
        for source, column in (("association_returns", "volunteer_hours"), ("city_work", "hours"))
    ]
    made += [Fault("euros as cents", source, (column,), _times(column, 100)) for source, column in MONEY]
    made += [Fault("euros as thousands", source, (column,), _times(column, 0.001)) for source, column in MONEY]
    made += [Fault("ten times too large, euros", source, (column,), _times(column, 10)) for source, column in MONEY]
    made += [
        Fault("ten times too large, counts", source, (column,), _times(column, 10, whole=True))
        for source, column in COUNTS
    ]
    made += [Fault("decimal comma lost", source, (column,), _comma_lost(column)) for source, column in MONEY]
    made += [Fault("row twice", source, (), _again, extra=True) for source in ONCE]
    made += [
        Fault("row twice, name written otherwise", source, (name,), _again_written_otherwise(name), extra=True)
        for source, name in NAMES.items()
    ]
    made += [
        Fault("digits of the year swapped", source, (column,), _year(column, _digits_swapped))
        for source, column in YEARS_OF_FILES
    ]
    made += [Fault("year one off", source, (column,), _year(column, _one_off)) for source, column in YEARS_OF_FILES]
    made += [Fault("day in the future", source, (column,), _future(column)) for source, column in HAPPENED]
    made += [Fault("year of two digits", source, (column,), _short_year(column)) for source, column in HAPPENED]
    made += [
        Fault("day that is not", source, (column,), _set(column, "31.2.2023", "0.5.2022", "12.13.2021"))
        for source, column in HAPPENED
    ]
    made += [Fault("Y-tunnus that no association has", source, ("business_id",), _orphan) for source in NAMES]
    made += [
        Fault("wrong check digit", source, ("business_id",), _wrong_digit)
        for source in (*NAMES, "prh_register", "municipal_finance")
    ]
    made += [
        Fault("association missing", source, (name,), _set(name, None))
        for source, name in NAMES.items()
        if source != "premises_bookings"
    ]
    made += [
        Fault("negative", source, (column,), _negative(column))
        for source, column in (*COUNTS, ("grant_ledger", "applied_eur"), ("premises_bookings", "price_eur"))
    ]
    made += [
        Fault("unknown code", source, (column,), _set(column, "Luikuntatomi", "??", "muu mikä"))
        for source, column in CODES
    ]
    made += [
        Fault("words for a number", source, (column,), _set(column, "n. 50", "paljon", "1O0", "50-60"))
        for source, column in (*COUNTS, *MONEY)
    ]
    made += [
        Fault("total row as data", "grant_ledger", ("recipient_name", "application_number"), _total("Kaikki", "recipient_name", ("applied_eur", "awarded_eur")), extra=True),
        Fault("total row as data", "association_returns", ("association_name", "year"), _total("Kaikki", "association_name", ("members", "volunteer_hours")), extra=True),
        Fault("total row as data", "premises_bookings", ("premises", "starts_at"), _total("Summa", "premises", ("price_eur",)), extra=True),
        Fault("total row as data", "city_work", ("city_unit", "done_on"), _total("Yht.", "city_unit", ("hours",)), extra=True),
        Fault("total row as data", "grant_controls", ("granting_body", "year"), _total("Kaikki", "granting_body", ("booked_eur",)), extra=True),
        Fault("columns swapped", "association_returns", ("members", "volunteer_hours"), _swap("members", "volunteer_hours")),
        Fault("columns swapped", "association_returns", ("association_name", "business_id"), _swap("association_name", "business_id")),
        Fault("columns swapped", "grant_ledger", ("applied_eur", "awarded_eur"), _swap("applied_eur", "awarded_eur")),
        Fault("columns swapped", "grant_ledger", ("decided_on", "paid_on"), _swap("decided_on", "paid_on")),
        Fault("columns swapped", "grant_ledger", ("recipient_name", "business_id"), _swap("recipient_name", "business_id")),
        Fault("columns swapped", "premises_bookings", ("starts_at", "ends_at"), _swap("starts_at", "ends_at")),
        Fault("paid more than awarded", "grant_ledger", ("paid_eur", "awarded_eur"), _above("paid_eur", "awarded_eur")),
        Fault("awarded more than applied for", "grant_ledger", ("awarded_eur", "applied_eur"), _above("awarded_eur", "applied_eur")),
        Fault("end before start", "umbrella_members", ("valid_to", "valid_from"), _days("valid_to", "valid_from", lambda chance: -chance.randint(1, 900))),
        Fault("end before start", "premises_bookings", ("ends_at", "starts_at"), _days("ends_at", "starts_at", lambda chance: -chance.randint(1, 30))),
        Fault("end before start", "prh_register", ("status_date", "registered_on"), _days("status_date", "registered_on", lambda chance: -chance.randint(1, 900))),
        Fault("paid before decided", "grant_ledger", ("paid_on", "decided_on"), _days("paid_on", "decided_on", lambda chance: -chance.randint(1, 400))),
        Fault("members above population", "association_returns", ("members",), _set("members", "17250", "19400", "25000")),
        Fault("grade off the scale", "association_returns", ("cooperation_grade",), _set("cooperation_grade", "0", "3", "11", "85")),
        Fault("grade off the scale", "association_returns", ("cooperation_works",), _set("cooperation_works", "0", "6", "9")),
        Fault("grade off the scale", "resident_survey", ("satisfaction",), _set("satisfaction", "0", "6", "9")),
    ]  # fmt: skip
    return made
