"""A machine that was off: missed times ask nothing, and one run asks for everything that was missed, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from pipelines import contracts, landing
from pipelines.assets.landing import ASK_TAG
from pipelines.definitions import JOB
from pipelines.schedules import CADENCES, asking_schedules, catch_up_sensor, missed_asks
from pipelines.workspace import Workspace

INTERFACES = """
[interfaces.{source}]
enabled = true
base_url = "http://127.0.0.1:9"
"""
ASKED = ("events", "population", "municipal_finance")


@pytest.fixture
def town(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "town")
    settings = contracts.municipality_settings("esimerkkila")
    assert not any(line.startswith("[interfaces.") and "enabled = true" in line for line in settings.splitlines())
    workspace.create(_without_interfaces(settings) + "".join(INTERFACES.format(source=source) for source in ASKED))
    return workspace


def _without_interfaces(settings: str) -> str:
    blocks = settings.split("\n\n")
    return "\n\n".join(block for block in blocks if "[interfaces" not in block)


def _fetch(workspace: Workspace, source: str) -> None:
    fetch = landing.begin_fetch(workspace, source, "all")
    landing.land_page(fetch, "1", "http://127.0.0.1/1", f"{source} {datetime.now(UTC)}".encode())
    landing.finish_fetch(fetch)


def _tick(sensor: dg.SensorDefinition, cursor: str | None) -> tuple[str | None, list[str]]:
    result = sensor(dg.build_sensor_context(cursor=cursor))
    if isinstance(result, dg.SensorResult):
        return result.cursor, [request.tags[ASK_TAG] for request in result.run_requests or []]
    return cursor, []


def test_a_time_that_was_missed_asks_nothing_and_one_that_is_kept_asks() -> None:
    for schedule, cadence in zip(asking_schedules(JOB), CADENCES, strict=True):
        now = datetime.now(UTC)
        for hours in range(2, 24 * 8, 7):
            late = schedule(dg.build_schedule_context(scheduled_execution_time=now - timedelta(hours=hours)))
            assert isinstance(late, dg.SkipReason)
        kept = schedule(dg.build_schedule_context(scheduled_execution_time=now))
        assert isinstance(kept, dg.RunRequest)
        assert kept.tags[ASK_TAG].split(",") == list(cadence.sources)


def test_what_was_missed_is_asked_for_in_one_run_and_once(town: Workspace) -> None:
    sensor = catch_up_sensor(town, JOB)
    cursor, asked = _tick(sensor, None)
    assert asked == [",".join(sorted(ASKED))]
    for _ in range(20):  # nothing answers, and nobody is pestered
        cursor, asked = _tick(sensor, cursor)
        assert asked == []
    for source in ASKED:
        _fetch(town, source)
    assert _tick(sensor, cursor)[1] == []


def test_a_week_without_power_makes_only_what_is_older_than_its_period_wait(town: Workspace) -> None:
    for source in ASKED:
        _fetch(town, source)
    now = datetime.now(UTC)
    assert set(missed_asks(town, now + timedelta(days=7))) == set()  # the schedule itself asks at this time
    assert set(missed_asks(town, now + timedelta(days=8))) == {"events"}
    assert set(missed_asks(town, now + timedelta(days=40))) == set(ASKED)


def test_a_file_from_the_inbox_is_no_answer_of_an_interface(town: Workspace) -> None:
    (town.inbox / "events" / "tapahtumat.csv").write_text("Nimi\n", encoding="utf-8")
    landing.land_inbox(town, "events")
    assert missed_asks(town, datetime.now(UTC))["events"] == ""


def test_every_source_with_an_interface_has_a_time() -> None:
    from pipelines.clients import CLIENTS

    assert {source for cadence in CADENCES for source in cadence.sources} == set(CLIENTS)
