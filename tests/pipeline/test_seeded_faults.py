"""A small round of the measure of `make bench`: planted faults are caught, and clean rows are left in peace."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pipelines import contracts
from pipelines.expectations import COMPARING_RULES

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))
from faults import CleanTown, clean_town, false_alarms, plant_all
from planting import faults


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> CleanTown:
    return clean_town(tmp_path_factory.mktemp("clean") / "town", seed=2)


def test_planted_faults_are_caught(town: CleanTown) -> None:
    counts = plant_all(town, faults(), each=1, seed=2)
    planted = sum(one.planted for one in counts.values())
    missed = [f"{title}: {told}" for title, one in counts.items() for told in one.missed]
    assert planted > 150
    assert len(missed) <= 0.05 * planted, "\n".join(missed)


def test_clean_rows_are_left_in_peace(town: CleanTown) -> None:
    alarms = false_alarms(town)
    rows, marked = (sum(one[place] for one in alarms.values()) for place in (0, 1))
    assert rows > 7000
    assert marked <= 0.02 * rows, alarms


def test_without_the_rules_that_compare_too_many_faults_pass(town: CleanTown, monkeypatch: pytest.MonkeyPatch) -> None:
    """The measure can fail: it falls when the rules are taken away."""
    monkeypatch.setattr("pipelines.quality.failing", lambda _rule, _rows, _known: ())
    chosen = [fault for fault in faults() if fault.title in {"euros as cents", "year one off"}]
    counts = plant_all(town, chosen, each=1, seed=2)
    assert sum(one.caught for one in counts.values()) < 0.5 * sum(one.planted for one in counts.values())


def test_rules_that_compare_only_ask() -> None:
    rules = [rule for source in contracts.sources().values() for rule in source.rules]
    assert {rule.severity for rule in rules if rule.expectation in COMPARING_RULES} == {"warning"}
