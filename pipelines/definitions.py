"""The code location of Dagster: assets, the refresh job, the inbox sensor and the schedules.

Here belongs: putting the definitions together for one workspace. Not here: the assets (`pipelines.assets`).
`dagster dev -m pipelines.definitions` serves the workspace that the environment variable YHTEISPELI_WORKSPACE names.
"""

from __future__ import annotations

import os
from pathlib import Path

import dagster as dg

from pipelines.assets.edition import edition_asset
from pipelines.assets.landing import ASK_TAG, interfaces_asset
from pipelines.assets.staging import staging_assets
from pipelines.assets.tables import build_resource, tables_asset
from pipelines.inbox import inbox_sensor
from pipelines.refresh import Progress, made_of
from pipelines.workspace import Workspace

JOB = "refresh"
TIME_ZONE = "Europe/Helsinki"
WEEKLY, MONTHLY = "0 5 * * 1", "0 5 2 * *"


def build_definitions(workspace: Workspace, progress: Progress = lambda _table: None) -> dg.Definitions:
    """Return the definitions of a workspace; `progress` is told the name of each table as its work begins."""
    rooms: dict[str, list[str]] = {"raw": [], "staging": [], "tables": []}
    for table in made_of():
        room, _, _ = table.partition(".")
        rooms[room if room in rooms else "tables"].append(table)
    assets = [
        tables_asset("raw", rooms["raw"], progress),
        staging_assets([table.removeprefix("staging.") for table in rooms["staging"]], progress),
        tables_asset("tables", rooms["tables"], progress),
    ]
    job = dg.define_asset_job(
        JOB,
        selection=dg.AssetSelection.all(),
        description="From the inbox to a published edition.",
        config={"loggers": {"console": {"config": {"log_level": "WARNING"}}}},  # the history of the run keeps the rest
    )
    return dg.Definitions(
        assets=[interfaces_asset(), *assets, edition_asset(progress)],
        jobs=[job],
        sensors=[inbox_sensor(workspace, JOB)],
        schedules=[
            _schedule("register_weekly", WEEKLY, "ytj_companies", "events", "directory_listings"),
            _schedule("population_and_finance_monthly", MONTHLY, "population", "municipal_finance"),
        ],
        resources={"build": build_resource(workspace)},
        executor=dg.in_process_executor,
    )


def _schedule(name: str, cron: str, *sources: str) -> dg.ScheduleDefinition:
    return dg.ScheduleDefinition(
        name=name,
        job_name=JOB,
        cron_schedule=cron,
        execution_timezone=TIME_ZONE,
        tags={ASK_TAG: ",".join(sources)},
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )


def _from_environment() -> dg.Definitions:
    root = os.environ.get("YHTEISPELI_WORKSPACE")
    if not root:
        raise RuntimeError("YHTEISPELI_WORKSPACE must name the workspace that Dagster serves")
    return build_definitions(Workspace(Path(root)))


@dg.definitions
def defs() -> dg.Definitions:
    """Return the definitions of the workspace in the environment; loaded by Dagster, not by imports."""
    return _from_environment()
