"""How old the invented town's residents are, and where they live.

Here belongs: parting a number of residents by age, sex and area. Not here: how many residents there are, what they
answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from pipelines import contracts

OLDEST = 100
"""The last age of the tables, open at its end."""

SEXES = ("male", "female")
_RESIDENTS_OF_AGE = ((17, 0.85), (29, 0.75), (44, 0.85), (64, 1.35), (79, 1.75), (90, 1.0), (OLDEST, 0.1))
"""Last age of a span, and how many residents of each of its ages there are to one another."""

_FEMALE_SHARE = ((64, 0.49), (79, 0.53), (OLDEST, 0.64))
CHILDREN = "0-17"

Key = TypeVar("Key")
Adult = tuple[str, str, str]
"""Age group, sex and area."""


def by_age_and_sex(residents: int) -> dict[tuple[int, str], int]:
    """Part residents by single age and sex; the parts add up."""
    shares: dict[tuple[int, str], float] = {}
    for age in range(OLDEST + 1):
        female = _of_age(_FEMALE_SHARE, age)
        shares |= {(age, "male"): _of_age(_RESIDENTS_OF_AGE, age) * (1 - female)}
        shares |= {(age, "female"): _of_age(_RESIDENTS_OF_AGE, age) * female}
    return _apportioned(residents, shares)


def adults(residents: int, areas: Mapping[str, int]) -> dict[Adult, float]:
    """Return the adults of each age group, sex and area; age and sex are alike in all areas.

    Parameters
    ----------
    residents
        All residents of the town.
    areas
        Residents of each area, of which only the shares are used.
    """
    groups = [entry.code for entry in contracts.code_lists()["age_groups"].entries]
    first_ages = {int(code.split("-")[0].rstrip("+")): code for code in groups}
    found: dict[Adult, float] = {}
    for (age, sex), count in by_age_and_sex(residents).items():
        group = first_ages[max(first for first in first_ages if first <= age)]
        for area, share in areas.items():
            key = (group, sex, area)
            found[key] = found.get(key, 0) + count * share / sum(areas.values())
    return {key: count for key, count in found.items() if key[0] != CHILDREN}


def _of_age(spans: tuple[tuple[int, float], ...], age: int) -> float:
    return next(value for last, value in spans if age <= last)


def _apportioned(total: int, shares: Mapping[Key, float]) -> dict[Key, int]:
    """Round parts so that they add up: the largest remainders get one more."""
    scale = total / sum(shares.values())
    parts = {key: int(share * scale) for key, share in shares.items()}
    by_remainder = sorted(shares, key=lambda key: parts[key] - shares[key] * scale)
    for key in by_remainder[: total - sum(parts.values())]:
        parts[key] += 1
    return parts
