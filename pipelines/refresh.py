"""One refresh of a workspace, from the inbox to CURRENT.

Here belongs: which table is made of which, the order that follows, and the refresh without Dagster. Not here: the work
itself (`pipelines.receiving`, `pipelines.rooms`), Dagster (`pipelines.definitions`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb

from pipelines import catalogue, contracts, editions, proposals, receiving, rooms
from pipelines.build import Build
from pipelines.staging import Staged
from pipelines.workspace import Workspace
from warehouse import database
from warehouse.models import models

Progress = Callable[[str], None]
Work = Callable[[Build], object]
Opening = Callable[[Path], AbstractContextManager[duckdb.DuckDBPyConnection]]


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
    """Return the function that builds a table; a build database that turns out to be damaged is discarded."""
    return partial(_careful, _work(table))


def _careful(do: Work, build: Build) -> object:
    with database.discarding_if_damaged(build.workspace.build_file):
        return do(build)


def _work(table: str) -> Work:
    room, _, name = table.partition(".")
    if room == "raw":
        return partial(receiving.raw, source=name)
    if room == "staging":
        return partial(receiving.stage, source=name)
    if table in _ALONE:
        return _ALONE[table]
    return partial(rooms.meta, table=name) if room == "meta" else partial(rooms.model, table=table)


def run_rooms(workspace: Workspace, progress: Progress, opened: Opening = database.open_build) -> editions.Published:
    """Refresh a workspace by calling the rooms one after another, without Dagster.

    Parameters
    ----------
    opened
        Opens the build database.

    Raises
    ------
    receiving.BlockingCheckError, editions.EmptyEditionError, database.TableError
        The edition before stays in force.
    """
    with opened(workspace.build_file) as connection:
        build = Build(workspace, connection)
        for table in made_of():
            progress(table)
            result = work(table)(build)
            if isinstance(result, Staged):
                receiving.refuse_critical(result)
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
