"""Bookings of the invented town's premises.

Here belongs: who books what, when, and at what price. Not here: how the files spell it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from pipelines.example import names
from pipelines.example.spelling import spelled
from pipelines.example.town import CITY_YEARS, Association, Booking, Named, day_in

_REGULARS = 46
_CHANCE_OF_A_YEAR = 0.85
_STATES = (("confirmed", "cancelled", "denied", "pending"), (90, 7, 2, 1))


@dataclass(frozen=True, slots=True)
class _Premises:
    code: str
    list_price_an_hour: Decimal | None
    shares_charged: tuple[str, ...]


_PREMISES = (
    _Premises("association_house", Decimal("18.00"), ("0", "0", "0", "0.25")),
    _Premises("malli_house", Decimal("15.00"), ("0", "0.5")),
    _Premises("village_office", None, ("0",)),
    _Premises("concert_hall", Decimal("62.50"), ("0.3", "0.3", "1")),
)
_WEIGHTS = (50, 25, 10, 15)


def make_bookings(rng: random.Random, lively: Sequence[Association]) -> Iterator[Booking]:
    """Yield the bookings of every year; no two have the same premises and start."""
    regulars = rng.sample(lively, _REGULARS)
    taken: set[tuple[str, datetime]] = set()
    for year in CITY_YEARS:
        for association in regulars:
            if rng.random() < _CHANCE_OF_A_YEAR:
                yield from _of_association(rng, association, year, taken)
        for booker in _outsiders(rng):
            yield _booking(rng, booker, _start(rng, year), taken)


def _of_association(
    rng: random.Random, association: Association, year: int, taken: set[tuple[str, datetime]]
) -> Iterator[Booking]:
    for _ in range(rng.randint(2, 5)):
        start = _start(rng, year)
        if association.is_registered_on(start.date()):
            written, business_id = spelled(rng, association, start.date(), without_id=0.2, keeps_ending=True)
            yield _booking(rng, Named(association.register_number, written, business_id), start, taken)


def _outsiders(rng: random.Random) -> Iterator[Named]:
    """Yield bookers that are in no register: persons, a group, an organisation of another kind."""
    for person in rng.sample(names.PERSONS, 3):
        yield Named(None, person)
    yield Named(None, rng.choice(names.UNREGISTERED_GROUPS))
    yield Named(None, names.OTHER_RECIPIENT, names.OTHER_RECIPIENT_ID)


def _start(rng: random.Random, year: int) -> datetime:
    day = day_in(rng, year)
    return datetime(day.year, day.month, day.day, rng.randint(9, 19), rng.choice((0, 30)))  # noqa: DTZ001 - local time


def _booking(rng: random.Random, booker: Named, start: datetime, taken: set[tuple[str, datetime]]) -> Booking:
    premises = rng.choices(_PREMISES, _WEIGHTS)[0]
    while (premises.code, start) in taken:
        start += timedelta(days=1)
    taken.add((premises.code, start))
    half_hours = rng.randint(2, 8)
    list_price = premises.list_price_an_hour and premises.list_price_an_hour * half_hours / 2
    share = Decimal(rng.choice(premises.shares_charged))
    return Booking(
        premises=premises.code,
        booker=booker,
        starts_at=start,
        ends_at=start + timedelta(minutes=30 * half_hours),
        price=Decimal("0.00") if list_price is None else (list_price * share).quantize(Decimal("0.01")),
        list_price=None if list_price is None else list_price.quantize(Decimal("0.01")),
        state=rng.choices(*_STATES)[0],
    )
