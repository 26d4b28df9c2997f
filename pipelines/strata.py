"""Strata of associations, and the samples that are drawn in them.

Here belongs: which answers are weighed together, and by how much. Not here: what is estimated of them
(`pipelines.sample_estimates`).

Strata are purpose group × grant receiver, collapsed until each has `SMALLEST_STRATUM` answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import polars as pl

SMALLEST_STRATUM = 5
"""A stratum with fewer answers is collapsed with others."""

REST = "rest"
Cell = tuple[str, bool]
"""A purpose group, and whether its associations got a grant."""

CELL = ("purpose_group", "got_grant")

LABEL_SCHEMA = {
    "sample": pl.Int64,
    "question": pl.Int64,
    "purpose_group": pl.String,
    "got_grant": pl.Boolean,
    "stratum": pl.String,
    "stratum_size": pl.Int64,
    "weight": pl.Float64,
}
"""One row a sample and cell that belongs to it."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many associations a cell has, and how many of them answered."""

    associations: int
    answers: int


@dataclass(frozen=True, slots=True)
class Strata:
    """The stratum of each cell of a sample.

    A stratum's size N is that of its cells, the weight of its answers N/n.
    """

    counts: Mapping[Cell, Count]
    labels: Mapping[Cell, str]

    @property
    def collapsed(self) -> frozenset[str]:
        """The purpose groups of which answers are in `REST`."""
        return frozenset(cell[0] for cell, label in self.labels.items() if label == REST and self.counts[cell].answers)

    def rows(self, sample: int, question: int) -> Iterator[tuple[object, ...]]:
        """Yield rows of `LABEL_SCHEMA`; a stratum without answers has none."""
        size, n = Counter[str](), Counter[str]()
        for cell, label in self.labels.items():
            size[label] += self.counts[cell].associations
            n[label] += self.counts[cell].answers
        for cell, label in self.labels.items():
            if n[label]:
                yield sample, question, *cell, label, size[label], size[label] / n[label]


def stratify(counts: Mapping[Cell, Count], pooled: AbstractSet[str] = frozenset()) -> Strata:
    """Give every cell its stratum.

    Strata with fewer than `SMALLEST_STRATUM` answers are collapsed in steps: the receivers and non-receivers of a
    purpose group; then the small purpose groups into `rest`; then `rest` with the smallest other stratum until it is
    large enough (for the whole: a group that is large enough is estimated by its own strata all the same). With too few
    answers in the whole field one stratum is left. `pooled` purpose groups are in `rest`.
    """
    return Strata(counts, _collapse({cell: count.answers for cell, count in counts.items()}, pooled))


def _collapse(answers: Mapping[Cell, int], pooled: AbstractSet[str]) -> dict[Cell, str]:
    """Return the stratum of each cell (purpose group, grant receiver) by the numbers of answers in the cells."""
    labels: dict[Cell, str] = {}
    for group in {group for group, _ in answers}:
        cells = [cell for cell in answers if cell[0] == group]
        if group in pooled or sum(answers[cell] for cell in cells) < SMALLEST_STRATUM:
            labels |= dict.fromkeys(cells, REST)
        elif min(answers[cell] for cell in cells) < SMALLEST_STRATUM:
            labels |= dict.fromkeys(cells, group)
        else:
            labels |= {cell: f"{cell[0]}/{'receiver' if cell[1] else 'other'}" for cell in cells}
    while REST in labels.values() and len(set(labels.values())) > 1:
        sizes: Counter[str] = Counter()
        for cell, label in labels.items():
            sizes[label] += answers[cell]
        if sizes[REST] >= SMALLEST_STRATUM:
            break
        smallest = min((size, label) for label, size in sizes.items() if label != REST)[1]
        labels = {cell: REST if label == smallest else label for cell, label in labels.items()}
    return labels
