"""A town before and after a second delivery, made once; figures that the tests measured, printed at the end."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from struck_town import MANY, PATIENCE, Reference, deliver_more, edition_of, landed, make_town, run_rooms, start

from pipelines.workspace import Workspace

ONE_OF_EACH = (
    "place_that_matters[the manifest is to name them]",
    "place_that_matters[CURRENT is to be replaced]",
    "random_moments",
    "full_disk_stops_the_job",
    "damaged_build_database_is_made_anew[bytes flipped after the header]",
    "spoilt_line_of_the_manifest",
    "clock_that_goes_backwards",
    "second_refresh_says",
    "readers_see_whole_editions",
)
FIGURES = pytest.StashKey[list[str]]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("moments") >= MANY:
        return
    for item in items:
        if item.path.parent == Path(__file__).parent and not any(name in item.name for name in ONE_OF_EACH):
            item.add_marker(pytest.mark.skip(reason="one of each kind of fault is tried; make faults tries them all"))


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
