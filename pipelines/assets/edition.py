"""The asset of the edition: it is made when every published table has been built and no blocking check has failed."""

import dagster as dg

from pipelines import rooms
from pipelines.assets.tables import key
from pipelines.refresh import Progress, made_of


def edition_asset(progress: Progress) -> dg.AssetsDefinition:
    """Return the asset that publishes."""

    @dg.asset(
        key=dg.AssetKey(["edition"]),
        deps=[key(table) for table in made_of()],
        group_name="edition",
        description="The frozen edition that people read; CURRENT points at it.",
        kinds={"duckdb"},
        pool="warehouse",
        required_resource_keys={"build"},
    )
    def edition(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster knows the bare class only
        progress("edition")
        published = rooms.publish(context.resources.build)
        return dg.MaterializeResult(metadata={"edition_id": published.id, "is_new": published.is_new})

    return edition
