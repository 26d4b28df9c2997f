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
from typing import Literal
from urllib.error import URLError
from urllib.request import urlopen

import psutil

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 60  # seconds that a server may take to start

Kind = Literal["yhteispeli", "dash"]


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
        "dash": [sys.executable, str(Path(__file__).parent / "dash_page.py"), str(workspace), str(port)],
    }[kind]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE)
    try:
        running = psutil.Process(process.pid)
        running.cpu_affinity(sorted(os.sched_getaffinity(0))[:1])
        _wait(process, port)
        yield Served(kind, port, running)
    finally:
        process.terminate()
        process.communicate(timeout=LIMIT)


@contextmanager
def on_the_other_cores() -> Iterator[None]:
    """Keep this process off the core of the server, where there is more than one."""
    all_cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(sorted(all_cores)[1:]) or all_cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, all_cores)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        if process.poll() is not None:
            _, said = process.communicate()
            sys.exit(f"The server did not start: {said.decode(errors='replace')[-2000:]}")
        try:
            urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
        else:
            return
    sys.exit("The server did not answer in time.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
