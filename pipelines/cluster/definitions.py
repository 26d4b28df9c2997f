"""The code location of a cluster: `dagster-daemon run --module-name pipelines.cluster.definitions`.

Here belongs: the towns as partitions, the job, its schedule and its executor. Not here: the assets (`assets`), one
town on one machine (`pipelines.definitions`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg
from dagster_celery import celery_executor

from pipelines.assets.landing import ASK_TAG
from pipelines.cluster import assets
from pipelines.cluster.deployment import CELERY, Deployment, from_environment
from pipelines.cluster.national import national_assets, national_schedules
from pipelines.parsing import TIME_ZONE
from pipelines.schedules import missed_asks
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace

JOB = "refresh"
EACH_NIGHT = "0 2 * * *"


def build_definitions(deployment: Deployment) -> dg.Definitions:
    """Return the definitions of a country; a town that is new is seen when they are loaded again."""
    towns = dg.StaticPartitionsDefinition(list(deployment.country.towns))
    made = [assets.town_asset(deployment, towns), assets.edition_asset(deployment, towns)]
    if deployment.lake is not None:
        made.append(assets.lake_asset(deployment, deployment.lake, towns))
    job = dg.define_asset_job(
        JOB,
        selection=dg.AssetSelection.assets(*made),
        tags={"dagster/retry_strategy": "ALL_STEPS"},  # what one run hands over is not taken up by another
        description="From the inbox of a town to its published edition.",
    )
    broker = {"env": "YHTEISPELI_BROKER"}
    executor = celery_executor.configured({"broker": broker, "backend": broker, "config_source": CELERY})
    return dg.Definitions(
        assets=[*made, *national_assets(deployment, assets.WRITER)],
        jobs=[job],
        schedules=[_each_night(deployment), *national_schedules()],
        executor=executor,
    )


def _each_night(deployment: Deployment) -> dg.ScheduleDefinition:
    """Return the schedule that refreshes every town; interfaces are asked when they have not been for long enough."""

    @dg.schedule(
        job_name=JOB,
        cron_schedule=EACH_NIGHT,
        execution_timezone=TIME_ZONE,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def each_night(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
        night, now = context.scheduled_execution_time, datetime.now(UTC)
        for code, workspace in deployment.country.towns.items():
            due = ",".join(_due(Workspace(workspace.root), now))
            yield dg.RunRequest(run_key=f"{code} {night:%Y-%m-%d}", partition_key=code, tags={ASK_TAG: due})

    return each_night


def _due(workspace: Workspace, now: datetime) -> list[str]:
    """Return the sources to ask; none where the settings are wrong: the run itself will say that."""
    try:
        return sorted(missed_asks(workspace, now))
    except WorkspaceError:
        return []


@dg.definitions
def defs() -> dg.Definitions:
    """Return the definitions of the country in the environment; loaded by Dagster, not by imports."""
    return build_definitions(from_environment())
