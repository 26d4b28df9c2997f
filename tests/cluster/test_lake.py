"""Editions in a DuckLake on a real Postgres: readers see one whole, the figures are those of the public file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import duckdb
import psycopg2
import pytest

from pipelines import contracts, editions, lake
from pipelines.cli import app
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace
from tests.cluster import servers, small_country
from warehouse import database

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "dashboards"))  # the small edition is shared with those tests

from small_edition import EDITION, build  # noqa: E402

READER = Path(__file__).with_name("lake_reader.py")
READERS = 3
PUBLICATIONS = 10
NEXT = "2026-04-01-d4e5f6"
GONE = 7  # rows of the grants that the next edition does not have
NUMBERS = count()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with servers.postgres() as address:
        yield address


@pytest.fixture
def address(server: str) -> str:
    """The address of a lake that nothing has been laid into."""
    name = f"lake_{next(NUMBERS)}"
    servers.make_database(server, name)
    return f"ducklake:postgres:{server} dbname={name}"


@pytest.fixture
def town(tmp_path: Path) -> Workspace:
    """A town with two editions; the next one has other ids and fewer grants."""
    made = Workspace(tmp_path / "town")
    made.create(contracts.municipality_settings("esimerkkila"))
    build(made.root)
    following = made.editions / NEXT
    shutil.copytree(made.editions / EDITION, following)
    with duckdb.connect(str(following / "public.duckdb")) as connection:
        connection.execute("UPDATE marts.indicator_values SET edition_id = ?", [NEXT])
        connection.execute("UPDATE meta.edition SET edition_id = ?", [NEXT])
        connection.execute(f"DELETE FROM marts.grant_awards WHERE rowid < {GONE}")
    return made


def _rows(connection: duckdb.DuckDBPyConnection, table: str, columns: str = "*") -> list[tuple[object, ...]]:
    return connection.sql(f"SELECT {columns} FROM {table} ORDER BY ALL").fetchall()


def test_the_lake_holds_what_the_public_file_holds(town: Workspace, address: str, tmp_path: Path) -> None:
    files = tmp_path / "files"
    assert lake.publish(town, address, files).is_new
    assert not lake.publish(town, address, files).is_new, "the same edition is not laid twice"
    compared = 0
    with database.open_lake(address, files) as connection:
        connection.execute(f"ATTACH '{town.editions / EDITION / 'public.duckdb'}' AS file (READ_ONLY)")
        tables = connection.sql("SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'file'")
        for schema, table in tables.fetchall():
            columns = ", ".join(connection.sql(f"FROM file.{schema}.{table}").columns)
            laid = _rows(connection, f"lake.{schema}.{table}", columns)
            assert laid == _rows(connection, f"file.{schema}.{table}", columns), table
            compared += len(laid)
        owners = connection.sql("SELECT DISTINCT municipality_code, edition_id FROM lake.marts.grant_awards").fetchall()
    assert compared > 1000
    assert owners == [(town.settings.municipality.code, EDITION)]


def test_towns_lie_side_by_side(town: Workspace, address: str, tmp_path: Path) -> None:
    other = Workspace(shutil.copytree(town.root, tmp_path / "other"))
    text = town.settings_file.read_text(encoding="utf-8").replace(
        f'code = "{town.settings.municipality.code}"', 'code = "999"'
    )
    other.settings_file.write_text(text, encoding="utf-8")
    with duckdb.connect(str(other.editions / EDITION / "public.duckdb")) as connection:
        connection.execute("UPDATE meta.edition SET municipality_code = '999'")
        connection.execute("UPDATE marts.indicator_values SET municipality_code = '999'")
    for workspace in (town, other):
        lake.publish(workspace, address, tmp_path / "files")
    editions.point(town.current_file, NEXT)
    lake.publish(town, address, tmp_path / "files")
    with database.open_lake(address, tmp_path / "files") as connection:
        held = dict(connection.sql("SELECT municipality_code, edition_id FROM lake.meta.edition").fetchall())
        grants = dict(
            connection.sql("SELECT municipality_code, count(*) FROM lake.marts.grant_awards GROUP BY ALL").fetchall()
        )
    own = town.settings.municipality.code
    assert held == {own: NEXT, "999": EDITION}
    assert grants[own] == grants["999"] - GONE


def test_a_column_of_a_newer_program_is_added(town: Workspace, address: str, tmp_path: Path) -> None:
    lake.publish(town, address, tmp_path / "files")
    with duckdb.connect(str(town.editions / NEXT / "public.duckdb")) as connection:
        connection.execute("ALTER TABLE marts.grant_awards ADD COLUMN added BIGINT DEFAULT 7")
    editions.point(town.current_file, NEXT)
    lake.publish(town, address, tmp_path / "files")
    with database.open_lake(address, tmp_path / "files") as connection:
        assert connection.sql("SELECT DISTINCT added FROM lake.marts.grant_awards").fetchall() == [(7,)]


def test_readers_see_one_edition_whole_while_others_are_laid(
    town: Workspace, address: str, server: str, tmp_path: Path
) -> None:
    files, stop = tmp_path / "files", tmp_path / "stop"
    lake.publish(town, address, files)
    reader = _role_that_only_reads(server, address)
    command = [sys.executable, str(READER), reader, str(stop)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    readers = [subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) for _ in range(READERS)]
    try:
        for process in readers:
            assert process.stdout.readline() == "ready\n"
        for number in range(PUBLICATIONS):
            editions.point(town.current_file, (NEXT, EDITION)[number % 2])
            assert lake.publish(town, address, files).is_new
    finally:
        stop.touch()
    told = [json.loads(process.communicate(timeout=60)[0]) for process in readers]
    whole = {edition: _counts(town, edition) for edition in (EDITION, NEXT)}
    assert whole[EDITION] != whole[NEXT]
    for one in told:
        assert one["errors"] == []
        assert one["reads"] > 0
        for seen in one["seen"]:
            edition, ids, *same, values, grants = seen
            assert ids == 1
            assert set(same) == {edition}
            assert (values, grants) == whole[edition]
    assert {seen[0] for one in told for seen in one["seen"]} == {EDITION, NEXT}
    print(f"{sum(one['reads'] for one in told)} reads by {READERS} readers, {PUBLICATIONS} publications")


def test_a_failure_leaves_the_edition_before(town: Workspace, address: str, tmp_path: Path) -> None:
    files = tmp_path / "files"
    lake.publish(town, address, files)
    with duckdb.connect(str(town.editions / NEXT / "public.duckdb")) as connection:
        connection.execute("ALTER TABLE meta.indicators ALTER COLUMN materiality TYPE VARCHAR USING 'not a number'")
    editions.point(town.current_file, NEXT)
    with pytest.raises(WorkspaceError, match="edellinen julkaisu"):
        lake.publish(town, address, files)
    with database.open_lake(address, files) as connection:
        assert connection.sql("SELECT DISTINCT edition_id FROM lake.marts.grant_awards").fetchall() == [(EDITION,)]


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("postgres:host=127.0.0.1", "ei ala merkeillä ducklake:postgres:"),
        ("ducklake:postgres:host=127.0.0.1 port=1 dbname=lake user=nobody", "edellinen julkaisu"),
    ],
)
def test_a_target_that_is_none_gets_a_sentence(town: Workspace, tmp_path: Path, to: str, said: str) -> None:
    with pytest.raises(WorkspaceError, match=said):
        _publish(town, to, tmp_path / "files")


def test_a_town_without_an_edition_is_told_so(tmp_path: Path) -> None:
    town = Workspace(tmp_path / "town")
    town.create(contracts.municipality_settings("esimerkkila"))
    with pytest.raises(WorkspaceError, match="ei ole vielä julkaisua"):
        lake.publish(town, "ducklake:postgres:host=x", tmp_path / "files")


def test_the_commands_of_the_guide_publish_and_read(
    town: Workspace, address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _publish(town, address, tmp_path / "files") == 0
    assert EDITION in capsys.readouterr().out
    done = subprocess.run(
        [sys.executable, "-c", small_country.of_guide("import os")],
        env={**os.environ, "LAKE": address, "HOME": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    held, values = done.stdout.splitlines()
    assert held == str([(town.settings.municipality.code, EDITION)])
    with duckdb.connect(str(town.editions / EDITION / "public.duckdb"), read_only=True) as connection:
        expected = connection.sql(
            "SELECT period, value FROM marts.indicator_values WHERE indicator_id = 'grants_awarded_eur'"
        ).fetchall()
    assert len(expected) > 3
    assert values == str(expected)


def _publish(town: Workspace, to: str, files: Path) -> object:
    """Run the command of the guide, with its placeholders filled in."""
    words = small_country.command_of_guide("yhteispeli publish")
    places = {
        "WORKSPACE": str(town.root),
        words[words.index("--to") + 1]: to,
        words[words.index("--files") + 1]: str(files),
    }
    return app([places.get(word, word) for word in words[1:]], result_action="return_value")


def _counts(town: Workspace, edition: str) -> tuple[int, int]:
    with duckdb.connect(str(town.editions / edition / "public.duckdb"), read_only=True) as connection:
        return tuple(database.count(connection, f"marts.{name}") for name in ("indicator_values", "grant_awards"))  # type: ignore[return-value]


def _role_that_only_reads(server: str, address: str) -> str:
    """Make the role that the guide tells readers to have, and return their address of the lake."""
    name = address.rpartition("=")[2]
    with closing(psycopg2.connect(f"{server} dbname={name}")) as connection, connection, connection.cursor() as cursor:
        cursor.execute(
            "CREATE ROLE reader LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader; "
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reader"
        )
    return address.replace("user=postgres", "user=reader")
