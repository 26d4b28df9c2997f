"""What is written into a DuckLake that `database.open_lake` has attached as `lake`.

Here belongs: the statements, whose names come from the tables of an edition. Not here: opening the lake (`database`),
when something is published (`pipelines.lake`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from warehouse.database import quoted, transaction


def editions_of(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the edition of each municipality that the lake holds, by municipality code."""
    if ("meta", "edition") not in _tables(connection, "lake"):
        return {}
    return dict(connection.sql("SELECT municipality_code, edition_id FROM lake.meta.edition").fetchall())


def lay(connection: duckdb.DuckDBPyConnection, edition: Path, owner: Mapping[str, str]) -> None:
    """Replace the rows of an owner in the lake by the tables of an edition, in one transaction.

    Parameters
    ----------
    owner
        Columns that tell whose rows they are, with their values; put first in tables that lack them. Rows with the
        first of them give way.
    """
    key, value = next(iter(owner.items()))
    connection.execute(f"ATTACH '{quoted(str(edition))}' AS edition (READ_ONLY)")
    given = _tables(connection, "edition")
    with transaction(connection):
        for schema, table in _tables(connection, "lake"):
            connection.execute(f"DELETE FROM lake.{schema}.{table} WHERE {key} = ?", [value])
        for schema, table in given:
            _insert(connection, schema, table, owner)
    connection.execute("DETACH edition")


def forget(connection: duckdb.DuckDBPyConnection, days: int) -> None:
    """Remove what was replaced so many days ago; until then a query can end that had begun, and be asked anew."""
    connection.execute(f"CALL ducklake_expire_snapshots('lake', older_than => now() - INTERVAL {days} DAY)")
    connection.execute("CALL ducklake_cleanup_old_files('lake', older_than => now() - INTERVAL 1 DAY)")


def _insert(connection: duckdb.DuckDBPyConnection, schema: str, table: str, owner: Mapping[str, str]) -> None:
    rows = connection.sql(f"SELECT * FROM edition.{schema}.{table}")
    added = [f"'{quoted(value)}' AS {name}" for name, value in owner.items() if name not in rows.columns]
    given = connection.sql(f"SELECT {', '.join([*added, '*'])} FROM edition.{schema}.{table}")
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS lake.{schema}")
    connection.execute(f"CREATE TABLE IF NOT EXISTS lake.{schema}.{table} AS {given.sql_query()} LIMIT 0")
    known = connection.sql(f"SELECT * FROM lake.{schema}.{table}").columns
    for name, kind in zip(given.columns, given.types, strict=True):
        if name not in known:  # a newer version of the program; rows of towns that have not followed yet have none
            connection.execute(f"ALTER TABLE lake.{schema}.{table} ADD COLUMN {name} {kind}")
    connection.execute(f"INSERT INTO lake.{schema}.{table} BY NAME {given.sql_query()}")


def _tables(connection: duckdb.DuckDBPyConnection, catalogue: str) -> list[tuple[str, str]]:
    query = "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ? ORDER BY ALL"
    return connection.execute(query, [catalogue]).fetchall()
