"""What concerns all towns of a country at once: parting national files before the night's work, comparing after it.

Here belongs: the assets and their times. Not here: the work (`pipelines.country`), the towns (`assets`).
"""

import dagster as dg

from pipelines.cluster.deployment import Deployment
from pipelines.country import comparison, parting
from pipelines.country.folder import Country
from pipelines.parsing import TIME_ZONE

NATIONAL_FILES = dg.AssetKey(["landing", "national_files"])
COMPARISON = dg.AssetKey(["comparison"])
IN_THE_EVENING, IN_THE_MORNING = "0 23 * * *", "0 6 * * *"


def national_assets(deployment: Deployment, pool: str) -> list[dg.AssetsDefinition]:
    """Return the assets of the whole country; `pool` is that of the writer."""

    @dg.asset(
        key=NATIONAL_FILES,
        group_name="landing",
        description="Rows of national files, in the inboxes of the towns that they tell of.",
        pool=pool,
    )
    def national_files() -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster knows the bare class only
        parted = parting.part_all(Country(deployment.country.root), {})
        refused = {file.file_name: file.refused.fi for file in parted if file.refused is not None}
        rows = {file.file_name: file.rows for file in parted}
        return dg.MaterializeResult(
            metadata={"rows": dg.MetadataValue.json(rows), "refused": dg.MetadataValue.json(refused)}
        )

    @dg.asset(
        key=COMPARISON,
        group_name="edition",
        description="The comparison of the editions that the towns have in force.",
        pool=pool,
    )
    def towns_compared() -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster knows the bare class only
        made = comparison.make(Country(deployment.country.root))
        return dg.MaterializeResult(metadata={"edition_id": made.id, "is_new": made.is_new} if made else {})

    return [national_files, towns_compared]


def national_schedules() -> list[dg.ScheduleDefinition]:
    """Return the schedules of what is done before and after the refresh of the towns."""
    return [
        _daily("part_national_files", NATIONAL_FILES, IN_THE_EVENING),
        _daily("compare_towns", COMPARISON, IN_THE_MORNING),
    ]


def _daily(name: str, asset: dg.AssetKey, cron: str) -> dg.ScheduleDefinition:
    return dg.ScheduleDefinition(
        name=name,
        target=dg.AssetSelection.assets(asset),
        cron_schedule=cron,
        execution_timezone=TIME_ZONE,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
