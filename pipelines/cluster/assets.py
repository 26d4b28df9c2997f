"""The assets of a town in a cluster: every table in one step on one worker, then the edition, written by one at a time.

Here belongs: the same assets and checks that one machine has, cut into steps that may run on different machines.
Not here: the work itself (`pipelines.refresh`), what is exchanged (`exchange`).
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from pipelines import contracts, editions, lake, receiving, rooms
from pipelines.assets import landing, staging, tables
from pipelines.build import Build
from pipelines.cluster import exchange
from pipelines.cluster.deployment import Deployment
from pipelines.refresh import made_of, work
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace
from warehouse import database

WRITER = "warehouse"
"""The pool of one slot in which editions are published."""


class OtherProgramError(Exception):
    """The tables were built from other files, settings or another version of the program than the writer has."""


def town_asset(deployment: Deployment, towns: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Return every table of a town, in one step: the build database is in the memory of one worker.

    The step ends with the tables of the edition on the shared folder. A step that is done again gives the same.
    """
    sources = contracts.sources()
    specs = [
        staging.spec(table, sources[table.removeprefix("staging.")])
        if table.startswith("staging.")
        else tables.spec(table)
        for table in made_of()
    ]

    @dg.multi_asset(
        name="town",
        specs=[dg.AssetSpec(landing.INTERFACES, group_name="landing", kinds={"json"}), *specs],
        check_specs=[check for contract in sources.values() for check in staging.check_specs(contract)],
        partitions_def=towns,
    )
    def town(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]  # Dagster knows the bare class only
        with _build(deployment, context) as build:
            _refuse_other_code(build.workspace, context.partition_key)
            build.workspace.make_folders()
            yield landing.ask(context, build.workspace)
            for table in made_of():
                rows = work(table)(build)
                room, _, source = table.partition(".")
                if room == "staging":
                    outcome = receiving.outcome(build, source)
                    yield staging.materialized(table, outcome)
                    receiving.refuse_critical(outcome.checks)
                else:
                    yield tables.materialized(context, table, rows)
            exchange.give(build, context.run.run_id)

    return town


def edition_asset(deployment: Deployment, towns: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Return the asset that publishes what a worker has handed over."""

    @dg.asset(
        key=dg.AssetKey(["edition"]),
        deps=[tables.key(table) for table in made_of()],
        group_name="edition",
        description="The frozen edition of a town; its CURRENT points at it.",
        kinds={"duckdb"},
        pool=WRITER,
        partitions_def=towns,
    )
    def edition(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster knows the bare class only
        with _build(deployment, context) as build:
            exchange.take(build, context.run.run_id)
            built = rooms.edition_id(build)
            if built != editions.key_of(build.workspace).id:
                raise OtherProgramError(
                    f"{built}: files, settings or the program have changed since the tables were built; refresh again"
                )
            published = rooms.publish(build)
            exchange.clear(build.workspace)
        return dg.MaterializeResult(metadata={"edition_id": published.id, "is_new": published.is_new})

    return edition


def lake_asset(deployment: Deployment, address: str, towns: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Return the asset that lays the edition in force of a town into the lake."""

    @dg.asset(
        key=dg.AssetKey(["lake"]),
        deps=[dg.AssetKey(["edition"])],
        group_name="edition",
        description="The public tables of the edition in force, for readers on other hosts.",
        kinds={"ducklake"},
        pool=WRITER,
        partitions_def=towns,
    )
    def in_lake(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster knows the bare class only
        published = lake.publish(deployment.country.towns[context.partition_key], address, deployment.lake_files)
        return dg.MaterializeResult(metadata={"edition_id": published.id, "is_new": published.is_new})

    return in_lake


def _refuse_other_code(workspace: Workspace, code: str) -> None:
    if workspace.settings.municipality.code != code:
        raise WorkspaceError(contracts.message("country.other_code", path=workspace.settings_file, code=code).fi)


@contextmanager
def _build(deployment: Deployment, context: dg.AssetExecutionContext) -> Iterator[Build]:
    """Open an empty build database for the town of the run: no personal data stay on the disk of a worker."""
    with database.in_memory() as connection:
        yield Build(deployment.country.towns[context.partition_key], connection)
