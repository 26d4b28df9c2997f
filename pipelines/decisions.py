"""Decisions on links: which association a name means, as people have said it in `links.csv` of the workspace.

Here belongs: reading that file and adding a line to it. Not here: linking (`pipelines.linking`), asking people
(`pipelines.review`).

A decision holds for every mention of that name (normalised) with that Y-tunnus (or with none), for ever; a later line
for the same name takes its place. The file is kept by hand too, so a spreadsheet's semicolons are fine.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from pipelines.contracts import message
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace

COLUMNS = ("mention_key", "business_id", "register_number", "decided_by", "decided_at", "reason")
NO_DECISIONS = pl.DataFrame(
    schema=dict.fromkeys(COLUMNS, pl.String) | {"decided_at": pl.Date},
)
_ONE_WRITER = Lock()
"""Several people may decide at once on the page; the file is read and written as a whole."""


class Decision(BaseModel):
    """One line: `register_number` is the association meant, None when it is none of the register."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mention_key: str = Field(min_length=1)
    business_id: str | None = Field(default=None, pattern=r"^\d{7}-\d$")
    register_number: str | None = Field(default=None, pattern=r"^\d{1,6}$")
    decided_by: str = Field(min_length=1)
    decided_at: date
    reason: str = ""

    @field_validator("business_id", "register_number", mode="before")
    @classmethod
    def _none_when_empty(cls, value: str | None) -> str | None:
        return value or None

    @field_validator("register_number", mode="before")
    @classmethod
    def _without_dots(cls, value: str | None) -> str | None:
        return value and value.replace(".", "")


def read_decisions(workspace: Workspace) -> pl.DataFrame:
    """Return the decisions in force, one row a name and Y-tunnus, columns as `NO_DECISIONS`.

    Raises
    ------
    WorkspaceError
        The file is not a table with the columns of `COLUMNS`, or a line of it can't be read.
    """
    path = workspace.links_file
    if not path.is_file():
        return NO_DECISIONS
    in_force: dict[tuple[str, str | None], Decision] = {}
    for line, cells in _lines(path):
        decision = _decision(line, cells)
        in_force[decision.mention_key, decision.business_id] = decision
    return pl.DataFrame([item.model_dump() for item in in_force.values()], schema=NO_DECISIONS.schema, orient="row")


def add_decision(workspace: Workspace, decision: Decision) -> None:
    """Add a decision to the file; a crash leaves the file as it was or with the whole line.

    Raises
    ------
    WorkspaceError
        As `read_decisions`: a file that can't be read is not written to either.
    """
    with _ONE_WRITER:
        _add(workspace.links_file, decision)


def _add(path: Path, decision: Decision) -> None:
    kept = [cells for _, cells in _lines(path)] if path.is_file() else []
    added = {name: "" if value is None else str(value) for name, value in decision.model_dump().items()}
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows([*kept, added])
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("w", encoding="utf-8") as file:
        partial.chmod(0o600)
        file.write(text.getvalue())
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _lines(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Return the lines of the file as they are, each with its number; empty ones are passed over."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable() from error
    header, _, _ = text.partition("\n")
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in header else ",", strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if any(row.values())]
    except csv.Error as error:
        raise _unreadable() from error
    if set(reader.fieldnames or ()) != set(COLUMNS):
        raise _unreadable()
    return [(line, _whole(line, row)) for line, row in rows]


def _whole(line: int, row: Mapping[str | Any, str | Any]) -> dict[str, str]:
    if set(row) != set(COLUMNS) or None in row.values():
        raise WorkspaceError(message("links.faulty", line=line, field=", ".join(COLUMNS)).fi)
    return {name: row[name].strip() for name in COLUMNS}


def _decision(line: int, cells: Mapping[str, str]) -> Decision:
    try:
        return Decision.model_validate(cells)
    except ValidationError as error:
        field = ".".join(map(str, error.errors()[0]["loc"]))
        raise WorkspaceError(message("links.faulty", line=line, field=field).fi) from error


def _unreadable() -> WorkspaceError:
    return WorkspaceError(message("links.unreadable", columns=", ".join(COLUMNS)).fi)
