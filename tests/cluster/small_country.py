"""A country of two invented towns, and the processes of a cluster on this machine."""

from __future__ import annotations

import base64
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import duckdb
import redis

from pipelines import contracts, editions, landing
from pipelines.cluster.deployment import LEASE_SECONDS
from pipelines.country import parting
from pipelines.country.folder import Country
from pipelines.example.country import Amounts
from pipelines.example.country_files import write_amounts
from pipelines.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
CLUSTER = ROOT / "pipelines" / "cluster"
SMALL = Amounts(towns=2, associations=160, grants=300, returns=300, events=300, bookings=300)
PATIENCE = 20  # seconds that a process may take to end


GUIDE = (CLUSTER / "GUIDE.md").read_text(encoding="utf-8")
MARKED = re.compile(r"<!-- run by a test -->\n```(?:sh|python)\n(.*?)```", re.DOTALL)


def of_guide(beginning: str) -> str:
    """Return the marked block of the guide that begins so."""
    return next(block for block in MARKED.findall(GUIDE) if block.startswith(beginning))


def command_of_guide(beginning: str) -> list[str]:
    """Return the command of the guide that begins so, as its words."""
    return shlex.split(of_guide(beginning))


def landed_country(root: Path) -> Country:
    """Make a country whose files have landed: when they came is part of what an edition is made of."""
    write_amounts(root, SMALL, seed=1)
    country = Country(root)
    parting.part_all(country, {})
    for town in country.towns.values():
        town.make_folders()
        for source in contracts.sources():
            landing.land_inbox(town, source)
    return country


def environment(country: Country, server: str, broker: str) -> dict[str, str]:
    """Return the environment of every process of a cluster."""
    home = country.root / "dagster"
    home.mkdir()
    shutil.copyfile(CLUSTER / "dagster.yaml", home / "dagster.yaml")
    host, port, user = (part.partition("=")[2] for part in server.split())
    return {
        **os.environ,
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "DAGSTER_HOME": str(home),
        "YHTEISPELI_COUNTRY": str(country.root),
        "YHTEISPELI_POSTGRES": f"postgresql+psycopg2://{user}@{host}:{port}/dagster",
        "YHTEISPELI_BROKER": broker,
    }


def let_lease_pass(url: str, run_id: str) -> None:
    """Put the clock of the step that a worker has of a run forward by its lease: what is waited for is not the time."""
    with closing(redis.Redis.from_url(url)) as broker:
        for tag, kept in broker.hgetall("unacked").items():
            message, *_ = json.loads(kept)
            if run_id.encode() in base64.b64decode(message["body"]):
                broker.zincrby("unacked_index", -LEASE_SECONDS, tag)
                return
    raise AssertionError(f"no worker has a step of {run_id}")


@contextmanager
def process(name: str, command: Sequence[str], env: Mapping[str, str], logs: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process in a group of its own until the end of the block; its log has its name."""
    with (logs / f"{name}.log").open("wb") as log:
        started = subprocess.Popen(command, env=env, stdout=log, stderr=log, cwd=logs, start_new_session=True)
        try:
            yield started
        finally:
            _end(started)


def kill(started: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started at once, as a machine that loses its power."""
    with suppress(ProcessLookupError):
        os.killpg(started.pid, signal.SIGKILL)
    started.wait(timeout=PATIENCE)


def _end(started: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, subprocess.TimeoutExpired):
        os.killpg(started.pid, signal.SIGTERM)
        started.wait(timeout=PATIENCE)
    kill(started)


def marts_of(workspace: Workspace, folder: Path) -> dict[str, bytes]:
    """Return every file of the open data, and each table of the analysts as Parquet, of the edition in force."""
    edition = workspace.editions / str(editions.current_id(workspace))
    opened = edition / editions.OPEN_DATA
    found = {str(file.relative_to(opened)): file.read_bytes() for file in opened.rglob("*") if file.is_file()}
    folder.mkdir()
    with duckdb.connect(str(edition / editions.FILES["analyst"]), read_only=True) as connection:
        for schema, table in connection.sql("SELECT schema_name, table_name FROM duckdb_tables()").fetchall():
            file = folder / f"{schema}.{table}.parquet"
            connection.execute(f"COPY {schema}.{table} TO '{file}' (FORMAT parquet)")
            found[f"analyst/{file.name}"] = file.read_bytes()
    return found
