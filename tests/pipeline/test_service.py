"""The whole service: one command starts everything, a part that is killed comes back, and all of it stops."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil

from pipelines.contracts import message
from pipelines.service.parts import free_port
from tests.pipeline.conftest import RefreshedTown

LIMIT = 180  # seconds that anything may take on a busy machine
COMMAND = "import sys; from pipelines.cli import main; sys.argv[0] = 'yhteispeli'; main()"


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, TimeoutError, ConnectionError):
        return False


def _wait_for(what: Callable[[], object], process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + LIMIT
    while not what():
        assert process.poll() is None, "the service ended"
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.3)


def test_one_command_serves_dashboards_and_schedules(example_town: RefreshedTown, tmp_path: Path) -> None:
    town = tmp_path / "town"
    shutil.copytree(example_town.workspace.root, town)
    port, dagster_port, status_port = free_port(), free_port(), free_port()
    ports = ["--port", str(port), "--dagster-port", str(dagster_port), "--status-port", str(status_port)]
    with (tmp_path / "log").open("w") as log:
        service = subprocess.Popen([sys.executable, "-c", COMMAND, "serve", str(town), *ports], stderr=log)
    try:
        health = f"http://127.0.0.1:{port}/_stcore/health"
        _wait_for(lambda: _answers(health), service)
        _wait_for(lambda: _answers(f"http://127.0.0.1:{dagster_port}/server_info"), service)
        _wait_for(lambda: _answers(f"http://127.0.0.1:{status_port}/status"), service)
        parts = json.loads((town / "service.json").read_text())["parts"]
        assert set(parts) == {"definitions", "daemon", "dagster pages", "dashboards", "status"}
        os.kill(parts["dashboards"]["pid"], signal.SIGKILL)
        _wait_for(lambda: not _answers(health), service)
        _wait_for(lambda: _answers(health), service)
    finally:
        service.terminate()
        assert service.wait(LIMIT) == 0
    assert not any(psutil.pid_exists(part["pid"]) for part in parts.values())
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert {line["part"] for line in lines} == set(parts)


def test_a_port_that_is_taken_is_said_in_one_sentence(example_town: RefreshedTown) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-c", COMMAND, "serve", str(example_town.workspace.root), "--port", str(port)],
            check=False,
            capture_output=True,
            text=True,
        )
    assert done.returncode == 2
    assert done.stderr.strip() == message("cli.serve.port_taken", port=port).fi
