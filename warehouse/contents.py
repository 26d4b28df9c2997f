"""What a table holds, as a digest that tells whether it holds the same as before.

Here belongs: the digest of rows. Not here: opening and writing (`warehouse.database`), when a table is held against
another (`pipelines.keeping`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from warehouse.database import quoted

if TYPE_CHECKING:
    import duckdb


def digest(
    connection: duckdb.DuckDBPyConnection, table: str, of: Mapping[str, str] | None = None, without: str = ""
) -> str:
    """Return a digest of the columns and rows of a table: the same columns, rows and order give the same one.

    It is the SHA-256 of the hash (64 bits) of each row: the rows stay in the database, however many they are.

    Parameters
    ----------
    of
        Only the rows in which columns have these values.
    without
        A column to leave out.
    """
    rows = connection.table(table)
    for column, value in (of or {}).items():
        rows = rows.filter(f"{column} = '{quoted(value)}'")
    if without:
        rows = rows.project(f"* EXCLUDE ({without})")
    hashes = rows.project(f"hash({', '.join(rows.columns)})").pl().to_series()
    columns = " ".join(f"{name} {kind}" for name, kind in zip(rows.columns, rows.types, strict=True))
    return hashlib.sha256(columns.encode() + hashes.to_numpy().tobytes()).hexdigest()
