"""Answers of the invented town's residents.

Here belongs: what each respondent says. Not here: how the files spell it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TypeVar

from pipelines.contract_model import CodeList
from pipelines.example.returns import PLANTED_PERSONAL_DATA
from pipelines.example.town import Resident

SURVEYS = {"2017-2021": (date(2020, 10, 5), 244), "2021-2025": (date(2024, 10, 7), 312)}
"""First day of the survey of each council term, and the number of answers."""

CANNOT_SAY = "cannot_say"
Answer = TypeVar("Answer")

_AGES = (("0-17", "18-29", "30-44", "45-64", "65-74", "75+"), (1, 11, 20, 32, 24, 12))
_SEXES = (("female", "male", "other", "not_told"), (57, 39, 2, 2))
_FEEDBACK = (
    "Lisää tapahtumia kyliin.",
    "Kiitos talkooväelle!",
    f"Soittakaa minulle: {PLANTED_PERSONAL_DATA}",
)
_EMPTY = 0.03


def make_residents(rng: random.Random, areas: CodeList) -> Iterator[Resident]:
    """Yield the respondents of each survey."""
    codes = [entry.code for entry in areas.entries]
    for term, (first, count) in SURVEYS.items():
        for _ in range(count):
            yield Resident(
                term=term,
                answered_on=first + timedelta(days=rng.randint(0, 27)),
                age_group=_told(rng, rng.choices(*_AGES)[0]),
                sex=_told(rng, rng.choices(*_SEXES)[0]),
                area=_told(rng, rng.choices(codes, (60, 14, 4, 22))[0]),
                participated=_told(rng, rng.choices((True, False, CANNOT_SAY), (44, 50, 6))[0]),
                volunteered=_told(rng, rng.choices((True, False, CANNOT_SAY), (28, 67, 5))[0]),
                satisfaction=_told(rng, rng.choices((1, 2, 3, 4, 5, CANNOT_SAY), (4, 10, 28, 38, 14, 6))[0]),
                knows=_told(rng, rng.choices(("yes", "no", CANNOT_SAY), (52, 30, 18))[0]),
                feedback=rng.choice(_FEEDBACK) if rng.random() < 0.2 else None,
            )


def _told(rng: random.Random, answer: Answer) -> Answer | None:
    return None if rng.random() < _EMPTY else answer
