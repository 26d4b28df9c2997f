"""The parts of a cluster that need no server: the graph, what workers hand over, and that one machine needs none of it."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from pipelines import contracts, definitions, editions, landing
from pipelines.assets.landing import ASK_TAG
from pipelines.build import Build
from pipelines.cluster import assets, exchange, national
from pipelines.cluster.definitions import build_definitions
from pipelines.cluster.deployment import Deployment
from pipelines.country.folder import Country
from pipelines.example.country_files import write_amounts
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace
from tests.cluster.small_country import SMALL
from warehouse import database

ROOT = Path(__file__).resolve().parents[2]
RUN = "a-run"
ONLY_IN_CLUSTERS = (
    "dagster_celery",
    "celery",
    "redis",
    "dagster_postgres",
    "psycopg2",
    "duckdb_extensions",
    "pipelines.cluster",
)


@pytest.fixture
def deployment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    monkeypatch.setenv("YHTEISPELI_BROKER", "redis://127.0.0.1:1/0")
    write_amounts(tmp_path / "country", SMALL, seed=1)
    return Deployment(Country(tmp_path / "country"), lake="ducklake:postgres:host=x")


@pytest.fixture
def build(deployment: Deployment) -> Iterator[Build]:
    """The tables of an edition, all of them empty but for the one that names it."""
    workspace = next(iter(deployment.country.towns.values()))
    with database.in_memory() as connection:
        for item in editions.exports("analyst"):
            columns = ", ".join(f"{column.name} {column.duckdb_type}" for column in item.shape.columns)
            connection.execute(f"CREATE TABLE {item.shape.name} ({columns})")
        yield Build(workspace, connection)


def test_the_graph_is_that_of_one_machine(deployment: Deployment, tmp_path: Path) -> None:
    alone = definitions.build_definitions(Workspace(tmp_path)).resolve_asset_graph()
    spread = build_definitions(deployment).resolve_asset_graph()
    own = {dg.AssetKey(["lake"]), national.NATIONAL_FILES, national.COMPARISON}
    assert len(alone.get_all_asset_keys()) > 100
    assert spread.get_all_asset_keys() - own == alone.get_all_asset_keys()
    assert spread.asset_check_keys == alone.asset_check_keys
    for key in alone.get_all_asset_keys():
        assert spread.get(key).parent_keys == alone.get(key).parent_keys, key
        assert spread.get(key).partitions_def.get_partition_keys() == list(deployment.country.towns)


def test_what_was_handed_over_comes_back_as_it_was(build: Build) -> None:
    _fill(build, "core.returns")
    _fill(build, "core.grants")
    exchange.give(build, RUN)
    exchange.give(build, RUN)  # a step that is done again
    with database.in_memory() as connection:
        exchange.take(Build(build.workspace, connection), RUN)
        for item in editions.exports("analyst"):
            given, taken = (database.read_frame(open_, item.shape.name) for open_ in (build.connection, connection))
            assert taken.equals(given), item.shape.name
            assert taken.schema == given.schema
        assert database.count(connection, "core.returns") == 1
    exchange.clear(build.workspace)
    assert not (build.workspace.root / "exchange").exists()


def test_a_byte_that_has_changed_is_refused(build: Build) -> None:
    exchange.give(build, RUN)
    file = build.workspace.root / "exchange" / RUN / "meta.edition.parquet"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with database.in_memory() as connection, pytest.raises(exchange.ExchangeError, match=r"meta\.edition"):
        exchange.take(Build(build.workspace, connection), RUN)


def test_a_file_that_is_missing_is_refused(build: Build) -> None:
    exchange.give(build, RUN)
    (build.workspace.root / "exchange" / RUN / "core.grants.parquet").unlink()
    with database.in_memory() as connection, pytest.raises(exchange.ExchangeError, match=r"core\.grants"):
        exchange.take(Build(build.workspace, connection), RUN)


def test_nothing_is_taken_from_a_worker_that_died_while_handing_over(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Died(BaseException):
        pass

    def die(_path: Path) -> str:
        raise Died

    monkeypatch.setattr(editions, "sha256_of", die)
    with pytest.raises(Died):
        exchange.give(build, RUN)
    monkeypatch.undo()
    with database.in_memory() as connection, pytest.raises(exchange.ExchangeError, match="not handed over whole"):
        exchange.take(Build(build.workspace, connection), RUN)
    exchange.give(build, RUN)  # the one after it
    assert [path.name for path in (build.workspace.root / "exchange").iterdir()] == [RUN]


def test_tables_of_another_program_are_not_published(
    build: Build, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, town = next(iter(deployment.country.towns.items()))
    town.make_folders()
    for source in contracts.sources():
        landing.land_inbox(town, source)
    _fill(build, "meta.edition")
    build.connection.execute("UPDATE meta.edition SET edition_id = '20260101-0123456789'")
    exchange.give(build, RUN)
    take = exchange.take
    monkeypatch.setattr(exchange, "take", lambda build, _run: take(build, RUN))
    edition = assets.edition_asset(deployment, dg.StaticPartitionsDefinition([code]))
    with pytest.raises(assets.OtherProgramError, match="20260101-0123456789"):
        dg.materialize([edition], partition_key=code)
    assert editions.current_id(town) is None


def test_each_night_every_town_is_refreshed_and_a_broken_one_stops_no_other(deployment: Deployment) -> None:
    broken, other = deployment.country.towns
    deployment.country.towns[broken].settings_file.write_text("not settings", encoding="utf-8")
    repository = build_definitions(deployment).get_repository_def()
    schedule = repository.get_schedule_def("each_night")
    night = datetime(2026, 11, 24, tzinfo=UTC)
    with (
        dg.DagsterInstance.ephemeral() as instance,
        dg.build_schedule_context(instance, night, repository_def=repository) as context,
    ):
        requests = schedule.evaluate_tick(context).run_requests
    assert [request.partition_key for request in requests] == [broken, other]
    assert all(request.tags[ASK_TAG] == "" for request in requests), "the invented towns ask no interface"


def test_a_town_under_the_code_of_another_is_refused(deployment: Deployment) -> None:
    code, other = deployment.country.towns
    text = deployment.country.towns[code].settings_file.read_text(encoding="utf-8")
    deployment.country.towns[code].settings_file.write_text(text.replace(f'"{code}"', f'"{other}"'), encoding="utf-8")
    town = assets.town_asset(deployment, dg.StaticPartitionsDefinition([code]))
    with pytest.raises(WorkspaceError, match=code):
        dg.materialize([town], partition_key=code)


def test_national_files_are_parted_and_nothing_is_compared_before_anybody_has_published(deployment: Deployment) -> None:
    result = dg.materialize(national.national_assets(deployment, assets.WRITER))
    assert result.success
    told = result.asset_materializations_for_node("landing__national_files")[0].metadata
    assert sum(told["rows"].value.values()) > SMALL.associations
    assert not told["refused"].value
    for town in deployment.country.towns.values():
        assert list((town.inbox / "prh_register").iterdir())
    assert not (deployment.country.comparison / "CURRENT").exists()


def test_one_machine_runs_without_what_a_cluster_needs(tmp_path: Path) -> None:
    code = f"""
