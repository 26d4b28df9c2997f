"""Tables as CSV, after RFC 4180: comma, quotes doubled, CRLF; a point in decimals, ISO days, UTF-8 with its mark.

Here belongs: how a cell is written. Not here: which tables (`data_contracts/open_data.yaml`).
The reasons stand in decision 0025.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

FOLDER = "csv"

LIST_DELIMITER = "|"
"""Stands between the items of a cell that holds several."""

FORMULA = r"^([=+\-@\t\r])"
"""A spreadsheet takes text that begins so for a formula; an apostrophe before it makes it text."""


def write(folder: Path, table: str, frame: pl.DataFrame) -> Path:
    """Write a table into `csv/<schema>.<table>.csv`; an empty cell is nothing, an empty text is `""`."""
    file = folder / FOLDER / f"{table}.csv"
    file.parent.mkdir(exist_ok=True)
    cells = frame.with_columns(_cell(name, kind) for name, kind in frame.schema.items())
    cells.write_csv(file, include_bom=True, line_terminator="\r\n")
    return file


def _cell(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(kind, pl.List):
        column = column.cast(pl.List(pl.String)).list.join(LIST_DELIMITER)
    elif kind != pl.String:
        return column
    return column.str.replace(FORMULA, "'$1")
