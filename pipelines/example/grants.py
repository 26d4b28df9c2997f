"""The grants of the invented town: applications, decisions, payments, corrections and re-grants.

Here belongs: who asks whom for how much and what is decided and paid. Not here: how the ledger spells it.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from pipelines.example import names
from pipelines.example.spelling import spelled
from pipelines.example.town import EXTRACT_DAY, YEARS, Association, Grant

CENT = Decimal("0.01")
REFORM_YEAR = 2023
"""Social and health services left the town; the city board took over the grants of basic security."""

BOOKING_DIFFERENCES = {
    (2018, "culture"): Decimal("350.00"),
    (2021, "sport"): Decimal("-120.50"),
    (2023, "city_board"): Decimal("1800.00"),
}
"""By how much the books deliberately differ from what the ledger says was paid."""

PASSED_ON_SHARE = Decimal("0.85")
_PARTICIPATORY, _PARTICIPATORY_SHARE = "participatory_budgeting", Decimal("0.25")
_GROWTH = Decimal("0.008")
_OLD_LEDGERS_END = 2018


@dataclass(frozen=True, slots=True)
class _Body:
    code: str
    budget: int  # euros in the year of the reform
    applicants: int
    purpose_groups: tuple[str, ...]
    grant_types: tuple[str, ...]
    purposes: tuple[str, ...]


_BODIES = (
    _Body(
        "sport", 70_000, 42, ("sport",), ("operating", "operating", "sport_place", "sport_activation"),
        ("Seuran toiminta", "Hiihtoladun ylläpito", "Lasten liikuntakerho", "Ikäihmisten jumppa", "Kentän kunnostus"),
    ),
    _Body(
        "culture", 45_000, 26, ("culture", "village"), ("culture_grant", "culture_grant", "targeted"),
        ("Kesäkonsertti", "Kyläjuhla", "Näyttely", "Kotiseutujulkaisu", "Harrastajateatterin esitys"),
    ),
    _Body(
        "youth", 29_100, 18, ("leisure", "culture"), ("operating", "operating", "targeted"),
        ("Nuorten kerhot", "Kesäleiri", "Nuorten bändi-ilta", "Ohjaajien koulutus"),
    ),
    _Body(
        "basic_security", 30_000, 22, ("social_health", "religion"), ("operating", "operating", "targeted"),
        ("Vertaistukiryhmät", "Tukihenkilötoiminta", "Terveyttä edistävät luennot", "Virkistysretki"),
    ),
    _Body(
        "city_board", 12_000, 12, ("politics", "labour", "other", "village"), ("operating", "targeted"),
        ("Yleinen toiminta", "Kylien yhteinen hanke", "Juhlavuosi", "Neuvontapiste"),
    ),
)  # fmt: skip


@dataclass(slots=True)
class _Applicant:
    name: str
    business_id: str | None
    association: Association | None


def make_grants(
    rng: random.Random, associations: Sequence[Association], domicile: str, passer_on: Association
) -> list[Grant]:
    """Make the ledger of every year; `passer_on` gets the participatory budget and passes it on to villages."""
    lively = [one for one in associations if one.is_lively and one.domicile == domicile and one is not passer_on]
    regulars = {body.code: _regulars(rng, body, lively) for body in _BODIES}
    made: list[Grant] = []
    for year in YEARS:
        number = 0
        for body in _BODIES:
            if body.code == "basic_security" and year >= REFORM_YEAR:
                continue
            applicants = [*_applying(rng, regulars, body, year), *_outsiders(rng, body)]
            rows = list(_decide(rng, body, year, applicants, number, passer_on))
            number += len(rows)
            made += rows
        made += _passed_on(rng, year, made, lively, number)
        made += _corrections(rng, year, made)
    return made


def _regulars(rng: random.Random, body: _Body, lively: Sequence[Association]) -> list[Association]:
    fitting = [one for one in lively if one.purpose_group in body.purpose_groups]
    return rng.sample(fitting, min(body.applicants, len(fitting)))


def _applying(
    rng: random.Random, regulars: Mapping[str, Sequence[Association]], body: _Body, year: int
) -> Iterator[_Applicant]:
    circle = list(regulars[body.code])
    if body.code == "city_board" and year >= REFORM_YEAR:
        circle += regulars["basic_security"]
    day = date(year, 1, 31)
    for association in circle:
        if association.is_registered_on(day) and association.is_registered_on(date(year, 6, 1)) and rng.random() < 0.85:
            chance = 0.35 if year <= _OLD_LEDGERS_END else 0.08
            written, business_id = spelled(rng, association, day, without_id=chance, keeps_ending=True)
            yield _Applicant(written, business_id, association)


def _outsiders(rng: random.Random, body: _Body) -> Iterator[_Applicant]:
    """Yield recipients that are in no register: persons and groups, and one organisation of another kind."""
    if body.code == "culture":
        for person in rng.sample(names.PERSONS, 2):
            yield _Applicant(person, None, None)
    if body.code in {"culture", "youth"}:
        yield _Applicant(rng.choice(names.UNREGISTERED_GROUPS), None, None)
    if body.code == "city_board":
        yield _Applicant(names.OTHER_RECIPIENT, names.OTHER_RECIPIENT_ID, None)


def _decide(
    rng: random.Random,
    body: _Body,
    year: int,
    applicants: Sequence[_Applicant],
    used_numbers: int,
    passer_on: Association,
) -> Iterator[Grant]:
    """Yield one decision an applicant, together about the body's budget; every tenth or so is rejected."""
    budget = _budget(body, year)
    decided_on = date(year, rng.choice((3, 4, 5)), rng.randint(3, 27))
    number = used_numbers
    if body.code == "culture":
        number += 1
        share = _to_fifty(budget * _PARTICIPATORY_SHARE)
        budget -= share
        passing = _Applicant(passer_on.name, passer_on.business_id, passer_on)
        yield _grant(rng, f"{year}-{number:04d}", passing, body, _PARTICIPATORY, share, decided_on)
    weights = [0.0 if rng.random() < 0.1 else rng.lognormvariate(0, 0.55) for _ in applicants]
    for applicant, weight in zip(applicants, weights, strict=True):
        number += 1
        awarded = _to_fifty(budget * Decimal(str(weight / sum(weights))))
        grant_type = rng.choice(body.grant_types)
        yield _grant(rng, f"{year}-{number:04d}", applicant, body, grant_type, awarded, decided_on)


