"""A workspace fed with one file in each format of each source refreshes to an edition whose accounting closes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from format_files import ENDINGS, SURVEY_EXPORTS, FormatFile, file_of, put_survey_export

from pipelines import contracts, editions, run
from pipelines.example import write_example
from pipelines.refresh import run_rooms
from pipelines.workspace import Workspace
from warehouse import database

FORMATS = [(source, name) for source in contracts.sources().values() for name in source.formats + source.table_layouts]
ZERO = Decimal(0)


@dataclass(frozen=True)
class Fed:
    """A workspace after its refresh: what was put in by source and file name, and what became of each file."""

    workspace: Workspace
    edition: editions.Published
    put_in: dict[tuple[str, str], FormatFile]
    files: dict[tuple[str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("formats") / "example"
    write_example(root, seed=1)
    return root


@pytest.fixture(scope="module")
def fed(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Fed:
    workspace = Workspace(tmp_path_factory.mktemp("formats") / "town")
    workspace.create(contracts.municipality_settings("esimerkkila"))
    put_in = {}
    for source, name in FORMATS:
        file = file_of(source, name, example)
        if file is not None:
            put_in[source.name, f"{name}.{ENDINGS.get(name, 'json')}"] = file
    for (source_name, file_name), file in put_in.items():
        (workspace.inbox / source_name / file_name).write_bytes(file.content)
    for form, name in SURVEY_EXPORTS:
        put_in[form.source, name] = put_survey_export(workspace, form, name)
    edition = run_rooms(workspace, lambda _table: None)
    files, _ = run.accounts(workspace)
    found = {(row["source"], row["file_name"]): row for row in files.iter_rows(named=True)}
    return Fed(workspace, edition, put_in, found)


@pytest.mark.parametrize(("source", "name"), FORMATS, ids=[f"{source.name}-{name}" for source, name in FORMATS])
def test_every_format_of_every_source_has_a_file(source: contracts.SourceContract, name: str, example: Path) -> None:
    """A new format needs a writer in `format_files.WRITERS`, or a file of the example town."""
    assert file_of(source, name, example) is not None


def test_an_edition_is_published(fed: Fed) -> None:
    assert fed.edition.is_new
    assert (fed.workspace.editions / fed.edition.id / "public.duckdb").is_file()
    assert editions.current_id(fed.workspace) == fed.edition.id


def test_no_file_is_refused_or_passed_over(fed: Fed) -> None:
    assert set(fed.files) == set(fed.put_in)
    assert {key: row["reason"] for key, row in fed.files.items() if row["state"] != "read"} == {}


def test_rows_that_were_put_in_are_staged_or_quarantined(fed: Fed) -> None:
    for key, file in fed.put_in.items():
        row = fed.files[key]
        assert row["rows_read"] == file.rows, key
        assert row["rows_staged"] + row["rows_quarantined"] == row["rows_read"], key
        assert row["rows_quarantined"] == file.faulty, key
    totals = {name: sum(row[f"rows_{name}"] for row in fed.files.values()) for name in ("staged", "quarantined")}
    with database.open_build(fed.workspace.build_file) as connection:
        kept = sum(database.count(connection, f"staging.{source}") for source in contracts.sources())
        aside = database.count(connection, "quality.quarantine")
    assert totals == {"staged": kept, "quarantined": aside}


def test_euros_that_were_put_in_are_staged_or_quarantined(fed: Fed) -> None:
    """Summed again from the staged rows and the quarantine, not from the account that is checked."""
    with database.open_build(fed.workspace.build_file) as connection:
        quarantine = database.read_frame(connection, "quality.quarantine")
        for source in contracts.sources().values():
            of_source = {name: row for (owner, name), row in fed.files.items() if owner == source.name}
            money = [column.name for column in source.money_columns]
            if not money:
                assert all(row["eur_read"] is None for row in of_source.values()), source.name
                continue
            rows = database.read_frame(connection, f"staging.{source.name}")
            for name, row in of_source.items():
                kept = rows.filter(file_sha256=row["file_sha256"]).select(pl.sum_horizontal(pl.col(money).sum()))
                aside = quarantine.filter(source=source.name, file_sha256=row["file_sha256"])["eur"].sum()
                assert row["eur_staged"] == (kept.item() or ZERO), name
                assert row["eur_read"] == row["eur_staged"] + (aside or ZERO), name
            assert sum(row["eur_read"] for row in of_source.values()) > 0, source.name
