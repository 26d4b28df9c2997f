"""Postgres and Redis of the system's packages, started for a test on this machine and stopped after it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest

LOOPBACK = "127.0.0.1"
LIMIT = 30  # seconds that a server may take to start
UNPRIVILEGED = 65534  # nobody: Postgres does not run as root


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def postgres_tool(name: str) -> str:
    """Return the path of a program of Postgres; Debian keeps them off the path, one folder a version."""
    found = shutil.which(name) or next(iter(sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None)
    if found is None:
        pytest.skip("Postgres is not installed: make servers")
    return str(found)


def redis_server() -> str:
    found = shutil.which("redis-server")
    if found is None:
        pytest.skip("Redis is not installed: make servers")
    return found


@contextmanager
def running(command: Sequence[str], port: int, **options: object) -> Iterator[None]:
    """Run a server until the end of the block; it has started when it listens."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)  # type: ignore[call-overload]
    try:
        deadline = time.monotonic() + LIMIT
        while not _listens(port):
            assert process.poll() is None, f"{command[0]} did not start"
            assert time.monotonic() < deadline, f"{command[0]} does not listen"
            time.sleep(0.05)
        yield
    finally:
        process.send_signal(signal.SIGINT)  # Postgres then waits for no client
        process.wait(timeout=LIMIT)


def _listens(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


@contextmanager
def postgres() -> Iterator[str]:
    """Run Postgres with an empty cluster of its own; gives its address without a database: `host=… port=…`."""
    initdb, server = postgres_tool("initdb"), postgres_tool("postgres")
    options: dict[str, object] = {"cwd": "/"}
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, UNPRIVILEGED, UNPRIVILEGED)
            options |= {"user": UNPRIVILEGED, "group": UNPRIVILEGED, "extra_groups": []}
        data, port = Path(folder) / "data", free_port()
        made = [initdb, "-D", str(data), "-U", "postgres", "--auth=trust", "--no-sync", "--locale=C.UTF-8"]
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL, **options)  # type: ignore[call-overload]
        settings = ["-c", f"unix_socket_directories={folder}", "-c", "fsync=off", "-c", "max_connections=200"]
        with running([server, "-D", str(data), "-h", LOOPBACK, "-p", str(port), *settings], port, **options):
            yield f"host={LOOPBACK} port={port} user=postgres"


@contextmanager
def redis() -> Iterator[str]:
    """Run Redis without anything on disk; gives its URL."""
    port = free_port()
    command = [redis_server(), "--port", str(port), "--bind", LOOPBACK, "--save", "", "--appendonly", "no"]
    with tempfile.TemporaryDirectory(prefix="redis-") as folder, running(command, port, cwd=folder):
        yield f"redis://{LOOPBACK}:{port}/0"


def make_database(server: str, name: str) -> None:
    """Make an empty database, once the server takes connections."""
    deadline = time.monotonic() + LIMIT
    while True:
        try:
            connection = psycopg2.connect(f"{server} dbname=postgres")
            break
        except psycopg2.OperationalError:
            assert time.monotonic() < deadline, "Postgres takes no connections"
            time.sleep(0.1)
    connection.autocommit = True
    with closing(connection), connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
