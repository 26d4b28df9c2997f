"""Answers of the invented town's residents.

Here belongs: who answers the surveys and what each one says, and what all residents would say on average. Not here: how
the files spell it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import TypeVar

from pipelines.example.pyramid import CHILDREN, Adult
from pipelines.example.returns import PLANTED_PERSONAL_DATA
from pipelines.example.town import Resident

SURVEYS = {"2017-2021": (date(2020, 10, 5), 244), "2021-2025": (date(2024, 10, 7), 312)}
"""First day of the survey of each council term, and the number of answers."""

CANNOT_SAY = "cannot_say"
Answer = TypeVar("Answer")

_ZEAL = {
    "18-29": 0.5, "30-44": 0.8, "45-64": 1.0, "65-74": 1.6, "75+": 0.8, "female": 1.35, "male": 1.0,
}  # fmt: skip
"""How readily those of an age and a sex answer, to one another."""

_LEANING = {
    "18-29": -0.08, "30-44": 0.0, "45-64": 0.02, "65-74": 0.09, "75+": -0.03, "female": 0.03, "male": -0.03,
}  # fmt: skip
"""By how much more than others those of an age and a sex say yes."""

_YES = {
    "2017-2021": {"participated": 0.44, "volunteered": 0.28, "knows": 0.49, "satisfaction": 0.58},
    "2021-2025": {"participated": 0.47, "volunteered": 0.29, "knows": 0.58, "satisfaction": 0.62},
}
"""How often people say yes; for satisfaction the place between 1 and 5."""

_OTHER_SEX, _UNDER_AGE = 0.03, 0.01
_FEEDBACK = (
    "Lisää tapahtumia kyliin.",
    "Kiitos talkooväelle!",
    f"Soittakaa minulle: {PLANTED_PERSONAL_DATA}",
)
_EMPTY = 0.03
_HIGHEST = 5


def make_residents(rng: random.Random, adults: Mapping[str, Mapping[Adult, float]]) -> Iterator[Resident]:
    """Yield the respondents of each survey.

    Parameters
    ----------
    adults
        Term to the adult residents of each age group, sex and area.
    """
    for term, (first, count) in SURVEYS.items():
        groups = list(adults[term])
        chances = [adults[term][group] * _ZEAL[group[0]] * _ZEAL[group[1]] for group in groups]
        for group in rng.choices(groups, chances, k=count):
            yield _answered(rng, term, first + timedelta(days=rng.randint(0, 27)), group)


def chance_of_yes(term: str, question: str, group: Adult) -> float:
    """Return how often residents of a group say yes to a question; for `satisfaction` the mean, from 1 to 5."""
    place = _YES[term][question] + _LEANING[group[0]] + _LEANING[group[1]]
    return place if question != "satisfaction" else 1 + (_HIGHEST - 1) * place


def _answered(rng: random.Random, term: str, day: date, group: Adult) -> Resident:
    def yes(question: str) -> bool:
        return rng.random() < chance_of_yes(term, question, group)

    def unless_unsure(share: float, answer: Answer) -> Answer | str:
        return CANNOT_SAY if rng.random() < share else answer

    satisfaction_place = (chance_of_yes(term, "satisfaction", group) - 1) / (_HIGHEST - 1)
    satisfaction = 1 + sum(rng.random() < satisfaction_place for _ in range(_HIGHEST - 1))
    knows = "yes" if yes("knows") else rng.choices(("no", CANNOT_SAY), (30, 18))[0]
    age_group, sex, area = group
    return Resident(
        term=term,
        answered_on=day,
        age_group=_told(rng, CHILDREN if rng.random() < _UNDER_AGE else age_group),
        sex=_told(rng, rng.choice(("other", "not_told")) if rng.random() < _OTHER_SEX else sex),
        area=_told(rng, area),
        participated=_told(rng, unless_unsure(0.06, yes("participated"))),
        volunteered=_told(rng, unless_unsure(0.05, yes("volunteered"))),
        satisfaction=_told(rng, unless_unsure(0.06, satisfaction)),
        knows=_told(rng, knows),
        feedback=rng.choice(_FEEDBACK) if rng.random() < 0.2 else None,
    )


def _told(rng: random.Random, answer: Answer) -> Answer | None:
    return None if rng.random() < _EMPTY else answer
