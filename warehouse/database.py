"""The one place that opens DuckDB.

Here belongs: connections and their settings, building tables, exporting files. Not here: what the tables mean (the
contracts say that) and when they are built (the assets do).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import duckdb

if TYPE_CHECKING:
    import polars as pl  # frames come from outside; a process that only asks need not load it

SCHEMAS = ("raw", "staging", "core", "marts", "quality", "meta")

_OWN_EXTENSIONS: Final = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
"""No extension comes from the network, nor from what another program of this user has installed."""

_CONFINED: Final = {
    "threads": "1",
    "temp_directory": "",
    "max_temp_directory_size": "0B",
    "python_enable_replacements": "false",
    "python_scan_all_frames": "false",
    "allow_community_extensions": "false",
    **_OWN_EXTENSIONS,
}


_WRITTEN: Final = {"storage_compatibility_version": "v1.3.0"}
"""The oldest DuckDB that can read what is written; the way of packing strings before it took four times as long."""

_BUILDING: dict[str, str | bool | int | float | list[str]] = {**_WRITTEN, "threads": "1"}
"""How a build is opened: to part such small tables between threads costs more than it gains (decision 0041)."""

LAKE_EXTENSIONS: Final = ("ducklake", "postgres_scanner")

_DAMAGED: Final = (
    "not a valid DuckDB database file",
    "Could not read enough bytes",
    "Corrupt database file",
    "Trying to read a database file with version number",
)
"""What DuckDB says of a file whose content it can't read; locks, rights and the disk are not to blame."""


class TableError(Exception):
    """A built table does not keep its contract: wrong columns, a repeated key or an empty required column."""


@dataclass(frozen=True, slots=True)
class ColumnShape:
    """A column as DuckDB needs to know it."""

    name: str
    duckdb_type: str
    required: bool
    comment: str


@dataclass(frozen=True, slots=True)
class TableShape:
    """A table as DuckDB needs to know it; `name` is `schema.table`, rows are stored in the order of `key`."""

    name: str
    columns: tuple[ColumnShape, ...]
    key: tuple[str, ...]
    comment: str


@dataclass(frozen=True, slots=True)
class Export:
    """A table as it leaves for an edition: only its columns.

    Where the flag is true, `masked` says what they hold; elsewhere `instead` has SQL expressions over the table that
    stand in the place of columns. `lies_ordered` says that the rows lie in the order of the key already.
    """

    shape: TableShape
    masked: Mapping[str, str | None] = field(default_factory=dict)
    flag: str = ""
    instead: Mapping[str, str] = field(default_factory=dict)
    lies_ordered: bool = False

    @property
    def select(self) -> str:
        """The query that gives the table as it leaves, rows ordered by key: the same rows are the same bytes."""
        columns = ", ".join(_leaving(self, column.name) for column in self.shape.columns)
        order = "" if self.lies_ordered else _ordered(self.shape)
        return f"SELECT {columns} FROM {self.shape.name} AS whole {order}"


