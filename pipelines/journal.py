"""Files of JSON lines that are only ever added to: what happened, in the order in which it happened.

Here belongs: reading such a file and adding a line to it, by several processes at once and across crashes. Not here:
what the lines tell (`pipelines.landing`, `pipelines.delivery_log`, `pipelines.proposal_changes`).
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


def records(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a journal, the oldest first; none when there is no such file.

    Raises
    ------
    ValueError
        A line is not JSON.
    """
    yield from map(json.loads, lines(file).splitlines())


def lines(file: Path) -> bytes:
    """Return the whole lines of a journal as they are; nothing when there is no such file."""
    if not file.is_file():
        return b""
    whole, _, _ = file.read_bytes().rpartition(b"\n")  # a line that a crash cut short has no end
    return whole


def add(file: Path, record: Mapping[str, object]) -> None:
    """Add a record; when this returns, it is on disk. Only the owner may read a file that this makes."""
    line = json.dumps(record, ensure_ascii=False, sort_keys=True) + "\n"
    with os.fdopen(os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), "r+b") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        stream.truncate(stream.read().rfind(b"\n") + 1)  # what a crash cut short has been told to nobody
        stream.write(line.encode("utf-8"))
        stream.flush()
        os.fsync(stream.fileno())
