"""Events and meetings of the invented town.

Here belongs: what is held, by whom and who tells of it. Not here: how the files spell it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from pipelines.contract_model import CodeList
from pipelines.example import names
from pipelines.example.spelling import spelled
from pipelines.example.town import CITY_YEARS, Association, Meeting, Named, Telling, Work, day_in

TOWN, CALENDAR, INTERFACE = "town", "calendar", "interface"
"""Who tells of an event: the town's list, an association's calendar, an interface of events."""

CALENDAR_YEAR, INTERFACE_YEAR = 2023, 2024
SERIES_NAME, SERIES_WEEKS, SERIES_SKIPPED = "Torstain kerhoilta", 8, 2
"""An event that the calendar repeats weekly; the week of this place (from 0) is an exception."""

_EVENTS_A_YEAR = 44
_WORK_OF_EVERY = 9
_WORK_OF_EVENT = "Tapahtuman järjestelyt"
_CIRCLE, _PRESENT_CIRCLE = 80, 70
_NAMES = (
    "Kyläjuhla",
    "Kesäkonsertti",
    "Myyjäiset",
    "Hiihtopäivä",
    "Luento: hyvä uni",
    "Tanssit",
    "Talkoopäivä",
    "Näyttely",
)
_PLACES = ("Tori", "Yhdistysten talo", "Mallitalo", "Rantapuisto", "Sali Soitto", "Koulun kenttä")
_MEETING_PLACES = ("Kirjasto", "Mallitalo", "Valtuustosali")
_FUTURE_YEARS = (2021, 2025)
_FUTURE_FORUM, _UMBRELLA_MEETING, _EVENING = "future_forum", "umbrella_meeting", "association_evening"


def make_tellings(rng: random.Random, lively: Sequence[Association], units: CodeList) -> Iterator[Telling]:
    """Yield every telling of every event; in two years some events are told twice."""
    circle = rng.sample(lively, _CIRCLE)
    codes = [entry.code for entry in units.entries]
    # no two events of a day share their name, so it is never by chance that two tellings are alike
    seen: set[tuple[date, str]] = set()
    for year in CITY_YEARS:
        for _ in range(_EVENTS_A_YEAR):
            telling = _telling(rng, len(seen), day_in(rng, year), circle, codes)
            if (telling.held_on, telling.name) in seen:
                continue
            seen.add((telling.held_on, telling.name))
            yield telling
            yield from _told_again(rng, telling, circle)
    yield from _series(rng, len(seen), circle)


def _telling(rng: random.Random, event: int, day: date, circle: Sequence[Association], units: Sequence[str]) -> Telling:
    here = [one for one in circle if one.is_registered_on(day)]
    count = rng.choices((0, 1, 2, 3), (12, 50, 25, 13))[0]
    organisers = [_named(rng, one, day) for one in rng.sample(here, count)]
    if rng.random() < 0.08:
        organisers.append(Named(None, rng.choice(names.UNREGISTERED_GROUPS)))
    if rng.random() < 0.04:
        organisers.append(Named(None, rng.choice(names.PERSONS)))
    with_town = not organisers or rng.random() < 0.3
    return Telling(
        event=event,
        told_by=TOWN,
        held_on=day,
        name=rng.choice(_NAMES),
        place=rng.choice(_PLACES) if rng.random() < 0.93 else None,
        organisers=tuple(organisers),
        city_unit=rng.choice(units) if with_town else None,
        participants=rng.randint(8, 400) if rng.random() < 0.8 else None,
    )


def _named(rng: random.Random, association: Association, day: date) -> Named:
    written, _ = spelled(rng, association, day, without_id=1, keeps_ending=True)
    return Named(association.register_number, " ".join(written.split()))


def _told_again(rng: random.Random, telling: Telling, circle: Sequence[Association]) -> Iterator[Telling]:
    """Yield what another teller says of the same event: a name of its own, one organiser of its own."""
    teller = {CALENDAR_YEAR: CALENDAR, INTERFACE_YEAR: INTERFACE}.get(telling.held_on.year)
    if teller is None or rng.random() < 0.6:
        return
    here = [one for one in circle if one.is_registered_on(telling.held_on)]
    yield replace(
        telling,
        told_by=teller,
        name=_named_otherwise(telling),
        organisers=(_named(rng, rng.choice(here), telling.held_on),),
        city_unit=None,
        participants=None,
    )


def _named_otherwise(telling: Telling) -> str:
    """Return the name of an event in other letters, misspelt, with more words or with its place."""
    name, middle = telling.name, len(telling.name) // 2
    if telling.place is None:
        return f"{name.upper()}!"
    ways = (
        f"{name.upper()}!",
        name[:middle] + name[middle + 1 :],
        f"{name} koko perheelle",
        f"{name}, {telling.place}",
    )
    return ways[telling.held_on.day % len(ways)]


def make_work_of_events(tellings: Sequence[Telling]) -> Iterator[Work]:
    """Yield what the town writes down of some of the events that the lists tell of.

    Of one event the units that hold it and, of every other one, a second unit that helped an association with it.
    """
    own = [one for one in tellings if one.told_by == TOWN]
    days = Counter(one.held_on for one in own)
    alone = [one for one in own if days[one.held_on] == 1 and any(named.register_number for named in one.organisers)]
    units = sorted({one.city_unit for one in alone if one.city_unit})
    for place, telling in enumerate(alone[::_WORK_OF_EVERY]):
        named = next(one for one in telling.organisers if one.register_number is not None)
        unit = telling.city_unit or units[place % len(units)]
        pairs = [(unit, named)] if place % 2 else [(unit, named), (units[(units.index(unit) + 1) % len(units)], named)]
        for city_unit, association in pairs:
            yield Work(telling.held_on, city_unit, "event", None, _WORK_OF_EVENT, association, telling.event)


def only_where_no_list_tells(work: Iterable[Work], tellings: Sequence[Telling]) -> Iterator[Work]:
    """Yield the pieces of work; an event of the town's own on a day of a listed event becomes help given.

    So whether a record means a listed event is never a matter of chance.
    """
    days = {one.held_on for one in tellings}
    for piece in work:
        yield replace(piece, kind="assistance") if piece.kind == "event" and piece.done_on in days else piece


def _series(rng: random.Random, event: int, circle: Sequence[Association]) -> Iterator[Telling]:
    first = date(CALENDAR_YEAR, 9, 7)
    there = [one for one in circle if one.is_registered_on(first) and one.is_registered_on(date(CALENDAR_YEAR, 12, 31))]
    organiser = _named(rng, rng.choice(there), first)
    for week in range(SERIES_WEEKS):
        if week != SERIES_SKIPPED:
            day = first + timedelta(weeks=week)
            yield Telling(event + week, CALENDAR, day, SERIES_NAME, "Mallitalo", (organiser,), None, None)


def make_meetings(rng: random.Random, lively: Sequence[Association], forums: CodeList) -> Iterator[Meeting]:
    """Yield the meetings: three of the umbrellas a year, two of each table, one evening, at times a forum."""
    circle = rng.sample(lively, _PRESENT_CIRCLE)
    tables = [entry.code for entry in forums.entries if entry.code.startswith("table_")]
    for year in CITY_YEARS:
        held = [(month, _UMBRELLA_MEETING) for month in (3, 6, 11)] + [(9, _EVENING)]
        held += [(month, table) for table in tables for month in (4, 10)]
        if year in _FUTURE_YEARS:
            held.append((5, _FUTURE_FORUM))
        for month, forum in held:
            day = date(year, month, rng.randint(2, 27))
            there = [one for one in circle if one.is_registered_on(day)]
            present = tuple(_named(rng, one, day) for one in rng.sample(there, rng.randint(4, 11)))
            people = len(present) + rng.randint(2, 25) if rng.random() < 0.9 else None
            yield Meeting(day, forum, rng.choice(_MEETING_PLACES), people, present)
