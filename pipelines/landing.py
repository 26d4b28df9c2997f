"""Landing: the received bytes, by content hash, never changed, with a manifest.

Here belongs: taking files from the inbox, the manifest, and which files are in force. Not here: what is in the files.

The manifest is `landing/manifest.jsonl`, one JSON object a line, only ever appended to; its `event` is `landed` or
`refused`. A file is recognised by its hash. When the file at a path changes, the newest version is in force and the
older ones stay in landing; that is how a delivery is replaced.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.contract_model import Text
from pipelines.contracts import sources
from pipelines.workspace import Workspace


@dataclass(frozen=True, slots=True)
class LandedFile:
    """One version of a delivered file."""

    source: str
    path: str
    sha256: str
    size: int
    received_at: str
    licence: str

    @property
    def name(self) -> str:
        """Name of the file as it was delivered."""
        return Path(self.path).name

    @property
    def received(self) -> datetime:
        """When the file was first seen, UTC."""
        return datetime.fromisoformat(self.received_at)


def land_inbox(workspace: Workspace, source: str) -> list[LandedFile]:
    """Copy what is new in `inbox/<source>/` to landing and return the new files.

    Files are taken in the order of their names. Hidden files and lock files of office programs (`~$…`) are passed over.
    """
    newest = {file.path: file.sha256 for file in _landed(workspace, source)}
    new: list[LandedFile] = []
    folder = workspace.inbox / source
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if not path.is_file() or path.name.startswith((".", "~$")):
            continue
        content = path.read_bytes()
        relative = _readable(path.relative_to(workspace.root).as_posix())
        sha256 = hashlib.sha256(content).hexdigest()
        if newest.get(relative) == sha256:
            continue
        _store(workspace, sha256, content)
        file = LandedFile(
            source=source,
            path=relative,
            sha256=sha256,
            size=len(content),
            received_at=datetime.now(UTC).isoformat(timespec="microseconds"),
            licence=sources()[source].licence,
        )
        _append(workspace, {"event": "landed", **asdict(file)})
        new.append(file)
    return new


def files_in_force(workspace: Workspace, source: str) -> list[LandedFile]:
    """Return the newest version at each path, each content once, the longest landed first."""
    newest = {file.path: file for file in _landed(workspace, source)}
    once: dict[str, LandedFile] = {}
    for file in sorted(newest.values(), key=lambda file: (file.received_at, file.path)):
        once.setdefault(file.sha256, file)
    return list(once.values())


def superseded_files(workspace: Workspace, source: str) -> list[LandedFile]:
    """Return the older versions of files that a newer version at the same path has replaced."""
    in_force = {file.sha256 for file in files_in_force(workspace, source)}
    older = {file.sha256: file for file in _landed(workspace, source) if file.sha256 not in in_force}
    return list(older.values())


def content_of(workspace: Workspace, file: LandedFile) -> bytes:
    """Return the bytes of a landed file."""
    return (workspace.landing / file.sha256).read_bytes()


def note_refusal(workspace: Workspace, file: LandedFile, reason: Text) -> None:
    """Write into the manifest that a file could not be read, once."""
    if refusals(workspace, file.source).get(file.sha256) == reason:
        return
    event = {"event": "refused", "source": file.source, "sha256": file.sha256, "reason": asdict(reason)}
    _append(workspace, event)


def refusals(workspace: Workspace, source: str) -> dict[str, Text]:
    """Return the reason of each refused file of a source, by hash; the newest reason when there are several."""
    events = (event for event in _events(workspace) if event["event"] == "refused" and event["source"] == source)
    return {event["sha256"]: Text(**event["reason"]) for event in events}


def _landed(workspace: Workspace, source: str) -> list[LandedFile]:
    events = (event for event in _events(workspace) if event["event"] == "landed" and event["source"] == source)
    return [LandedFile(**{key: value for key, value in event.items() if key != "event"}) for event in events]


def _events(workspace: Workspace) -> Iterator[dict[str, Any]]:
    manifest = workspace.landing / "manifest.jsonl"
    if manifest.is_file():
        whole, _, _ = manifest.read_bytes().rpartition(b"\n")  # a line that a crash cut short has no end
        yield from map(json.loads, whole.splitlines())


def _readable(path: str) -> str:
    """Spell out the bytes of a file name that is not UTF-8, as an old archive may bring one."""
    return path.encode("utf-8", errors="backslashreplace").decode("utf-8")


def _store(workspace: Workspace, sha256: str, content: bytes) -> None:
    target = workspace.landing / sha256
    if target.exists():
        return
    partial = target.with_suffix(".partial")
    with partial.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(target)


def _append(workspace: Workspace, event: Mapping[str, object]) -> None:
    manifest = workspace.landing / "manifest.jsonl"
    line = json.dumps(event, ensure_ascii=False, sort_keys=True) + "\n"
    with manifest.open("ab") as stream:
        stream.truncate(manifest.read_bytes().rfind(b"\n") + 1)  # what a crash cut short has been told to nobody
        stream.write(line.encode("utf-8"))
        stream.flush()
        os.fsync(stream.fileno())
