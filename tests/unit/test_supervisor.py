"""Keeping parts up, with small programs in their place: one that dies, one that grows, one that will not stop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from pipelines.service import parts

ROOT = Path(__file__).resolve().parents[2]
MIB = 1024 * 1024
LIMIT = 60  # seconds that anything may take on a busy machine

START = """
import sys, json
from pathlib import Path
from pipelines.service import supervisor
from pipelines.service.parts import Part
from pipelines.workspace import Workspace
supervisor.LOOKS = 0.2
supervisor.STOPPING = 1.0
listed = [Part(name, tuple(command), memory) for name, command, memory in json.loads(sys.argv[2])]
supervisor.Supervisor(Workspace(Path(sys.argv[1])), listed).run()
"""

WAITS = "import time\nprint('up', flush=True)\ntime.sleep(600)"
DIES = "print('the last words')\nraise SystemExit(7)"
GROWS = "import time\nheld = bytearray(200 * 1024 * 1024)\ntime.sleep(600)"
STUBBORN = (
    "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('up', flush=True)\ntime.sleep(600)"
)

Start = Callable[..., "Supervised"]


class Supervised:
    """A supervisor in a process of its own, its log and its state."""

    def __init__(self, folder: Path, programs: dict[str, tuple[str, int]]) -> None:
        self.state_file = folder / "service.json"
        self._log = folder / "log"
        listed = [(name, [sys.executable, "-c", code], memory) for name, (code, memory) in programs.items()]
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", START, str(folder), json.dumps(listed)],
                stderr=log,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )

    def log(self) -> list[dict[str, str]]:
        whole = self._log.read_text(encoding="utf-8").rpartition("\n")[0]
        return [json.loads(line) for line in whole.splitlines()]

    def told(self, part: str, words: str) -> list[dict[str, str]]:
        return [line for line in self.log() if line["part"] == part and words in line["message"]]

    def state(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.state_file.read_text(encoding="utf-8"))
        return told


def wait_for(what: Callable[[], object]) -> None:
    end = time.monotonic() + LIMIT
    while not what():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Supervised] = []

    def begin(**programs: tuple[str, int]) -> Supervised:
        started.append(Supervised(tmp_path, programs))
        return started[-1]

    yield begin
    for supervised in started:
        if supervised.process.poll() is None:
            supervised.process.terminate()
        supervised.process.wait(LIMIT)


def test_a_part_that_ends_is_started_again_and_the_others_stand(start: Start) -> None:
    supervised = start(steady=(WAITS, 500 * MIB), weak=(DIES, 500 * MIB))
    wait_for(lambda: len(supervised.told("weak", "started")) >= 2)
    ended = supervised.told("weak", "ended with 7")
    assert ended
    assert ended[0]["level"] == "error"
    assert supervised.told("weak", "the last words")
    assert len(supervised.told("steady", "started")) == 1
    wait_for(lambda: supervised.state()["parts"]["weak"]["restarts"] >= 1)
    assert supervised.state()["parts"]["steady"]["restarts"] == 0


def test_a_part_that_is_killed_is_started_again(start: Start) -> None:
    supervised = start(steady=(WAITS, 500 * MIB))
    wait_for(lambda: supervised.told("steady", "up"))
    first = supervised.state()["parts"]["steady"]["pid"]
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: supervised.state()["parts"]["steady"]["pid"] not in {first, None})


def test_a_part_that_holds_too_much_memory_is_started_again(start: Start) -> None:
    supervised = start(greedy=(GROWS, 100 * MIB))
    wait_for(lambda: supervised.told("greedy", "more than"))
    wait_for(lambda: len(supervised.told("greedy", "started")) >= 2)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_all_parts_even_one_that_will_not(number: signal.Signals, start: Start) -> None:
    supervised = start(steady=(WAITS, 500 * MIB), stubborn=(STUBBORN, 500 * MIB))
    wait_for(lambda: supervised.told("stubborn", "up") and supervised.told("steady", "up"))
    pids = [part["pid"] for part in supervised.state()["parts"].values()]
    supervised.process.send_signal(number)
    assert supervised.process.wait(LIMIT) == 0
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert not supervised.state_file.exists()
    assert all({"time", "part", "level", "message"} == line.keys() for line in supervised.log())


def test_a_port_is_free_until_something_listens() -> None:
    port = parts.free_port()
    assert parts.is_free(parts.LOOPBACK, port)
    assert not parts.answers(port)
