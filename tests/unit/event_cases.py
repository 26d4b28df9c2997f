"""The labelled pairs of `tests/cases/events.yaml`, and what the matching of events says of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import yaml

from pipelines.same_events import BAR, Telling, likeness, same_words

FILE = Path(__file__).parent.parent / "cases" / "events.yaml"
PARTS = ("tune", "test")
DAY = "2024-06-14"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two tellings of a day; `is_same` is the label, `part` one of `PARTS`."""

    kind: str
    part: str
    is_same: bool
    one: Telling
    other: Telling

    @property
    def is_found(self) -> bool:
        """Whether the matching takes them for one event."""
        return same_words(self.one) == same_words(self.other) or likeness(self.one, self.other) >= BAR


@dataclass(frozen=True, slots=True)
class Score:
    """How many pairs, how many of them the matching joins, and how well."""

    pairs: int
    found: int
    precision: float
    recall: float


def read_pairs() -> list[Pair]:
    """Read the case file."""
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return [
        Pair(kind, _part_of(pair), label == "same", _telling("one", *pair[0]), _telling("other", *pair[1]))
        for label, kinds in content.items()
        for kind, pairs in kinds.items()
        for pair in pairs
    ]


def measure(pairs: Iterable[Pair]) -> Score:
    """Count precision and recall; a precision of nothing found is 1."""
    rows = list(pairs)
    found = [pair for pair in rows if pair.is_found]
    right = sum(pair.is_same for pair in found)
    same = sum(pair.is_same for pair in rows)
    return Score(len(rows), len(found), right / len(found) if found else 1.0, right / same if same else 1.0)


def of_part(pairs: Iterable[Pair], part: str) -> Iterator[Pair]:
    """Yield the pairs of a part."""
    return (pair for pair in pairs if pair.part == part)


def _part_of(pair: object) -> str:
    """Choose the part of a pair by its hash, so that nobody chooses it."""
    return PARTS[sha256(repr(pair).encode()).digest()[0] % 2]


def _telling(key: str, name: str, place: str | None, *organisers: str) -> Telling:
    return Telling(key, DAY, name, place, frozenset(one.lower() for one in organisers), organisers)
