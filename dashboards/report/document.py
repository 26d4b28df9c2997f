"""What the chapter is made of, whatever it is written as.

Here belongs: the pieces of a document, all texts already written for people. Not here: what they say (`chapter`), how
they look (`as_html`, `as_docx`, `as_pdf`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Final, Literal

from dashboards.formats import NBSP
from dashboards.texts import Language

BOLD: Final = 1.15
"""So much wider are the letters of a header."""

UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Signs that XML forbids; they come from cells of files."""

Level = Literal[1, 2, 3]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 begins a section."""

    text: str
    level: Level = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `lead` is the message of its section, `note` stands smaller."""

    text: str
    kind: Literal["text", "lead", "note"] = "text"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and what is told under each."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first column heads its rows.

    Parameters
    ----------
    caption
        Name of the table.
    header, rows
        Texts of the cells; every row is as long as the header.
    numeric
        Indexes of the columns that are set to the right.
    has_total
        The last row sums those above.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()
    has_total: bool = False

    @property
    def widths(self) -> tuple[float, ...]:
        """Widths of the columns in letters: numbers are never broken, long texts may be."""
        return tuple(
            _width(column, is_number=index in self.numeric)
            for index, column in enumerate(zip(self.header, *self.rows, strict=True))
        )

    @property
    def least_widths(self) -> tuple[float, ...]:
        """Widths of the longest words of the columns in letters."""
        rows = zip(*self.rows, strict=True)
        return tuple(
            max(_longest_word(name) * BOLD, *map(_longest_word, cells))
            for name, cells in zip(self.header, rows, strict=True)
        )


def _longest_word(text: str) -> int:
    return max(map(len, text.split(" ")))


def _width(column: tuple[str, ...], *, is_number: bool) -> float:
    header, *cells = column
    longest = max(len(header) * BOLD, *map(len, cells), 7)
    if is_number:
        return min(longest, 30)
    words = (word for text in column for word in text.split(" "))
    unbroken = max(len(word) if NBSP in word else min(len(word), 14) for word in words)
    return max(unbroken, min(longest, 14 + longest / 3))


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as SVG text, with what it says in words and the caption under it."""

    svg: str
    alternative: str
    caption: str


Block = Heading | Paragraph | Bullets | Facts | Table | Picture


@dataclass(frozen=True, slots=True)
class Document:
    """The whole chapter.

    Parameters
    ----------
    language
        Of all texts.
    title, subtitle, author, subject
        Of the title page and of the file's properties.
    notice
        What must be known first, as that the data is invented; empty for none.
    facts
        Of the title page.
    running, footer
        The lines that every printed page repeats, above and below.
    contents
        Heading of the table of contents.
    day
        ISO day of the newest data, for the file's properties.
    blocks
        All sections.
    """

    language: Language
    title: str
    subtitle: str
    author: str
    subject: str
    notice: str
    facts: Facts
    running: str
    footer: str
    contents: str
    day: str
    blocks: tuple[Block, ...]


def printable(piece: Any) -> Any:
    """Return a piece, or the whole document, with a blank in place of each sign that no file can hold."""
    if isinstance(piece, str):
        return UNPRINTABLE.sub(" ", piece)
    if isinstance(piece, tuple):
        return tuple(map(printable, piece))
    if is_dataclass(piece) and not isinstance(piece, type):
        return replace(piece, **{field.name: printable(getattr(piece, field.name)) for field in fields(piece)})
    return piece


def of_rows(
    caption: str,
    header: list[str],
    rows: list[list[str]],
    numeric: frozenset[int] = frozenset(),
    *,
    total: bool = False,
) -> list[Block]:
    """Return a table as the only block; nothing when there are no rows."""
    if not rows:
        return []
    return [Table(caption, tuple(header), tuple(map(tuple, rows)), numeric, total)]
