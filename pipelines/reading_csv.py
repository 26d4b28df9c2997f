"""CSV: from bytes to text, from text to records, without losing a line.

Here belongs: encodings, separators, quotation marks, line numbers. Not here: which header means which column
(`pipelines.raw_table`).

A stray quotation mark must cost one line at the most. So a record is read with quotes only as far as it is well-formed;
a line on which that fails is split at its separators and keeps its quotation marks.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipelines.raw_table import HEADER_WITHIN, MAX_CELLS, Cell, Record, Split, header_score, is_blank, refused

SEPARATORS = (";", ",", "\t", "|")
MAX_RECORD_LINES = 200
"""A quoted cell may go over this many lines; beyond it the quotation mark is a stray one."""

MAX_LINE = 4 * 1024 * 1024
"""Letters of a line; a longer one is no row of a table."""

MAX_COLUMNS = 16_384
"""As many as a spreadsheet has."""

MAX_CONTROL_SHARE = 0.02
"""Share of control characters from which bytes are not text."""

_LAYOUT = frozenset("\t\n\r\f\v")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the header of a text is: its separator, its lines (0-based, end exclusive), its cells, its matches."""

    separator: str
    start: int
    end: int
    cells: list[Cell]
    score: int


def decode(content: bytes) -> str:
    """Turn the bytes of a text file into text.

    A byte order mark decides. Without one the text is UTF-8 when that reads more of its letters than it breaks, and
    cp1252 otherwise. A broken byte is read as cp1252, so that one such byte does not spoil the rest.

    Raises
    ------
    Refused
        The bytes are not text.
    """
    text = _decode(content)
    beginning = text[:65536]
    control = sum(1 for letter in beginning if letter < " " and letter not in _LAYOUT)
    if control > MAX_CONTROL_SHARE * len(beginning) + 1:
        raise refused("refusal.unknown_format")
    return text


def split_lines(text: str) -> list[str]:
    """Split a text at its line ends only (LF, CRLF, CR), keeping them.

    Raises
    ------
    Refused
        The text would fill the memory: a line of it is too long, or it has too many cells.
    """
    ends = text.count("\n") + text.count("\r") - text.count("\r\n")
    cells = ends + 1 + max(text.count(separator) for separator in SEPARATORS)
    if cells > MAX_CELLS:
        raise refused("refusal.too_many_cells", count=cells, limit=MAX_CELLS)
    lines = list(io.StringIO(text, newline=""))
    long = next((place for place, line in enumerate(lines, start=1) if len(line) > MAX_LINE), None)
    if long is not None:
        raise refused("refusal.line_too_long", line=long, limit=MAX_LINE // 1_000_000)
    return lines


def find_spot(lines: Sequence[str], spellings: Mapping[str, str]) -> Spot:
    """Find the separator and the row under which the most accepted headers are found.

    Returns
    -------
    Spot
        With score 0 when no row names any column.
    """
    best = Spot(SEPARATORS[0], 0, 0, [], 0)
    for separator in SEPARATORS:
        for start in _first_filled(lines):
            for cells, end in _readings(lines, start, separator):
                score = header_score(cells, spellings)
                if score > best.score:
                    best = Spot(separator, start, end, cells, score)
    return best


def split_at(lines: Sequence[str], spot: Spot) -> Split:
    """Read every record of a text whose header has been found.

    A row keeps its own number of cells, except that empty cells beyond the header are cut.
    """
    header = list(spot.cells)
    while header and not (header[-1] and header[-1].strip()):
        header.pop()
    refuse_wide(header)
    titles = [(place + 1, _bare(lines[place], spot.separator)) for place in range(spot.start)]
    above = [(line, cells) for line, cells in titles if not is_blank(cells)]
    below = list(_records(lines, spot.end, spot.separator, len(header)))
    return Split("", above, (spot.start + 1, header), below)


def refuse_wide(header: Sequence[Cell]) -> None:
    """Refuse a table that has more columns than anybody can have meant.

    Raises
    ------
    Refused
        There are more than `MAX_COLUMNS` headers.
    """
    if len(header) > MAX_COLUMNS:
        raise refused("refusal.too_many_columns", count=len(header), limit=MAX_COLUMNS)


def _decode(content: bytes) -> str:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, errors="cp1252_byte" if encoding == "utf-8" else "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        lenient = content.decode("utf-8", errors="replace")
    broken = lenient.count("\ufffd")
    letters = sum(1 for letter in lenient if letter > "\x7f") - broken
    if letters > broken:
        return content.decode("utf-8", errors="cp1252_byte")
    return content.decode("cp1252", errors="cp1252_byte")


def _cp1252_byte(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes that stopped a decoder as cp1252; the five that cp1252 leaves open become control characters."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    broken = error.object[error.start : error.end]
    return "".join(_CP1252[byte] for byte in broken), error.end


_CP1252 = [bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in range(256)]
codecs.register_error("cp1252_byte", _cp1252_byte)


def _first_filled(lines: Sequence[str]) -> Iterator[int]:
    found = 0
    for place, line in enumerate(lines):
        if not line.strip(" \t\r\n;,|\u00a0"):
            continue
        yield place
        found += 1
        if found == HEADER_WITHIN:
            return


def _readings(lines: Sequence[str], start: int, separator: str) -> Iterator[tuple[list[Cell], int]]:
    """Yield the ways to read a possible header row: with quotes, over lines if need be, and as a bare line."""
    quoted = _quoted(lines, start, separator)
    if quoted is not None:
        yield quoted
    yield _bare(lines[start], separator), start + 1


def _records(lines: Sequence[str], start: int, separator: str, width: int) -> Iterator[Record]:
    place = start
    while place < len(lines):
        cells, end = _record(lines, place, separator, width)
        if is_blank(cells[width:]):
            del cells[width:]
        if not is_blank(cells):
            yield place + 1, cells
        place = end


def _record(lines: Sequence[str], place: int, separator: str, width: int) -> tuple[list[Cell], int]:
    """Read one record; return its cells and the place of the line after it."""
    bare = _bare(lines[place], separator)
    quoted = _quoted(lines, place, separator) if '"' in lines[place] else None
    if quoted is None:
        return bare, place + 1
    cells, end = quoted
    fits = len(cells) >= width and is_blank(cells[width:])
    if end == place + 1:
        return (bare if len(bare) == width and not fits else cells), end
    return (cells, end) if fits and not _are_rows(lines[place:end], separator, width) else (bare, place + 1)


def _quoted(lines: Sequence[str], place: int, separator: str) -> tuple[list[Cell], int] | None:
    """Read a record by the rules of quotation marks; None when it breaks them."""
    for reach in (1, MAX_RECORD_LINES):
        reader = csv.reader(lines[place : place + reach], delimiter=separator, strict=True)
        try:
            cells = next(reader)
        except csv.Error:
            continue
        return [cell or None for cell in cells], place + reader.line_num
    return None


def _bare(line: str, separator: str) -> list[Cell]:
    return [cell or None for cell in line.rstrip("\r\n").split(separator)]


def _are_rows(lines: Sequence[str], separator: str, width: int) -> bool:
    """Tell whether lines that two stray quotation marks hold together are rows of their own.

    Text within a cell rarely has as many separators as a row, and hardly ever on two of its lines.
    """
    return sum(len(_bare(line, separator)) == width for line in lines) > 1
