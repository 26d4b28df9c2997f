"""Corrections: known errors of a delivered file, mended by what people wrote into `corrections.yaml` of the workspace.

Here belongs: reading the corrections, applying them to cells of text, and what became of each. Not here: correcting by
rule; the delivered file itself is never changed.

A correction names the cell, the text that is expected to be wrong, the right one, the reason and who decided. When the
cell no longer holds the expected text (the source has mended itself), nothing is changed and the run says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines.contract_model import SourceContract, fold
from pipelines.contracts import message, sources
from pipelines.parsing import clean
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace

OUTCOME_SCHEMA = {
    "file_name": pl.String,
    "sheet": pl.String,
    "line": pl.Int64,
    "column_name": pl.String,
    "reason": pl.String,
    "corrected_by": pl.String,
    "state": pl.String,
}
"""One row a correction; `state` is applied, no_longer_matches, no_such_cell or no_such_file."""


class Correction(BaseModel):
    """One correction; `file` is `<source>/<file name>` as in the inbox, `column` a header or a column name."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    file: str = Field(pattern=r"^[a-z_]+/[^/]+$")
    sheet: str = ""
    row: int = Field(ge=1)
    column: str
    expected: str
    value: str
    reason: str = Field(min_length=1)
    by: str = Field(min_length=1)

    @property
    def source(self) -> str:
        """Source of the file."""
        return self.file.partition("/")[0]

    @property
    def file_name(self) -> str:
        """Name of the file in the inbox folder of its source."""
        return self.file.partition("/")[2]


def read_corrections(workspace: Workspace) -> tuple[Correction, ...]:
    """Return the corrections of a workspace; none when it has no such file.

    Raises
    ------
    WorkspaceError
        The file is not a YAML list of corrections, or names a source or column that there is not.
    """
    if not workspace.corrections_file.is_file():
        return ()
    try:
        loaded = yaml.safe_load(workspace.corrections_file.read_text(encoding="utf-8")) or []
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _unreadable(" ".join(str(error).split())) from error
    if not isinstance(loaded, list):
        raise _unreadable("-")
    return tuple(_correction(number, item) for number, item in enumerate(loaded, start=1))


def apply(
    contract: SourceContract, text: pl.DataFrame, corrections: Sequence[Correction], files: Mapping[str, str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Mend the cells that corrections name.

    Parameters
    ----------
    text
        `file_sha256`, `sheet`, `line` and a column of cleaned text for each staged column of the contract.
    corrections
        Corrections of any source; those of others are passed over.
    files
        Hash of each file in force by its name in the inbox folder.

    Returns
    -------
    tuple of pl.DataFrame
        The mended text, and what became of each correction as `OUTCOME_SCHEMA`.
    """
    outcomes: list[dict[str, object]] = []
    for correction in corrections:
        if correction.source != contract.name:
            continue
        column = _column_of(contract, correction)
        state = "no_such_file"
        if correction.file_name in files:
            text, state = _mend(text, correction, column, files[correction.file_name])
        outcomes.append(
            {
                "file_name": correction.file_name,
                "sheet": correction.sheet,
                "line": correction.row,
                "column_name": column,
                "reason": correction.reason,
                "corrected_by": correction.by,
                "state": state,
            }
        )
    return text, pl.DataFrame(outcomes, schema=OUTCOME_SCHEMA)


def _mend(text: pl.DataFrame, correction: Correction, column: str, sha256: str) -> tuple[pl.DataFrame, str]:
    is_cell = (
        (pl.col("file_sha256") == sha256) & (pl.col("sheet") == correction.sheet) & (pl.col("line") == correction.row)
    )
    found = text.filter(is_cell)[column]
    if found.len() != 1:
        return text, "no_such_cell"
    if found[0] != _cleaned(correction.expected):
        return text, "no_longer_matches"
    right = pl.lit(_cleaned(correction.value), pl.String)
    return text.with_columns(pl.when(is_cell).then(right).otherwise(pl.col(column)).alias(column)), "applied"


def _cleaned(text: str) -> str | None:
    cleaned: str | None = pl.DataFrame({"text": [text]}).select(clean(pl.col("text"))).item()
    return cleaned


def _correction(number: int, item: Any) -> Correction:
    try:
        correction = Correction.model_validate(item)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "-"
        raise WorkspaceError(message("correction.faulty", number=number, field=where, fault=first["msg"]).fi) from error
    if correction.source not in sources():
        known = ", ".join(sources())
        raise WorkspaceError(message("cli.no_such_source", source=correction.source, sources=known).fi)
    _column_of(sources()[correction.source], correction)
    return correction


def _column_of(contract: SourceContract, correction: Correction) -> str:
    names = {column.name for column in contract.staged_columns}
    name = contract.header_spellings().get(fold(correction.column), correction.column)
    if name not in names:
        headers = ", ".join(column.header for column in contract.staged_columns)
        raise WorkspaceError(message("correction.no_such_column", column=correction.column, headers=headers).fi)
    return name


def _unreadable(detail: str) -> WorkspaceError:
    return WorkspaceError(message("correction.unreadable", detail=detail).fi)
