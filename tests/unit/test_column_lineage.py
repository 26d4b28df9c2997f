"""Every column of every SQL model is followed down to columns that the contracts know, and Dagster is told."""

from __future__ import annotations

import dagster as dg
import pytest

from pipelines import contracts
from pipelines.assets.columns import column_lineage, known_columns
from warehouse.column_lineage import column_inputs, loose_ends, schema_of
from warehouse.models import Model, models

IN_EVERY_STAGED_ROW = {"file_sha256", "delivery", "sheet", "line"}


def known() -> dict[str, set[str]]:
    """Full name of each table to the names of its columns."""
    staged = {
        f"staging.{source.name}": {column.name for column in source.staged_columns} | IN_EVERY_STAGED_ROW
        for source in contracts.sources().values()
    }
    return staged | {name: {column.name for column in table.columns} for name, table in contracts.tables().items()}


@pytest.mark.parametrize("name", list(models()))
def test_every_column_of_a_model_comes_from_columns_that_the_contracts_know(name: str) -> None:
    model = models()[name]
    inputs = column_inputs(model, known_columns())
    assert list(inputs) == [column.name for column in contracts.tables()[name].columns]
    assert loose_ends(model, known_columns()) == []
    tables = known()
    strangers = {source for sources in inputs.values() for source in sources if source[1] not in tables[source[0]]}
    assert strangers == set()
    assert {table for sources in inputs.values() for table, _ in sources} <= model.reads
    assert any(inputs.values())


def test_a_column_is_followed_through_parts_joins_and_unions() -> None:
    sql = """
    WITH parts AS (SELECT number AS key, upper(word) AS told FROM core.one UNION ALL SELECT id, 'fixed' FROM core.two)
    SELECT parts.key, parts.told || other.tail AS said, count(*) AS rows, 1 AS one
    FROM parts JOIN core.two AS other ON other.id = parts.key WHERE other.hidden GROUP BY ALL
    """
    columns = {
        "core.one": {"number": "BIGINT", "word": "VARCHAR"},
        "core.two": {"id": "BIGINT", "tail": "VARCHAR", "hidden": "BOOLEAN"},
    }
    found = column_inputs(Model("marts", "made", sql, frozenset()), schema_of(columns))
    assert found == {
        "key": (("core.one", "number"), ("core.two", "id")),
        "said": (("core.one", "word"), ("core.two", "tail")),
        "rows": (),
        "one": (),
    }


def test_a_figure_leads_to_the_euros_of_the_ledger() -> None:
    lineage = column_lineage("marts.grant_figures")
    assert lineage is not None
    deps = {(".".join(dep.asset_key.path), dep.column_name) for dep in lineage.deps_by_column["reported"]}
    assert {("core.grants", "awarded_eur"), ("core.budgets", "operating_expenses_eur")} <= deps
    grants = column_lineage("core.grants")
    assert grants is not None
    assert list(grants.deps_by_column["awarded_eur"]) == [
        dg.TableColumnDep(dg.AssetKey(["staging", "grant_ledger"]), "awarded_eur")
    ]


def test_a_table_without_a_model_has_no_column_lineage() -> None:
    assert column_lineage("core.organisation_links") is None
