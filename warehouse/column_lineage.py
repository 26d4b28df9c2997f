"""Which columns each column of an SQL model is made of.

Here belongs: following a column through the parts of a model back to the tables that it reads. Not here: which columns
a table has (the contracts say that), Dagster's view of it (`pipelines.assets.columns`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlglot import exp
from sqlglot.lineage import Node, lineage
from sqlglot.schema import MappingSchema

from warehouse.models import Model

DIALECT = "duckdb"

ColumnKey = tuple[str, str]
"""Full name of a table and the name of its column."""


def schema_of(columns: Mapping[str, Mapping[str, str]]) -> MappingSchema:
    """Return the tables as sqlglot knows them.

    Parameters
    ----------
    columns
        Full name of each table to its columns and their DuckDB types.
    """
    rooms: dict[str, object] = {}
    for room in {table.partition(".")[0] for table in columns}:
        named = {table: types for table, types in columns.items() if table.startswith(f"{room}.")}
        rooms[room] = {table.removeprefix(f"{room}."): dict(types) for table, types in named.items()}
    return MappingSchema(rooms, dialect=DIALECT)


def column_inputs(model: Model, schema: MappingSchema) -> dict[str, tuple[ColumnKey, ...]]:
    """Return for each column of a model the columns of other tables that it is computed from, in order.

    What only filters, joins or groups rows is no input of a column. A constant and a number of rows have none.

    Raises
    ------
    sqlglot.errors.SqlglotError
        The SQL can't be followed, such as a column that no table of the schema has.
    """
    followed = lineage(None, model.sql, schema=schema, dialect=DIALECT, trim_selects=False)
    return {column: tuple(sorted(set(_leaves(node)))) for column, node in followed.items()}


def loose_ends(model: Model, schema: MappingSchema) -> list[str]:
    """Return the columns of a model, and where each got lost, that could not be followed to a table or a constant."""
    followed = lineage(None, model.sql, schema=schema, dialect=DIALECT, trim_selects=False)
    return [
        f"{column}: {node.name}"
        for column, whole in followed.items()
        for node in _ends(whole)
        if not isinstance(node.source, exp.Table) and _names_columns(node.expression)
    ]


def _leaves(whole: Node) -> Iterator[ColumnKey]:
    for node in _ends(whole):
        if isinstance(node.source, exp.Table):
            yield f"{node.source.db}.{node.source.name}", node.name.rpartition(".")[2]


def _ends(whole: Node) -> Sequence[Node]:
    return [node for node in whole.walk() if not node.downstream]


def _names_columns(expression: exp.Expr) -> bool:
    return next(expression.find_all(exp.Column), None) is not None