def _budget(body: _Body, year: int) -> Decimal:
    base = Decimal(body.budget)
    if body.code == "city_board" and year >= REFORM_YEAR:
        base += next(other.budget for other in _BODIES if other.code == "basic_security")
    return base * (1 + _GROWTH * (year - REFORM_YEAR))


def _to_fifty(euros: Decimal) -> Decimal:
    return ((euros / 50).quantize(Decimal(1)) * 50).quantize(CENT)


def _grant(
    rng: random.Random,
    number: str,
    applicant: _Applicant,
    body: _Body,
    grant_type: str,
    awarded: Decimal,
    decided_on: date,
) -> Grant:
    asked = awarded * Decimal(str(rng.uniform(1, 1.9))) if awarded else Decimal(rng.randint(4, 30) * 100)
    paid, paid_on = _payment(rng, awarded, decided_on)
    return Grant(
        application_number=number,
        register_number=applicant.association.register_number if applicant.association else None,
        written_as=applicant.name,
        business_id=applicant.business_id,
        body=body.code,
        grant_type=grant_type,
        purpose="Osallistava budjetointi kylille" if grant_type == _PARTICIPATORY else rng.choice(body.purposes),
        applied=max(awarded, (asked / 10).quantize(Decimal(1)) * 10).quantize(CENT),
        awarded=awarded,
        paid=paid,
        decided_on=decided_on,
        paid_on=paid_on,
    )


def _payment(rng: random.Random, awarded: Decimal, decided_on: date) -> tuple[Decimal | None, date | None]:
    """Pay afterwards against realised costs: late in the year or early in the next, sometimes less or nothing."""
    if awarded == 0 or rng.random() < 0.02:
        return None, None
    paid = awarded
    if rng.random() < 0.25:
        paid = (awarded * Decimal(str(rng.uniform(0.6, 0.98)))).quantize(CENT, ROUND_HALF_UP)
    if rng.random() < 0.7:
        return paid, date(decided_on.year, rng.choice((11, 12)), rng.randint(2, 28))
    if decided_on.year >= EXTRACT_DAY.year:
        return None, None
    return paid, date(decided_on.year + 1, rng.choice((1, 2)), rng.randint(7, 27))


def _passed_on(
    rng: random.Random, year: int, made: Sequence[Grant], lively: Sequence[Association], number: int
) -> Iterator[Grant]:
    """Yield the re-grants of a year: money that the participatory budget has already awarded once."""
    source = next(one for one in made if one.decided_on.year == year and one.grant_type == _PARTICIPATORY)
    decided_on = source.decided_on + timedelta(days=40)
    villages = [one for one in lively if one.purpose_group == "village" and one.is_registered_on(decided_on)]
    chosen = rng.sample(villages, min(7, len(villages)))
    share = (source.awarded * PASSED_ON_SHARE / len(chosen)).quantize(CENT)
    for offset, association in enumerate(chosen, start=1):
        written, business_id = spelled(rng, association, decided_on, without_id=0.1, keeps_ending=True)
        yield replace(
            source,
            application_number=f"{year}-{number + offset:04d}",
            register_number=association.register_number,
            written_as=written,
            business_id=business_id,
            purpose="Kylän hanke osallistavasta budjetoinnista",
            applied=share,
            awarded=share,
            paid=share,
            decided_on=decided_on,
            paid_on=date(year, 11, 20),
            is_regrant=True,
        )


def _corrections(rng: random.Random, year: int, made: Sequence[Grant]) -> Iterator[Grant]:
    """Yield corrections: a part of an award that was paid is taken back before the year ends."""
    paid = [one for one in made if one.decided_on.year == year and one.paid and one.paid >= 400 and not one.is_regrant]
    this_year = [one for one in paid if one.paid_on and one.paid_on.year == year and one.awarded < 5000]
    for grant in rng.sample(this_year, 3):
        assert grant.paid_on is not None
        back = -Decimal(rng.randint(1, 3) * 50 + rng.choice((0, 25))).quantize(CENT)
        yield replace(
            grant, purpose="Oikaisu", applied=None, awarded=back, paid=back,
            decided_on=date(year, 12, 3), paid_on=date(year, 12, rng.randint(29, 30)),
        )  # fmt: skip


def make_books(grants: Sequence[Grant]) -> dict[tuple[int, str], Decimal]:
    """Say what account 4742 holds for each year and body: the payments of the ledger and the deliberate differences."""
    paid: defaultdict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for grant in grants:
        if grant.paid is not None and grant.paid_on is not None and not grant.is_regrant:
            paid[grant.paid_on.year, grant.body] += grant.paid
    return {key: paid[key] + BOOKING_DIFFERENCES.get(key, Decimal(0)) for key in sorted(paid)}
