"""The right answers about what grants, work, events and meetings are for, counted from the invention.

Here belongs: plain counting by class, with the rules of the example's settings told once more, by hand. Not here: the
sums without classes (`truth`, `civic_truth`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from pipelines.example.civic_truth import Figure
from pipelines.example.classes import Record, classes_of
from pipelines.example.town import Grant, Meeting, Telling, Town, Work

NOBODY = "not_recorded"
_SECTOR_OF_BODY = {
    "sport": "culture_leisure",
    "culture": "culture_leisure",
    "youth": "education_youth",
    "basic_security": "basic_security",
}
_AREA_OF_FORUM = {"table_malli": "malli", "table_kokeilu": "kokeilu"}
_FORM_OF_WORD = {
    "luento": "events_lectures",
    "konsertti": "events_lectures",
    "talkoo": "work_parties",
}

Part = tuple[str, int, str, str]
"""Indicator, year, kind and code."""


def figures(town: Town) -> Iterator[Figure]:
    """Yield every figure that is broken down by class."""
    sums: dict[Part, Decimal] = defaultdict(Decimal)
    for grant in town.grants:
        if not grant.is_regrant:
            _add_grant(sums, grant)
    for work in town.civic.work:
        _add_work(sums, work)
    _add_town_events(sums, town.civic.work)
    helped_by_town = {one.event for one in town.civic.work if one.event is not None}
    for event in _events(town.civic.tellings):
        _add_event(sums, event, with_town=event[0].event in helped_by_town)
    for meeting in town.civic.meetings:
        _add(sums, "forum_meetings", meeting.held_on.year, _classes(meeting), ("area", "goal", "means"), 1)
    for (indicator, year, kind, code), total in sums.items():
        value = f"{total:.2f}" if indicator.endswith("_eur") else float(total)
        yield indicator, str(year), kind, code, value


def _add(
    sums: dict[Part, Decimal],
    indicator: str,
    year: int,
    classes: Mapping[str, Sequence[str]],
    kinds: Iterable[str],
    amount: Decimal | int | None,
) -> None:
    if amount is None:
        return
    for kind in kinds:
        for code in classes[kind]:
            sums[indicator, year, kind, code] += amount


def _add_grant(sums: dict[Part, Decimal], grant: Grant) -> None:
    classes, year = _classes(grant), grant.decided_on.year
    _add(sums, "grants_awarded_eur", year, classes, ("sector", "area", "goal"), grant.awarded)
    _add(sums, "grants_applied_eur", year, classes, ("sector",), grant.applied)
    if grant.paid_on is not None:
        _add(sums, "grants_paid_eur", grant.paid_on.year, classes, ("sector",), grant.paid)


def _add_work(sums: dict[Part, Decimal], work: Work) -> None:
    classes, year = _classes(work), work.done_on.year
    _add(sums, "city_staff_hours", year, classes, ("sector", "goal"), work.hours)
    if work.kind == "assistance":
        _add(sums, "city_assistance", year, classes, ("sector", "goal"), 1)


def _add_town_events(sums: dict[Part, Decimal], work: Iterable[Work]) -> None:
    """Add the town's events: one that two units wrote down is one event of each of its classes."""
    placed: set[tuple[int, str, str, object]] = set()
    for number, one in enumerate(work):
        if one.kind == "event":
            event: object = one.event if one.event is not None else f"record {number}"
            codes = _classes(one)
            placed |= {
                (one.done_on.year, kind, code, event) for kind in ("sector", "area", "goal") for code in codes[kind]
            }
    for year, kind, code, _ in placed:
        sums["city_events", year, kind, code] += 1


def _add_event(sums: dict[Part, Decimal], tellings: Sequence[Telling], *, with_town: bool) -> None:
    organisers = [one for telling in tellings for one in telling.organisers]
    if not any(one.register_number is not None for one in organisers):
        return
    told = next((one for one in tellings if any(_recorded(one).values())), tellings[0])
    classes, year = _classes(told), told.held_on.year
    _add(sums, "listed_events", year, classes, ("area", "volunteer_form", "channel"), 1)
    if with_town or any(one.city_unit is not None for one in tellings):
        _add(sums, "listed_joint_events", year, classes, ("sector", "area", "goal", "means"), 1)


def _events(tellings: Iterable[Telling]) -> Iterable[Sequence[Telling]]:
    """Return the tellings of each event together, the town's own first."""
    events: dict[int, list[Telling]] = defaultdict(list)
    for one in tellings:
        events[one.event].append(one)
    return [sorted(told, key=lambda one: one.told_by != "town") for told in events.values()]


def _recorded(record: Record) -> dict[str, tuple[str, ...]]:
    """Return what a file tells; calendars and interfaces have no columns for it."""
    told = classes_of(record)
    if isinstance(record, Telling) and record.told_by != "town":
        return dict.fromkeys(told, ())
    return told


def _classes(record: Record) -> dict[str, tuple[str, ...]]:
    ruled = _ruled(record)
    return {kind: codes or (ruled.get(kind, NOBODY),) for kind, codes in _recorded(record).items()}


def _ruled(record: Record) -> dict[str, str]:
    """Return what the rules of the settings say of a record."""
    found: dict[str, str | None] = {}
    if isinstance(record, Grant):
        found["sector"] = _SECTOR_OF_BODY.get(record.body)
        if record.grant_type == "participatory_budgeting":
            found |= {"means": "economy_planning", "goal": "participation"}
    elif isinstance(record, Meeting):
        found["area"] = _AREA_OF_FORUM.get(record.forum)
        if record.forum.startswith("table_") or record.forum == "future_forum":
            found["means"] = "hearings"
        if record.forum == "umbrella_meeting":
            found["means"] = "own_initiative"
    else:
        found["sector"] = record.city_unit
    if isinstance(record, Telling):
        found["volunteer_form"] = next(
            (form for word, form in _FORM_OF_WORD.items() if word in record.name.lower()), None
        )
    return {kind: code for kind, code in found.items() if code is not None}
