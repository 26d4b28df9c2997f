"""The right answers about the town itself, its forums, directories and residents, counted from the invention.

Here belongs: plain counting over the records, after the definitions of the indicator cards. Not here: associations,
grants and returns (`truth`), writing `truth.json`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from pipelines.example.pyramid import Adult
from pipelines.example.residents import CANNOT_SAY, chance_of_yes
from pipelines.example.town import YEARS, Booking, Listing, Meeting, Resident, Telling, Town, Work, end_of

TOTAL = "total"
Item = TypeVar("Item")
Figure = tuple[str, str, str, str, int | float | str | None]
"""Indicator, period, breakdown, breakdown value, value."""

_WINDOW_YEARS = 2


@dataclass(slots=True)
class _Event:
    """What all tellings of an event say together."""

    held_on: date
    associations: set[int] = field(default_factory=set)
    with_town: bool = False


def evidence(town: Town) -> Iterator[tuple[int, date]]:
    """Yield (register number, day) of bookings, events, meetings and updated listings."""
    civic = town.civic
    for booking in civic.bookings:
        if booking.state == "confirmed" and booking.booker.register_number is not None:
            yield booking.booker.register_number, booking.starts_at.date()
    gatherings = [(one.held_on, one.organisers) for one in civic.tellings]
    gatherings += [(one.held_on, one.associations) for one in civic.meetings]
    for day, present in gatherings:
        yield from ((one.register_number, day) for one in present if one.register_number is not None)
    for listing in civic.listings:
        if listing.association.register_number is not None:
            yield listing.association.register_number, listing.updated_on


def figures(town: Town) -> Iterator[Figure]:
    """Yield every figure of every period and breakdown."""
    for year in YEARS:
        yield from _of_work(year, [one for one in town.civic.work if one.done_on.year == year])
        yield from _of_bookings(year, [one for one in town.civic.bookings if one.starts_at.year == year])
        yield from _of_meetings(year, [one for one in town.civic.meetings if one.held_on.year == year])
        tasks = [one for one in town.civic.tasks if one.year == year]
        if tasks:
            share = sum(one.is_done for one in tasks) / len(tasks)
            yield "annual_clock_done_share", str(year), TOTAL, TOTAL, share
        yield from _of_listings(town, year)
    yield from _of_events(town.civic.tellings, {one.event for one in town.civic.work if one.event is not None})
    for term in sorted({one.term for one in town.civic.residents}):
        yield from _of_residents(term, [one for one in town.civic.residents if one.term == term])


def _grouped(
    items: Iterable[Item], keys: Mapping[str, Callable[[Item], str | None]]
) -> dict[tuple[str, str], list[Item]]:
    groups: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for item in items:
        groups[TOTAL, TOTAL].append(item)
        for breakdown, key in keys.items():
            value = key(item)
            if value is not None:
                groups[breakdown, value].append(item)
    return groups


def _of_work(year: int, work: Sequence[Work]) -> Iterator[Figure]:
    by_all = {"city_unit": lambda one: one.city_unit, "work_kind": lambda one: one.kind}
    for (breakdown, value), pieces in _grouped(work, by_all).items():
        hours = [one.hours for one in pieces if one.hours is not None]
        if hours:
            yield "city_staff_hours", str(year), breakdown, value, float(sum(hours))
        if breakdown != "work_kind":
            yield "city_assistance", str(year), breakdown, value, sum(one.kind == "assistance" for one in pieces)
            yield "city_events", str(year), breakdown, value, _events(pieces)


def _events(work: Sequence[Work]) -> int:
    """Count the events of the work: a listed event once, however many units wrote it down."""
    events = [one.event for one in work if one.kind == "event"]
    return events.count(None) + len(set(events) - {None})


def _of_bookings(year: int, bookings: Sequence[Booking]) -> Iterator[Figure]:
    own = [one for one in bookings if one.state == "confirmed" and one.booker.register_number is not None]
    for (breakdown, value), group in _grouped(own, {"premises": lambda one: one.premises}).items():
        yield "premises_hours", str(year), breakdown, value, sum(one.hours for one in group)
        support = [one.list_price - one.price for one in group if one.list_price is not None and one.price is not None]
        if support:
            yield "premises_support_eur", str(year), breakdown, value, f"{sum(support, Decimal('0.00')):.2f}"


def _of_meetings(year: int, meetings: Sequence[Meeting]) -> Iterator[Figure]:
    for (breakdown, value), group in _grouped(meetings, {"forum": lambda one: one.forum}).items():
        yield "forum_meetings", str(year), breakdown, value, len(group)
        people = [one.participants for one in group if one.participants is not None]
        if people:
            yield "forum_attendance", str(year), breakdown, value, sum(people)


def _of_listings(town: Town, year: int) -> Iterator[Figure]:
    """Yield the coverage from the year on whose window lies wholly in the time of the lists."""
    listings = town.civic.listings
    if year < min(one.updated_on.year for one in listings) + _WINDOW_YEARS - 1:
        return
    day, before = end_of(year), end_of(year - _WINDOW_YEARS)
    registered = {
        one.register_number
        for one in town.associations.values()
        if one.domicile == town.municipality_code and one.is_registered_on(day)
    }
    kept_up = [
        one for one in listings if before < one.updated_on <= day and one.association.register_number in registered
    ]
    by_directory: dict[str, Callable[[Listing], str | None]] = {"directory": lambda one: one.directory}
    for (breakdown, value), group in _grouped(kept_up, by_directory).items():
        numbers = {one.association.register_number for one in group}
        yield "directory_coverage_share", str(year), breakdown, value, len(numbers) / len(registered)


def _of_events(tellings: Sequence[Telling], helped_by_town: set[int]) -> Iterator[Figure]:
    """Yield the listed events; one that the town's own records tell of is a joint one too."""
    events: dict[int, _Event] = {}
    for telling in tellings:
        event = events.setdefault(telling.event, _Event(telling.held_on, with_town=telling.event in helped_by_town))
        event.associations |= {one.register_number for one in telling.organisers if one.register_number is not None}
        event.with_town = event.with_town or telling.city_unit is not None
    own = [event for event in events.values() if event.associations]
    for year in sorted({event.held_on.year for event in own}):
        then = [event for event in own if event.held_on.year == year]
        yield "listed_events", str(year), TOTAL, TOTAL, len(then)
        yield "listed_joint_events", str(year), TOTAL, TOTAL, sum(event.with_town for event in then)


