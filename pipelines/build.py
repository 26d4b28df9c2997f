"""What every room of the warehouse works with.

Here belongs: the workspace and its open build database, handed from room to room. Not here: the work of the rooms
(`pipelines.receiving`, `pipelines.rooms`), opening the database (`warehouse.database`).
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from pipelines.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Build:
    """What every room needs: the workspace and the open build database."""

    workspace: Workspace
    connection: duckdb.DuckDBPyConnection
