"""A received file as rows of text, and how a header row is recognised.

Here belongs: what reading hands on (`RawTable`, `Refused`), and what is the same for every format that has headers:
which row is the header, which contract column each header means, which rows are titles or totals. Not here: the bytes
of a format (`pipelines.reading_csv`, `pipelines.reading_sheets`, `pipelines.sources`), the meaning of a cell.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from pipelines.contract_model import LANGUAGES, SourceContract, Text, fold
from pipelines.contracts import message

Cell = str | None
Record = tuple[int, list[Cell]]
"""The line (or sheet row) on which a record begins, and its cells verbatim; an empty cell is None."""

HEADER_WITHIN = 50
"""The header is looked for among this many first rows that are not blank."""

MAX_CELLS = 10_000_000
"""Cells of a table, filled or not: who reads it reserves memory for all of them."""

CLOSE_ENOUGH = 0.75
"""Likeness (difflib ratio) from which an unknown header is named as the one that was probably meant."""

AMOUNTS = frozenset({"money", "number", "integer"})
"""Columns read as these may be filled on a total row."""


class Refused(Exception):  # noqa: N818 - the word that people see
    """A file that can't be a table; `text` says why in three languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.fi)
        self.text = text


def refused(key: str, **values: object) -> Refused:
    """Return the refusal of a message; a value that is a `Text` is said in the language of the sentence."""
    said = {
        language: message(
            key, **{name: value[language] if isinstance(value, Text) else value for name, value in values.items()}
        )[language]
        for language in LANGUAGES
    }
    return Refused(Text(**said))


@dataclass(frozen=True, slots=True)
class RawTable:
    """One table of a received file.

    Attributes
    ----------
    sheet
        Name of the sheet; empty for formats without sheets.
    header
        Header cells verbatim.
    header_line
        1-based line or sheet row of the header; 0 for JSON.
    lines
        Where each row begins: 1-based line, sheet row, or ordinal of the JSON record. As long as `rows`.
    rows
        Cells verbatim, None for an empty one.
    outside
        Title rows above the header and total rows: not data, but kept and counted.
    columns
        Contract column name to its place in `header`.
    """

    sheet: str
    header: tuple[str, ...]
    header_line: int
    lines: list[int]
    rows: list[list[Cell]]
    outside: list[Record]
    columns: dict[str, int]


@dataclass(frozen=True, slots=True)
class Split:
    """The records of one sheet or text, parted at the header row."""

    sheet: str
    above: list[Record]
    header: Record
    below: list[Record]


def is_blank(cells: Iterable[Cell]) -> bool:
    """Tell whether no cell holds anything but white space."""
    return not any(cell and cell.strip() for cell in cells)


def header_score(cells: Iterable[Cell], spellings: Mapping[str, str]) -> int:
    """Count the contract columns that a row names."""
    return len({spellings[folded] for cell in cells if cell and (folded := fold(cell)) in spellings})


def find_header(records: Iterable[Record], spellings: Mapping[str, str]) -> tuple[int, int]:
    """Find the row that matches the most accepted headers; the first one when several do.

    Returns
    -------
    tuple
        (Position among the records, number of matches); (0, 0) when no row matches.
    """
    scores = [header_score(cells, spellings) for _, cells in islice(records, HEADER_WITHIN)]
    best = max(scores, default=0)
    return (scores.index(best), best) if best else (0, 0)


def build(source: SourceContract, split: Split) -> RawTable:
    """Make the table of a source out of the records around its header.

    Raises
    ------
    Refused
        Required columns are missing, or two headers mean one column.
    """
    line, cells = split.header
    header = tuple(cell or "" for cell in cells)
    columns = _columns(source, header)
    _refuse_missing(source, header, columns, line, split.sheet)
    table = RawTable(split.sheet, header, line, [], [], list(split.above), columns)
    words = tuple(map(fold, source.total_row_words))
    named = [columns[column.name] for column in source.columns if column.required and column.reads not in AMOUNTS]
    for record in split.below:
        if _is_total(words, named, record[1]):
            table.outside.append(record)
        else:
            table.lines.append(record[0])
            table.rows.append(record[1])
    return table


def no_header(source: SourceContract) -> Refused:
    """Return the refusal of a file without a header row, naming the headers that it needs."""
    return refused("refusal.no_header", headers=", ".join(required_headers(source)))


def required_headers(source: SourceContract) -> list[str]:
    """Return the Finnish headers that a file of the source must have."""
    return [column.header for column in source.columns if column.required]


def _columns(source: SourceContract, header: Sequence[str]) -> dict[str, int]:
    spellings = source.header_spellings()
    found: dict[str, int] = {}
    for place, cell in enumerate(header):
        name = spellings.get(fold(cell))
        if name is None:
            continue
        if name in found:
            official = next(column.header for column in source.columns if column.name == name)
            pair = f"{_shown(header[found[name]])}, {_shown(cell)}"
            raise refused("refusal.header_twice", header=official, found=pair)
        found[name] = place
    return found


def _refuse_missing(
    source: SourceContract, header: Sequence[str], columns: Mapping[str, int], line: int, sheet: str
) -> None:
    missing = [column for column in source.columns if column.required and column.name not in columns]
    if not missing:
        return
    taken = set(columns.values())
    unknown = {fold(cell): _shown(cell) for place, cell in enumerate(header) if place not in taken and fold(cell)}
    named: list[Text] = []
    for column in missing:
        accepted = [fold(spelling) for spelling in (column.header, *column.synonyms)]
        near = _nearest(accepted, unknown)
        if near is None:
            named.append(Text(column.header, column.header, column.header))
        else:
            named.append(message("refusal.close_header", header=column.header, found=near))
    key = "refusal.missing_columns_on_sheet" if sheet else "refusal.missing_columns"
    headers = Text(**{language: ", ".join(text[language] for text in named) for language in LANGUAGES})
    raise refused(key, headers=headers, line=line, sheet=sheet)


def _nearest(accepted: Iterable[str], unknown: Mapping[str, str]) -> str | None:
    """Return the unknown header that is most like one of the accepted ones, if any is close."""
    likeness = [
        (difflib.SequenceMatcher(None, spelling, folded).ratio(), shown)
        for spelling in accepted
        for folded, shown in unknown.items()
    ]
    ratio, shown = max(likeness, default=(0.0, ""))
    return shown if ratio >= CLOSE_ENOUGH else None


def _is_total(words: tuple[str, ...], named: Iterable[int], cells: Sequence[Cell]) -> bool:
    """Tell whether a row sums up others: it begins with a total word and names nothing that a data row must name."""
    first = next((place for place, cell in enumerate(cells) if cell and cell.strip()), None)
    if first is None or not words or not fold(cells[first] or "").startswith(words):
        return False
    return is_blank(cells[place] for place in named if place != first and place < len(cells))


def _shown(header: str) -> str:
    return " ".join(header.split())