def _of_residents(term: str, residents: Sequence[Resident]) -> Iterator[Figure]:
    asked: Mapping[str, Callable[[Resident], float | None]] = {
        "resident_participation_share": lambda one: _number(one.participated),
        "resident_volunteering_share": lambda one: _number(one.volunteered),
        "resident_satisfaction": lambda one: _number(one.satisfaction),
        "residents_know_where_to_ask_share": lambda one: None if one.knows is None else float(one.knows == "yes"),
    }
    keys = {"age_group": lambda one: one.age_group, "sex": lambda one: one.sex, "area": lambda one: one.area}
    for (breakdown, value), group in _grouped(residents, keys).items():
        for indicator, answer_of in asked.items():
            answers = [answer for one in group if (answer := answer_of(one)) is not None]
            if answers:
                yield indicator, term, breakdown, value, sum(answers) / len(answers)


def whole_figures(town: Town) -> Iterator[Figure]:
    """Yield what all adult residents of each survey, and of each of its groups, would say on average."""
    asked = {
        "resident_participation_share": "participated",
        "resident_volunteering_share": "volunteered",
        "resident_satisfaction": "satisfaction",
        "residents_know_where_to_ask_share": "knows",
    }
    for term, adults in town.adults.items():
        groups: dict[tuple[str, str], list[Adult]] = defaultdict(list)
        for adult in adults:
            keys = (TOTAL, TOTAL), *zip(("age_group", "sex", "area"), adult, strict=True)
            for key in keys:
                groups[key].append(adult)
        for (breakdown, value), members in groups.items():
            count = sum(adults[adult] for adult in members)
            for indicator, question in asked.items():
                said = sum(adults[adult] * chance_of_yes(term, question, adult) for adult in members)
                yield indicator, term, breakdown, value, said / count


def _number(answer: bool | int | str | None) -> float | None:
    return None if answer is None or answer == CANNOT_SAY else float(answer)
