"""The SQL models: one `.sql` file a table, named after it, in the folder of its room.

Here belongs: finding the models, what each reads, and their order. Not here: running them (`warehouse.database` does).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

MODELS = Path(__file__).parent / "models"
_TABLE = re.compile(r"\b(staging|core|marts|quality|meta)\.([a-z_0-9]+)\b")
_COMMENT = re.compile(r"--[^\n]*")


@dataclass(frozen=True, slots=True)
class Model:
    """A SELECT that makes one table; `reads` are the full names of the tables that it reads."""

    schema: str
    name: str
    sql: str
    reads: frozenset[str]

    @property
    def full_name(self) -> str:
        """`schema.table`."""
        return f"{self.schema}.{self.name}"


@cache
def models() -> dict[str, Model]:
    """Return every model by full name, each after the models that it reads."""
    found = {model.full_name: model for model in map(_model, sorted(MODELS.glob("*/*.sql")))}
    graph = {name: sorted(model.reads & set(found)) for name, model in found.items()}
    return {name: found[name] for name in TopologicalSorter(graph).static_order()}


def counting_models(indicator_id: str) -> list[str]:
    """Return the full names of the models that count an indicator: the `_figures` that name it."""
    sources = sorted(models()["marts.figures"].reads & set(models()))
    return [name for name in sources if name.endswith("_figures") and f"'{indicator_id}'" in models()[name].sql]


def _model(path: Path) -> Model:
    sql = path.read_text(encoding="utf-8")
    reads = {f"{schema}.{table}" for schema, table in _TABLE.findall(_COMMENT.sub("", sql))}
    return Model(path.parent.name, path.stem, sql, frozenset(reads))
