"""The asset of the open interfaces: in a run of a schedule it asks those of the schedule's sources.

A run that nobody scheduled (a file in the inbox, the command line) asks nothing. An interface that does not answer
stops nothing: what landed before is used, and the asset says which one failed and why.
"""

import dagster as dg

from pipelines.build import Build
from pipelines.clients import CLIENTS, Fetched, fetch_all
from pipelines.workspace import Workspace

INTERFACES = dg.AssetKey(["landing", "interfaces"])

ASK_TAG = "yhteispeli/ask"
"""Tag of a run: the sources, parted by commas, whose interfaces are asked first."""


def interfaces_asset() -> dg.AssetsDefinition:
    """Return the asset that asks the open interfaces."""

    @dg.asset(
        key=INTERFACES,
        group_name="landing",
        description="The newest answers of the open interfaces that the settings switch on.",
        kinds={"json"},
        pool="warehouse",
        required_resource_keys={"build"},
    )
    def interfaces(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster knows the bare class only
        build: Build = context.resources.build
        return ask(context, build.workspace)

    return interfaces


def ask(context: dg.AssetExecutionContext, workspace: Workspace) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster knows the bare class only
    """Ask the interfaces that the tags of the run name, and tell what came of it."""
    asked = frozenset(context.run.tags.get(ASK_TAG, "").split(",")) & CLIENTS.keys()
    outcomes = list(fetch_all(workspace, asked))
    for outcome in outcomes:
        if outcome.failure is not None:
            context.log.warning(f"{outcome.source}: {outcome.failure.fi}")
    return dg.MaterializeResult(asset_key=INTERFACES, metadata={outcome.source: _told(outcome) for outcome in outcomes})


def _told(outcome: Fetched) -> str | int:
    """Return how many pages came into force, or why none did."""
    return outcome.pages if outcome.failure is None else outcome.failure.fi
