"""Associations of the invented town and their umbrella organisations.

Here belongs: when they are founded, renamed and end, so that the three numbers of 2021 come out. Not here: what they
do.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.contract_model import CodeList
from pipelines.example import names
from pipelines.example.spelling import spelled
from pipelines.example.town import EXTRACT_DAY, NUMBERS_YEAR, YEARS, Association, Membership, end_of

REGISTERED, UNDER_UMBRELLA = 447, 345
"""How many stood in the register, and under an umbrella, at the end of `NUMBERS_YEAR`."""

_REMOVAL_DAY = date(2024, 10, 21)
_REMOVED, _ENDED_BEFORE, _PENDING, _FOREIGN = 30, 40, 6, 30
_FIRST_FOUNDED = date(1925, 1, 1)
_BUSINESS_ID_SINCE = date(2015, 1, 1)
_LIVELY_AT_START, _LIVELY_OF_NEW = 212, 0.7
_FOREIGN_DOMICILES = ("020", "050", "016")
_UMBRELLA_GROUPS: tuple[tuple[str, ...], ...] = (
    ("social_health", "religion"),
    ("social_health", "labour", "other"),
    ("sport",),
    ("culture", "politics"),
    ("village", "leisure"),
    ("leisure", "village"),
)
"""Purpose groups from which each umbrella organisation mostly draws its members, in the order of the settings."""


@dataclass(slots=True)
class _Life:
    registered_on: date
    is_lively: bool
    ended_on: date | None = None
    end_reason: str | None = None


def make_associations(
    rng: random.Random, domicile: str, umbrellas: CodeList, purpose_groups: CodeList
) -> list[Association]:
    """Make every association of the register; those of `umbrellas` come first."""
    lives = _lives(rng, len(umbrellas.entries))
    local = [names.Name(entry.label.fi, entry.label.fi, "other") for entry in umbrellas.entries]
    local += names.local_names(rng, len(lives) + _PENDING - len(local))
    pending = [_Life(_day_in(rng, 2025), is_lively=False) for _ in range(_PENDING)]
    foreign = [_Life(_day_between(rng, _FIRST_FOUNDED, end_of(2024)), is_lively=False) for _ in range(_FOREIGN)]
    bearers = list(zip(local, [*lives, *pending], strict=True))
    bearers += zip(names.foreign_names(rng, _FOREIGN), foreign, strict=True)
    return _in_register(rng, bearers, domicile, len(umbrellas.entries), len(lives), purpose_groups)


def _lives(rng: random.Random, umbrellas: int) -> list[_Life]:
    founded = {year: rng.randint(4, 8) for year in YEARS}
    ended = {year: rng.randint(2, 5) for year in YEARS}
    founded[YEARS[-1]] = 8
    growth = sum(founded[year] - ended[year] for year in YEARS if year <= NUMBERS_YEAR)
    at_start = REGISTERED - growth
    lively = set(rng.sample(range(umbrellas, at_start), _LIVELY_AT_START - umbrellas)) | set(range(umbrellas))
    starts = sorted(_day_between(rng, _FIRST_FOUNDED, end_of(YEARS[0] - 1)) for _ in range(at_start))
    lives = [_Life(day, number in lively) for number, day in enumerate(starts)]
    for year in YEARS:
        _end_some(rng, lives[umbrellas:], year, ended[year])
        lives += [_Life(_day_in(rng, year), rng.random() < _LIVELY_OF_NEW) for _ in range(founded[year])]
    for number, life in enumerate(lives[-4:]):
        life.registered_on = EXTRACT_DAY + timedelta(days=12 + 19 * number)
    return lives + [_ended_before(rng) for _ in range(_ENDED_BEFORE)]


def _end_some(rng: random.Random, lives: Sequence[_Life], year: int, count: int) -> None:
    """End one lively association and some dormant ones; in the removal year the registrar takes out a batch besides."""
    here = [life for life in lives if life.ended_on is None and life.registered_on.year < year - 1]
    dormant = [life for life in here if not life.is_lively]
    lively = [life for life in here if life.is_lively]
    for life in [*rng.sample(dormant, count - 1), rng.choice(lively)]:
        life.ended_on = _day_in(rng, year)
        life.end_reason = "unknown" if rng.random() < 0.1 else "dissolved"
    if year == YEARS[-1]:
        rng.choice([life for life in here if life.ended_on and life.ended_on.year == year]).ended_on = date(
            year, 11, 17
        )
    if year == _REMOVAL_DAY.year:
        for life in rng.sample([life for life in dormant if life.ended_on is None], _REMOVED):
            life.ended_on, life.end_reason = _REMOVAL_DAY, "removed"


def _ended_before(rng: random.Random) -> _Life:
    started = _day_between(rng, _FIRST_FOUNDED, date(1999, 12, 31))
    ended = _day_between(rng, date(2001, 1, 1), end_of(YEARS[0] - 1))
    return _Life(started, is_lively=False, ended_on=ended, end_reason=rng.choice(("dissolved", "dissolved", "unknown")))


def _in_register(
    rng: random.Random,
    bearers: Sequence[tuple[names.Name, _Life]],
    domicile: str,
    umbrellas: int,
    local: int,
    purpose_groups: CodeList,
) -> list[Association]:
    """Give numbers, names and classes; register numbers rise with the day of registration."""
    ids = names.business_ids(rng)
    numbers = names.register_numbers(rng, len(bearers))
    order = sorted(range(len(bearers)), key=lambda place: (bearers[place][1].registered_on, place))
    number_of = {place: numbers[rank] for rank, place in enumerate(order)}
    renamed_late = set(rng.sample(range(umbrellas, umbrellas + 200), 6))
    hundreds = {entry.code: int(entry.synonyms[0]) for entry in purpose_groups.entries if entry.synonyms}
    made: list[Association] = []
    for place, (name, life) in enumerate(bearers):
        is_local = place < local + _PENDING
        renamed_on = _renaming(rng, life, is_late=place in renamed_late) if umbrellas <= place < local else None
        class_number = hundreds[name.purpose_group] + rng.choice((0, 10, 20, 30))
        business_id = next(ids)
        made.append(
            Association(
                register_number=number_of[place],
                business_id=business_id if life.ended_on is None or life.ended_on >= _BUSINESS_ID_SINCE else None,
                name=name.now,
                old_name=name.before if renamed_on else None,
                renamed_on=renamed_on,
                domicile=domicile if is_local else _FOREIGN_DOMICILES[place % len(_FOREIGN_DOMICILES)],
                registered_on=life.registered_on,
                is_pending=local <= place < local + _PENDING,
                ended_on=life.ended_on,
                end_reason=life.end_reason,
                purpose_group=name.purpose_group,
                purpose_class=None if rng.random() < 0.02 else str(class_number),
                language="sv" if name.now.endswith(" rf") else "fi",
                is_lively=life.is_lively,
            )
        )
    return made


def _renaming(rng: random.Random, life: _Life, *, is_late: bool) -> date | None:
    if life.ended_on is not None or life.registered_on.year >= YEARS[0]:
        return None
    if is_late:
        return _day_between(rng, EXTRACT_DAY + timedelta(days=1), end_of(EXTRACT_DAY.year))
    return _day_between(rng, date(2012, 1, 1), date(2024, 12, 31)) if rng.random() < 0.12 else None


def make_memberships(
    rng: random.Random, associations: Sequence[Association], domicile: str, umbrellas: CodeList
) -> list[Membership]:
    """Make memberships: exactly `UNDER_UMBRELLA` of the registered stand under an umbrella in `NUMBERS_YEAR`."""
    codes = [entry.code for entry in umbrellas.entries]
    day = end_of(NUMBERS_YEAR)
    registered = [one for one in associations if one.domicile == domicile and one.is_registered_on(day)]
    rng.shuffle(registered)
    made: list[Membership] = []
    for association in registered[:UNDER_UMBRELLA]:
        made += [_in_force(rng, association, umbrella) for umbrella in _umbrellas_of(rng, association, codes)]
    for association in registered[UNDER_UMBRELLA:]:
        made += _other_times(rng, association, codes)
    rest = [one for one in associations if one.domicile == domicile and not one.is_registered_on(day)]
    for association in rest:
        made += _of_the_unregistered(rng, association, codes)
    for association in [one for one in associations if one.domicile != domicile][:4]:
        made.append(_membership(rng, association, codes[4], date(2010, 1, 1), None))
    made.append(Membership(codes[4], None, names.UNREGISTERED_GROUPS[0], None, date(2012, 4, 1), None))
    return sorted(made, key=lambda one: (codes.index(one.umbrella), one.written_as.casefold(), one.valid_from))


def _umbrellas_of(rng: random.Random, association: Association, codes: Sequence[str]) -> list[str]:
    fitting = [
        code for code, groups in zip(codes, _UMBRELLA_GROUPS, strict=True) if association.purpose_group in groups
    ]
    first = rng.choice(fitting or list(codes))
    others = [code for code in codes if code != first]
    count = rng.choices((1, 2, 3), (80, 15, 5))[0]
    return [first, *rng.sample(others, count - 1)]


def _in_force(rng: random.Random, association: Association, umbrella: str) -> Membership:
    """Make a membership that is in force at the end of `NUMBERS_YEAR`; most are older than the series."""
    earliest = max(association.registered_on, date(1998, 1, 1))
    latest = end_of(NUMBERS_YEAR) if rng.random() < 0.06 else max(earliest, date(2013, 6, 30))
    start = _day_between(rng, earliest, latest)
    end = end_of(rng.choice((2022, 2023, 2024))) if rng.random() < 0.05 else None
    return _membership(rng, association, umbrella, start, end)


def _other_times(rng: random.Random, association: Association, codes: Sequence[str]) -> Iterator[Membership]:
    """Yield a membership that ended before the end of `NUMBERS_YEAR` or begins after it; mostly none."""
    chance = rng.random()
    if chance < 0.15 and association.registered_on.year < 2014:
        start = _day_between(rng, max(association.registered_on, date(1998, 1, 1)), end_of(2014))
        yield _membership(rng, association, rng.choice(codes), start, end_of(rng.choice((2016, 2018, 2020))))
    elif chance > 0.88:
        start = date(rng.choice((2022, 2023, 2024, 2025)), rng.choice((1, 3, 9)), 1)
        yield _membership(rng, association, rng.choice(codes), start, None)


def _of_the_unregistered(rng: random.Random, association: Association, codes: Sequence[str]) -> Iterator[Membership]:
    """Yield memberships of those that had ended or were not founded yet; nobody takes the ended off the list."""
    if association.is_pending or rng.random() < 0.5:
        return
    if association.registered_on.year > NUMBERS_YEAR:
        yield _membership(rng, association, rng.choice(codes), association.registered_on + timedelta(days=21), None)
    elif association.registered_on.year < 2009:
        yield _membership(rng, association, rng.choice(codes), date(2009, 1, 1), None)


def _membership(
    rng: random.Random, association: Association, umbrella: str, start: date, end: date | None
) -> Membership:
    written, business_id = spelled(rng, association, EXTRACT_DAY, without_id=0.2, keeps_ending=False)
    return Membership(umbrella, association.register_number, written, business_id, start, end)


def _day_between(rng: random.Random, first: date, last: date) -> date:
    return first + timedelta(days=rng.randint(0, (last - first).days))


def _day_in(rng: random.Random, year: int) -> date:
    return _day_between(rng, date(year, 1, 8), date(year, 12, 19))
