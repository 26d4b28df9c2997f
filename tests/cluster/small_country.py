"""A country of invented towns on a cluster of this machine: Postgres, Redis, Dagster's daemon and workers."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pipelines import contracts, landing
from pipelines.example import write_example
from pipelines.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
DAGSTER_SETTINGS = ROOT / "pipelines" / "cluster" / "dagster.yaml"
LEASE_SECONDS = 200


def landed_town(folder: Path, seed: int) -> None:
    """Make the workspace of an invented town whose files have landed: when they came is part of what they tell."""
    write_example(folder, seed)
    town = Workspace(folder)
    town.make_folders()
    for source in contracts.sources():
        landing.land_inbox(town, source)


def environment(country: Path, postgres: str, redis: str) -> Mapping[str, str]:
    """Return the environment of every process of a cluster."""
    home = country / "dagster"
    home.mkdir(exist_ok=True)
    shutil.copyfile(DAGSTER_SETTINGS, home / "dagster.yaml")
    return {
        **os.environ,
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "DAGSTER_HOME": str(home),
        "YHTEISPELI_COUNTRY": str(country),
        "YHTEISPELI_POSTGRES": postgres,
        "YHTEISPELI_BROKER": redis,
        "YHTEISPELI_LEASE_SECONDS": str(LEASE_SECONDS),
        "C_FORCE_ROOT": "true",  # Celery warns against running as root
    }


@contextmanager
def process(name: str, command: list[str], env: Mapping[str, str], logs: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process in a group of its own until the end of the block; its log has its name."""
    with (logs / f"{name}.log").open("wb") as log:
        started = subprocess.Popen(command, env=env, stdout=log, stderr=log, cwd=logs, start_new_session=True)
        try:
            yield started
        finally:
            end(started, signal.SIGTERM)


def end(started: subprocess.Popen[bytes], how: signal.Signals) -> None:
    """End a process and all that it started; one that does not heed is killed."""
    try:
        os.killpg(started.pid, how)
        started.wait(timeout=20)
    except (ProcessLookupError, subprocess.TimeoutExpired):
        pass
    try:
        os.killpg(started.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    started.wait()
