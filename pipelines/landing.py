"""Landing: the received bytes, by content hash, never changed, with a manifest.

Here belongs: taking files from the inbox and pages from interfaces, the manifest, and which files are in force. Not
here: what is in the files, asking the interfaces (`pipelines.clients`).

The manifest is `landing/manifest.jsonl`, one JSON object a line, only ever appended to; its `event` is `landed`,
`refused`, `fetched`, `dropped`, `removed` or `edition_removed`. A file is recognised by its hash. When the file at a
path changes, the newest version is in force and the older ones stay in landing until their time is over; that is how a
delivery is replaced.

A page of an interface is a landed file with an `origin`. The pages of a fetch come into force all at once, by the event
`fetched`, and then the pages of the fetch before are no longer in force. A fetch that broke off goes on where it
stopped; one that was `dropped` is never taken up again. A file that came through the upload page says who sent it.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines import delivery_log, journal
from pipelines.contract_model import Text
from pipelines.contracts import message, sources
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace

RESUMES_WITHIN = timedelta(days=1)
"""A fetch that broke off longer ago than this begins anew: its pages would show two different times."""


FETCH_BEGAN = "%Y%m%dT%H%M%S%f"
"""How the id of a fetch begins: with the time (UTC) at which it began."""

STILL = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a page came from: the fetch that it belongs to, its name in the fetch, and its address."""

    fetch: str
    page: str
    url: str


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent a file through the upload page (e-mail address), and when (ISO, UTC)."""

    by: str
    at: str


@dataclass(frozen=True, slots=True)
class LandedFile:
    """One version of a delivered file.

    `origin` is None for a file from the inbox, `sender` for one that did not come through the upload page.
    """

    source: str
    path: str
    sha256: str
    size: int
    received_at: str
    licence: str
    origin: Origin | None = None
    sender: Sender | None = None

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

    Files are taken in the order of their names; what operating systems and office programs leave is passed over.
    """
    newest = {file.path: file.sha256 for file in _landed(workspace, source)}
    senders = _senders(workspace, source)
    new: list[LandedFile] = []
    folder = workspace.inbox / source
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if not path.is_file() or is_passed_over(path):
            continue
        content = path.read_bytes()
        relative = _readable(path.relative_to(workspace.root).as_posix())
        sha256 = hashlib.sha256(content).hexdigest()
        if newest.get(relative) != sha256:
            new.append(_land(workspace, source, relative, content, sender=senders.get(sha256)))
        else:
            _store(workspace, sha256, content)  # in case its copy was lost
    return new


def waiting_files(workspace: Workspace) -> list[tuple[str, str]]:
    """Return the files of the inbox that no refresh has taken in as they are: source, path below the workspace."""
    newest = {file.path: file.sha256 for source in sources() for file in _landed(workspace, source)}
    waiting: list[tuple[str, str]] = []
    for source in sources():
        folder = workspace.inbox / source
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            relative = _readable(path.relative_to(workspace.root).as_posix())
            if path.is_file() and not is_passed_over(path) and newest.get(relative) != _hash(path):
                waiting.append((source, relative))
    return waiting


def stray_files(workspace: Workspace) -> list[str]:
    """Return the files of the inbox that no source takes, relative to the workspace: in no source's own folder."""
    folders = {workspace.inbox / source for source in sources()}
    stray = [
        path
        for path in workspace.inbox.rglob("*")
        if path.is_file() and path.parent not in folders and not is_passed_over(path)
    ]
    return sorted(_readable(path.relative_to(workspace.root).as_posix()) for path in stray)


def is_passed_over(path: Path) -> bool:
    """Tell whether a file is one that nobody delivered: hidden, a lock (`~$…`), or what Windows keeps in folders."""
    return path.name.startswith((".", "~$")) or path.name.casefold() in {"thumbs.db", "desktop.ini"}


@dataclass(frozen=True, slots=True)
class Fetch:
    """The pages that have landed so far, by name, of one fetch of a source from its interface."""

    workspace: Workspace
    source: str
    id: str
    pages: dict[str, LandedFile]