@contextmanager
def open_build(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the build database for writing and make its schemas; only its owner may read it, for it holds personal data.

    A damaged file gives way to a new one: a refresh makes every table again.

    Raises
    ------
    duckdb.IOException
        Another process has the file open, or the machine does not let it be opened.
    """
    try:
        with discarding_if_damaged(file):
            connection = duckdb.connect(str(file), config=_BUILDING)
    except duckdb.IOException:
        if file.exists():
            raise
        connection = duckdb.connect(str(file), config=_BUILDING)
    try:
        file.chmod(0o600)
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_progress_bar = false")  # it would write over what is told here
        for schema in SCHEMAS:
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        yield connection
    finally:
        connection.close()


def share_machine(memory: str) -> None:
    """Let every build that this process opens use so much memory (`1500MB`) at most; the rest goes to disk."""
    _BUILDING["memory_limit"] = memory


@contextmanager
def in_memory() -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a build database that leaves nothing behind."""
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_progress_bar = false")
        for schema in SCHEMAS:
            connection.execute(f"CREATE SCHEMA {schema}")
        yield connection


@contextmanager
def discarding_if_damaged(file: Path) -> Iterator[None]:
    """Delete a build database of which a part turns out to be damaged; the error that tells it goes on."""
    try:
        yield
    except duckdb.IOException as error:
        if any(damage in str(error) for damage in _DAMAGED):
            file.unlink()
            file.with_name(f"{file.name}.wal").unlink(missing_ok=True)
        raise


def open_edition(file: Path) -> duckdb.DuckDBPyConnection:
    """Open a published file for reading: no writes, no other files, no network, locked settings."""
    connection = duckdb.connect(str(file), read_only=True)
    is_locked = connection.sql("SELECT current_setting('lock_configuration')").fetchone()
    if is_locked == (True,):  # this process has the file open already, and the settings are those of the file
        return connection
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def open_confined(file: Path, memory: str) -> duckdb.DuckDBPyConnection:
    """Open a published file for questions that anybody may have written: as `open_edition`, and within limits.

    One thread, so much memory, nothing spilled to disk, no variable of Python as a table, no extension.
    """
    connection = duckdb.connect(str(file), read_only=True, config={"memory_limit": memory, **_CONFINED})
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def write_frame(connection: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> None:
    """Replace a table by a frame, types as the frame has them; `table` is `schema.name`."""
    with _registered(connection, frame) as view:
        connection.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM {view}")


def read_frame(connection: duckdb.DuckDBPyConnection, table: str) -> pl.DataFrame:
    """Return a whole table, in its stored order."""
    return connection.sql(f"SELECT * FROM {table}").pl()


def select(
    connection: duckdb.DuckDBPyConnection, columns: str, table: str, column: str, value: str
) -> list[tuple[Any, ...]]:
    """Return columns of the rows of a table in which a column has a value, in their stored order."""
    return connection.execute(f"SELECT {columns} FROM {table} WHERE {column} = ?", [value]).fetchall()


def has_table(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Tell whether there is a table `schema.name`."""
    schema, _, name = table.partition(".")
    known = "SELECT 1 FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?"
    return connection.execute(known, [schema, name]).fetchone() is not None


def drop_table(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Remove a table."""
    connection.execute(f"DROP TABLE {table}")


def build_from_sql(connection: duckdb.DuckDBPyConnection, shape: TableShape, sql: str) -> int:
    """Replace a table by what a SELECT gives, and return its number of rows.

    Raises
    ------
    TableError
        The rows don't keep the contract of the table; the table is left as it was.
    """
    given = connection.sql(sql)
    expected = [column.name for column in shape.columns]
    if given.columns != expected:
        raise TableError(f"{shape.name}: has columns {given.columns}, its contract {expected}")
    with transaction(connection):
        connection.execute(
            f"CREATE OR REPLACE TABLE {shape.name} AS SELECT {_typed(shape)} FROM ({sql}) {_ordered(shape)}"
        )
        return _keep_contract(connection, shape)


def build_from_frame(connection: duckdb.DuckDBPyConnection, shape: TableShape, frame: pl.DataFrame) -> int:
    """Replace a table by a frame, as `build_from_sql` does."""
    with _registered(connection, frame) as view:
        return build_from_sql(connection, shape, f"SELECT * FROM {view}")


def replace_slices(
    connection: duckdb.DuckDBPyConnection, column: str, value: str, slices: Sequence[tuple[TableShape, pl.DataFrame]]
) -> None:
    """Replace the rows of tables in which a column has a value, all of them or none: each commit waits for the disk.

    A table is made when it is missing, and made anew when an older version of the program gave it other columns.

    Raises
    ------
    TableError
        As `build_from_sql`.
    """
    with transaction(connection):
        for shape, frame in slices:
            _replace_slice(connection, column, value, shape, frame)


def _replace_slice(
    connection: duckdb.DuckDBPyConnection, column: str, value: str, shape: TableShape, frame: pl.DataFrame
) -> None:
    columns = ", ".join(f"{item.name} {item.duckdb_type}" for item in shape.columns)
    names = ", ".join(item.name for item in shape.columns)
    connection.execute(f"CREATE TABLE IF NOT EXISTS {shape.name} ({columns})")
    if connection.sql(f"SELECT * FROM {shape.name}").columns != [item.name for item in shape.columns]:
        connection.execute(f"CREATE OR REPLACE TABLE {shape.name} ({columns})")
    connection.execute(f"DELETE FROM {shape.name} WHERE {column} = ?", [value])
    if frame.is_empty():  # without rows of its own a slice breaks no rule
        return
    with _registered(connection, frame) as view:
        connection.execute(f"INSERT INTO {shape.name} SELECT {names} FROM {view}")
    _keep_contract(connection, shape)


def count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """Return the number of rows of a table."""
    row = connection.sql(f"SELECT count(*) FROM {table}").fetchone()
    return int(row[0]) if row else 0


def export(connection: duckdb.DuckDBPyConnection, file: Path, exports: Sequence[Export]) -> None:
    """Write tables into a new database file, rows ordered by key, with comments on tables and columns.

    In one transaction: each commit waits for the disk, and a file half written is of no use.
    """
    storage = _WRITTEN["storage_compatibility_version"]
    connection.execute(f"ATTACH '{quoted(str(file))}' AS edition (STORAGE_VERSION '{storage}')")
    try:
        with transaction(connection):
            for item in exports:
                connection.execute(_copied(item))
    finally:
        connection.execute("DETACH edition")


def write_tables(file: Path, tables: Sequence[tuple[TableShape, pl.DataFrame]]) -> None:
    """Write frames into a new database file, rows ordered by key, with comments on tables and columns.

    Raises
    ------
    TableError
        As `build_from_sql`.
    """
    with duckdb.connect(str(file), config={**_WRITTEN}) as connection:
        for shape, frame in tables:
            schema, _, _ = shape.name.partition(".")
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            build_from_frame(connection, shape, frame)
            connection.execute("; ".join(_comments(shape.name, shape)))


def read_leaving(connection: duckdb.DuckDBPyConnection, item: Export) -> pl.DataFrame:
    """Return a table as it would leave for an edition."""
    return connection.sql(item.select).pl()


def export_parquet(connection: duckdb.DuckDBPyConnection, folder: Path, exports: Sequence[Export]) -> None:
    """Write each table into a Parquet file named after it, rows ordered by key: the same rows are the same bytes."""
    for item in exports:
        file = quoted(str(folder / f"{item.shape.name}.parquet"))
        connection.execute(f"COPY ({item.select}) TO '{file}' (FORMAT parquet, COMPRESSION zstd)")


def import_parquet(connection: duckdb.DuckDBPyConnection, folder: Path, shapes: Sequence[TableShape]) -> None:
    """Replace tables by the Parquet files that `export_parquet` wrote.

    Raises
    ------
    TableError
        As `build_from_sql`.
    """
    for shape in shapes:
        file = quoted(str(folder / f"{shape.name}.parquet"))
        build_from_sql(connection, shape, f"SELECT * FROM read_parquet('{file}')")


@contextmanager
def open_lake(address: str, files: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Attach a DuckLake for writing as `lake`, with the extensions of the installed packages and no others.

    Parameters
    ----------
    address
        `ducklake:postgres:` and how Postgres is reached; the tables of the lake's catalogue are made if need be.
    files
        Folder of the Parquet files; the catalogue keeps it and refuses another one later.

    Raises
    ------
    ModuleNotFoundError
        The packages of the extensions are not installed.
    duckdb.Error
        The catalogue can't be reached, or `files` is not its folder.
    """
    with duckdb.connect(":memory:", config={**_OWN_EXTENSIONS}) as connection:
        for name in LAKE_EXTENSIONS:
            package = resources.files(f"duckdb_extension_{name}")
            connection.load_extension(
                str(package / "extensions" / f"v{duckdb.__version__}" / f"{name}.duckdb_extension")
            )
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"ATTACH '{quoted(address)}' AS lake (DATA_PATH '{quoted(str(files))}/')")
        yield connection


@contextmanager
def _registered(connection: duckdb.DuckDBPyConnection, frame: pl.DataFrame) -> Iterator[str]:
    connection.register("frame_to_write", frame)
    try:
        yield "frame_to_write"
    finally:
        connection.unregister("frame_to_write")


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Keep all that is done within, or nothing of it when it fails."""
    connection.execute("BEGIN")
    try:
        yield
    except Exception:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _copied(item: Export) -> str:
    """Return the statements that make a table of the database `edition`."""
    schema, _, _ = item.shape.name.partition(".")
    target = f"edition.{item.shape.name}"
    statements = [
        f"CREATE SCHEMA IF NOT EXISTS edition.{schema}",
        f"CREATE TABLE {target} AS {item.select}",
        *_comments(target, item.shape),
    ]
    return "; ".join(statements)


def _comments(table: str, shape: TableShape) -> list[str]:
    return [
        f"COMMENT ON TABLE {table} IS '{quoted(shape.comment)}'",
        *(f"COMMENT ON COLUMN {table}.{column.name} IS '{quoted(column.comment)}'" for column in shape.columns),
    ]


def _typed(shape: TableShape) -> str:
    return ", ".join(f"CAST({column.name} AS {column.duckdb_type}) AS {column.name}" for column in shape.columns)


def _ordered(shape: TableShape) -> str:
    return f"ORDER BY {', '.join(shape.key)}" if shape.key else ""


def _leaving(item: Export, column: str) -> str:
    told = item.instead.get(column, f"whole.{column}")
    if column in item.masked:
        masked = item.masked[column]
        literal = "NULL" if masked is None else f"'{quoted(masked)}'"
        told = f"CASE WHEN {item.flag} THEN {literal} ELSE {told} END"
    return f"{told} AS {column}"


def quoted(text: str) -> str:
    """Return a text as it stands between the quotes of a literal."""
    return text.replace("'", "''")


def _keep_contract(connection: duckdb.DuckDBPyConnection, shape: TableShape) -> int:
    """Hold a table against its contract in one pass and return its number of rows."""
    required = [column.name for column in shape.columns if column.required]
    key = ", ".join(shape.key)
    asked = ["count(*)", *(f"count(*) - count({name})" for name in required)]
    asked += [f"count(DISTINCT hash({key}))"] if shape.key else []  # numbers are sooner compared than texts
    rows, *told = connection.sql(f"SELECT {', '.join(asked)} FROM {shape.name}").fetchall()[0]
    for name, missing in zip(required, told, strict=False):
        if missing:
            raise TableError(f"{shape.name}: {missing} rows have no {name}")
    if shape.key and told[-1] < rows:  # a repeated key, or two keys of one hash
        twice = connection.sql(f"SELECT {key} FROM {shape.name} GROUP BY {key} HAVING count(*) > 1 LIMIT 1").fetchone()
        if twice:
            raise TableError(f"{shape.name}: the key ({key}) is repeated: {twice}")
    return int(rows)
