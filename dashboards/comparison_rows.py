"""What a row of the comparison of municipalities looks like once it is read.

Here belongs: those types, and what follows from them. Not here: reading (`data`), words for people
(`comparison_words`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

Measure = Literal["per_1000", "as_it_is"]


@dataclass(frozen=True, slots=True)
class ComparedTown:
    """A municipality that has published; its residents are None where they are not known."""

    municipality_code: str
    municipality_name: str
    edition_id: str
    data_until: date
    is_example: bool
    residents: int | None
    residents_year: int | None


@dataclass(frozen=True, slots=True)
class ComparedFigure:
    """A figure of a municipality as it is compared; where there is no value, `reason` is a message that says why."""

    indicator_id: str
    period: str
    municipality_code: str
    measure: Measure
    value: float | None
    lower: float | None
    upper: float | None
    verdict: str
    reason: str | None


@dataclass(frozen=True, eq=False)
class Comparison:
    """The municipalities of a country, the peers of each (nearest first), and for which periods there are figures.

    `periods` holds for each indicator those that some municipality has a value for, newest first.
    """

    edition_id: str
    towns: Mapping[str, ComparedTown]
    peers: Mapping[str, tuple[str, ...]]
    periods: Mapping[str, tuple[str, ...]]
