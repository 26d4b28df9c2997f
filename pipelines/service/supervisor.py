"""Keeping the parts of the service up: starting, watching, starting anew, stopping.

Here belongs: processes and their log. Not here: which parts there are (`parts`). On a host with systemd the same parts
run under its unit (`yhteispeli.service`), which starts this supervisor.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from subprocess import STDOUT
from typing import Final, TextIO

import anyio
import psutil
from anyio.abc import Process, TaskGroup
from anyio.streams.text import TextReceiveStream

from pipelines.service.parts import Part, answers, environment
from pipelines.workspace import Workspace

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds before a part that ended is started again; doubled each time until it has stood for the longest pause."""

STOPPING: Final = 15.0
"""Seconds that a part has to stop by itself."""

LOOKS: Final = 10.0
"""Seconds between two looks at the memory of the parts."""


@dataclass(slots=True)
class State:
    """What a part does now: its process (None while it is down), since when, and how often it was started again."""

    part: Part
    process: Process | None = None
    since: datetime = field(default_factory=lambda: datetime.now(UTC))
    restarts: int = 0


class Supervisor:
    """Runs the parts of a workspace until it is stopped.

    Every line that a part prints, and everything that the supervisor does, goes to `log` as one JSON object a line with
    `time` (UTC, ISO 8601), `part`, `level` and `message`. `service.json` of the workspace always tells the present
    state, for `yhteispeli status`.
    """

    def __init__(self, workspace: Workspace, parts: Sequence[Part], log: TextIO = sys.stderr) -> None:
        self._workspace = workspace
        self._states = [State(part) for part in parts]
        self._log = log

    def run(self) -> None:
        """Run the parts until this process is told to stop by SIGINT or SIGTERM; then stop them, the last first."""
        anyio.run(self._run)

    async def _run(self) -> None:
        with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._start_all, tasks)
                tasks.start_soon(self._watch_memory)
                async for _ in signals:
                    break
                tasks.cancel_scope.cancel()
        with anyio.CancelScope(shield=True):
            for state in reversed(self._states):
                await self._stop(state)
        self._workspace.service_file.unlink(missing_ok=True)

    async def _start_all(self, tasks: TaskGroup) -> None:
        for state in self._states:
            tasks.start_soon(self._keep_up, state)
            port = state.part.answers_on
            while port is not None and not answers(port):
                await anyio.sleep(0.2)

    async def _keep_up(self, state: State) -> None:
        pause = FIRST_PAUSE
        while True:
            started = time.monotonic()
            state.process = await anyio.open_process(
                state.part.command,
                env=environment(self._workspace),
                stderr=STDOUT,
                start_new_session=True,
            )
            state.since = datetime.now(UTC)
            self._tell()
            self._say(state, "info", "started")
            await self._pass_on(state, state.process)
            code = await state.process.wait()
            await state.process.aclose()
            _signal_all(state.process.pid, signal.SIGKILL)  # what the part had started itself
            state.process = None
            if time.monotonic() - started > LONGEST_PAUSE:
                pause = FIRST_PAUSE
            self._say(state, "error", f"ended with {code}; starts again in {pause:.0f} s")
            self._tell()
            await anyio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
            state.restarts += 1

    async def _pass_on(self, state: State, process: Process) -> None:
        """Write what a part prints to the log, until it closes its output."""
        if process.stdout is None:
            return
        rest = ""
        async for text in TextReceiveStream(process.stdout, errors="replace"):
            *lines, rest = (rest + text).split("\n")
            for line in lines:
                self._say(state, "info", line)
        if rest:
            self._say(state, "info", rest)

    async def _watch_memory(self) -> None:
        while True:
            await anyio.sleep(LOOKS)
            for state in self._states:
                if state.process is None:
                    continue
                held = memory_of(state.process.pid)
                if held > state.part.memory_bytes:
                    self._say(state, "error", f"holds {held} bytes, more than {state.part.memory_bytes}")
                    _signal_all(state.process.pid, signal.SIGTERM)

    async def _stop(self, state: State) -> None:
        process = state.process
        if process is None:
            return
        _signal_all(process.pid, signal.SIGTERM)
        with anyio.move_on_after(STOPPING):
            await process.wait()
        _signal_all(process.pid, signal.SIGKILL)
        await process.aclose()
        self._say(state, "info", "stopped")

    def _say(self, state: State, level: str, message: str) -> None:
        if not message.strip():
            return
        told = {"time": datetime.now(UTC).isoformat(), "part": state.part.name, "level": level, "message": message}
        self._log.write(json.dumps(told, ensure_ascii=False) + "\n")
        self._log.flush()

    def _tell(self) -> None:
        """Write the state of the parts, whole or not at all."""
        parts = {
            state.part.name: {
                "pid": state.process.pid if state.process is not None else None,
                "since": state.since.isoformat(),
                "restarts": state.restarts,
            }
            for state in self._states
        }
        file = self._workspace.service_file
        draft = file.with_suffix(".new")
        draft.write_text(json.dumps({"supervisor": os.getpid(), "parts": parts}, indent=2), encoding="utf-8")
        draft.replace(file)


def memory_of(pid: int) -> int:
    """Return the bytes that a process and its descendants hold in memory; zero when it is gone."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    return sum(_held(member) for member in family)


def _held(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def _signal_all(group: int, number: signal.Signals) -> None:
    """Send a signal to a part and to all that it has started; a group that is gone needs none."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return
