"""The yearly returns of the invented town's associations.

Here belongs: who answers and what. Not here: how the answers are spelled in files.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from pipelines.contract_model import CodeList
from pipelines.example import names
from pipelines.example.spelling import spelled
from pipelines.example.town import FIRST_RETURN_YEAR, YEARS, Association, Return, end_of

PLANTED_PERSONAL_DATA = "Testi Esimerkki, testi.esimerkki@esimerkki.invalid, 050 000 0000"
"""Stands in some free texts; it must not be found in anything that is published."""

_PROPOSALS = (
    "Yhteinen tapahtumakalenteri kaupungille ja yhdistyksille.",
    "Kokoustilat maksutta myös viikonloppuisin.",
    "Avustuspäätökset aikaisemmin keväällä.",
    "Järjestöilta kaksi kertaa vuodessa; kiitos kahvista!",
    f"Toivomme yhteyshenkilöä. Ottakaa yhteyttä: {PLANTED_PERSONAL_DATA}",
    'Kyltti "Talkoot käynnissä" lainattavaksi.',
)
_PANDEMIC_HOURS = {2020: 0.55, 2021: 0.7}
_PANDEMIC_EVENTS = {2020: 0.4, 2021: 0.6}
_MIXED_UP_YEARS = (2019, 2024)
"""Years in which one association tells of more joint events than events."""

_EMPTY = 0.05
_ANSWERING = {2016: 0.52, 2020: 0.57, 2021: 0.6}
_ANSWERING_OTHERWISE = 0.63


WholeField = dict[tuple[int, int], Return]


def make_returns(
    rng: random.Random, silent: random.Random, associations: Sequence[Association], domicile: str, forms: CodeList
) -> tuple[list[Return], WholeField]:
    """Make the answers of every year, in the order in which they came in, and what everybody would have told.

    `silent` is the chance in what those would have told that did not answer; it leaves the answers as they are.
    """
    codes = [entry.code for entry in forms.entries]
    size = {one.register_number: rng.lognormvariate(0, 0.8) for one in associations}
    local = [one for one in associations if one.domicile == domicile]
    foreign = [one for one in associations if one.domicile != domicile]
    made: list[Return] = []
    whole: WholeField = {}
    for year in range(FIRST_RETURN_YEAR, YEARS[-1] + 1):
        registered = [one for one in local if one.is_registered_on(end_of(year))]
        lively = [one for one in registered if one.is_lively]
        share = _ANSWERING.get(year, _ANSWERING_OTHERWISE)
        answering = rng.sample(lively, round(share * len(lively))) + rng.sample(foreign, 2)
        full = [_answer(rng, one, year, size[one.register_number], codes) for one in answering]
        full += [_of_group(rng, name, year, codes) for name in rng.sample(names.UNREGISTERED_GROUPS, 2)]
        rng.shuffle(full)
        if year in _MIXED_UP_YEARS:
            full[0] = replace(full[0], events=2, joint_events=5)
        for one in registered:
            whole[year, one.register_number] = _answer(silent, one, year, size[one.register_number], codes)
        whole |= {(year, one.register_number): one for one in full if one.register_number is not None}
        made += _with_earlier_answers(rng, [_with_gaps(rng, one) for one in full], associations)
    return made, whole


def _answer(rng: random.Random, association: Association, year: int, size: float, forms: Sequence[str]) -> Return:
    written, business_id = spelled(rng, association, end_of(year), without_id=0.12, keeps_ending=False)
    return _filled(rng, year, association.register_number, written, business_id, size, forms)


def _of_group(rng: random.Random, name: str, year: int, forms: Sequence[str]) -> Return:
    return _filled(rng, year, None, name, None, 0.3, forms)


def _filled(
    rng: random.Random,
    year: int,
    register_number: int | None,
    written: str,
    business_id: str | None,
    size: float,
    forms: Sequence[str],
) -> Return:
    """Fill in a form without leaving anything out."""
    method = rng.choices((None, "full_year", "two_months", "estimate"), (15, 50, 20, 15))[0]
    hours = size * rng.uniform(150, 450) * _PANDEMIC_HOURS.get(year, 1) / (6 if method == "two_months" else 1)
    events = round(size * rng.uniform(3, 14) * _PANDEMIC_EVENTS.get(year, 1))
    return Return(
        year=year,
        register_number=register_number,
        written_as=written,
        business_id=business_id,
        members=round(size * rng.uniform(35, 90) + 8),
        hours=Decimal(round(hours * 2)) / 2,
        persons=round(size * rng.uniform(8, 24) + 2),
        counting_method=method,
        events=events,
        joint_events=round(rng.random() * 0.35 * events),
        grade=min(10, max(4, round(rng.gauss(7.4 + 0.06 * (year - 2016), 1.1)))),
        works=rng.choices((1, 2, 3, 4, 5), (3, 9, 24, 42, 22))[0],
        forms=tuple(rng.sample(forms, rng.randint(0, 3))),
        proposal=rng.choice(_PROPOSALS) if rng.random() < 0.25 else None,
    )


def _with_gaps(rng: random.Random, full: Return) -> Return:
    """Leave some questions unanswered."""
    questions = ("members", "hours", "persons", "events", "joint_events", "grade", "works")
    gaps: dict[str, Any] = dict.fromkeys(question for question in questions if rng.random() < _EMPTY)
    return replace(full, **gaps)


def _with_earlier_answers(
    rng: random.Random, answers: Sequence[Return], associations: Sequence[Association]
) -> Iterator[Return]:
    """Yield the answers; a few associations have answered before with other numbers, once under another spelling."""
    by_number = {one.register_number: one for one in associations}
    twice = {answer.register_number for answer in rng.sample([one for one in answers if one.register_number], 3)}
    earlier: list[Return] = []
    for answer in answers:
        if answer.register_number in twice and answer.register_number is not None:
            association = by_number[answer.register_number]
            written, business_id = spelled(rng, association, end_of(answer.year), without_id=0.5, keeps_ending=False)
            members = (answer.members or 20) + 7
            earlier.append(
                replace(answer, written_as=written, business_id=business_id, members=members, hours=Decimal(1))
            )
    yield from earlier
    yield from answers
