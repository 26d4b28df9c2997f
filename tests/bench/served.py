"""A server in a process of its own, held on one processor core, for the measurements of `make bench`.

Here belongs: starting and stopping it, what memory it takes. Not here: who visits it (`viewers`).
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Literal
from urllib.error import URLError
from urllib.request import urlopen

import psutil

_HERE = Path(__file__).resolve().parent
ROOT = _HERE.parents[1]
LIMIT = 60  # seconds that a server may take to start
RESTING = 0.05  # seconds of the processor in two, at most, when nobody asks for anything

Kind = Literal["yhteispeli", "dash", "bare"]


@dataclass(frozen=True, slots=True)
class Served:
    """A running server."""

    kind: Kind
    port: int
    process: psutil.Process

    @property
    def memory_mb(self) -> float:
        """Memory that the process has to itself (unique set size), in MB."""
        return self.process.memory_full_info().uss / 1e6

    @property
    def processor_seconds(self) -> float:
        """Processor time used so far."""
        used = self.process.cpu_times()
        return used.user + used.system


@contextmanager
def served(kind: Kind, workspace: Path) -> Iterator[Served]:
    """Serve a workspace on the first core; the others are left to the visitors."""
    port = _free_port()
    command = {
        "yhteispeli": [sys.executable, "-m", "dashboards.serving", str(workspace), "127.0.0.1", str(port)],
        "dash": [sys.executable, str(_HERE / "dash_page.py"), str(workspace), str(port)],
        "bare": [sys.executable, str(_HERE / "bare_page.py"), str(workspace), str(port)],
    }[kind]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with TemporaryFile() as said:  # a pipe that nobody reads would fill up and stop the server
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=said)
        try:
            running = psutil.Process(process.pid)
            running.cpu_affinity(sorted(os.sched_getaffinity(0))[:1])
            _wait(process, port, said)
            server = Served(kind, port, running)
            _let_rest(server)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=LIMIT)


@contextmanager
def on_the_other_cores() -> Iterator[None]:
    """Keep this process off the core of the server, where there is more than one."""
    all_cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(sorted(all_cores)[1:]) or all_cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, all_cores)


def _wait(process: subprocess.Popen[bytes], port: int, said: IO[bytes]) -> None:
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        if process.poll() is not None:
            said.seek(0)
            sys.exit(f"The server did not start: {said.read().decode(errors='replace')[-2000:]}")
        try:
            urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
        else:
            return
    sys.exit("The server did not answer in time.")


def _let_rest(server: Served) -> None:
    """Wait until a server has done what it does after its start, such as drawing pages beforehand."""
    end = time.monotonic() + LIMIT
    before = -1.0
    while (used := server.processor_seconds) - before > RESTING and time.monotonic() < end:
        before = used
        time.sleep(2)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
