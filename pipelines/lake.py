"""The public tables of editions in a DuckLake, for readers on many hosts.

Here belongs: laying an edition into a lake as a whole. Not here: making the edition (`pipelines.editions`), reading the
lake: any DuckDB does that.

A lake holds each table once for all municipalities; the columns `municipality_code` and `edition_id` tell whose rows
they are. An edition replaces the one before in one transaction, so a query sees the one or the other.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import duckdb

from pipelines import editions
from pipelines.contracts import message
from pipelines.editions import Published
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace
from warehouse import database, lake

SCHEME: Final = "ducklake:postgres:"
DAYS_KEPT: Final = 7
"""How long a query may go on with an edition that has been replaced."""


def publish(workspace: Workspace, address: str, files: Path) -> Published:
    """Lay the edition in force into a lake; nothing is done when it is there already.

    Parameters
    ----------
    address
        `ducklake:postgres:` and how Postgres is reached, such as `host=db dbname=lake`.
    files
        Folder of the lake's Parquet files, the same for all who write and read.

    Raises
    ------
    WorkspaceError
        There is no edition, the lake can't be reached or has its files elsewhere, or its extensions are not installed.
    """
    edition_id = editions.current_id(workspace)
    if edition_id is None:
        raise WorkspaceError(message("publish.no_edition", root=workspace.root).fi)
    if not address.startswith(SCHEME):
        raise WorkspaceError(message("publish.not_a_lake", address=address, scheme=SCHEME).fi)
    code = workspace.settings.municipality.code
    files.mkdir(parents=True, exist_ok=True)
    try:
        with database.open_lake(address, files.resolve()) as connection:
            if lake.editions_of(connection).get(code) == edition_id:
                return Published(edition_id, is_new=False)
            file = workspace.editions / edition_id / editions.FILES["public"]
            lake.lay(connection, file, {"municipality_code": code, "edition_id": edition_id})
            lake.forget(connection, DAYS_KEPT)
    except ModuleNotFoundError as error:
        raise WorkspaceError(message("publish.no_extension").fi) from error
    except duckdb.Error as error:
        detail = " ".join(str(error).split())
        raise WorkspaceError(message("publish.failed", detail=detail).fi) from error
    return Published(edition_id, is_new=True)
