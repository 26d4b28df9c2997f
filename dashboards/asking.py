"""Running the queries of `queries/`.

Here belongs: a query by its name, and its rows as typed objects. Not here: opening files and what is read of them
(`data`).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import duckdb

_QUERIES = Path(__file__).parent / "queries"

Row = TypeVar("Row")


def rows_of(connection: duckdb.DuckDBPyConnection, query: str, kind: type[Row], **parameters: object) -> list[Row]:
    """Return the rows of a query as objects whose fields are its columns."""
    names, rows = fetch(connection, query, **parameters)
    return [kind(**dict(zip(names, row, strict=True))) for row in rows]


def fetch(
    connection: duckdb.DuckDBPyConnection, query: str, **parameters: object
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return the names of the columns of a query, and its rows."""
    cursor = connection.cursor()  # one cursor a call: page runs share the connection between threads
    try:
        rows = cursor.execute(text_of(query), parameters or None).fetchall()
        return [str(column[0]) for column in cursor.description or []], rows
    finally:
        cursor.close()


@cache
def text_of(query: str) -> str:
    """Return the text of a query."""
    return (_QUERIES / f"{query}.sql").read_text(encoding="utf-8")
