"""How people write an association's name in files of their own: another case, `r.y.`, extra blanks, a former name.

Here belongs: spellings that mean the same once case, blanks, punctuation and the ending are folded. Not here:
misspellings.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date

from pipelines.example.town import Association

_KEEPING: tuple[Callable[[str], str], ...] = (
    str.upper,
    lambda name: f"{_bare(name)} r.y.",
    lambda name: f"{name} ",
    lambda name: name.replace(" ", "  ", 1),
    lambda name: f"{_bare(name)}, {name[-2:]}",
    str.lower,
)
_DROPPING: tuple[Callable[[str], str], ...] = (*_KEEPING, lambda name: _bare(name), lambda name: _bare(name).upper())


def written_number(register_number: int) -> str:
    """Write a register number as the register does, `912.345`."""
    digits = f"{register_number:06d}"
    return f"{digits[:3]}.{digits[3:]}"


def _bare(name: str) -> str:
    return name.removesuffix(" ry").removesuffix(" rf")


def spelled(
    rng: random.Random, association: Association, day: date, *, without_id: float, keeps_ending: bool
) -> tuple[str, str | None]:
    """Write an association's name and Y-tunnus as a person would on that day.

    Parameters
    ----------
    rng
        Source of chance.
    association
        Whose name is written.
    day
        The name of that day is written.
    without_id
        Chance that the Y-tunnus is left out.
    keeps_ending
        Whether `ry` stays in some form: where private persons stand on the same list, it tells that this is none.

    Returns
    -------
    The name and the Y-tunnus, or None for the latter.
    """
    name = association.name_on(day)
    business_id = None if rng.random() < without_id else association.business_id
    chance = rng.random()
    if chance < 0.82:
        return name, business_id
    if chance < 0.84:
        return f"{name} ({written_number(association.register_number)})", business_id
    return rng.choice(_KEEPING if keeps_ending else _DROPPING)(name), business_id
