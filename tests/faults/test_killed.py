"""A refresh that is killed at any moment leaves everything whole, and the next one goes on as if nothing had been."""

from __future__ import annotations

import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from struck_town import Reference, Running, edition_of, half_made, is_whole, landed, run_rooms, run_rooms_until, start

from pipelines import editions, landing
from pipelines.workspace import Workspace

IN_A_ROW = 3
"""A refresh that starts from what a killed one has left is killed too."""

PLACES: dict[str, tuple[str, str]] = {
    "received bytes are to be written": ("open", "{new}.partial"),
    "received bytes are to get their name": ("os.rename", "landing/{new}"),
    "the manifest is to name them": ("open", "manifest.jsonl"),
    "the open data is to be described": ("open", "datapackage.json"),
    "the edition is to be described": ("open", "edition.json"),
    "the edition is to get its name": ("os.rename", "{digest}"),
    "CURRENT is to be written": ("open", ".CURRENT.partial"),
    "CURRENT is to be replaced": ("os.rename", "/CURRENT"),
    "CURRENT has been replaced": ("open", "{root}"),
}
"""The operations on files that a refresh is killed just before, in the order in which they happen."""


def assert_nothing_lost(town: Workspace, reference: Reference, kept: set[str]) -> None:
    """Everything is whole, what had landed is there, and CURRENT is the edition before or the one after."""
    assert is_whole(town)
    assert kept <= set(landing.kept_hashes(town))
    assert str(editions.current_id(town)).partition("-")[2] in {reference.before.digest, reference.after.digest}
    assert edition_of(town) in (reference.before, reference.after)


def assert_mended(town: Workspace, reference: Reference) -> None:
    """The next refresh makes the edition that an undisturbed one makes, byte for byte, and leaves nothing half made."""
    (*_, outcome) = start(run_rooms, str(town.root)).ended()
    assert outcome == ("published", editions.current_id(town))
    assert edition_of(town) == reference.after
    assert is_whole(town)
    assert half_made(town) == []
    assert set(landed(town)) == {"ote.csv", "lisays.csv"}


def kill_at(running: Running, moment: float) -> None:
    """Kill a refresh so long after it has begun its first table."""
    assert running.ear.poll(600)
    time.sleep(moment)
    running.process.kill()
    running.process.join()


@pytest.mark.parametrize("place", PLACES)
def test_a_refresh_killed_at_a_place_that_matters(place: str, town: Workspace, reference: Reference) -> None:
    event, ending = PLACES[place]
    (new,) = set(reference.landed) - set(landed(town).values())
    asked = ending.format(new=new, digest=reference.after.digest, root=town.root)
    kept = set(landing.kept_hashes(town))
    running = start(run_rooms_until, str(town.root), event, asked)
    running.ended()
    assert running.process.exitcode == -signal.SIGKILL
    assert_nothing_lost(town, reference, kept)
    assert_mended(town, reference)


def test_a_refresh_killed_at_random_moments(
    reference: Reference, moments: int, tmp_path: Path, figures: Callable[[str], None]
) -> None:
    """The moments are spread over the time of an undisturbed refresh; the seed is fixed, whatever the machine."""
    chance = random.Random(moments)
    rooms: Counter[str] = Counter()
    longest = 0.0
    for first in range(0, moments, IN_A_ROW):
        town = Workspace(tmp_path / f"town{first}")
        shutil.copytree(reference.root, town.root)
        for number in range(first, min(first + IN_A_ROW, moments)):
            kept = set(landing.kept_hashes(town))
            moment = reference.seconds * (number + chance.random()) / moments
            running = start(run_rooms, str(town.root))
            kill_at(running, moment)
            tables = [told for told in running.told() if isinstance(told, str)]
            is_ended = running.process.exitcode != -signal.SIGKILL
            rooms["ended before" if is_ended else (tables or ["raw.first"])[-1].partition(".")[0]] += 1
            assert_nothing_lost(town, reference, kept)
        begun = time.monotonic()
        assert_mended(town, reference)
        longest = max(longest, time.monotonic() - begun)
        shutil.rmtree(town.root)
    struck = ", ".join(f"{room} {count}" for room, count in rooms.most_common())
    figures(
        f"killed at {moments} random moments ({struck}): 0 torn, 0 lost; the next refresh mended itself in "
        f"{longest:.1f} s at most"
    )
    assert rooms["ended before"] < moments
