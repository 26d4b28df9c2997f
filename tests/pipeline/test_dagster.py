"""Dagster's view: one asset a table, checks from the contracts, the inbox sensor, the schedules, one run at a time."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from pipelines import contracts, inbox
from pipelines.definitions import JOB, build_definitions
from pipelines.refresh import made_of
from pipelines.workspace import Workspace
from tests.pipeline.conftest import RefreshedTown
from warehouse.models import models


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    return build_definitions(Workspace(tmp_path_factory.mktemp("dagster")))


def test_one_asset_a_table_and_the_edition(definitions: dg.Definitions) -> None:
    keys = {".".join(key.path) for key in definitions.resolve_asset_graph().get_all_asset_keys()}
    assert keys == {*made_of(), "edition", "landing.interfaces"}
    described = set(contracts.tables()) - {name for name in contracts.tables() if name.startswith("quality.")}
    assert described <= keys


def test_dependencies_are_those_of_the_sql(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    parents = {".".join(key.path) for key in graph.get(dg.AssetKey(["core", "grants"])).parent_keys}
    assert parents == {"core.organisation_links", "meta.granting_bodies", "staging.grant_ledger"}
    assert {".".join(key.path) for key in graph.get(dg.AssetKey(["edition"])).parent_keys} == set(made_of())


def test_every_written_rule_is_a_check_and_critical_ones_block(definitions: dg.Definitions) -> None:
    specs = definitions.resolve_asset_graph().asset_check_keys
    names = {(".".join(key.asset_key.path), key.name) for key in specs}
    for source in contracts.sources().values():
        for rule in source.rules:
            if not rule.implied:
                assert (f"staging.{source.name}", rule.id.partition(".")[2]) in names
        assert (f"staging.{source.name}", "rows_and_euros_accounted_for") in names


def test_the_run_is_in_the_history_of_the_workspace(example_town: RefreshedTown) -> None:
    with dg.DagsterInstance.from_config(str(example_town.workspace.dagster_home)) as instance:
        runs = instance.get_runs()
        assert [run.status for run in runs] == [dg.DagsterRunStatus.SUCCESS]
        assert instance.telemetry_enabled is False
        event = instance.get_latest_materialization_event(dg.AssetKey(["staging", "grant_ledger"]))
        assert event is not None
        assert event.asset_materialization is not None
        assert int(str(event.asset_materialization.metadata["dagster/row_count"].value)) > 1000


def test_dagster_knows_which_columns_a_column_is_made_of(example_town: RefreshedTown) -> None:
    with dg.DagsterInstance.from_config(str(example_town.workspace.dagster_home)) as instance:
        for name, model in models().items():
            event = instance.get_latest_materialization_event(dg.AssetKey(name.split(".")))
            assert event is not None
            assert event.asset_materialization is not None
            told = event.asset_materialization.metadata["dagster/column_lineage"].value
            assert isinstance(told, dg.TableColumnLineage)
            assert set(told.deps_by_column) == {column.name for column in contracts.tables()[model.full_name].columns}


def test_the_sensor_waits_until_the_inbox_stands_still_and_asks_once(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "town")
    workspace.create(contracts.municipality_settings("esimerkkila"))
    sensor = inbox.inbox_sensor(workspace, JOB)

    def tick(cursor: str | None) -> tuple[str | None, int]:
        context = dg.build_sensor_context(cursor=cursor)
        result = sensor(context)
        if isinstance(result, dg.SensorResult):
            return result.cursor, len(result.run_requests or [])
        return context.cursor, 0

    assert tick(None) == (None, 0)
    file = workspace.inbox / "prh_register" / "ote.csv"
    file.write_text("puoliksi", encoding="utf-8")
    cursor, requests = tick(None)
    assert requests == 0
    file.write_text("puoliksi kopioitu", encoding="utf-8")
    cursor, requests = tick(cursor)
    assert requests == 0
    cursor, requests = tick(cursor)
    assert requests == 1
    assert tick(cursor)[1] == 0


def test_schedules_and_sensor_run_by_themselves(definitions: dg.Definitions) -> None:
    repository = definitions.get_repository_def()
    schedules = {schedule.name: schedule.cron_schedule for schedule in repository.schedule_defs}
    assert schedules == {
        "register_weekly": "0 5 * * 1",
        "population_and_finance_monthly": "0 5 2 * *",
        "mail_each_morning": "0 7 * * *",
        "report_while_accounts_close": "0 6 3 2-5 *",
    }
    assert all(item.default_status == dg.DefaultScheduleStatus.RUNNING for item in repository.schedule_defs)
    assert {item.name for item in repository.sensor_defs} == {"inbox", "catch_up"}
    assert all(item.default_status == dg.DefaultSensorStatus.RUNNING for item in repository.sensor_defs)
