"""What the invented town is made of.

Here belongs: the plain records that the makers fill, the files spell out and the truth counts. Not here: any of these
three.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

YEARS = range(2015, 2026)
FIRST_RETURN_YEAR = 2016
CITY_YEARS = range(2018, 2026)
"""Years of the records of the town itself: bookings, work, events, meetings, the annual clock."""

NUMBERS_YEAR = 2021
"""Year at whose end the three numbers stand: registered, active, under an umbrella organisation."""

EXTRACT_DAY = date(2025, 9, 30)
"""Day of the big register extract; what changed later comes as an update."""


@dataclass(frozen=True, slots=True)
class Association:
    """An association of the register in its newest state; `old_name` was borne until `renamed_on`."""

    register_number: int
    business_id: str | None
    name: str
    old_name: str | None
    renamed_on: date | None
    domicile: str
    registered_on: date
    is_pending: bool
    ended_on: date | None
    end_reason: str | None
    purpose_group: str
    purpose_class: str | None
    language: str
    is_lively: bool

    def is_registered_on(self, day: date) -> bool:
        """In the register on that day: entered, not pending, not ended."""
        ended = self.ended_on is not None and self.ended_on <= day
        return self.registered_on <= day and not self.is_pending and not ended

    def name_on(self, day: date) -> str:
        """Return the name that it bore on that day."""
        if self.old_name and self.renamed_on and day < self.renamed_on:
            return self.old_name
        return self.name


@dataclass(frozen=True, slots=True)
class Membership:
    """A membership in an umbrella organisation; `valid_to` is its last day."""

    umbrella: str
    register_number: int | None
    written_as: str
    business_id: str | None
    valid_from: date
    valid_to: date | None

    def is_in_force_on(self, day: date) -> bool:
        """Tell whether the membership has begun and not ended."""
        return self.valid_from <= day and (self.valid_to is None or self.valid_to >= day)


@dataclass(frozen=True, slots=True)
class Grant:
    """One row of the grant ledger: a decision, a correction of one (negative) or money passed on (a re-grant)."""

    application_number: str
    register_number: int | None
    written_as: str
    business_id: str | None
    body: str
    grant_type: str
    purpose: str
    applied: Decimal | None
    awarded: Decimal
    paid: Decimal | None
    decided_on: date
    paid_on: date | None
    is_regrant: bool = False


@dataclass(frozen=True, slots=True)
class Return:
    """One answer of an association or group for a year; a later answer in the list replaces an earlier one."""

    year: int
    register_number: int | None
    written_as: str
    business_id: str | None
    members: int | None
    hours: Decimal | None
    persons: int | None
    counting_method: str | None
    events: int | None
    joint_events: int | None
    grade: int | None
    works: int | None
    forms: tuple[str, ...]
    proposal: str | None


@dataclass(frozen=True, slots=True)
class BudgetVersion:
    """One published version of the budget of a year; the operating expenses may be missing."""

    year: int
    stage: str
    published_at: str
    operating_expenses: int | None
    plan_next_year: int


@dataclass(frozen=True, slots=True)
class Named:
    """An organisation as a file names it; no register number for groups, persons and others."""

    register_number: int | None
    written_as: str
    business_id: str | None = None


@dataclass(frozen=True, slots=True)
class Booking:
    """One booking of premises; times are local."""

    premises: str
    booker: Named
    starts_at: datetime
    ends_at: datetime
    price: Decimal | None
    list_price: Decimal | None
    state: str

    @property
    def hours(self) -> float:
        """Length in hours."""
        return (self.ends_at - self.starts_at).total_seconds() / 3600


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of work of a unit of the town; `event` is the number of the listed event that it was for."""

    done_on: date
    city_unit: str
    kind: str
    hours: Decimal | None
    description: str
    association: Named | None
    event: int | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """An event as one teller tells it; `event` is its number, which all its tellings share."""

    event: int
    told_by: str
    held_on: date
    name: str
    place: str | None
    organisers: tuple[Named, ...]
    city_unit: str | None
    participants: int | None


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting of a forum."""

    held_on: date
    forum: str
    place: str
    participants: int | None
    associations: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """A task of the annual clock."""

    year: int
    due_on: date
    task: str
    responsible: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """A listing in a directory as the list of one year tells it."""

    list_year: int
    directory: str
    association: Named
    updated_on: date


@dataclass(frozen=True, slots=True)
class Resident:
    """The answers of one resident; None where nothing was answered, `cannot_say` where that was the answer."""

    term: str
    answered_on: date
    age_group: str | None
    sex: str | None
    area: str | None
    participated: bool | str | None
    volunteered: bool | str | None
    satisfaction: int | str | None
    knows: str | None
    feedback: str | None


@dataclass(frozen=True, slots=True)
class CivicLife:
    """What the town, its forums, directories and residents tell."""

    bookings: tuple[Booking, ...]
    work: tuple[Work, ...]
    tellings: tuple[Telling, ...]
    meetings: tuple[Meeting, ...]
    tasks: tuple[Task, ...]
    listings: tuple[Listing, ...]
    residents: tuple[Resident, ...]


@dataclass(frozen=True, slots=True)
class Town:
    """Everything there is to know of the invented town."""

    municipality_code: str
    municipality_name: str
    business_id: str
    associations: Mapping[int, Association]
    memberships: tuple[Membership, ...]
    grants: tuple[Grant, ...]
    returns: tuple[Return, ...]
    whole_field: Mapping[tuple[int, int], Return]
    """What every registered association tells or would have told, by year and register number."""

    residents: Mapping[int, int]
    adults: Mapping[str, Mapping[tuple[str, str, str], float]]
    """Adult residents by council term of the survey, then by age group, sex and area."""

    budgets: tuple[BudgetVersion, ...]
    booked: Mapping[tuple[int, str], Decimal]
    """What the books say on account 4742, by year and granting body."""

    civic: CivicLife


def end_of(year: int) -> date:
    """Return 31 December."""
    return date(year, 12, 31)


def day_in(rng: random.Random, year: int) -> date:
    """Draw a day of a year, the turn of the year left out."""
    return date(year, 1, 8) + timedelta(days=rng.randint(0, 345))
