"""The process that answers one question in SQL, and can do nothing else.

Here belongs: what happens inside that process: `python -m warehouse.question_process`, question on stdin, answer on
stdout. Not here: starting and stopping it (`questions`).

Three fences, each enough against most of what a question may try: only a statement that reads is run; DuckDB is open
for reading, without other files, network or settings (`database.open_confined`); and once the file is open the kernel
lets the process open nothing more: no file, no socket, no pipe. It has a memory, a processor time and no environment.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Final, Literal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.database import open_confined

SECONDS: Final = 10
"""Wall-clock time that a question may take."""
MEMORY: Final = "512MB"
"""Memory of DuckDB."""
MOST_ROWS: Final = 100_000
"""Rows of an answer; the rest is left out, and that is told."""
MOST_BYTES: Final = 32 * 2**20
"""Bytes of an answer in memory; the rest is left out, and that is told."""

_ADDRESS_SPACE: Final = 2 * 2**30  # Python, DuckDB and Arrow take 0.42 GB of it before a question is read
_BATCH: Final = 2048
_ALLOWED: Final = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}
_KEPT_TYPES: Final = {
    "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
    "FLOAT", "DOUBLE", "DECIMAL", "VARCHAR", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE",
}  # fmt: skip

Fault = Literal[
    "several", "not_reading", "syntax", "unknown", "forbidden", "value", "memory", "time", "too_large", "busy", "other"
]

_FAULT_OF: Final[dict[type[Exception], Fault]] = {
    duckdb.ParserException: "syntax",
    duckdb.SyntaxException: "syntax",
    duckdb.CatalogException: "unknown",
    duckdb.BinderException: "unknown",
    duckdb.PermissionException: "forbidden",
    duckdb.IOException: "forbidden",  # the kernel refused to open something
    duckdb.HTTPException: "forbidden",
    duckdb.OutOfMemoryException: "memory",
    MemoryError: "memory",
    pa.ArrowMemoryError: "memory",
    duckdb.ConversionException: "value",
    duckdb.OutOfRangeException: "value",
    duckdb.InvalidInputException: "value",
    duckdb.InvalidTypeException: "value",
    duckdb.TypeMismatchException: "value",
}


class Unanswered(Exception):  # noqa: N818 - it is not an error of the program
    """A question without an answer; `detail` is what DuckDB says, in English."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(fault, detail)
        self.fault: Fault = fault
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Head:
    """What is told of an answer before its rows; `is_whole` is false when rows were left out."""

    rows: int = 0
    is_whole: bool = True
    types: tuple[str, ...] = ()
    fault: Fault | None = None
    detail: str = ""


def answer(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[Head, bytes]:
    """Return the rows that a question gives as Parquet.

    Values that a spreadsheet has no type for (lists, intervals, identifiers …) are written as text.

    Raises
    ------
    Unanswered
        It is not one statement that reads, or can't be answered.
    """
    try:
        statements = connection.extract_statements(sql)
        if len(statements) != 1:
            raise Unanswered("several")
        if statements[0].type not in _ALLOWED:
            raise Unanswered("not_reading")
        return _rows(connection.sql(statements[0]))
    except (duckdb.Error, MemoryError, pa.ArrowException, RecursionError) as error:
        found: list[Fault] = [fault for kind, fault in _FAULT_OF.items() if isinstance(error, kind)]
        fault: Fault = found[0] if found else "other"
        raise Unanswered(fault, str(error).partition("\n\n")[0][:600]) from error


def _rows(asked: duckdb.DuckDBPyRelation | None) -> tuple[Head, bytes]:
    if asked is None:
        raise Unanswered("not_reading")
    types = tuple(map(str, asked.types))
    batches = _as_text(asked.limit(MOST_ROWS + 1)).to_arrow_reader(_BATCH)
    table, rows, size, is_whole = BytesIO(), 0, 0, True
    with pq.ParquetWriter(table, batches.schema, compression="zstd") as writer:
        for batch in batches:
            size += batch.nbytes
            if size > MOST_BYTES:
                is_whole = False
                break
            kept = batch.slice(0, MOST_ROWS - rows)
            writer.write_batch(kept)
            rows += kept.num_rows
            is_whole = kept.num_rows == batch.num_rows
    if not rows and not is_whole:
        raise Unanswered("too_large")
    return Head(rows, is_whole, types), table.getvalue()


def _as_text(asked: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """Give columns of the same name a number, and cast to text what a spreadsheet has no type for."""
    names: list[str] = []
    for name in asked.columns:
        taken = sum(name.casefold() == other.casefold() for other in asked.columns[: len(names)])
        names.append(f"{name}_{taken}" if taken else name)
    columns = []
    for place, (name, kind) in enumerate(zip(names, asked.types, strict=True), start=1):
        column: duckdb.Expression = duckdb.SQLExpression(f"#{place}")
        if str(kind) == "HUGEINT":
            column = column.cast(duckdb.sqltype("DECIMAL(38,0)"))
        elif str(kind).partition("(")[0] not in _KEPT_TYPES:
            column = column.cast(duckdb.sqltype("VARCHAR"))
        columns.append(column.alias(name))
    return asked.select(*columns)


def _lock_in() -> None:
    """Take from this process what it needs no more, for good."""
    os.nice(10)  # pages before questions
    for limit, most in (
        (resource.RLIMIT_AS, _ADDRESS_SPACE),
        (resource.RLIMIT_CPU, SECONDS + 2),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(limit, (most, most))


def main() -> None:
    """Answer the question on stdin: a line about the answer on stdout, then its rows."""
    asked = json.load(sys.stdin)
    table = b""
    try:
        connection = open_confined(Path(asked["file"]), MEMORY)
        _lock_in()
        head, table = answer(connection, asked["sql"])
    except Unanswered as unanswered:
        head = Head(fault=unanswered.fault, detail=unanswered.detail)
    except duckdb.Error as error:
        head = Head(fault="other", detail=str(error))
    sys.stdout.buffer.write(json.dumps(asdict(head)).encode() + b"\n" + table)
    sys.stdout.flush()
    os._exit(0)  # nothing is left to tidy up, and tidying may open files


if __name__ == "__main__":
    main()
