"""A town before and after a second delivery, made once; figures that the tests measured, printed at the end."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from struck_town import PATIENCE, Reference, deliver_more, edition_of, landed, make_town, run_rooms, start

from pipelines.workspace import Workspace

FIGURES = pytest.StashKey[list[str]]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for line in config.stash.get(FIGURES, []):
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def moments(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("moments"))


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Keep a line for the end of the run."""
    return request.config.stash.setdefault(FIGURES, []).append


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    folder = tmp_path_factory.mktemp("reference")
    town = make_town(folder / "before")
    assert start(run_rooms, str(town.root)).ended()[-1][0] == "published"
    before = edition_of(town)
    deliver_more(town)
    shutil.copytree(town.root, folder / "after")
    undisturbed = Workspace(folder / "after")
    running = start(run_rooms, str(undisturbed.root))
    assert running.ear.poll(PATIENCE)
    begun = time.monotonic()
    assert running.ended()[-1][0] == "published"
    seconds = time.monotonic() - begun
    after = edition_of(undisturbed)
    assert after.digest != before.digest
    return Reference(town.root, before, after, frozenset(landed(undisturbed).values()), seconds)


@pytest.fixture
def town(reference: Reference, tmp_path: Path) -> Workspace:
    """A town of its own with an edition, and a new file in its inbox."""
    shutil.copytree(reference.root, tmp_path / "town")
    return Workspace(tmp_path / "town")
