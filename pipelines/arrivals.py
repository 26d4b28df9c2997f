"""What lies in the inbox of a workspace, told so that a change shows.

Here belongs: the names, sizes and times of delivered files. Not here: watching them (`pipelines.inbox`), taking them in
(`pipelines.landing`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from pipelines import contracts
from pipelines.landing import is_passed_over
from pipelines.workspace import Workspace


def fingerprint(workspace: Workspace) -> str | None:
    """Return a digest of the names, sizes and times of the files in the inbox; None when it is empty."""
    lines = sorted(_files(workspace))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest() if lines else None


def _files(workspace: Workspace) -> Iterator[str]:
    for source in contracts.sources():
        folder = workspace.inbox / source
        for path in folder.iterdir() if folder.is_dir() else []:
            if path.is_file() and not is_passed_over(path):
                status = path.stat()
                yield f"{source}/{path.name} {status.st_size} {status.st_mtime_ns}"
