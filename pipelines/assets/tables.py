"""What the assets of every room share: the resource that they work with, their keys, and the assets of plain tables.

The resource `build` is opened once a run: the executor runs all steps in one process, so one connection serves them.
"""

from collections.abc import Collection, Iterator

import dagster as dg

from pipelines import contracts
from pipelines.assets.columns import lineage_metadata
from pipelines.assets.landing import INTERFACES
from pipelines.build import Build, open_for_refresh
from pipelines.clients import CLIENTS
from pipelines.refresh import Progress, made_of, work
from pipelines.workspace import Workspace


def build_resource(workspace: Workspace) -> dg.ResourceDefinition:
    """Return the resource that opens the build database for a run and closes it after."""

    @dg.resource
    def build(_context: dg.InitResourceContext) -> Iterator[Build]:
        with open_for_refresh(workspace) as opened:
            yield opened

    return build


def key(table: str) -> dg.AssetKey:
    """Return the asset key of a table: its room and its name."""
    return dg.AssetKey(table.split("."))


def dependencies(table: str) -> list[dg.AssetKey]:
    """Return the keys of what a table is made of; raw rows that have an interface wait for its answer."""
    room, _, source = table.partition(".")
    asked_first = [INTERFACES] if room == "raw" and source in CLIENTS else []
    return [*asked_first, *(key(part) for part in sorted(made_of()[table]))]


def tables_asset(name: str, tables: Collection[str], progress: Progress) -> dg.AssetsDefinition:
    """Return the assets of tables without checks of their own, built in one step in the order given.

    A table keeps its contract or the run stops. One step, since Dagster writes some ten records for each step of a run:
    a step a table took longer than the tables themselves.
    """

    @dg.multi_asset(
        name=name,
        specs=[_spec(table) for table in tables],
        can_subset=True,
        pool="warehouse",
        required_resource_keys={"build"},
    )
    def assets(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]  # Dagster knows the bare class only
        selected = context.selected_asset_keys
        for table in tables:
            if key(table) not in selected:
                continue
            progress(table)
            rows = work(table)(context.resources.build)
            metadata = {"dagster/row_count": dg.MetadataValue.int(rows)}
            yield dg.MaterializeResult(asset_key=key(table), metadata={**metadata, **lineage_metadata(context, table)})

    return assets


def _spec(table: str) -> dg.AssetSpec:
    contract = contracts.tables().get(table)
    return dg.AssetSpec(
        key=key(table),
        deps=dependencies(table),
        group_name=table.partition(".")[0],
        description=contract.description if contract else None,
        kinds={"duckdb"},
    )