import sys
from importlib.abc import MetaPathFinder
from pathlib import Path

class Absent(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name in {ONLY_IN_CLUSTERS!r} or name.startswith("duckdb_extension_"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
from pipelines import cli, run
from pipelines.example import write_example
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace
root = Path(sys.argv[1])
write_example(root, 1)
for extra in sorted((root / "inbox").rglob("*")):
    if extra.is_file() and "prh_register" not in extra.parts:
        extra.unlink()
outcome = run.refresh(Workspace(root), lambda _table: None)
assert outcome.has_run, outcome
try:
    cli.app(["publish", str(root), "--to", "ducklake:postgres:host=x", "--files", str(root / "lake")], result_action="return_value")
except Exception as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "town")],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "yhteispeli[cluster]" in done.stdout


def test_nothing_but_the_cluster_imports_the_cluster() -> None:
    for file in sorted(ROOT.joinpath("pipelines").rglob("*.py")):
        if "cluster" in file.relative_to(ROOT).parts:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.startswith("pipelines.cluster")], file


def _fill(build: Build, table: str) -> None:
    """Insert a row with a value in every column."""
    shape = next(item.shape for item in editions.exports("analyst") if item.shape.name == table)
    values = ", ".join(
        f"CAST({_PLAIN.get(column.duckdb_type, _TEXT)} AS {column.duckdb_type})" for column in shape.columns
    )
    build.connection.execute(f"INSERT INTO {table} VALUES ({values})")


_TEXT = "'ä; \"'"
_PLAIN = {
    "DATE": "'2026-01-01'",
    "BOOLEAN": "true",
    "BIGINT": "7",
    "DOUBLE": "0.1",
    "DECIMAL(14,2)": "1.50",
    "VARCHAR[]": "['a', 'b']",
}
