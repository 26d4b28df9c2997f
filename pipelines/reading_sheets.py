"""XLSX and ODS: from bytes to the rows of each sheet.

Here belongs: sheet rows as text. Not here: what is safe to load (`pipelines.reading_archives`), which header means
which column (`pipelines.raw_table`).

Formats: Office Open XML (ECMA-376) and OpenDocument 1.3, read by calamine through fastexcel.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import fastexcel

from pipelines.raw_table import Cell, Record, is_blank, refused

_MIDNIGHT = re.compile(r"(\d{4}-\d{2}-\d{2}) 00:00:00")
_ERRORS = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
    "GettingData": "#GETTING_DATA",
}


def read_sheets(content: bytes) -> list[tuple[str, list[Record]]]:
    """Read the rows of every sheet of a workbook that `reading_archives.format_of` has accepted.

    Returns
    -------
    list
        (Sheet name, records). Every row of a sheet has the same number of cells; blank rows are left out, and the
        rows keep their real numbers. Dates are ISO text, whole numbers have no decimals, an error of a formula is the
        text that people see.

    Raises
    ------
    Refused
        The workbook does not open.
    """
    try:
        reader = fastexcel.read_excel(content)
        return [(name, list(_records(reader, name))) for name in reader.sheet_names]
    except fastexcel.FastExcelError as error:
        raise refused("refusal.damaged") from error


def _records(reader: fastexcel.ExcelReader, name: str) -> Iterator[Record]:
    sheet = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    batch, errors = sheet.to_arrow_with_errors()
    columns: list[list[Cell]] = [column.to_pylist() for column in batch.columns]
    for error in errors.errors if errors is not None else ():
        row, place = error.offset_position
        columns[place][row] = _error_text(error.detail)
    for row, cells in enumerate(zip(*columns, strict=True), start=1):
        texts = [_text(cell) for cell in cells]
        if not is_blank(texts):
            yield row, texts


def _text(cell: Cell) -> Cell:
    if not cell:
        return None
    midnight = _MIDNIGHT.fullmatch(cell)
    return midnight[1] if midnight else cell


def _error_text(detail: str) -> str:
    found = re.search(r"Error\((\w+)\)", detail)
    return _ERRORS.get(found[1], "#VALUE!") if found else "#VALUE!"
