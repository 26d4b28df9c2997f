"""The inbox sensor: it asks for one refresh when the inbox has changed and stands still."""

from __future__ import annotations

import os
from pathlib import Path

import dagster as dg
import pytest

from pipelines import contracts
from pipelines.inbox import fingerprint, inbox_sensor
from pipelines.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "town")
    made.create(contracts.municipality_settings("esimerkkila"))
    return made


def drop(workspace: Workspace, name: str, content: str, moment: int) -> None:
    file = workspace.inbox / "grant_ledger" / name
    file.write_text(content, encoding="utf-8")
    os.utime(file, (moment, moment))


class Ticks:
    """A sensor that is asked again and again, with its cursor kept as the daemon keeps it."""

    def __init__(self, workspace: Workspace) -> None:
        self.sensor = inbox_sensor(workspace, "refresh")
        self.cursor: str | None = None
        self.run_keys: list[str | None] = []

    def tick(self) -> int:
        """Ask once; return how many runs were asked for that the daemon would start."""
        context = dg.build_sensor_context(cursor=self.cursor)
        told = self.sensor.evaluate_tick(context)
        self.cursor = told.cursor
        fresh = [run for run in told.run_requests or [] if run.run_key is None or run.run_key not in self.run_keys]
        self.run_keys += [run.run_key for run in fresh]
        return len(fresh)


def test_an_empty_inbox_asks_for_nothing(workspace: Workspace) -> None:
    ticks = Ticks(workspace)
    assert [ticks.tick(), ticks.tick()] == [0, 0]
    assert fingerprint(workspace) is None


def test_a_dropped_file_asks_for_one_run_once_it_stands_still(workspace: Workspace) -> None:
    ticks = Ticks(workspace)
    drop(workspace, "a.csv", "1", 1000)
    assert [ticks.tick(), ticks.tick(), ticks.tick(), ticks.tick()] == [0, 1, 0, 0]


def test_a_file_that_is_still_being_copied_waits(workspace: Workspace) -> None:
    ticks = Ticks(workspace)
    for second, content in enumerate(("1", "12", "123")):
        drop(workspace, "a.csv", content, 1000 + second)
        assert ticks.tick() == 0
    assert ticks.tick() == 1


def test_a_file_that_is_put_back_as_it_was_asks_again(workspace: Workspace) -> None:
    ticks = Ticks(workspace)
    for content, moment in (("old", 1000), ("newer", 2000), ("old", 1000)):
        drop(workspace, "a.csv", content, moment)
        assert [ticks.tick(), ticks.tick()] == [0, 1]


@pytest.mark.parametrize("name", [".hidden.csv", "~$a.xlsx", "Thumbs.db"])
def test_what_landing_passes_over_asks_for_nothing(name: str, workspace: Workspace) -> None:
    drop(workspace, name, "1", 1000)
    assert fingerprint(workspace) is None


def test_the_fingerprint_sees_name_size_time_and_source(workspace: Workspace) -> None:
    drop(workspace, "a.csv", "1", 1000)
    seen = {fingerprint(workspace)}
    drop(workspace, "a.csv", "2", 1001)
    seen.add(fingerprint(workspace))
    drop(workspace, "a.csv", "12", 1001)
    seen.add(fingerprint(workspace))
    (workspace.inbox / "grant_ledger" / "a.csv").rename(workspace.inbox / "grant_ledger" / "b.csv")
    seen.add(fingerprint(workspace))
    (workspace.inbox / "grant_ledger" / "b.csv").rename(workspace.inbox / "population" / "b.csv")
    seen.add(fingerprint(workspace))
    assert len(seen) == 5
