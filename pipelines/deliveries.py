"""Taking a checked file from a person into the inbox, and what became of the files that people delivered.

Here belongs: the name that a file gets, recognising a file that is there already, replacing an earlier one, and the
state of each delivery. Not here: the check (`pipelines.checking_apart`), the log (`pipelines.delivery_log`), reading
the inbox (`pipelines.landing`).

Nothing of the client decides where a file lands: the folder is that of the source, the name is made of the last part of
the client's name, and a file that exists is left alone unless the person says that theirs replaces it and it has landed
already (landing keeps its bytes).
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Final, Literal

from pipelines import delivery_log, editions, landing
from pipelines.checking_apart import Feedback
from pipelines.contracts import sources
from pipelines.delivery_log import Delivery
from pipelines.landing import LandedFile
from pipelines.workspace import Workspace

MEBI: Final = 1024 * 1024
LARGEST: Final = 10 * MEBI
"""Bytes of the largest file that the page takes: some 80 000 rows, more than a town delivers at once, checked within a
minute and 2 GB of memory. Whoever keeps the service puts a larger one into the inbox; a refresh takes up to 200 MB."""

LONGEST_NAME: Final = 120
NAMELESS: Final = "aineisto"

State = Literal["waiting", "refused", "counted", "read", "replaced", "gone"]

_SEPARATORS = re.compile(r"[/\\]")
_UNSAFE = re.compile(r"[^\w .()+-]|[\x00-\x1f]")
_ONE_AT_A_TIME: Final = Lock()


class AlreadyThereError(Exception):
    """The same bytes are in the inbox of the source already; the text is the name of that file."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """A delivery and what became of it.

    Attributes
    ----------
    state
        `waiting`: no refresh has read it; `refused`: it could not be read; `counted`: its rows are in the edition in
        force; `read`: it has landed, and no edition has been made since; `replaced`: another file took its place;
        `gone`: somebody has taken it out of the inbox before it was read.
    reason
        Why it was refused, in Finnish; empty otherwise.
    first_edition
        The edition that counted it first; empty when none has.
    """

    delivery: Delivery
    state: State
    reason: str
    first_edition: str


def safe_name(given: str) -> str:
    """Return the name of a file as it is kept: the last part of what the client says, harmless signs only."""
    last = _SEPARATORS.split(unicodedata.normalize("NFC", given))[-1]
    plain = " ".join(_UNSAFE.sub("_", last).split()).lstrip(".~$ _")
    stem, dot, ending = plain.rpartition(".")
    if not dot:
        stem, ending = plain, ""
    ending = ending[:10]
    kept = stem.strip(" .")[: LONGEST_NAME - len(ending) - 1] or NAMELESS
    return f"{kept}.{ending}" if ending else kept


def same_file(workspace: Workspace, source: str, sha256: str) -> str | None:
    """Return the name of the file of the source's inbox that has the same bytes, None when there is none."""
    return next((path.name for path in _inbox(workspace, source) if _hash(path) == sha256), None)


def replaceable(workspace: Workspace, source: str) -> list[str]:
    """Return the names of the files that a new one may replace: those of the inbox that have landed as they are."""
    landed = {file.path: file.sha256 for file in landing.files_in_force(workspace, source) if file.origin is None}
    return [
        path.name
        for path in _inbox(workspace, source)
        if landed.get(path.relative_to(workspace.root).as_posix()) == _hash(path)
    ]


def accept(
    workspace: Workspace, feedback: Feedback, content: bytes, name: str, by: str, at: datetime, replaces: str | None
) -> Delivery:
    """Put a checked file into the inbox and note who sent it; a crash leaves it whole in the inbox or not there.

    Parameters
    ----------
    feedback
        What the check of these bytes came to.
    name
        Name that the client gives.
    at
        Now, UTC.
    replaces
        Name of the file that it replaces, one of `replaceable`; None when it is another one beside those.

    Raises
    ------
    ValueError
        The feedback is about other bytes or says that they can't be read, the file is too large, or it would replace
        what can't be replaced.
    AlreadyThereError
        The same bytes are in the inbox.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    source = feedback.source
    if not feedback.is_readable or feedback.sha256 != sha256 or len(content) > LARGEST or source not in sources():
        raise ValueError(name)
    with _ONE_AT_A_TIME:
        if there := same_file(workspace, source, sha256):
            raise AlreadyThereError(there)
        if replaces is not None and replaces not in replaceable(workspace, source):
            raise ValueError(replaces)
        folder = workspace.inbox / source
        folder.mkdir(parents=True, exist_ok=True)
        delivery = Delivery(
            source=source,
            name=replaces or _free_name(folder, safe_name(name)),
            sha256=sha256,
            size=len(content),
            replaces=replaces is not None,
            rows_read=feedback.rows_read,
            rows_staged=feedback.rows_staged,
            rows_quarantined=feedback.rows_quarantined,
            by=by,
            at=at,
        )
        delivery_log.note(workspace, delivery)  # first: a file that lands has a sender, whatever happens in between
        _put(folder / delivery.name, content, may_replace=delivery.replaces)
    return delivery


def outcomes(workspace: Workspace) -> list[Delivered]:
    """Return every delivery and what became of it, the newest first."""
    editions_of = editions.first_editions(workspace)
    told: list[Delivered] = []
    by_source: dict[str, tuple[set[str], set[str], dict[str, str]]] = {}
    for delivery in reversed(list(delivery_log.deliveries(workspace))):
        if delivery.source not in by_source:
            by_source[delivery.source] = _standing(workspace, delivery.source)
        landed, in_force, refusals = by_source[delivery.source]
        first = editions_of.get(delivery.sha256, "")
        reason = refusals.get(delivery.sha256, "")
        state: State
        if delivery.sha256 not in landed:
            is_there = (workspace.inbox / delivery.source / delivery.name).is_file()
            state = "waiting" if is_there else "gone"
        elif delivery.sha256 not in in_force:
            state = "replaced"
        elif reason:
            state = "refused"
        else:
            state = "counted" if first else "read"
        told.append(Delivered(delivery, state, reason if state == "refused" else "", first))
    return told


def _standing(workspace: Workspace, source: str) -> tuple[set[str], set[str], dict[str, str]]:
    """Return the hashes of what has landed and of what is in force of a source, and why files were refused."""
    in_force = {file.sha256 for file in landing.files_in_force(workspace, source)}
    older: list[LandedFile] = landing.superseded_files(workspace, source)
    reasons = {sha256: text.fi for sha256, text in landing.refusals(workspace, source).items()}
    return in_force | {file.sha256 for file in older}, in_force, reasons


def _inbox(workspace: Workspace, source: str) -> list[Path]:
    folder = workspace.inbox / source
    files = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in files if path.is_file() and not landing.is_passed_over(path))


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _free_name(folder: Path, name: str) -> str:
    """Return the name, or the first of `name (2)`, `name (3)` … that no file bears, in whatever case."""
    taken = {path.name.casefold() for path in folder.iterdir()}
    path = Path(name)
    number, free = 2, name
    while free.casefold() in taken:
        free, number = f"{path.stem} ({number}){path.suffix}", number + 1
    return free


def _put(target: Path, content: bytes, *, may_replace: bool) -> None:
    partial = target.with_name(f".{target.name}.partial")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if may_replace:
        partial.replace(target)
        return
    try:
        os.link(partial, target)  # fails where a rename would overwrite a file that somebody else has just put there
    finally:
        partial.unlink()
