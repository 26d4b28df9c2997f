"""The same files and settings give the same bytes: in another folder, another order, with other threads, hash seeds, clocks
and locales."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipelines import editions, refresh
from pipelines.workspace import Workspace
from tests.pipeline.conftest import RefreshedTown

ROOT = Path(__file__).resolve().parents[2]


def rebuild(source: Path, target: Path, threads: int) -> None:
    """Put the files of a workspace into a new one, the last first, and refresh it without Dagster."""
    connect = duckdb.connect

    def connect_with_threads(file: str, *, config: dict[str, str] | None = None) -> duckdb.DuckDBPyConnection:
        return connect(file, config={**(config or {}), "threads": str(threads)})

    duckdb.connect = connect_with_threads  # type: ignore[assignment,misc]
    workspace = Workspace(target)
    workspace.create((source / "municipality.toml").read_text(encoding="utf-8"))
    decided = [path for path in source.iterdir() if path.suffix in {".csv", ".yaml"}]
    delivered = (path for path in (source / "inbox").rglob("*") if path.is_file())
    for file in (*decided, *sorted(delivered, reverse=True)):
        shutil.copyfile(file, target / file.relative_to(source))
    refresh.run_rooms(workspace, lambda _table: None)


def tables_of(workspace: Workspace) -> dict[str, bytes]:
    folder = workspace.editions / str(editions.current_id(workspace)) / editions.OPEN_DATA
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_the_same_files_give_the_same_bytes(example_town: RefreshedTown, tmp_path: Path) -> None:
    again = Workspace(tmp_path / "somewhere" / "else")
    again.root.parent.mkdir()
    elsewhere = {"TZ": "Pacific/Auckland", "LC_ALL": "C"}
    code = (
        "import sys; from pathlib import Path; from tests.pipeline.test_reproducible import rebuild; "
        "rebuild(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(example_town.workspace.root), str(again.root), "4"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7", "POLARS_MAX_THREADS": "1", "PYTHONPATH": str(ROOT)} | elsewhere,
        check=True,
    )
    first, second = tables_of(example_town.workspace), tables_of(again)
    assert {"parquet/marts.indicator_values.parquet", "csv/marts.indicator_changes.csv", "dcat.jsonld"} <= first.keys()
    assert first == second


@pytest.mark.parametrize("audience", ["public", "analyst"])
def test_rows_of_an_edition_lie_in_the_order_of_their_keys(example_town: RefreshedTown, audience: str) -> None:
    """They are not sorted again when an edition is written, so a build has to keep them that way."""
    workspace = example_town.workspace
    file = workspace.editions / str(editions.current_id(workspace)) / f"{audience}.duckdb"
    unordered = []
    with duckdb.connect(str(file), read_only=True) as connection:
        for export in editions.exports(audience):
            if export.shape.key:
                keys = connection.sql(f"SELECT {', '.join(export.shape.key)} FROM {export.shape.name}")
                if keys.fetchall() != keys.order(", ".join(export.shape.key)).fetchall():
                    unordered.append(export.shape.name)
    assert unordered == []
