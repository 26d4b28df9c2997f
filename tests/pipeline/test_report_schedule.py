"""In the months of the financial statement the report is written by itself, once an edition."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest
from dagster._utils.schedules import cron_string_iterator

from pipelines import schedules
from pipelines.editions import current_id
from pipelines.parsing import TIME_ZONE
from pipelines.workspace import Workspace
from tests.pipeline.conftest import RefreshedTown


def test_it_is_due_once_a_month_from_february_to_may(tmp_path: Path) -> None:
    schedule = schedules.report_schedule(Workspace(tmp_path))
    ticks = cron_string_iterator(datetime(2026, 1, 1, tzinfo=UTC).timestamp(), schedule.cron_schedule, TIME_ZONE)
    assert [next(ticks).month for _ in range(5)] == [2, 3, 4, 5, 2]
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING


def test_the_report_of_a_year_is_written_once(
    example_town: RefreshedTown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = Workspace(tmp_path / "town")
    shutil.copytree(example_town.workspace.root, town.root)
    monkeypatch.setattr(schedules, "REPORTS", (("fi", "docx"),))
    written = schedules.write_reports(town, 2024)
    assert [file.name for file in written] == [f"yhteispeli_2024_fi_{current_id(town)}.docx"]
    assert written[0].read_bytes().startswith(b"PK")
    assert schedules.write_reports(town, 2024) == []


def test_a_year_without_figures_is_told_in_the_sentence_of_the_command(example_town: RefreshedTown) -> None:
    with pytest.raises(dg.Failure, match="1950"):
        schedules.write_reports(example_town.workspace, 1950)
