"""The code location of Dagster: assets, the refresh job, the sensors and the schedules.

Here belongs: putting the definitions together for one workspace. Not here: the assets (`pipelines.assets`), when
something is done (`pipelines.schedules`).
`dagster dev -m pipelines.definitions` serves the workspace that the environment variable YHTEISPELI_WORKSPACE names.
"""

from __future__ import annotations

import os
from pathlib import Path

import dagster as dg

from pipelines.assets.edition import edition_asset
from pipelines.assets.landing import interfaces_asset
from pipelines.assets.staging import staging_assets
from pipelines.assets.tables import build_resource, tables_asset
from pipelines.inbox import inbox_sensor
from pipelines.refresh import Progress, made_of
from pipelines.schedules import asking_schedules, catch_up_sensor, mail_schedule, report_schedule
from pipelines.workspace import Workspace

JOB = "refresh"


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
        sensors=[inbox_sensor(workspace, JOB), catch_up_sensor(workspace, JOB)],
        schedules=[*asking_schedules(JOB), mail_schedule(workspace), report_schedule(workspace)],
        resources={"build": build_resource(workspace)},
        executor=dg.in_process_executor,
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
