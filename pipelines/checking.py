"""Checking one file before it is delivered, by the same reading, typing and rules as a refresh.

Here belongs: finding the source and the settings of a file, and running staging on it alone. Not here: printing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from pipelines import contracts, feedback, staging
from pipelines.contract_model import SourceContract
from pipelines.contracts import message
from pipelines.feedback import Note
from pipelines.question_maps import read_maps
from pipelines.raw_table import RawTable, unread_headers
from pipelines.reading import read_file, recognise_source
from pipelines.receiving import raw_frame
from pipelines.settings import SETTINGS_FILE, Settings, WorkspaceError, parse_settings
from pipelines.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check of a file found."""

    file: str
    source: str
    rows: dict[str, int]
    notes: tuple[Note, ...]
    tables: tuple[RawTable, ...]

    @property
    def not_read(self) -> tuple[str, ...]:
        """Headers of the file that mean no column of the source; records of an interface have none."""
        found = [unread_headers(table.header, table.columns) for table in self.tables if table.header_line]
        return tuple(dict.fromkeys(shown for unread in found for shown in unread.values()))

    @property
    def outside(self) -> int:
        """Count the rows that are no data: titles, total rows, cancelled events."""
        return sum(len(table.outside) for table in self.tables)

    def as_json(self, language: str = "fi") -> dict[str, object]:
        """Return the outcome for programs, its sentences in a language; what the file holds is not repeated."""
        notes = [note.as_json(language) for note in self.notes]
        not_read = list(self.not_read)
        told = {**self.rows, "outside": self.outside, "columns_not_read": not_read, "notes": notes}
        return {"file": self.file, "source": self.source, **told}


def check_file(file: Path, source: str | None, workspace: Path | None) -> Checked:
    """Check a file; its source is recognised by its headers when it is not given.

    Settings and question maps come from the workspace, or from the workspace that the file lies in.

    Raises
    ------
    Refused
        The file can't be read as a table of the source, or its source is not recognised.
    WorkspaceError
        The source has code lists of the municipality and there are no settings; settings or a map can't be used.
    """
    content = file.read_bytes()
    around = Workspace(workspace) if workspace is not None else _workspace_around(file)
    maps = read_maps(around) if around else ()
    contract = contracts.sources()[source] if source else recognise_source(content, file.name, maps)
    settings = around.settings if around else _blank_settings(contract)
    sha256 = hashlib.sha256(content).hexdigest()
    tables = read_file(content, file.name, contract, maps)
    raw = pl.concat(raw_frame(sha256, 1, table) for table in tables)
    staged = staging.stage(contract, raw, settings, received={sha256: datetime.now(UTC).date()})
    account = staged.accounts.row(0, named=True)
    return Checked(
        file=file.name,
        source=contract.name,
        rows={name: account[f"rows_{name}"] for name in ("read", "staged", "quarantined")},
        notes=tuple(feedback.notes(staged.findings, {sha256: account["rows_read"]})),
        tables=tuple(tables),
    )


def _workspace_around(file: Path) -> Workspace | None:
    return next((Workspace(folder) for folder in file.resolve().parents if (folder / SETTINGS_FILE).is_file()), None)


def _blank_settings(contract: SourceContract) -> Settings:
    if any((column.code_list or "").startswith("settings.") for column in contract.columns):
        raise WorkspaceError(message("cli.needs_settings", title=contract.title.fi).fi)
    return parse_settings(contracts.municipality_settings(contracts.BLANK_MUNICIPALITY), SETTINGS_FILE)
