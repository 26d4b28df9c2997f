"""Explanations: why the grant ledger and the books differ, as people wrote it into `reconciliation.yaml`.

Here belongs: reading the explanations of the workspace, and their rows. Not here: the difference itself and whether
the explanations add up to it (`warehouse/models/marts/grant_reconciliation.sql`).

An explanation names the year, the granting body, the euros (ledger minus books), the reason and who found it. Several
may explain one difference. Only when they add up to it to the cent is the difference explained.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any

import polars as pl
import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from pipelines.contract_model import fold
from pipelines.contracts import message
from pipelines.settings import Settings, WorkspaceError
from pipelines.workspace import Workspace

ROWS_SCHEMA: dict[str, pl.DataType] = {
    "year": pl.Int64(),
    "granting_body": pl.String(),
    "position": pl.Int64(),
    "difference_eur": pl.Decimal(14, 2),
    "reason": pl.String(),
    "explained_by": pl.String(),
}
"""One row an explanation; `position` is its place in the file, from 1."""


def _plain(value: Any) -> Any:
    """Return a sum as people write it (`-1 234,50 €`) in a form that a number is read from."""
    if not isinstance(value, str):
        return value
    return "".join(value.replace("€", "").split()).replace("−", "-").replace(",", ".")


class Explanation(BaseModel):
    """One explanation; `body` is a code or name of a granting body, `eur` is ledger minus books."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True, str_strip_whitespace=True)

    year: int = Field(ge=1900, le=2100)
    body: str = Field(min_length=1)
    eur: Annotated[Decimal, BeforeValidator(_plain), Field(decimal_places=2, max_digits=14, allow_inf_nan=False)]
    reason: str = Field(min_length=1)
    by: str = Field(min_length=1)


def read_explanations(workspace: Workspace) -> tuple[Explanation, ...]:
    """Return the explanations of a workspace, their bodies as codes; none when it has no such file.

    Raises
    ------
    WorkspaceError
        The file is not a YAML list of explanations, or names a granting body that the settings don't know.
    """
    path = workspace.reconciliation_file
    if not path.is_file():
        return ()
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8-sig")) or []
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _faulty("reconciliation.unreadable", detail=" ".join(str(error).split())) from error
    if not isinstance(loaded, list):
        raise _faulty("reconciliation.unreadable", detail="-")
    return tuple(_explanation(number, item, workspace.settings) for number, item in enumerate(loaded, start=1))


def rows_of(explanations: Sequence[Explanation]) -> pl.DataFrame:
    """Lay explanations out as rows, columns as `ROWS_SCHEMA`."""
    return pl.DataFrame(
        [
            (item.year, item.body, position, item.eur, item.reason, item.by)
            for position, item in enumerate(explanations, start=1)
        ],
        schema=ROWS_SCHEMA,
        orient="row",
    )


def _explanation(number: int, item: Any, settings: Settings) -> Explanation:
    try:
        said = Explanation.model_validate(item)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "-"
        raise _faulty("reconciliation.faulty", number=number, field=where, fault=first["msg"]) from error
    bodies = settings.code_list("settings.granting_bodies")
    code = bodies.spellings().get(fold(said.body))
    if code is None:
        known = ", ".join(entry.label.fi for entry in bodies.entries)
        raise _faulty("reconciliation.no_such_body", number=number, body=said.body, bodies=known)
    return said.model_copy(update={"body": code})


def _faulty(key: str, **values: object) -> WorkspaceError:
    return WorkspaceError(message(key, **values).fi)
