"""Two refreshes at once, and readers while editions are published: nobody reads half of anything, nobody waits for ever."""

from __future__ import annotations

from collections.abc import Callable

from struck_town import (
    MANY,
    PROCESSES,
    Reference,
    edition_of,
    is_whole,
    publish_numbered,
    read_until,
    run_job,
    run_rooms,
    run_rooms_held,
    start,
)

from pipelines import editions
from pipelines.workspace import Workspace

READERS, PUBLISHES = 8, 20
FEW = 3
"""Readers and publishes of a run of all tests; `make faults` asks for all."""
BUSY = "Toinen päivitys on käynnissä samassa työtilassa. Odota, että se valmistuu."


def test_a_second_refresh_says_that_one_is_running_and_the_first_goes_on(town: Workspace, reference: Reference) -> None:
    before = editions.current_id(town)
    reached, go_on = PROCESSES.Event(), PROCESSES.Event()
    first = start(run_rooms_held, str(town.root), "core.associations", reached, go_on)
    assert reached.wait(600)
    assert start(run_job, str(town.root)).ended() == [(before, BUSY)]
    assert start(run_rooms, str(town.root)).ended() == [("stopped", BUSY)]
    assert editions.current_id(town) == before
    go_on.set()
    assert first.ended() == [("published", editions.current_id(town))]
    assert edition_of(town) == reference.after
    assert is_whole(town)


def test_refreshes_that_start_at_the_same_moment(town: Workspace, reference: Reference) -> None:
    """One or more after each other get the workspace; the rest say that it is busy."""
    together = [start(run_rooms, str(town.root)) for _ in range(3)]
    outcomes = [running.ended()[-1] for running in together]
    assert set(outcomes) <= {("published", editions.current_id(town)), ("stopped", BUSY)}
    assert ("published", editions.current_id(town)) in outcomes
    assert edition_of(town) == reference.after
    assert is_whole(town)


def test_readers_see_whole_editions_while_others_are_published(
    town: Workspace, moments: int, figures: Callable[[str], None]
) -> None:
    readers, publishes = (READERS, PUBLISHES) if moments >= MANY else (FEW, FEW)
    assert start(publish_numbered, str(town.root), 1).ended() == [True]
    stop = PROCESSES.Event()
    reading = [start(read_until, str(town.root), stop) for _ in range(readers)]
    published = start(publish_numbered, str(town.root), publishes + 1).ended()
    stop.set()
    seen = [reader.ended()[0] for reader in reading]
    assert published == [False] + [True] * publishes
    assert [(torn, errors) for _, torn, errors in seen] == [([], [])] * readers
    reads = sum(count for count, _, _ in seen)
    assert is_whole(town)
    figures(f"{readers} readers, {publishes} publishes: {reads} reads, 0 errors, 0 torn")
