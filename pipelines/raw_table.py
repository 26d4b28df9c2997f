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

from pipelines.contract_model import LANGUAGES, Column, SourceContract, Text, fold
from pipelines.contracts import message

Cell = str | None
Record = tuple[int, list[Cell]]
"""The line (or sheet row) on which a record begins, and its cells verbatim; an empty cell is None."""

HEADER_WITHIN = 50
"""The header is looked for among this many first rows that are not blank."""

MAX_CELLS = 10_000_000
"""Cells of a table, filled or not: who reads it reserves memory for all of them."""

MOST_NAMED = 8
LONGEST_SHOWN = 60
"""How many unknown headers a sentence names, and how many letters of each."""

CLOSE_ENOUGH = 0.75
"""Likeness (difflib ratio) from which an unknown header is named as the one that was probably meant."""

SHORT_HEADER, CLOSE_WHEN_SHORT = 5, 0.85
"""A header of so many letters at the most needs more likeness: `Tili` is not `Tila`, `Alueet` is another thing than
`Alue`."""

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
    unfinished
        Those of `lines` that hold an answer to a survey which was begun and never sent.
    """

    sheet: str
    header: tuple[str, ...]
    header_line: int
    lines: list[int]
    rows: list[list[Cell]]
    outside: list[Record]
    columns: dict[str, int]
    unfinished: frozenset[int] = frozenset()


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
        Required columns are missing, a column of euros is there under a misspelt header, or two headers mean one
        column.
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


def unread_headers(header: Sequence[Cell], columns: Mapping[str, int]) -> dict[str, str]:
    """Return the headers that mean no column, as they are shown, by their folded text."""
    taken = set(columns.values())
    return {fold(cell): _shown(cell) for place, cell in enumerate(header) if place not in taken and cell and fold(cell)}


def near_headers(source: SourceContract, header: Sequence[Cell]) -> list[tuple[str, str]]:
    """Return the unknown headers that are much like one that the file lacks, each with that one.

    Headers that the contract expects and leaves unread (`unreadHeaders`: columns of known exports) are no mistakes.
    """
    spellings = source.header_spellings()
    columns = {spellings[fold(cell)]: place for place, cell in enumerate(header) if cell and fold(cell) in spellings}
    expected = set(map(fold, source.unread_headers))
    unknown = {folded: shown for folded, shown in unread_headers(header, columns).items() if folded not in expected}
    lacking = [column for column in source.columns if column.name not in columns]
    return [(near, column.header) for column in lacking if (near := _nearest(column, unknown))]


def no_header(source: SourceContract) -> Refused:
    """Return the refusal of a file without a header row, naming the headers that it needs, or the way of a form."""
    said = message("refusal.no_header", headers=", ".join(required_headers(source)))
    return _joined([said, *_or_map(source)])


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
    unknown = unread_headers(header, columns)
    near = {column.name: _nearest(column, unknown) for column in source.columns if column.name not in columns}
    missing = [
        column
        for column in source.columns
        if column.name in near and (column.required or (column.unit == "EUR" and near[column.name]))
    ]
    if not missing:
        return
    named: list[Text] = []
    for column in missing:
        found = near[column.name]
        if found is None:
            named.append(Text(column.header, column.header, column.header))
        else:
            named.append(message("refusal.close_header", header=column.header, found=found))
    key = "refusal.missing_columns_on_sheet" if sheet else "refusal.missing_columns"
    headers = Text(**{language: ", ".join(text[language] for text in named) for language in LANGUAGES})
    said = [refused(key, headers=headers, line=line, sheet=sheet).text]
    others = [shown for shown in unknown.values() if shown not in near.values()]
    if others:
        said.append(_unknown_headers(others))
    raise _joined([*said, *_or_map(source)])


def _unknown_headers(headers: Sequence[str]) -> Text:
    """Return the sentence that names unknown headers: the first ones, and how many more there are."""
    first, left = ", ".join(headers[:MOST_NAMED]), len(headers) - MOST_NAMED
    more = message("cli.more_places", count=left) if left > 0 else Text("", "", "")
    named = {language: f"{first} {more[language]}".rstrip() for language in LANGUAGES}
    return Text(**{name: message("refusal.unknown_headers", unknown=named[name])[name] for name in LANGUAGES})


def _nearest(column: Column, unknown: Mapping[str, str]) -> str | None:
    """Return the unknown header that is most like one that the column accepts, if any is close."""
    accepted = [fold(spelling) for spelling in (column.header, *column.synonyms)]
    likeness = [
        (difflib.SequenceMatcher(None, spelling, folded).ratio(), unknown[folded])
        for spelling in accepted
        for folded in difflib.get_close_matches(spelling, unknown, n=1, cutoff=_close_enough(spelling))
    ]
    return max(likeness)[1] if likeness else None


def _close_enough(spelling: str) -> float:
    return CLOSE_WHEN_SHORT if len(spelling) <= SHORT_HEADER else CLOSE_ENOUGH


def _or_map(source: SourceContract) -> list[Text]:
    """Return the sentence about question maps when the source has them: nothing in the file tells a form apart."""
    return [message("refusal.or_map", source=source.name)] if source.survey_exports else []


def _joined(sentences: Sequence[Text]) -> Refused:
    return Refused(Text(**{language: " ".join(text[language] for text in sentences) for language in LANGUAGES}))


def _is_total(words: tuple[str, ...], named: Iterable[int], cells: Sequence[Cell]) -> bool:
    """Tell whether a row sums up others: it begins with a total word and names nothing that a data row must name."""
    first = next((place for place, cell in enumerate(cells) if cell and cell.strip()), None)
    if first is None or not words or not fold(cells[first] or "").startswith(words):
        return False
    return is_blank(cells[place] for place in named if place != first and place < len(cells))


def _shown(header: str) -> str:
    words = " ".join(header.split())
    return words if len(words) <= LONGEST_SHOWN else f"{words[:LONGEST_SHOWN]}…"
