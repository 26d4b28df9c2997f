"""Column lineage of the SQL models in Dagster's metadata.

Here belongs: what Dagster shows of a model's columns. Not here: following columns through SQL
(`warehouse.column_lineage`).
"""

from __future__ import annotations

from functools import cache

import dagster as dg
from sqlglot.errors import SqlglotError
from sqlglot.schema import MappingSchema

from pipelines import contracts
from warehouse.column_lineage import column_inputs, schema_of
from warehouse.models import models

_PLACE_OF_ROW = {"file_sha256": "VARCHAR", "delivery": "BIGINT", "sheet": "VARCHAR", "line": "BIGINT"}
"""Columns that staging gives every row beside those of its contract."""


@cache
def known_columns() -> MappingSchema:
    """Return every column of staging, core, marts, quality and meta that the contracts know."""
    staged = {
        f"staging.{source.name}": {column.name: column.duckdb_type for column in source.staged_columns} | _PLACE_OF_ROW
        for source in contracts.sources().values()
    }
    built = {
        name: {column.name: column.duckdb_type for column in table.columns}
        for name, table in contracts.tables().items()
    }
    return schema_of(staged | built)


@cache
def column_lineage(table: str) -> dg.TableColumnLineage | None:
    """Return which columns each column of a table is made of; None for a table without an SQL model."""
    model = models().get(table)
    if model is None:
        return None
    return dg.TableColumnLineage(
        {
            column: [dg.TableColumnDep(dg.AssetKey(name.split(".")), source) for name, source in inputs]
            for column, inputs in column_inputs(model, known_columns()).items()
        }
    )


def lineage_metadata(context: dg.AssetExecutionContext, table: str) -> dict[str, dg.MetadataValue]:
    """Return the metadata by which Dagster draws the columns of a table; SQL that can't be followed is said in the log.

    Figures must not wait for a picture of their columns, so the run goes on without it.
    """
    try:
        found = column_lineage(table)
    except SqlglotError as error:
        context.log.warning(f"{table}: its columns can't be followed: {error}")
        return {}
    return {} if found is None else {"dagster/column_lineage": dg.MetadataValue.column_lineage(found)}
