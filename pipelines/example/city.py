"""What the invented town's staff do with associations, and the annual clock.

Here belongs: pieces of work and tasks. Not here: how the files spell them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from pipelines.contract_model import CodeList
from pipelines.example.returns import PLANTED_PERSONAL_DATA
from pipelines.example.spelling import spelled
from pipelines.example.town import CITY_YEARS, Association, Named, Task, Work, day_in

_PIECES_A_YEAR = 64
_KINDS = (("staff_time", "assistance", "event"), (55, 30, 15))
_DESCRIPTIONS = (
    "Avustushakemuksen neuvonta",
    "Kokouksen valmistelu yhdistyksen kanssa",
    "Kentän kunnostus talkoisiin",
    "Äänentoisto tapahtumaan",
    f"Yhteydenotto: {PLANTED_PERSONAL_DATA}",
)
_TASKS = (
    (1, "Avustusten hakuaika"), (2, "Vuosi-ilmoitusten kysely"), (3, "Kattojärjestöjen kokous"),
    (4, "Avustuspäätökset"), (5, "Vapaaehtoisten kiitosjuhla"), (6, "Kattojärjestöjen kokous"),
    (8, "Hyvinvointimessut"), (9, "Järjestöilta"), (10, "Talousarvion kuuleminen"), (11, "Kattojärjestöjen kokous"),
    (12, "Vuosikellon työpaja"),
)  # fmt: skip
_RESPONSIBLE = ("Hyvinvointipalvelut", "Kulttuuri- ja vapaa-aikapalvelut", "Testi Esimerkki")
_DONE_SHARE = 0.8


def make_work(rng: random.Random, lively: Sequence[Association], units: CodeList) -> Iterator[Work]:
    """Yield the pieces of work of every year; only the last of each year is like the one before it."""
    codes = [entry.code for entry in units.entries]
    for year in CITY_YEARS:
        seen: set[tuple[object, ...]] = set()
        last: Work | None = None
        for _ in range(_PIECES_A_YEAR):
            piece = _piece(rng, day_in(rng, year), codes, lively)
            likeness = (piece.done_on, piece.city_unit, piece.kind, piece.hours, piece.association)
            if likeness not in seen:
                seen.add(likeness)
                last = piece
                yield piece
        if last is not None:
            yield last


def _piece(rng: random.Random, day: date, units: Sequence[str], lively: Sequence[Association]) -> Work:
    kind = rng.choices(*_KINDS)[0]
    has_hours = kind == "staff_time" or rng.random() < 0.4
    association = rng.choice(lively)
    named = None
    if association.is_registered_on(day) and rng.random() < 0.6:
        named = Named(association.register_number, spelled(rng, association, day, without_id=1, keeps_ending=True)[0])
    return Work(
        done_on=day,
        city_unit=rng.choices(units, range(len(units), 0, -1))[0],
        kind=kind,
        hours=Decimal(rng.randint(1, 15)) / 2 if has_hours else None,
        description=rng.choice(_DESCRIPTIONS),
        association=named,
    )


def make_tasks(rng: random.Random) -> Iterator[Task]:
    """Yield the tasks of the annual clock of every year."""
    for year in CITY_YEARS:
        for month, task in _TASKS:
            yield Task(year, date(year, month, 28), task, rng.choice(_RESPONSIBLE), rng.random() < _DONE_SHARE)
