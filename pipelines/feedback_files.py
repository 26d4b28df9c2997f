"""The answer to those who delivered a file, as a file: a workbook with the faulty cells marked, or a page.

Here belongs: laying out what a check has found. Not here: checking (`pipelines.checking`), the sentences
(`pipelines.feedback`, the contracts), where the file is written.

Formats: Office Open XML by xlsxwriter; HTML 5 that asks nothing from anywhere.
"""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipelines import contracts
from pipelines.checking import Checked
from pipelines.contracts import message
from pipelines.feedback import Note, Place
from pipelines.raw_table import AMOUNTS, Cell, RawTable, Refused, near_headers, refused

ROWS_OF_A_SHEET = 1_048_576
LETTERS_OF_A_CELL = 32_767
COMMENTS = 5_000
"""So many cells of a workbook get a comment: more make it slow to open. The others are coloured only."""

PLACES_ON_PAGE = 100
"""So many places of a finding stand on the page, the rest are counted."""

_FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""Text that begins with one of these may be run as a formula, at the latest when it goes on as CSV."""

_NUMBERS = AMOUNTS | {"year", "scale"}
_NUMBER = re.compile(r"-?\d{1,12}(?:[.,]\d{1,2})?")
_FORBIDDEN_IN_NAME = re.compile(r"[\[\]:*?/\\]")

_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "header": {"bold": True, "bg_color": "#EDEFF2", "border": 1, "text_wrap": True, "valign": "top"},
    "misspelt": {"bold": True, "bg_color": "#FFE7A8", "border": 1, "text_wrap": True, "valign": "top"},
    "text": {"text_wrap": True, "valign": "top"},
    "plain": {},
    "outside": {"italic": True, "font_color": "#5F686D"},
    "error": {"bg_color": "#F6C9C5"},
    "critical": {"bg_color": "#F6C9C5"},
    "warning": {"bg_color": "#FFE7A8"},
}

_STYLE = """\
:root { color: #212121; background: #fff; font: 1rem/1.5 "Source Sans 3", system-ui, sans-serif; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; overflow-wrap: anywhere; }
h1 { border-top: 4px solid #00357a; padding-top: 1rem; font-size: 1.75rem; line-height: 1.2; }
h2 { margin-top: 2.5rem; font-size: 1.375rem; }
h3 { margin: 0 0 .5rem; font-size: 1.125rem; }
section { margin: 1rem 0; padding: 1rem; border: 1px solid #c8cdd0; border-left: .5rem solid #ae332d; }
section.warning { border-left-color: #6b4a00; }
dl { display: grid; grid-template-columns: minmax(7rem, 12rem) 1fr; gap: .25rem 1rem; margin: 0 0 1rem; }
dt { font-weight: 600; }
dd { margin: 0; }
table { border-collapse: collapse; width: 100%; }
table.counts { width: auto; min-width: 18rem; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .375rem .5rem; border-bottom: 1px solid #c8cdd0; }
thead th { overflow-wrap: normal; }
thead th { background: #f7f7f8; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .5rem; } }
"""


class _Mark(NamedTuple):
    """What is wrong in a row: the column of the fault (None for the whole row), how bad it is, and the sentence."""

    column: str | None
    severity: str
    sentence: str


Marks = Mapping[tuple[str, int], Sequence[_Mark]]


def workbook(file_name: str, outcome: Checked | Refused, language: str) -> bytes:
    """Return the feedback as XLSX: what was found, and a copy of the delivered tables with the faulty cells marked.

    A row keeps the number that the sentences call it by. Nothing in it is a formula.

    Raises
    ------
    Refused
        The delivered table is longer than a sheet can be.
    """
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        looks = {name: book.add_format(look) for name, look in _LOOKS.items()}
        summary = book.add_worksheet(message("feedback.sheet")[language])
        _write_summary(summary, file_name, outcome, language, looks)
        if isinstance(outcome, Checked):
            _write_copies(book, outcome, language, looks)
    return file.getvalue()


def page(file_name: str, outcome: Checked | Refused, language: str) -> str:
    """Return the feedback as a page of HTML that needs no other file."""
    title = message("feedback.title", file=file_name)[language]
    body = "\n".join(_page_body(title, outcome, language))
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>\n{_STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n"
        "</main>\n</body>\n</html>\n"
    )


def _write_summary(
    sheet: Worksheet, file_name: str, outcome: Checked | Refused, language: str, looks: Mapping[str, Format]
) -> None:
    _write(sheet, 0, 0, message("feedback.title", file=file_name)[language], looks["title"])
    if isinstance(outcome, Refused):
        _write(sheet, 1, 0, outcome.text[language], looks["plain"])
        return
    row = 1
    for sentence in _introduction(file_name, outcome, language):
        _write(sheet, row, 0, sentence, looks["plain"])
        row += 1
    if not outcome.notes:
        return
    row += 1
    for place, (part, width) in enumerate(
        (("what", 44), ("severity", 24), ("how_many", 16), ("why", 44), ("where", 44), ("do", 44))
    ):
        _write(sheet, row, place, message(f"feedback.{part}")[language], looks["header"])
        sheet.set_column(place, place, width)
    for below, note in enumerate(outcome.notes, start=row + 1):
        for place, text in enumerate(_told(note, language)):
            _write(sheet, below, place, text, looks["text"])


def _introduction(file_name: str, checked: Checked, language: str) -> Iterator[str]:
    title = contracts.sources()[checked.source].title[language]
    yield message("feedback.source", title=title)[language]
    yield message("cli.rows", file=file_name, **checked.rows)[language]
    if checked.outside:
        yield message("feedback.outside", count=checked.outside)[language]
    if checked.not_read:
        yield message("feedback.not_read", headers=", ".join(checked.not_read))[language]
    if not checked.notes:
        yield message("cli.clean")[language]
        return
    if checked.rows["quarantined"]:
        yield message("feedback.quarantine")[language]
    yield message("feedback.copy")[language]
    if sum(len(note.places) for note in checked.notes) > COMMENTS:
        yield message("feedback.many_comments", count=COMMENTS)[language]


def _told(note: Note, language: str) -> Iterator[str]:
    yield note.rule.message[language]
    yield message(f"feedback.severity.{note.rule.severity}")[language]
    yield note.how_many(language)
    yield note.why(language)
    yield note.where(language)
    yield note.rule.remedy[language]


def _write_copies(book: xlsxwriter.Workbook, checked: Checked, language: str, looks: Mapping[str, Format]) -> None:
    marks = _marks(checked, language)
    names = {message("feedback.sheet")[language].casefold()}
    comments = COMMENTS
    for table in checked.tables:
        name = _sheet_name(table.sheet or message("template.sheet.data")[language], names)
        comments = _write_copy(book.add_worksheet(name), checked.source, table, marks, looks, comments)


def _marks(checked: Checked, language: str) -> Marks:
    marks: dict[tuple[str, int], list[_Mark]] = defaultdict(list)
    for note in checked.notes:
        sentence = f"{note.rule.message[language]} {note.rule.remedy[language]}"
        for place in note.places:
            marks[place.sheet, place.line].append(_Mark(note.rule.column, note.rule.severity, sentence))
    return marks


def _sheet_name(wanted: str, taken: set[str]) -> str:
    """Return a name that a sheet may bear and none bears yet."""
    base = _FORBIDDEN_IN_NAME.sub(" ", wanted).strip(" '")[:31] or "-"
    name, number = base, 2
    while name.casefold() in taken:
        name, number = f"{base[:27]} {number}", number + 1
    taken.add(name.casefold())
    return name


def _write_copy(
    sheet: Worksheet, source: str, table: RawTable, marks: Marks, looks: Mapping[str, Format], comments: int
) -> int:
    """Write a table as it was delivered, with its marks; return how many comments are left for the next."""
    first = 1 if table.header_line else 0  # JSON has no header row: its first record goes below one
    if max(table.lines, default=0) >= ROWS_OF_A_SHEET:
        raise refused("feedback.too_long")
    for line, cells in table.outside:
        for place, cell in enumerate(cells):
            _write(sheet, line - first, place, cell, looks["outside"])
    header_row = table.header_line - first
    misspelt = {found for found, _ in near_headers(contracts.sources()[source], table.header)} if first else set()
    for place, cell in enumerate(table.header):
        _write(sheet, header_row, place, cell, looks["misspelt" if " ".join(cell.split()) in misspelt else "header"])
        sheet.set_column(place, place, min(40, max(14, len(cell) + 2)))
    sheet.freeze_panes(header_row + 1, 0)
    reads = {column.name: column.reads for column in contracts.sources()[source].columns}
    numbers = {place for name, place in table.columns.items() if reads[name] in _NUMBERS}
    for line, cells in zip(table.lines, table.rows, strict=True):
        found = marks.get((table.sheet, line), ())
        told = cells if len(cells) == len(table.header) else _joined(cells)
        _write_row(sheet, line - first, told, _looks_of(table, found, len(told)), numbers, looks)
        for place, sentences in _comments(table, found).items():
            if comments:
                sheet.write_comment(line - first, place, sentences[:LETTERS_OF_A_CELL], {"x_scale": 2.5})
                comments -= 1
    return comments


def _joined(cells: Sequence[Cell]) -> list[Cell]:
    """Put a row with too many or too few cells into one, so that the copy is not taken for a mended row."""
    return [" | ".join(cell or "" for cell in cells)]


def _write_row(
    sheet: Worksheet,
    row: int,
    cells: Sequence[Cell],
    marked: Mapping[int, str],
    numbers: set[int],
    looks: Mapping[str, Format],
) -> None:
    for place, cell in enumerate(cells):
        look = looks[marked.get(place, "plain")]
        if place in numbers and place not in marked and cell and _NUMBER.fullmatch(cell):
            sheet.write_number(row, place, float(cell.replace(",", ".")), look)
        else:
            _write(sheet, row, place, cell, look)


def _looks_of(table: RawTable, found: Sequence[_Mark], width: int) -> dict[int, str]:
    """Return the look of each marked cell of a row; what is wrong with the whole row marks all its cells."""
    marked: dict[int, str] = {}
    for mark in sorted(found, key=lambda mark: mark.severity == "warning", reverse=True):
        place = table.columns.get(mark.column or "")
        places = range(max(width, 1)) if place is None else [place]
        marked |= dict.fromkeys(places, mark.severity)
    return marked


def _comments(table: RawTable, found: Sequence[_Mark]) -> dict[int, str]:
    sentences: dict[int, list[str]] = defaultdict(list)
    for mark in found:
        sentences[table.columns.get(mark.column or "", 0)].append(mark.sentence)
    return {place: "\n".join(said) for place, said in sentences.items()}


def _write(sheet: Worksheet, row: int, place: int, text: Cell, look: Format) -> None:
    """Write text that no spreadsheet runs."""
    if not text:
        sheet.write_blank(row, place, None, look)
        return
    safe = f"'{text}" if text.lstrip().startswith(_FORMULA_SIGNS) else text
    sheet.write_string(
        row, place, safe if len(safe) <= LETTERS_OF_A_CELL else f"{safe[: LETTERS_OF_A_CELL - 1]}…", look
    )


def _page_body(title: str, outcome: Checked | Refused, language: str) -> Iterator[str]:
    yield f"<h1>{escape(title)}</h1>"
    if isinstance(outcome, Refused):
        yield f"<h2>{escape(message('feedback.refused')[language])}</h2>"
        yield f"<p>{escape(outcome.text[language])}</p>"
        return
    source = message("feedback.source", title=contracts.sources()[outcome.source].title[language])[language]
    yield f"<p>{escape(source)}</p>"
    yield from _rows_table(outcome, language)
    if outcome.outside:
        yield f"<p>{escape(message('feedback.outside', count=outcome.outside)[language])}</p>"
    if outcome.not_read:
        not_read = message("feedback.not_read", headers=", ".join(outcome.not_read))[language]
        yield f"<p>{escape(not_read)}</p>"
    if not outcome.notes:
        yield f"<p>{escape(message('cli.clean')[language])}</p>"
        return
    if outcome.rows["quarantined"]:
        yield f"<p>{escape(message('feedback.quarantine')[language])}</p>"
    yield f"<h2>{escape(message('feedback.mend')[language])}</h2>"
    for note in outcome.notes:
        yield from _section(note, language)


def _rows_table(checked: Checked, language: str) -> Iterator[str]:
    yield f'<table class="counts">\n<caption>{escape(message("feedback.rows")[language])}</caption>\n<tbody>'
    for name, count in checked.rows.items():
        label = escape(message(f"feedback.{name}")[language])
        yield f'<tr><th scope="row">{label}</th><td class="number">{count:,}</td></tr>'.replace(",", "\u00a0")
    yield "</tbody>\n</table>"


def _section(note: Note, language: str) -> Iterator[str]:
    what, severity, how_many, why, _, remedy = _told(note, language)
    yield f'<section class="{escape(note.rule.severity)}">\n<h3>{escape(what)}</h3>\n<dl>'
    for part, text in (("do", remedy), ("why", why), ("how_many", how_many), ("severity", severity)):
        yield f"<dt>{escape(message(f'feedback.{part}')[language])}</dt><dd>{escape(text)}</dd>"
    yield "</dl>"
    yield from _places_table(note, language)
    yield "</section>"


def _places_table(note: Note, language: str) -> Iterator[str]:
    shown = note.places[:PLACES_ON_PAGE]
    parts = (
        ["line", "column", "cell"] if not any(place.sheet for place in shown) else ["sheet", "line", "column", "cell"]
    )
    heads = "".join(f'<th scope="col">{escape(message(f"feedback.place.{part}")[language])}</th>' for part in parts)
    yield f"<table>\n<caption>{escape(message('feedback.where')[language])}</caption>"
    yield f"<thead><tr>{heads}</tr></thead>\n<tbody>"
    for place in shown:
        told = _place(place, note, language)
        yield f"<tr>{''.join(f'<td>{escape(told[part])}</td>' for part in parts)}</tr>"
    yield "</tbody>\n</table>"
    if more := note.rows_failed - len(shown):
        yield f"<p>{escape(message('feedback.more_places', count=more)[language])}</p>"


def _place(place: Place, note: Note, language: str) -> dict[str, str]:
    source = contracts.sources()[note.rule.source]
    headers = {column.name: column.header for column in source.columns}
    whole_row = note.rule.column is None
    whole = "feedback.in_header" if note.is_about_headers else "feedback.place.whole_row"
    return {
        "sheet": place.sheet,
        "line": str(place.line),
        "column": message(whole)[language] if whole_row else headers[str(note.rule.column)],
        "cell": place.cell or ("" if whole_row else message("feedback.place.empty")[language]),
    }
