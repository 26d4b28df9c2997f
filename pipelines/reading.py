"""From the bytes of one received file to rows of text.

Here belongs: telling what a file is by its content, and handing it to the module of its format. Not here: the formats
themselves (`reading_csv`, `reading_sheets`, `reading_json`, `sources`), the meaning of cells (parsing), files on disk
(landing).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipelines import contracts, question_maps
from pipelines.contract_model import LANGUAGES, SourceContract, Text
from pipelines.question_maps import QuestionMap
from pipelines.raw_table import (
    Cell,
    RawTable,
    Record,
    Refused,
    Split,
    build,
    find_header,
    header_score,
    no_header,
    refused,
)
from pipelines.reading_archives import format_of
from pipelines.reading_csv import decode, find_spot, split_at, split_lines
from pipelines.reading_json import JsonRows, parse
from pipelines.reading_json import build as build_json
from pipelines.reading_sheets import read_sheets
from pipelines.sources import calendars
from pipelines.sources.formats import JSON_FORMATS, TABLE_LAYOUTS
from pipelines.survey_tools import Export, find_exports, find_plain

__all__ = ["RawTable", "Refused", "read_exports", "read_file", "recognise_source"]

MEBI = 1024 * 1024
MAX_FILE = 200 * MEBI
MIN_HEADERS = 2
"""A row is a header only when it names this many columns: one word alone stands in data and titles too."""


_SIGNS = (
    (b"%PDF", "refusal.pdf"),
    (b"\x89PNG", "refusal.image"),
    (b"\xff\xd8\xff", "refusal.image"),
    (b"GIF8", "refusal.image"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "refusal.encrypted"),
    (b"\x1f\x8b", "refusal.other_archive"),
    (b"7z\xbc\xaf\x27\x1c", "refusal.other_archive"),
    (b"Rar!", "refusal.other_archive"),
)
"""First bytes of files that are no tables; an OLE file is an encrypted workbook or an old one."""

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_WEB_PAGE = ("<!doctype html", "<html", "<head", "<body", "<table")
_CALENDAR = "icalendar"
_TEXT_ENDINGS = (".csv", ".tsv", ".txt")

Sheets = list[tuple[str, list[Record]]]


@dataclass(frozen=True, slots=True)
class _Opened:
    """A file whose format is known: `xlsx`, `ods`, `csv`, `json` or `icalendar`, and what was found in it."""

    format: str
    sheets: Sheets
    lines: list[str]
    document: object


def read_file(
    content: bytes, file_name: str, source: SourceContract, maps: Sequence[QuestionMap] = ()
) -> list[RawTable]:
    """Read a file as tables of a source; its content decides what it is, not its name.

    The export of a survey tool is read through the one of the `maps` that fits it.

    Returns
    -------
    list of RawTable
        One a sheet that has a header row; exactly one for CSV and JSON. At least one of them has a row.

    Raises
    ------
    Refused
        The file can't be read as tables of the source.
    """
    opened = _open(content, file_name)
    if opened.format == "json":
        return [build_json(source, _read_json(opened.document, source))]
    if opened.format not in source.formats:
        raise _wrong_format(source)
    if opened.format == _CALENDAR:
        return [build_json(source, calendars.read("".join(opened.lines)))]
    tables = _tables(opened, file_name, source, maps)
    if not any(table.rows for table in tables):
        raise refused("refusal.no_rows", line=tables[0].header_line)
    return tables


def read_exports(content: bytes, file_name: str, source: SourceContract) -> list[Export]:
    """Read a file as exports of a survey tool, one a sheet; none when it is a table of the source already.

    Raises
    ------
    Refused
        The file can't be read.
    """
    opened = _open(content, file_name)
    if opened.format not in source.formats:
        raise _wrong_format(source)
    is_table = any(_named(split.header[1], source).required == _required(source) for split in _splits(opened, source))
    return find_exports(opened.lines, opened.sheets) or ([] if is_table else find_plain(opened.lines, opened.sheets))


def recognise_source(content: bytes, file_name: str, maps: Sequence[QuestionMap] = ()) -> SourceContract:
    """Tell which source a file belongs to: the one whose map fits it, or of whose columns it names the most.

    Raises
    ------
    Refused
        The file can't be read, or no source fits it better than all others.
    """
    opened = _open(content, file_name)
    every = contracts.sources().values()
    if opened.format == "json":
        names = {name for name, kind in JSON_FORMATS.items() if kind.recognises(opened.document)}
        fitting = [source for source in every if names.intersection(source.formats)]
        if len(fitting) != 1:
            raise _unknown_source(every)
        return fitting[0]
    if opened.format == _CALENDAR:
        return next(source for source in every if _CALENDAR in source.formats)
    exports = find_exports(opened.lines, opened.sheets)
    asked = exports or (find_plain(opened.lines, opened.sheets) if maps else [])
    mapped = question_maps.source_of(asked[0], maps, file_name) if asked else None
    if mapped is not None:
        return mapped
    ranked = sorted(((_fit(opened, source), source.name) for source in every), reverse=True)
    (best, name), (runner_up, _) = ranked[:2]
    if best in (0, runner_up):
        raise question_maps.no_map(exports[0], file_name) if exports else _unknown_source(every)
    return contracts.sources()[name]


def _tables(opened: _Opened, file_name: str, source: SourceContract, maps: Sequence[QuestionMap]) -> list[RawTable]:
    if source.survey_exports:
        exports = find_exports(opened.lines, opened.sheets)
        if maps and not exports:
            plain = find_plain(opened.lines, opened.sheets)
            exports = question_maps.only_mapped(plain, source, maps, file_name)
        if exports:
            return question_maps.read_exports(exports, source, maps, file_name)
    splits = _splits(opened, source)
    if not splits:
        raise no_header(source)
    for layout in source.table_layouts:
        splits = [TABLE_LAYOUTS[layout](split) for split in splits]
    return [build(source, split) for split in splits]


def _read_json(document: object, source: SourceContract) -> JsonRows:
    """Read a document in the format of the source that recognises it; what none does, the first one refuses."""
    names = [name for name in source.formats if name in JSON_FORMATS]
    if not names:
        raise _wrong_format(source)
    name = next((name for name in names if JSON_FORMATS[name].recognises(document)), names[0])
    return JSON_FORMATS[name].read(document)


def _open(content: bytes, file_name: str) -> _Opened:
    if len(content) > MAX_FILE:
        raise refused("refusal.file_too_large", size=len(content) // MEBI, limit=MAX_FILE // MEBI)
    for sign, key in _SIGNS:
        if content.startswith(sign):
            raise refused(key)
    if content.startswith(_ZIP):
        return _Opened(format_of(content), read_sheets(content), [], None)
    return _open_text(decode(content), file_name)


def _open_text(text: str, file_name: str) -> _Opened:
    beginning = text[:1024].lstrip().casefold()
    if not beginning and not text.strip():
        raise refused("refusal.empty")
    if beginning.startswith(_WEB_PAGE):
        raise refused("refusal.web_page")
    if beginning.startswith(calendars.SIGN):
        return _Opened(_CALENDAR, [], split_lines(text), None)
    if beginning.startswith(("{", "[")):
        try:
            return _Opened("json", [], [], parse(text))
        except Refused:
            if not file_name.casefold().endswith(_TEXT_ENDINGS):
                raise
    return _Opened("csv", [], split_lines(text), None)


def _splits(opened: _Opened, source: SourceContract) -> list[Split]:
    """Part a text, or every sheet that has a header row.

    A sheet that names less than half of the required columns is a summary or an explanation and is passed over, unless
    there is no better one: then what it lacks is told.
    """
    if opened.format == "csv":
        spot = find_spot(opened.lines, source.header_spellings())
        return [split_at(opened.lines, spot)] if spot.score >= MIN_HEADERS else []
    splits = [split for sheet in opened.sheets if (split := _split_sheet(*sheet, source))]
    whole = [split for split in splits if 2 * _named(split.header[1], source).required >= _required(source)]
    best = max(splits, key=lambda split: _named(split.header[1], source).required, default=None)
    return whole or ([best] if best else [])


def _split_sheet(sheet: str, records: list[Record], source: SourceContract) -> Split | None:
    place, score = find_header(records, source.header_spellings())
    if score < MIN_HEADERS:
        return None
    return Split(sheet, records[:place], records[place], records[place + 1 :])


def _fit(opened: _Opened, source: SourceContract) -> int:
    """Return how well the best header row fits a source: columns named less required ones missing; 0 for not at all."""
    if opened.format not in source.formats:
        return 0
    if opened.format == "csv":
        headers = [find_spot(opened.lines, source.header_spellings()).cells]
    else:
        headers = [split.header[1] for sheet in opened.sheets if (split := _split_sheet(*sheet, source))]
    named = [_named(header, source) for header in headers]
    needed = _required(source)
    return max((item.all - (needed - item.required) for item in named if 2 * item.required > needed), default=0)


class _Named(NamedTuple):
    """How many columns a header row names."""

    required: int
    all: int


def _named(header: Sequence[Cell], source: SourceContract) -> _Named:
    spellings = source.header_spellings()
    required = {column.name for column in source.columns if column.required}
    needed = {spelling: name for spelling, name in spellings.items() if name in required}
    return _Named(header_score(header, needed), header_score(header, spellings))


def _required(source: SourceContract) -> int:
    return sum(column.required for column in source.columns)


def _wrong_format(source: SourceContract) -> Refused:
    shown = dict.fromkeys("JSON" if name in JSON_FORMATS else name.upper() for name in source.formats)
    formats = ", ".join(shown)
    return refused("refusal.format_not_for_source", title=source.title, formats=formats)


def _unknown_source(sources: Collection[SourceContract]) -> Refused:
    """Return the refusal that names every source as the command knows it, and as people do."""
    named = {
        language: ", ".join(f"{source.name} ({source.title[language]})" for source in sources) for language in LANGUAGES
    }
    return refused("refusal.unknown_source", sources=Text(**named))
