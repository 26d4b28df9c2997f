"""What every room of the warehouse works with.

Here belongs: the workspace and its open build database, handed from room to room. Not here: the work of the rooms
(`pipelines.receiving`, `pipelines.rooms`), opening the database (`warehouse.database`), which tables are made anew
(`pipelines.keeping`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import duckdb
import polars as pl

from pipelines.workspace import Workspace
from warehouse import database

MADE = "meta.made"
"""Table of the build database with what is known of its tables; it is there only between refreshes."""

MADE_SCHEMA = {"table": pl.String, "recipe": pl.String, "content": pl.String, "rows": pl.Int64}


@dataclass(frozen=True, slots=True)
class Made:
    """What is known of a table as it lies in the build database.

    `recipe` is the digest of everything that it was made by and of, `content` that of its rows (empty where nothing
    is made of them), `rows` their number.
    """

    recipe: str
    content: str
    rows: int


@dataclass(frozen=True, slots=True)
class Build:
    """What every room needs: the workspace, the open build database, and what is known of the tables in it."""

    workspace: Workspace
    connection: duckdb.DuckDBPyConnection
    made: dict[str, Made] = field(default_factory=dict)


@contextmanager
def open_for_refresh(workspace: Workspace) -> Iterator[Build]:
    """Open the build database of a workspace with what an earlier refresh knew of its tables.

    The knowledge is taken out of the file and comes back at the end: a refresh that is killed leaves none, and the next
    one makes every table anew.
    """
    with database.open_build(workspace.build_file) as connection:
        build = Build(workspace, connection, _taken_out(connection))
        try:
            yield build
        except duckdb.Error:
            raise  # what lies in the file is not known now
        except Exception:
            _put_back(build)
            raise
        if workspace.build_file.exists():  # else it was damaged and has been discarded
            _put_back(build)


def _taken_out(connection: duckdb.DuckDBPyConnection) -> dict[str, Made]:
    if not database.has_table(connection, MADE):
        return {}
    known = {row[0]: Made(*row[1:]) for row in database.read_frame(connection, MADE).iter_rows()}
    database.drop_table(connection, MADE)
    return known


def _put_back(build: Build) -> None:
    """Write what is known into the file; where that fails, as on a full disk, the next refresh knows nothing."""
    rows = [(table, made.recipe, made.content, made.rows) for table, made in build.made.items()]
    with suppress(duckdb.Error):  # the tables and the edition are there all the same
        database.write_frame(build.connection, MADE, pl.DataFrame(rows, schema=MADE_SCHEMA, orient="row"))