def begin_fetch(workspace: Workspace, source: str, plan: str) -> Fetch:
    """Take up the fetch that broke off, or begin a new one.

    Parameters
    ----------
    plan
        What is asked for and where; a fetch of another plan is not taken up.
    """
    ending = f"-{hashlib.sha256(plan.encode()).hexdigest()[:10]}"
    closed = _closed(workspace, source, "fetched", "dropped")
    since = datetime.now(UTC) - RESUMES_WITHIN
    pages: dict[str, dict[str, LandedFile]] = {}
    for file in _landed(workspace, source):
        if file.origin is not None and file.origin.fetch not in closed and file.origin.fetch.endswith(ending):
            pages.setdefault(file.origin.fetch, {})[file.origin.page] = file
    young = [name for name, landed in pages.items() if min(file.received for file in landed.values()) > since]
    if young:
        return Fetch(workspace, source, young[-1], pages[young[-1]])
    return Fetch(workspace, source, f"{datetime.now(UTC):{FETCH_BEGAN}}{ending}", {})


def land_page(fetch: Fetch, page: str, url: str, content: bytes) -> LandedFile:
    """Land the bytes of one page of a fetch."""
    path = f"interfaces/{fetch.source}/{page}.json"
    file = _land(fetch.workspace, fetch.source, path, content, Origin(fetch.id, page, url))
    fetch.pages[page] = file
    return file


def finish_fetch(fetch: Fetch) -> None:
    """Bring the pages of a fetch into force, instead of those of the fetch before."""
    event = {"event": "fetched", "source": fetch.source, "fetch": fetch.id, "pages": len(fetch.pages)}
    _append(fetch.workspace, event)


def drop_fetch(fetch: Fetch) -> None:
    """Never take up a fetch again, since its pages don't fit together."""
    _append(fetch.workspace, {"event": "dropped", "source": fetch.source, "fetch": fetch.id})


def files_in_force(workspace: Workspace, source: str) -> list[LandedFile]:
    """Return the newest version at each path, each content once, the longest landed first.

    Of the pages of an interface, those of its newest finished fetch.
    """
    newest_fetch = [None, *_closed(workspace, source, "fetched")][-1]
    newest = {
        file.path: file
        for file in _landed(workspace, source)
        if file.origin is None or file.origin.fetch == newest_fetch
    }
    once: dict[str, LandedFile] = {}
    for file in sorted(newest.values(), key=lambda file: (file.received_at, file.path)):
        once.setdefault(file.sha256, file)
    return list(once.values())


def superseded_files(workspace: Workspace, source: str) -> list[LandedFile]:
    """Return the older versions of files that newer ones have replaced; pages of an unfinished fetch never counted."""
    in_force = {file.sha256 for file in files_in_force(workspace, source)}
    finished = _closed(workspace, source, "fetched")
    older = {
        file.sha256: file
        for file in _landed(workspace, source)
        if file.sha256 not in in_force and (file.origin is None or file.origin.fetch in finished)
    }
    return list(older.values())


def content_of(workspace: Workspace, file: LandedFile) -> bytes:
    """Return the bytes of a landed file.

    Raises
    ------
    WorkspaceError
        They are no longer there.
    """
    path = workspace.landing / file.sha256
    if not path.is_file():
        raise WorkspaceError(message("verify.missing", path=path).fi)
    return path.read_bytes()


def is_kept(workspace: Workspace, file: LandedFile) -> bool:
    """Tell whether the bytes of a landed file are there."""
    return (workspace.landing / file.sha256).is_file()


def kept_hashes(workspace: Workspace) -> list[str]:
    """Return the hashes of all files that landed and have not been removed since, each once, in their order."""
    kept: dict[str, None] = {}
    for event in _events(workspace):
        if event["event"] == "landed":
            kept[event["sha256"]] = None
        elif event["event"] == "removed":
            kept.pop(event["sha256"], None)
    return list(kept)


def removed_hashes(workspace: Workspace) -> set[str]:
    """Return the hashes of the files whose time is over and that are no longer kept."""
    gone = {event["sha256"] for event in _events(workspace) if event["event"] == "removed"}
    return gone - set(kept_hashes(workspace))


def replaced_before(workspace: Workspace, since: datetime) -> list[str]:
    """Return the hashes of the kept files that no figure has rested on since then.

    A file at a path of the inbox was replaced when the next one landed there, a page when the next fetch that came into
    force began; the page of a fetch that never did has rested in landing since it came. A content that is in force
    anywhere is not among them.
    """
    used: dict[str, datetime] = {}
    for source in sources():
        for sha256, until in _used_until(workspace, source):
            used[sha256] = max(until, used.get(sha256, until))
    return [sha256 for sha256 in kept_hashes(workspace) if used[sha256] < since]


