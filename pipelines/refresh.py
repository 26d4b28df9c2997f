"""One refresh of a workspace, from the inbox to CURRENT.

Here belongs: which table is made of which, the order that follows, and the refresh without Dagster. Not here: the work
itself (`pipelines.receiving`, `pipelines.rooms`), Dagster (`pipelines.definitions`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from graphlib import TopologicalSorter

from pipelines import catalogue, contracts, editions, keeping, proposals, receiving, rooms
from pipelines.build import Build, open_for_refresh
from pipelines.workspace import Workspace
from warehouse import database
from warehouse.models import models

Progress = Callable[[str], None]
Work = Callable[[Build], int]


@cache
def made_of() -> Mapping[str, frozenset[str]]:
    """Return what each table of a refresh is made of, by full name, in an order in which they can be built.

    The `quality` tables are written by staging, so a model that reads one of them waits for every source.
    """
    sources = contracts.sources()
    raw = [f"raw.{source}" for source in sources]
    staging = [f"staging.{source}" for source in sources]
    graph: dict[str, set[str]] = {name: set() for name in raw}
    graph |= {f"meta.{table}": set() for table in catalogue.TABLES}
    graph["meta.edition"] = set(raw)
    for source, contract in sources.items():
        graph[f"staging.{source}"] = {f"raw.{source}"}
        if receiving.needs_register(contract):
            graph[f"staging.{source}"].add("staging.prh_register")
    graph["marts.term_panels"] = {"marts.return_field", "marts.term_ends", rooms.FIGURES}
    graph["meta.revisions"] = {editions.MASKED_TABLE}
    graph["core.association_names"] = {"core.associations", "staging.prh_register"}
    mentions = {f"staging.{source}" for source in rooms.MENTIONS}
    graph["core.organisation_links"] = {"core.associations", "core.association_names", *mentions}
    graph["core.grant_explanations"] = set()
    graph["core.proposals"] = {"core.association_names", *(f"raw.{source}" for source in proposals.ASKED)}
    graph["core.event_tellings"] = {"staging.events", "core.city_work", "core.organisation_links"}
    graph["marts.return_estimates"] = graph["marts.return_changes"] = {"marts.return_field", rooms.FIGURES}
    weighed = {"marts.resident_field", "marts.survey_population"}
    graph["marts.resident_estimates"] = graph["marts.resident_changes"] = weighed
    graph["core.link_candidates"] = {"core.organisation_links", "core.associations", "core.association_names"}
    for name, model in models().items():
        reads_quality = any(table.startswith("quality.") for table in model.reads)
        own = {table for table in model.reads if not table.startswith("quality.")}
        graph[name] = own | (set(staging) if reads_quality else set())
    graph[rooms.FIGURES] |= {"marts.association_years", "marts.grant_awards"}  # disclosure control reads them
    order = TopologicalSorter({name: sorted(graph[name]) for name in sorted(graph)}).static_order()
    return {name: frozenset(graph[name]) for name in order}


def work(table: str) -> Work:
    """Return the function that makes a table and returns the number of its rows.

    A table that would become what it is already is left as it is (`pipelines.keeping`). A build database that turns out
    to be damaged is discarded.
    """
    return partial(_make, table, _work(table))


def _make(table: str, do: Work, build: Build) -> int:
    parts = made_of()[table]
    room, _, source = table.partition(".")
    with database.discarding_if_damaged(build.workspace.build_file):
        if room == "raw":
            receiving.land(build, source)
        recipe = keeping.recipe(build, table, parts)
        if keeping.stays(build, table, recipe):
            return build.made[table].rows
        build.made.pop(table, None)
        rows = do(build)
        keeping.note(build, table, recipe, rows, is_part=table in _parts())
        return rows


@cache
def _parts() -> frozenset[str]:
    """Return the tables of which others are made."""
    return frozenset[str]().union(*made_of().values())


def _work(table: str) -> Work:
    room, _, name = table.partition(".")
    if room == "raw":
        return partial(receiving.raw, source=name)
    if room == "staging":
        return lambda build: receiving.stage(build, name).rows.height
    if table in _ALONE:
        return _ALONE[table]
    return partial(rooms.meta, table=name) if room == "meta" else partial(rooms.model, table=table)


def run_rooms(workspace: Workspace, progress: Progress) -> editions.Published:
    """Refresh a workspace by calling the rooms one after another, without Dagster.

    Raises
    ------
    receiving.BlockingCheckError, editions.EmptyEditionError, database.TableError
        The edition before stays in force.
    """
    with open_for_refresh(workspace) as build:
        for table in made_of():
            progress(table)
            work(table)(build)
            room, _, source = table.partition(".")
            if room == "staging":
                receiving.refuse_critical(receiving.outcome(build, source).checks)
        progress("edition")
        return rooms.publish(build)


_ALONE: Mapping[str, Work] = {
    "meta.edition": rooms.meta_edition,
    "marts.term_panels": rooms.term_panels,
    "meta.revisions": rooms.changed_figures,
    "core.association_names": rooms.association_names,
    "core.organisation_links": rooms.organisation_links,
    "core.grant_explanations": rooms.grant_explanations,
    "core.link_candidates": rooms.link_candidates,
    "core.proposals": rooms.proposals,
    "core.event_tellings": rooms.event_tellings,
    "marts.return_estimates": rooms.return_estimates,
    "marts.return_changes": rooms.return_changes,
    "marts.resident_estimates": rooms.resident_estimates,
    "marts.resident_changes": rooms.resident_changes,
}
"""Tables with a function of their own."""
