"""Writing a table as the CSV and XLSX files that people really send.

Here belongs: encodings, cell formats, rows above the header, the total row, and on which line each row comes to stand.
Not here: which columns a source has and what stands in them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

Cell = str | int | Decimal | date | datetime | None

SURPLUS = "surplus"
"""A cell under this name stands behind the last column, where a CSV row has one cell too many."""

LABEL = "Esimerkkiaineisto – keksitty kunta Esimerkkilä"
"""Stands at the top of every file of the example."""

FILE_PREFIX = "esimerkkiaineisto_"
NO_BREAK_SPACE = "\u00a0"
_CREATED = datetime(2026, 1, 15, 12, 0)  # noqa: DTZ001 - Excel knows no time zones


@dataclass(frozen=True, slots=True)
class Row:
    """A data row by column name. `broken_rule` is set on a planted row: the rule that puts it into quarantine.

    `warns_of` is the rule that a good row breaks without being left out.
    """

    cells: Mapping[str, Cell]
    broken_rule: str | None = None
    warns_of: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file looks.

    `columns` are pairs of column name and header as written, `above` the rows between the label and the header,
    `summed` the columns of the total row (none: no total row); `is_typed` tells whether an XLSX holds numbers and
    dates or only texts, `notes` stand on a second sheet.
    """

    columns: Sequence[tuple[str, str]]
    encoding: str = "cp1252"
    above: Sequence[str] = ()
    summed: Sequence[str] = ()
    is_typed: bool = True
    sheet: str = "Taul1"
    notes: Sequence[str] = ()
    money_suffix: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A written file: its data rows and, for each, the line, sheet row or place in the list (all from 1)."""

    path: Path
    rows: Sequence[Row]
    lines: Sequence[int]


def write_table(path: Path, layout: Layout, rows: Sequence[Row]) -> Delivery:
    """Write rows as CSV or XLSX, as the ending of the path says."""
    write = _write_xlsx if path.suffix == ".xlsx" else _write_csv
    return Delivery(path, rows, write(path, layout, rows))


def as_text(cell: Cell, money_suffix: str = "") -> str:
    """Write a cell as a Finn types it: `1 234,50` with a no-break space, `31.12.2024`, decimal comma."""
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:,f}".replace(",", NO_BREAK_SPACE).replace(".", ",") + money_suffix
    if isinstance(cell, datetime):
        return f"{cell.day}.{cell.month}.{cell.year} {cell.hour}:{cell.minute:02}"
    if isinstance(cell, date):
        return f"{cell.day}.{cell.month}.{cell.year}"
    return str(cell)


def total_row(layout: Layout, rows: Sequence[Row]) -> dict[str, Cell]:
    """Sum what a spreadsheet would sum: the cells that are numbers."""
    totals: dict[str, Cell] = {layout.columns[0][0]: "Yhteensä"}
    for name in layout.summed:
        numbers = [row.cells.get(name) for row in rows]
        totals[name] = sum((number for number in numbers if isinstance(number, Decimal)), Decimal("0.00"))
    return totals


def _write_csv(path: Path, layout: Layout, rows: Sequence[Row]) -> list[int]:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    for above in (LABEL, *layout.above):
        writer.writerow([above] if above else [])
    writer.writerow([header for _, header in layout.columns])
    lines: list[int] = []
    for row in rows:
        lines.append(text.getvalue().count("\n") + 1)
        surplus = [as_text(row.cells[SURPLUS])] if SURPLUS in row.cells else []
        writer.writerow([as_text(row.cells.get(name), layout.money_suffix) for name, _ in layout.columns] + surplus)
    if layout.summed:
        totals = total_row(layout, rows)
        writer.writerow([as_text(totals.get(name), layout.money_suffix) for name, _ in layout.columns])
    path.write_bytes(text.getvalue().encode(layout.encoding))
    return lines


def _write_xlsx(path: Path, layout: Layout, rows: Sequence[Row]) -> list[int]:
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"title": LABEL, "created": _CREATED})
        sheet = book.add_worksheet(layout.sheet)
        sheet.set_column(0, len(layout.columns) - 1, 18)
        formats = _Formats(
            *(book.add_format({"num_format": code}) for code in ("#,##0.00", "d.m.yyyy", "d.m.yyyy h:mm"))
        )
        lines: list[Sequence[Cell]] = [[above or None] for above in (LABEL, *layout.above)]
        lines.append([header for _, header in layout.columns])
        first = len(lines) + 1
        tables = [row.cells for row in rows] + ([total_row(layout, rows)] if layout.summed else [])
        lines += [[cells.get(name) for name, _ in layout.columns] for cells in tables]
        for line, cells in enumerate(lines):
            for place, cell in enumerate(cells):
                _put(sheet, line, place, cell if layout.is_typed else as_text(cell) or None, formats)
        if layout.notes:
            _write_notes(book, layout.notes)
    return list(range(first, first + len(rows)))


@dataclass(frozen=True, slots=True)
class _Formats:
    money: Any
    day: Any
    moment: Any


def _put(sheet: Any, line: int, place: int, cell: Cell, formats: _Formats) -> None:
    match cell:
        case None:
            return
        case str():
            sheet.write_string(line, place, cell)
        case Decimal():
            sheet.write_number(line, place, float(cell), formats.money)
        case int():
            sheet.write_number(line, place, cell)
        case datetime():
            sheet.write_datetime(line, place, cell, formats.moment)
        case date():
            sheet.write_datetime(line, place, datetime(cell.year, cell.month, cell.day), formats.day)  # noqa: DTZ001


def _write_notes(book: Any, notes: Sequence[str]) -> None:
    sheet = book.add_worksheet("Ohje")
    for line, note in enumerate((LABEL, *notes)):
        sheet.write_string(line, 0, note)
