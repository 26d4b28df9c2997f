"""`yhteispeli status`: what is fresh, overdue, failing or waiting, in text, JSON, for Prometheus and over HTTP."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread

import dagster as dg
import duckdb
import pytest
from prometheus_client.parser import text_string_to_metric_families

from pipelines import cli, contracts, landing, run
from pipelines.assets.landing import INTERFACES
from pipelines.contracts import message
from pipelines.service import status as looking
from pipelines.service.endpoint import StatusServer
from pipelines.service.freshness import due_after
from pipelines.service.status import Finding, Status, status_of
from pipelines.service.status_forms import as_json, prometheus, screen
from pipelines.workspace import Workspace
from tests.pipeline.conftest import RefreshedTown


@pytest.fixture
def town(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "town")
    workspace.create(contracts.municipality_settings("esimerkkila"))
    return workspace


def _found(status: Status) -> dict[str, Finding]:
    return {finding.key: finding for finding in status.findings}


def _deliver(workspace: Workspace, source: str, text: str = "sisältö") -> datetime:
    (workspace.inbox / source / "tiedosto.csv").write_text(text, encoding="utf-8")
    (file,) = landing.land_inbox(workspace, source)
    return file.received


@pytest.mark.parametrize("source", ["annual_clock", "population", "grant_controls", "resident_survey"])
def test_the_day_that_is_promised_is_that_of_the_mart(source: str) -> None:
    contract = contracts.sources()[source]
    days = [date(2023, 1, 1) + timedelta(days=number) for number in range(2 * 366)]
    asked = "SELECT (day + to_months($months) + to_days($days))::DATE FROM unnest($dates) AS given(day)"
    values = {"months": contract.frequency_months, "days": contract.latency_days, "dates": days}
    expected = [row[0] for row in duckdb.execute(asked, values).fetchall()]
    assert [due_after(day, contract) for day in days] == expected


def test_a_source_is_fresh_until_the_promised_day_and_overdue_after_it(town: Workspace) -> None:
    contract = contracts.sources()["population"]
    due = due_after(_deliver(town, "population").date(), contract)
    last_moment = datetime.combine(due, datetime.max.time(), UTC)
    assert "overdue:population" not in _found(status_of(town, last_moment))
    found = _found(status_of(town, last_moment + timedelta(seconds=1)))["overdue:population"]
    assert (found.level, found.owner) == ("waits", contract.owner)
    assert f"{due.day}.{due.month}.{due.year}" in found.said.sv
    assert contract.title.sv in found.said.sv


def test_a_file_that_can_not_be_read_keeps_nothing_fresh(town: Workspace) -> None:
    _deliver(town, "population")
    (file,) = landing.files_in_force(town, "population")
    landing.note_refusal(town, file, message("cli.fault", detail="rikki"))
    status = status_of(town)
    assert {age.contract.name: age.state for age in status.sources}["population"] == "absent"
    refused = _found(status)[f"refused:{file.sha256[:16]}"]
    assert refused.level == "fails"
    assert "rikki" in refused.said.fi


def test_what_lies_in_the_inbox_waits_until_it_has_been_taken_in(town: Workspace) -> None:
    _deliver(town, "population")
    assert "inbox" not in _found(status_of(town))
    (town.inbox / "population" / "tiedosto.csv").write_text("uusi sisältö", encoding="utf-8")
    (town.inbox / "eksynyt.csv").write_text("a", encoding="utf-8")
    found = _found(status_of(town))
    assert found["inbox"].count == 1
    assert "inbox/population/tiedosto.csv" in found["inbox"].said.fi
    assert "inbox/eksynyt.csv" in found["stray"].said.fi


def test_a_run_that_failed_is_told_with_its_reason(town: Workspace) -> None:
    assert status_of(town).last_run is None
    outcome = run.refresh(town, lambda _table: None)
    assert outcome.kept_because is not None
    status = status_of(town)
    assert status.last_run is not None
    assert (status.last_run.state, status.level) == ("failed", "fails")
    (failed,) = (finding for finding in status.findings if finding.kind == "run")
    assert outcome.kept_because.fi in failed.said.fi


def test_an_interface_that_did_not_answer_is_told_until_something_newer_has_come(town: Workspace) -> None:
    with dg.DagsterInstance.from_config(str(town.dagster_home)) as instance:
        for told in ({"population": "ei vastannut"}, {"population": "ei vastannut", "events": 3}, {}):
            instance.report_runless_asset_event(dg.AssetMaterialization(INTERFACES, metadata=told))
    assert [finding.source for finding in status_of(town).findings if finding.kind == "interface"] == ["population"]
    _deliver(town, "population")
    assert "interface:population" not in _found(status_of(town))


def test_a_part_that_is_down_and_a_full_disk_fail(town: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = {
        "daemon": {"pid": os.getpid(), "since": "", "restarts": 2},
        "dashboards": {"pid": None, "since": "", "restarts": 5},
    }
    town.service_file.write_text(json.dumps({"supervisor": os.getpid(), "parts": parts}), encoding="utf-8")
    status = status_of(town)
    assert [(part.name, part.is_up) for part in status.parts] == [("daemon", True), ("dashboards", False)]
    assert _found(status)["part:dashboards"].level == "fails"
    assert "space" not in _found(status)
    monkeypatch.setattr(looking, "LEAST_FREE", status.free_bytes * 10)
    assert _found(status_of(town))["space"].level == "fails"


def test_an_edition_that_can_not_be_opened_is_a_sentence(town: Workspace) -> None:
    folder = town.editions / "20260101-0000000000"
    folder.mkdir()
    (folder / "edition.json").write_text(json.dumps({"published_at": "2026-01-01T00:00:00+00:00"}), encoding="utf-8")
    (folder / "analyst.duckdb").write_bytes(b"no database" * 1000)
    town.current_file.write_text(folder.name, encoding="utf-8")
    found = _found(status_of(town))[f"unreadable:{folder.name}"]
    assert folder.name in found.said.fi
    assert "\n" not in found.said.fi


def test_the_example_town_in_every_form(example_town: RefreshedTown, capsys: pytest.CaptureFixture[str]) -> None:
    status = status_of(example_town.workspace)
    found = {finding.kind: finding.count for finding in status.findings}
    with duckdb.connect(str(example_town.edition("public.duckdb")), read_only=True) as connection:
        due = dict(connection.sql("SELECT source, next_due_on FROM marts.source_status").fetchall())
    assert {age.contract.name: age.due_on for age in status.sources} == due
    assert found["refused"] == 1
    assert found["reconciliation"] == 1
    assert status.edition is not None
    assert status.edition.id == example_town.outcome.edition_id
    assert cli.app(["status", str(example_town.workspace.root)], result_action="return_value") == 2
    shown = capsys.readouterr().out.splitlines()
    assert len(shown) <= 24
    assert shown[0].endswith(message("status.level.fails").fi)
    for language in contracts.LANGUAGES:
        assert all("{" not in line for line in screen(status, "TYÖTILA", language))
        told = as_json(status, language)
        assert json.loads(json.dumps(told)) == told
        assert {item["kind"] for item in told["findings"]} == set(found)  # type: ignore[attr-defined]  # a list
    gauges = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(prometheus(status))
        for sample in family.samples
    }
    assert gauges["yhteispeli_state",] == 2
    assert gauges["yhteispeli_findings", "refused"] == 1
    assert gauges["yhteispeli_source_overdue", "population"] == 0
    assert gauges["yhteispeli_workspace_size_bytes",] == status.workspace_bytes > 1_000_000


def test_looking_takes_nothing_from_a_refresh_that_runs(example_town: RefreshedTown, tmp_path: Path) -> None:
    copy = Workspace(tmp_path / "town")
    shutil.copytree(example_town.workspace.root, copy.root)
    copy.build_file.unlink()
    copy.build_file.mkdir()  # whoever opened it would fail
    assert status_of(copy).level == "fails"


@pytest.fixture
def server(town: Workspace) -> Iterator[HTTPConnection]:
    serving = StatusServer(town.root, 0)
    Thread(target=serving.serve_forever, daemon=True).start()
    connection = HTTPConnection("127.0.0.1", serving.server_address[1], timeout=60)
    yield connection
    connection.close()
    serving.shutdown()
    serving.server_close()


def _get(connection: HTTPConnection, path: str, host: str = "localhost") -> tuple[int, str]:
    connection.request("GET", path, headers={"Host": host})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_monitoring_asks_over_http(server: HTTPConnection) -> None:
    code, metrics = _get(server, "/metrics")
    assert code == 200
    assert "yhteispeli_state 2.0" in metrics.splitlines()
    assert json.loads(_get(server, "/status")[1])["state"] == "fails"
    assert _get(server, "/health")[0] == 503
    assert _get(server, "/muu")[0] == 404


def test_a_name_that_leads_here_from_elsewhere_is_refused(server: HTTPConnection) -> None:
    code, said = _get(server, "/status", host="paha.example:80")
    assert code == 421
    assert "findings" not in said


def test_a_workspace_that_can_not_be_read_is_told_over_http(server: HTTPConnection, town: Workspace) -> None:
    town.settings_file.write_text("[", encoding="utf-8")
    code, said = _get(server, "/health")
    assert code == 503
    assert "municipality.toml" in json.loads(said)["said"]
