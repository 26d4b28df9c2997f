"""One example town, refreshed once by the real job, for every test that only looks at it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from pipelines import run
from pipelines.example import write_example
from pipelines.run import Outcome
from pipelines.workspace import Workspace
from warehouse import database

# exports of survey tools are written in one place
sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))


@dataclass(frozen=True)
class RefreshedTown:
    """A workspace after a refresh, and what the refresh came to."""

    workspace: Workspace
    outcome: Outcome
    progress: list[str]

    def edition(self, name: str) -> Path:
        return self.workspace.editions / str(self.outcome.edition_id) / name


@pytest.fixture(scope="session")
def example_town(tmp_path_factory: pytest.TempPathFactory) -> RefreshedTown:
    root = tmp_path_factory.mktemp("example") / "town"
    write_example(root, seed=1)
    workspace = Workspace(root)
    progress: list[str] = []
    return RefreshedTown(workspace, run.refresh(workspace, progress.append), progress)


@pytest.fixture(scope="session")
def analyst(example_town: RefreshedTown) -> Iterator[duckdb.DuckDBPyConnection]:
    with database.open_edition(example_town.edition("analyst.duckdb")) as connection:
        yield connection


@pytest.fixture(scope="session")
def public(example_town: RefreshedTown) -> Iterator[duckdb.DuckDBPyConnection]:
    with database.open_edition(example_town.edition("public.duckdb")) as connection:
        yield connection
