"""What is said to people about their files: which rows were set aside, why, where, and what to do.

Here belongs: turning accounts and findings into sentences, for one checked file and for a whole refresh. Not here:
printing (`pipelines.cli`), the sentences themselves (the contracts).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from pipelines import contracts
from pipelines.contract_model import Rule
from pipelines.contracts import message

SHOWN_PLACES = 5
"""So many places of a finding are named, the rest counted."""

LONGEST_CELL = 40
"""So many letters of a cell are shown in a sentence; headers are shown whole."""


@dataclass(frozen=True, slots=True)
class Place:
    """A cell or row of a file; `sheet` is empty for formats without sheets, `cell` is null when a row is meant."""

    sheet: str
    line: int
    cell: str | None


@dataclass(frozen=True, slots=True)
class Note:
    """One rule that rows of one file failed."""

    file_sha256: str
    rule: Rule
    rows_failed: int
    rows_checked: int
    places: tuple[Place, ...]

    def sentence(self, language: str = "fi") -> str:
        """Say what is wrong, what to do, how many rows, and where."""
        return message(
            "cli.finding",
            message=self.rule.message[language],
            remedy=self.rule.remedy[language],
            count=self.how_many(language),
            places=self.where(language),
        )[language]

    def how_many(self, language: str = "fi") -> str:
        """Say how many rows of how many, or that it is the header row."""
        if self.is_about_headers:
            return message("feedback.in_header")[language]
        return message("feedback.count", failed=self.rows_failed, checked=self.rows_checked)[language]

    @property
    def is_about_headers(self) -> bool:
        """Tell whether the note is about headers and not about rows of data."""
        return self.rule.expectation == contracts.HEADERS

    def where(self, language: str = "fi") -> str:
        """Name the first places and count the others."""
        longest = None if self.is_about_headers else LONGEST_CELL
        shown = [_say(place, longest, language) for place in self.places[:SHOWN_PLACES]]
        more = self.rows_failed - len(shown)
        if more:
            shown.append(message("cli.more_places", count=more)[language])
        return ", ".join(shown)

    def why(self, language: str = "fi") -> str:
        """Say why it matters."""
        return message(f"rule.why.{self.rule.dimension}")[language]

    def as_json(self, language: str = "fi") -> dict[str, object]:
        """Return the note for programs, its sentences in a language; every place is listed."""
        return {
            "rule": self.rule.id,
            "severity": self.rule.severity,
            "column": self.rule.column,
            "message": self.rule.message[language],
            "why": self.why(language),
            "remedy": self.rule.remedy[language],
            "rows_failed": self.rows_failed,
            "rows_checked": self.rows_checked,
            "places": [{"sheet": place.sheet, "line": place.line, "cell": place.cell} for place in self.places],
        }


def notes(findings: pl.DataFrame, rows_read: Mapping[str, int]) -> Iterator[Note]:
    """Yield a note for each file and rule that has findings.

    Parameters
    ----------
    findings
        `file_sha256`, `sheet`, `line`, `rule_id`, `cell`.
    rows_read
        Rows read of each file, by hash.
    """
    for (file, rule_id), rows in findings.group_by(["file_sha256", "rule_id"], maintain_order=True):
        source = str(rule_id).partition(".")[0]
        places = tuple(Place(**place) for place in rows.select("sheet", "line", "cell").iter_rows(named=True))
        rule = contracts.sources()[source].rule(str(rule_id))
        yield Note(str(file), rule, len(places), rows_read[str(file)], places)


def _say(place: Place, longest: int | None, language: str) -> str:
    key = "cli.place_on_sheet" if place.sheet else "cli.place"
    where = message(key, sheet=place.sheet, line=place.line)[language]
    return f"{where} ({_shortened(place.cell, longest)})" if place.cell else where


def _shortened(cell: str, longest: int | None) -> str:
    return cell if longest is None or len(cell) <= longest else f"{cell[: longest - 1]}…"
