"""Refreshing the municipalities of a country whose input has changed, several at a time.

Here belongs: which of them changed, the worker processes, and what each came to. Not here: the refresh of one
(`pipelines.run`), parting national files (`parting`), the comparison (`comparison`).

A worker refreshes one municipality after another, so that it loads the libraries once. One that fails keeps its last
edition and stops no other; when a whole worker dies, those that it may have died of are tried again alone.
"""

from __future__ import annotations

import gc
import hashlib
import os
import resource
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import polars as pl

from pipelines import contracts, editions, retention, run
from pipelines.arrivals import fingerprint
from pipelines.contracts import message
from pipelines.country.folder import Country
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace
from warehouse import database

SINGLE_THREADED = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1"}
"""Of a worker: its fellows keep the other cores busy."""

_RARELY = (100_000, 50, 100)
"""When rubbish is looked for: rows come by the hundred thousand and hold nothing that is in a ring."""

MEMORY = "1500MB"
"""What the database of one of several workers may hold; beside it are the rows that Python holds."""


@dataclass(frozen=True, slots=True)
class TownOutcome:
    """What the refresh of a municipality came to; `failure` is the sentence that says why it kept its last edition.

    `rows` counts those read, `quarantined` those of them that were set aside, `refused` the files that could not be
    read. `peak_bytes` is what its worker has held at the most.
    """

    code: str
    edition_id: str | None
    is_new: bool
    failure: str | None = None
    rows: int = 0
    quarantined: int = 0
    refused: int = 0
    seconds: float = 0.0
    processor_seconds: float = 0.0
    peak_bytes: int = 0


def changed(country: Country, state: dict[str, Any]) -> dict[str, str]:
    """Return the municipalities whose input is not that of their last refresh, with the mark of the input now.

    Those with the most to read come first, so that none of them is left over when the workers run out of others.
    """
    known = state.setdefault("refreshed", {})
    marks = {code: _mark(workspace) for code, workspace in country.towns.items()}
    waiting = {code: mark for code, mark in marks.items() if known.get(code) != mark}
    sizes = {code: _bytes_in_inbox(country.towns[code]) for code in waiting}
    return {code: waiting[code] for code in sorted(waiting, key=lambda code: (-sizes[code], code))}


def refresh(country: Country, codes: Sequence[str]) -> Iterator[TownOutcome]:
    """Refresh municipalities by a pool of processes and yield each outcome as it comes."""
    return _in_pool(country, codes, country.settings.workers)


def remove_expired(country: Country, codes: Sequence[str], now: datetime) -> None:
    """Remove what is past its time in municipalities that are not refreshed now; nobody else would."""
    for code in codes:
        retention.remove_expired(country.towns[code], now)


def _in_pool(country: Country, codes: Sequence[str], workers: int) -> Iterator[TownOutcome]:
    done: set[str] = set()
    try:
        for outcome in _run(country, codes, workers):
            done.add(outcome.code)
            yield outcome
    except BrokenProcessPool:
        left = [code for code in codes if code not in done]
        if len(left) == 1:
            reason = message("country.worker_died").fi
            yield TownOutcome(left[0], editions.current_id(country.towns[left[0]]), is_new=False, failure=reason)
            return
        suspects, others = left[: 2 * workers], left[2 * workers :]
        for code in suspects:
            yield from _in_pool(country, [code], 1)
        if others:
            yield from _in_pool(country, others, workers)


def _run(country: Country, codes: Sequence[str], workers: int) -> Iterator[TownOutcome]:
    with (
        _environment(SINGLE_THREADED if workers > 1 else {}),
        ProcessPoolExecutor(workers, get_context("spawn"), initializer=load, initargs=(workers,)) as pool,
    ):
        asked: list[Future[TownOutcome]] = [
            pool.submit(refresh_town, code, str(country.towns[code].root)) for code in codes
        ]
        for future in as_completed(asked):
            yield future.result()


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """Let the processes that are started now see these values; what is set already stays."""
    added = {name: value for name, value in values.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            del os.environ[name]


def load(workers: int) -> None:
    """Load what every refresh needs, once a worker; of several workers none takes more than its share."""
    if workers > 1:
        database.share_machine(MEMORY)
    for module in ("great_expectations.expectations", "svy"):
        import_module(module)
    gc.freeze()  # what is loaded now stays for good: no need to look through it again and again
    gc.set_threshold(*_RARELY)


def refresh_town(code: str, root: str) -> TownOutcome:
    """Refresh one municipality in this process."""
    began, used = time.perf_counter(), time.process_time()
    workspace = Workspace(Path(root))
    failure, rows, quarantined, refused, outcome = None, 0, 0, 0, None
    try:
        failure = _other_code(workspace, code)
        if failure is None:
            outcome = run.refresh_rooms(workspace)
            failure = outcome.kept_because.fi if outcome.kept_because else None
        if failure is None:
            files = run.accounts(workspace)[0].filter(pl.col("state") != "superseded")
            rows, quarantined = int(files["rows_read"].sum()), int(files["rows_quarantined"].sum())
            refused = files.filter(state="refused").height
    except (WorkspaceError, OSError) as error:
        failure = str(error)
    return TownOutcome(
        code,
        editions.current_id(workspace),
        is_new=outcome is not None and outcome.is_new,
        failure=failure,
        rows=rows,
        quarantined=quarantined,
        refused=refused,
        seconds=time.perf_counter() - began,
        processor_seconds=time.process_time() - used,
        peak_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )


def _other_code(workspace: Workspace, code: str) -> str | None:
    """Say that the settings are those of another municipality; None when they are not."""
    if workspace.settings.municipality.code == code:
        return None
    return message("country.other_code", path=workspace.settings_file, code=code).fi


def _mark(workspace: Workspace) -> str:
    """Return a digest of all that the figures of a workspace follow from: files, settings, decisions, program."""
    settings = workspace.settings_file
    parts = [fingerprint(workspace) or "", settings.read_text(encoding="utf-8") if settings.is_file() else ""]
    parts += [path.read_text(encoding="utf-8") for path in workspace.decision_files()]
    return hashlib.sha256("\0".join([*parts, _program()]).encode()).hexdigest()


@cache
def _program() -> str:
    texts = [*editions.program_texts(), *(text for _, text in contracts.fingerprint_texts())]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def _bytes_in_inbox(workspace: Workspace) -> int:
    return sum(path.stat().st_size for path in workspace.inbox.rglob("*") if path.is_file())
