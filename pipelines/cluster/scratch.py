"""The folder of a worker for the build database of the town that it works on; on its own disk, for personal data pass.

Here belongs: making it, and removing those of workers that died. Not here: what is built in it.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from pipelines.build import Build
from pipelines.workspace import Workspace
from warehouse import database

_OWN = re.compile(r"yhteispeli-(\d+)-")


@dataclass(frozen=True)
class BuiltElsewhere(Workspace):
    """A workspace on a shared folder whose build database lies on a disk of this machine."""

    scratch: Path

    @property
    def build_file(self) -> Path:
        """The database that only this process opens."""
        return self.scratch / "build.duckdb"


@contextmanager
def scratch_build(root: Path) -> Iterator[Build]:
    """Open an empty build database for a town, and leave nothing of it; `root` is the workspace of the town."""
    _remove_abandoned()
    with tempfile.TemporaryDirectory(prefix=f"yhteispeli-{os.getpid()}-") as folder:
        workspace = BuiltElsewhere(root, Path(folder))
        workspace.make_folders()
        with database.open_build(workspace.build_file) as connection:
            yield Build(workspace, connection)


def _remove_abandoned() -> None:
    for folder in Path(tempfile.gettempdir()).glob("yhteispeli-*"):
        owner = _OWN.match(folder.name)
        if owner and not psutil.pid_exists(int(owner[1])):
            shutil.rmtree(folder)
