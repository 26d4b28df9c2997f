"""What the invented town writes down of a grant, a piece of work, an event or a meeting beside the bare facts.

Here belongs: the classes of a record, always the same for the same record. Not here: the rules of the settings for what
nobody wrote down, how files spell codes.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines import contracts
from pipelines.example.headers import spelling
from pipelines.example.town import Grant, Meeting, Telling, Work
from pipelines.settings import Settings

Record = Grant | Work | Telling | Meeting
Classes = Mapping[str, tuple[str, ...]]

FIRST_YEAR = 2022
"""The year in which the town began to write classes down."""

AREAS = ("centre", "malli", "kokeilu", "villages")


@dataclass(frozen=True, slots=True)
class _Kind:
    column: str
    codes: Sequence[str]
    list_name: str
    share_told: float
    most: int


def _codes(name: str) -> list[str]:
    return [entry.code for entry in contracts.code_lists()[name].entries]


def _kinds(record: Record) -> Mapping[str, _Kind]:
    """Return the kinds that the file of a record has columns for, and how often the town fills them."""
    kinds = {
        "sector": _Kind("sector", _codes("city_sectors"), "city_sectors", 0.15, 1),
        "area": _Kind("area", AREAS, "settings.areas", 0.5, 1),
        "goal": _Kind("goals", _codes("common_goals"), "common_goals", 0.6, 2),
        "means": _Kind("means", _codes("participation_means"), "participation_means", 0.3, 2),
    }
    if isinstance(record, Grant | Telling):
        kinds["volunteer_form"] = _Kind("volunteer_forms", _codes("volunteer_forms"), "volunteer_forms", 0.25, 2)
    if isinstance(record, Telling):
        kinds["channel"] = _Kind("channels", _codes("information_channels"), "information_channels", 0.5, 3)
    return kinds


def classes_of(record: Record) -> dict[str, tuple[str, ...]]:
    """Return every kind that a record can bear, and the codes that the town wrote down; none before `FIRST_YEAR`."""
    chance = random.Random(_key(record))  # noqa: S311 - invented data, nothing secret
    told: dict[str, tuple[str, ...]] = {}
    for kind, how in _kinds(record).items():
        chosen = chance.sample(how.codes, chance.randint(1, how.most)) if chance.random() < how.share_told else []
        told[kind] = tuple(chosen) if _year(record) >= FIRST_YEAR else ()
    return told


def class_cells(record: Record, settings: Settings, drift: int) -> dict[str, str | None]:
    """Return the cells of a record's classes, by column."""
    told = classes_of(record)
    return {
        how.column: "; ".join(spelling(settings.code_list(how.list_name), code, drift) for code in told[kind]) or None
        for kind, how in _kinds(record).items()
    }


def _year(record: Record) -> int:
    if isinstance(record, Grant):
        return record.decided_on.year
    return record.done_on.year if isinstance(record, Work) else record.held_on.year


def _key(record: Record) -> str:
    """Return what tells a record apart; two records that no file tells apart have the same classes."""
    if isinstance(record, Grant):
        return f"grant {record.application_number} {record.written_as} {record.awarded} {record.decided_on}"
    if isinstance(record, Work):
        who = record.association.register_number if record.association else None
        return f"work {record.done_on} {record.city_unit} {record.kind} {record.hours} {who}"
    if isinstance(record, Telling):
        return f"event {record.held_on} {record.name} {record.place}"
    return f"meeting {record.held_on} {record.forum} {record.place}"
