"""What workers hand to the writer: the tables that an edition may hold, as Parquet, with their hashes.

Here belongs: writing such a folder whole, and taking it up after checking every byte. Not here: building the tables,
publishing them (`pipelines.editions`). Personal data stop at `raw`, which is never exchanged.

A folder has the name of the run, lies in `exchange/` of the town's workspace, and comes there by a rename: a worker
that dies leaves none, or a whole one.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Final

from pipelines import editions
from pipelines.build import Build
from pipelines.workspace import Workspace
from warehouse import database

MANIFEST: Final = "manifest.json"


class ExchangeError(Exception):
    """What a worker handed over is not there, or not what it wrote; the edition before stays in force."""


def give(build: Build, run_id: str) -> None:
    """Write the tables of a build for the writer.

    If a worker that died afterwards has done so already, its folder stays: it holds the same bytes.
    """
    home = _home(build.workspace)
    home.mkdir(mode=0o700, exist_ok=True)
    if not (home / run_id).exists():
        editions.freeze(home, run_id, lambda folder: _write(build, folder))


def take(build: Build, run_id: str) -> None:
    """Load what a run handed over into a build, once every file has been held against its hash.

    Raises
    ------
    ExchangeError
        A file is missing or another than the one that was written.
    database.TableError
        The rows don't keep the contract of their table.
    """
    folder = _home(build.workspace) / run_id
    if not (folder / MANIFEST).is_file():
        raise ExchangeError(f"{folder} was not handed over whole")
    hashes: dict[str, str] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    shapes = [item.shape for item in editions.exports("analyst")]
    if hashes.keys() != {f"{shape.name}.parquet" for shape in shapes}:
        raise ExchangeError(f"{folder} holds the tables of another version of the program")
    for name, sha256 in hashes.items():
        if not (folder / name).is_file() or editions.sha256_of(folder / name) != sha256:
            raise ExchangeError(f"{folder / name} is not the file that was handed over")
    database.import_parquet(build.connection, folder, shapes)


def clear(workspace: Workspace) -> None:
    """Remove what was handed over; also what runs left that never came to an edition."""
    shutil.rmtree(_home(workspace))


def _home(workspace: Workspace) -> Path:
    return workspace.root / "exchange"


def _write(build: Build, folder: Path) -> None:
    database.export_parquet(build.connection, folder, list(editions.exports("analyst")))
    hashes = {file.name: editions.sha256_of(file) for file in sorted(folder.iterdir())}
    (folder / MANIFEST).write_text(json.dumps(hashes, indent=2) + "\n", encoding="utf-8")
