"""Questions in SQL that anybody may have written, each answered by a process of its own that is stopped in time.

Here belongs: starting that process, its time, how many run at once. Not here: what it may do (`question_process`), who
may ask, how an answer is shown.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Final

import polars as pl

from warehouse.question_process import SECONDS, Unanswered

LONGEST: Final = 20_000
"""Characters of a question."""
AT_ONCE: Final = 2
"""Questions that are answered at a time; the next ones wait, as long as a question may take."""

_answering: Final = ThreadPoolExecutor(AT_ONCE, "question")
"""Whoever asks first is answered first: of a semaphore those who ask again at once would get the place each time."""
_PROGRAM = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Answer:
    """The rows that a question gave.

    `rows` are the rows of `parquet`; `is_whole` is false when the question gave more than an answer may hold; `types`
    are those of DuckDB; `seconds` passed, the start of the process included.
    """

    rows: int
    is_whole: bool
    types: tuple[str, ...]
    parquet: bytes
    seconds: float

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The rows."""
        return pl.read_parquet(BytesIO(self.parquet))


def ask(file: Path, sql: str) -> Answer:
    """Answer a question from a published file.

    Raises
    ------
    Unanswered
        The question can't be answered or may not be asked, or takes too much.
    """
    if len(sql) > LONGEST:
        raise Unanswered("too_large")
    waiting = _answering.submit(_answer, {"file": str(file.resolve()), "sql": sql})
    wait([waiting], timeout=SECONDS)
    if waiting.cancel():  # no place was free in all that time
        raise Unanswered("busy")
    return waiting.result()


def _answer(question: dict[str, str]) -> Answer:
    started = time.monotonic()
    line, _, table = _run(question).partition(b"\n")
    head = json.loads(line)
    if head["fault"]:
        raise Unanswered(head["fault"], head["detail"])
    return Answer(head["rows"], head["is_whole"], tuple(head["types"]), table, time.monotonic() - started)


def _run(question: dict[str, str]) -> bytes:
    """Let a process answer; one that is stopped by the kernel took more than its share."""
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "warehouse.question_process"],
            input=json.dumps(question).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": str(_PROGRAM)},
            cwd="/",
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as stopped:
        raise Unanswered("time") from stopped
    if done.returncode != 0 or b"\n" not in done.stdout:
        raise Unanswered("memory")
    return done.stdout