def remove(workspace: Workspace, hashes: Sequence[str], now: datetime) -> None:
    """Remove files from landing, and what a removal that a crash cut short has left; the manifest tells it first."""
    for sha256 in hashes:
        _append(workspace, {"event": "removed", "sha256": sha256, "at": now.isoformat(), "reason": "retention"})
    for sha256 in removed_hashes(workspace):
        (workspace.landing / sha256).unlink(missing_ok=True)


def note_edition_removed(workspace: Workspace, edition_id: str, now: datetime) -> None:
    """Write into the manifest that an edition is no longer kept."""
    said = {"event": "edition_removed", "edition": edition_id, "at": now.isoformat(), "reason": "retention"}
    _append(workspace, said)


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


def _used_until(workspace: Workspace, source: str) -> Iterator[tuple[str, datetime]]:
    """Yield the hash of each landed file of a source, and until when it was in force: for ever when it still is."""
    finished = _closed(workspace, source, "fetched")
    following = dict(itertools.pairwise(finished))
    replaced_at: dict[str, datetime] = {}
    for file in reversed(_landed(workspace, source)):
        if file.origin is None:
            yield file.sha256, replaced_at.get(file.path, STILL)
            replaced_at[file.path] = file.received
        elif file.origin.fetch not in finished:
            yield file.sha256, file.received
        elif file.origin.fetch in following:
            began, _, _ = following[file.origin.fetch].partition("-")
            yield file.sha256, datetime.strptime(began, FETCH_BEGAN).replace(tzinfo=UTC)
        else:
            yield file.sha256, STILL


def _landed(workspace: Workspace, source: str) -> list[LandedFile]:
    events = (event for event in _events(workspace) if event["event"] == "landed" and event["source"] == source)
    return [_file(event) for event in events]


def _file(event: Mapping[str, Any]) -> LandedFile:
    origin, sender = event.get("origin"), event.get("sender")
    plain = {key: value for key, value in event.items() if key not in {"event", "origin", "sender"}}
    return LandedFile(**plain, origin=Origin(**origin) if origin else None, sender=Sender(**sender) if sender else None)


def _senders(workspace: Workspace, source: str) -> dict[str, Sender]:
    """Return who sent the files of a source last, by hash."""
    return {
        delivery.sha256: Sender(delivery.by, delivery.at.isoformat())
        for delivery in delivery_log.deliveries(workspace)
        if delivery.source == source
    }


def _closed(workspace: Workspace, source: str, *ends: str) -> list[str]:
    """Return the ids of the fetches of a source that ended in one of these ways, the longest ended first."""
    events = (event for event in _events(workspace) if event["event"] in ends and event["source"] == source)
    return [event["fetch"] for event in events]


def _land(
    workspace: Workspace,
    source: str,
    path: str,
    content: bytes,
    origin: Origin | None = None,
    sender: Sender | None = None,
) -> LandedFile:
    sha256 = hashlib.sha256(content).hexdigest()
    _store(workspace, sha256, content)
    file = LandedFile(
        source=source,
        path=path,
        sha256=sha256,
        size=len(content),
        received_at=datetime.now(UTC).isoformat(timespec="microseconds"),
        licence=sources()[source].licence,
        origin=origin,
        sender=sender,
    )
    said = {key: value for key, value in asdict(file).items() if value is not None}
    _append(workspace, {"event": "landed", **said})
    return file


def _events(workspace: Workspace) -> Iterator[dict[str, Any]]:
    try:
        yield from _parsed(journal.lines(workspace.landing / "manifest.jsonl"))
    except ValueError as error:
        raise WorkspaceError(message("landing.manifest_unreadable", file="landing/manifest.jsonl").fi) from error


@lru_cache(maxsize=1)
def _parsed(lines: bytes) -> tuple[dict[str, Any], ...]:
    """Parse the lines of the manifest; a refresh asks the same ones some hundred times, and whoever asks only reads."""
    return tuple(map(json.loads, lines.splitlines()))


def _readable(path: str) -> str:
    """Spell out the bytes of a file name that is not UTF-8, as an old archive may bring one."""
    return path.encode("utf-8", errors="backslashreplace").decode("utf-8")


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


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
    folder = os.open(workspace.landing, os.O_RDONLY)
    try:
        os.fsync(folder)  # the manifest must never name a file that a loss of power has taken back
    finally:
        os.close(folder)


def _append(workspace: Workspace, event: Mapping[str, object]) -> None:
    journal.add(workspace.landing / "manifest.jsonl", event)
