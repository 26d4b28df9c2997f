"""Whether what is kept is whole, and copies of it.

Here belongs: holding landing and editions against their hashes, backup and restore of a workspace. Not here: what the
files mean. A backup leaves out what a refresh makes anew: the build database, the history of runs, files half made.
"""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from pipelines import editions, landing
from pipelines.contract_model import Text
from pipelines.contracts import message
from pipelines.settings import SETTINGS_FILE, WorkspaceError
from pipelines.workspace import Workspace

_MADE_ANEW: Final = frozenset({"build.duckdb", "build.duckdb.wal", "dagster", "service.json"})


def faults(workspace: Workspace) -> list[Text]:
    """Return what is not as it was kept, one sentence each; none when everything is whole.

    Every file of landing is held against the hash that the manifest names, every file of every edition against the
    hashes of its `edition.json`, and CURRENT against the editions.
    """
    return [*_of_landing(workspace), *_of_editions(workspace), *_of_current(workspace)]


def back_up(workspace: Workspace, file: Path) -> int:
    """Write a workspace into a tar archive (gzip), which appears under its name only when it is whole.

    Returns
    -------
    int
        How many files it holds.

    Raises
    ------
    WorkspaceError
        The file exists, lies inside the workspace or can't be written, or what is kept is not whole.
    """
    if file.exists() or file.resolve().is_relative_to(workspace.root.resolve()):
        raise WorkspaceError(message("backup.bad_place", path=file).fi)
    broken = faults(workspace)
    if broken:
        raise WorkspaceError(broken[0].fi)
    draft = file.with_name(f".{file.name}.partial")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            with tarfile.open(fileobj=out, mode="w:gz", compresslevel=6) as archive:
                paths = list(_kept(workspace))
                for path in paths:
                    archive.add(path, path.relative_to(workspace.root).as_posix(), recursive=False)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise WorkspaceError(message("backup.not_written", path=file, reason=error.strerror).fi) from error
    return sum(path.is_file() for path in paths)


def restore(file: Path, workspace: Workspace) -> int:
    """Lay a backup out as a workspace and hold it against its hashes; returns how many files it has.

    Raises
    ------
    WorkspaceError
        The archive can't be read or is no backup, the folder is not empty, or what came out is not whole.
    """
    if workspace.root.exists() and (not workspace.root.is_dir() or any(workspace.root.iterdir())):
        raise WorkspaceError(message("restore.not_empty", path=workspace.root).fi)
    try:
        with tarfile.open(file, mode="r:gz") as archive:
            members = archive.getmembers()
            if SETTINGS_FILE not in {member.name for member in members}:
                raise WorkspaceError(message("restore.no_backup", path=file).fi)
            workspace.root.mkdir(parents=True, exist_ok=True)
            archive.extractall(workspace.root, filter="data")
    except (OSError, EOFError, tarfile.TarError) as error:
        raise WorkspaceError(message("restore.no_backup", path=file).fi) from error
    workspace.make_folders()
    workspace.landing.chmod(0o700)
    broken = faults(workspace)
    if broken:
        raise WorkspaceError(broken[0].fi)
    return sum(member.isfile() for member in members)


def _of_landing(workspace: Workspace) -> Iterator[Text]:
    for sha256 in landing.kept_hashes(workspace):
        path = workspace.landing / sha256
        if not path.is_file():
            yield message("verify.missing", path=path)
        elif editions.sha256_of(path) != sha256:
            yield message("verify.changed", path=path)


def _of_editions(workspace: Workspace) -> Iterator[Text]:
    for folder in editions.finished(workspace):
        for name, sha256 in editions.hashes_of(folder).items():
            path = folder / PurePosixPath(name)
            if not path.is_file():
                yield message("verify.missing", path=path)
            elif editions.sha256_of(path) != sha256:
                yield message("verify.changed", path=path)


def _of_current(workspace: Workspace) -> Iterator[Text]:
    current = editions.current_id(workspace)
    if current is not None and workspace.editions / current not in editions.finished(workspace):
        yield message("verify.current", edition=current)


def _kept(workspace: Workspace) -> Iterator[Path]:
    for path in sorted(workspace.root.rglob("*")):
        first = path.relative_to(workspace.root).parts[0]
        is_half_made = any(part.endswith(".partial") for part in path.parts)
        if first not in _MADE_ANEW and not is_half_made and not path.is_symlink():
            yield path
