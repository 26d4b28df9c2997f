"""A worker is killed in the middle of its work, and of the other the process at work: the marts are those of one machine."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import psutil
import psycopg2

from pipelines import editions, refresh
from pipelines.country.folder import Country
from tests.cluster import servers, small_country

DEADLINE = 600  # seconds; on two cores of their own they take about a fifth of it
TABLES_BEFORE_DEATH = 30


def test_a_worker_dies_and_the_marts_are_those_of_one_machine(tmp_path: Path) -> None:
    alone = small_country.landed_country(tmp_path / "alone")
    spread = Country(shutil.copytree(alone.root, tmp_path / "spread"))
    with ExitStack() as stack:
        server, redis = stack.enter_context(servers.postgres()), stack.enter_context(servers.redis())
        servers.make_database(server, "dagster")
        env = small_country.environment(spread, server, redis)

        def start(name: str, *command: str) -> subprocess.Popen[bytes]:
            return stack.enter_context(small_country.process(name, command, env, tmp_path))

        def asked(sql: str) -> list[tuple[object, ...]]:
            with closing(psycopg2.connect(f"{server} dbname=dagster")) as connection, connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall()

        worker = small_country.command_of_guide("celery")
        first = start("first", *worker, "--hostname", "first@%h")
        second = start("second", *worker, "--hostname", "second@%h")
        start("daemon", *small_country.command_of_guide("dagster-daemon"))
        backfill = small_country.command_of_guide("dagster job backfill")
        subprocess.run(backfill, env=env, cwd=tmp_path, check=True, capture_output=True)

        struck = _until(lambda: _in_mid_run(asked, "first"))
        small_country.kill(first)
        small_country.let_lease_pass(redis, struck)
        other = _until(lambda: _in_mid_run(asked, "second"))
        for at_work in psutil.Process(second.pid).children():
            at_work.kill()  # as the kernel does when memory runs out; the worker lives on
        for run in (struck, other):
            assert not editions.current_id(spread.towns[_town(asked, run)])
        for town in alone.towns.values():
            refresh.run_rooms(town, lambda _table: None)
        _until(lambda: _all_published(spread))

        assert _workers(asked).count((other, "second")) > 1, "the worker did its step again in another process"
        assert (struck, "second") in _workers(asked), "the other worker took the step over"
    for code, town in alone.towns.items():
        there = spread.towns[code]
        assert editions.current_id(there) == editions.current_id(town)
        expected = small_country.marts_of(town, tmp_path / f"alone-{code}")
        assert len(expected) > 80
        assert small_country.marts_of(there, tmp_path / f"spread-{code}") == expected
        assert not list(there.root.rglob("*.partial"))
        assert not (there.root / "exchange").exists(), "what was handed over is removed once it has been published"
        assert not there.build_file.exists(), "no build database lies on the shared folder"


Asked = Callable[[str], list[tuple[object, ...]]]


def _workers(asked: Asked) -> list[tuple[str, str]]:
    """Return which worker took the town of which run."""
    told = asked("SELECT run_id, event FROM event_logs WHERE step_key = 'town' AND event LIKE '%in celery worker%'")
    return [(str(run), "first" if "first@" in str(event) else "second") for run, event in told]


def _in_mid_run(asked: Asked, name: str) -> str | None:
    """Return the run of a worker once it has built a part of its tables."""
    for run, worker in _workers(asked):
        sql = f"SELECT count(*) FROM event_logs WHERE run_id = '{run}' AND dagster_event_type = 'ASSET_MATERIALIZATION'"
        if worker == name and int(str(asked(sql)[0][0])) >= TABLES_BEFORE_DEATH:
            return run
    return None


def _town(asked: Asked, run: str) -> str:
    return str(asked(f"SELECT value FROM run_tags WHERE run_id = '{run}' AND key = 'dagster/partition'")[0][0])


def _all_published(country: Country) -> bool:
    ids = {code: editions.current_id(town) for code, town in country.towns.items()}
    for code, edition_id in ids.items():
        if edition_id is not None:
            assert (country.towns[code].editions / edition_id / editions.DESCRIPTION).is_file()
    return None not in ids.values()


def _until(wanted: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + DEADLINE
    while not (found := wanted()):
        assert time.monotonic() < deadline
        time.sleep(0.5)
    return found
