"""Putting the invented town together from one seed.

Here belongs: the order in which the parts are made, residents and the budget. Not here: how the parts are made.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from pipelines import contracts
from pipelines.example.associations import make_associations, make_memberships
from pipelines.example.bookings import make_bookings
from pipelines.example.city import make_tasks, make_work
from pipelines.example.gatherings import (
    make_meetings,
    make_tellings,
    make_work_of_events,
    only_where_no_list_tells,
)
from pipelines.example.grants import REFORM_YEAR, make_books, make_grants
from pipelines.example.listings import make_listings
from pipelines.example.pyramid import Adult, adults
from pipelines.example.residents import SURVEYS, make_residents
from pipelines.example.returns import make_returns
from pipelines.example.town import NUMBERS_YEAR, YEARS, Association, BudgetVersion, CivicLife, Grant, Return, Town
from pipelines.settings import Settings

PASSER_ON = "kylat"
"""Code of the umbrella organisation that passes the participatory budget on to villages."""

YEAR_WITHOUT_FIGURE = 2017
YEAR_WITH_TWO_VERSIONS = 2024
_FIRST_RESIDENTS, _LAST_RESIDENTS = 19_040, 16_905
_EXPENSES_BEFORE, _EXPENSES_AFTER = 126_400_000, 53_100_000


def build_town(settings: Settings, seed: int) -> Town:
    """Invent the town; the same settings and seed give the same town."""
    rng = random.Random(seed)  # noqa: S311 - invented data, nothing secret
    umbrellas = settings.code_list("settings.umbrella_organisations")
    domicile = settings.municipality.code
    associations = make_associations(rng, domicile, umbrellas, contracts.code_lists()["purpose_groups"])
    by_umbrella = {entry.code: one for entry, one in zip(umbrellas.entries, associations, strict=False)}
    memberships = make_memberships(rng, associations, domicile, umbrellas)
    grants = make_grants(rng, associations, domicile, by_umbrella[PASSER_ON])
    silent = random.Random(f"{seed} silent")  # noqa: S311 - as above
    forms = contracts.code_lists()["volunteer_forms"]
    returns, whole_field = make_returns(rng, silent, associations, domicile, forms)
    residents = _residents(rng)
    adults_of = _adults(residents, settings)
    return Town(
        municipality_code=domicile,
        municipality_name=settings.municipality.name,
        business_id=settings.municipality.business_id,
        associations={one.register_number: one for one in sorted(associations, key=lambda one: one.register_number)},
        memberships=tuple(memberships),
        grants=tuple(grants),
        returns=tuple(returns),
        whole_field=whole_field,
        residents=residents,
        adults=adults_of,
        budgets=tuple(_budgets(rng)),
        booked=make_books(grants),
        civic=_civic_life(settings, seed, _regulars(associations, domicile, grants, returns), adults_of),
    )


def _regulars(
    associations: Sequence[Association], domicile: str, grants: Sequence[Grant], returns: Sequence[Return]
) -> list[Association]:
    """Return the lively associations that answered or applied before the end of `NUMBERS_YEAR`, and younger ones.

    Only they book, gather and are listed, so that the number of active associations of that year stays what it is.
    """
    window = (NUMBERS_YEAR - 1, NUMBERS_YEAR)
    seen = {one.register_number for one in returns if one.year in window}
    seen |= {one.register_number for one in grants if one.decided_on.year in window and not one.is_regrant}
    return [
        one
        for one in associations
        if one.domicile == domicile
        and one.is_lively
        and (one.register_number in seen or one.registered_on.year > NUMBERS_YEAR)
    ]


def _civic_life(
    settings: Settings, seed: int, lively: Sequence[Association], adults_of: Mapping[str, Mapping[Adult, float]]
) -> CivicLife:
    """Every part has a source of chance of its own, so that a change of one leaves the others as they are."""

    def chance(part: str) -> random.Random:
        return random.Random(f"{seed} {part}")  # noqa: S311 - invented data, nothing secret

    units = settings.code_list("settings.city_units")
    tellings = tuple(make_tellings(chance("events"), lively, units))
    own_work = only_where_no_list_tells(make_work(chance("work"), lively, units), tellings)
    return CivicLife(
        bookings=tuple(make_bookings(chance("bookings"), lively)),
        work=(*make_work_of_events(tellings), *own_work),
        tellings=tellings,
        meetings=tuple(make_meetings(chance("meetings"), lively, settings.code_list("settings.forums"))),
        tasks=tuple(make_tasks(chance("clock"))),
        listings=tuple(make_listings(chance("directories"), lively)),
        residents=tuple(make_residents(chance("residents"), adults_of)),
    )


def _residents(rng: random.Random) -> dict[int, int]:
    step = (_LAST_RESIDENTS - _FIRST_RESIDENTS) / (len(YEARS) - 1)
    inner = {year: _FIRST_RESIDENTS + round(step * (year - YEARS[0])) + rng.randint(-25, 25) for year in YEARS}
    return inner | {YEARS[0]: _FIRST_RESIDENTS, YEARS[-1]: _LAST_RESIDENTS}


def _adults(residents: Mapping[int, int], settings: Settings) -> dict[str, dict[Adult, float]]:
    """Return the adults that each survey speaks for, of the year in which it was made."""
    return {
        term: adults(residents[first.year], {area.code: area.residents[first.year] for area in settings.areas})
        for term, (first, _) in SURVEYS.items()
    }


def _budgets(rng: random.Random) -> list[BudgetVersion]:
    """One final version a year; one year has a higher approved figure that was published later, one year has none."""
    expenses = {year: _expenses(rng, year) for year in range(YEARS[0], YEARS[-1] + 2)}
    made: list[BudgetVersion] = []
    for year in YEARS:
        figure = None if year == YEAR_WITHOUT_FIGURE else expenses[year]
        plan = expenses[year + 1]
        if year == YEAR_WITH_TWO_VERSIONS:
            made.append(
                BudgetVersion(year, "Hyväksytty", f"{year}-01-15T08:30:00.000Z", expenses[year] + 410_000, plan)
            )
        made.append(BudgetVersion(year, "Lopullinen", f"{year - 1}-12-18T09:12:33.100Z", figure, plan))
    return made


def _expenses(rng: random.Random, year: int) -> int:
    start, base = (YEARS[0], _EXPENSES_BEFORE) if year < REFORM_YEAR else (REFORM_YEAR, _EXPENSES_AFTER)
    return base + (year - start) * 620_000 + rng.randint(-90_000, 90_000)
