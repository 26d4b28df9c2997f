"""Corrections: what people wrote into corrections.yaml, applied, outdated, or wrong."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines import contracts, corrections, run
from pipelines.corrections import Correction
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace
from warehouse import database

LEDGER = contracts.sources()["grant_ledger"]
WRONG = {
    "file": "grant_ledger/avustukset.csv",
    "row": 2,
    "column": "Myönnetty",
    "expected": "12 oo0",
    "value": "12 000",
    "reason": "kirjoitusvirhe",
    "by": "talousosasto",
}


def text(cell: str | None = "12 oo0") -> pl.DataFrame:
    columns = {column.name: [None, cell if column.name == "awarded_eur" else None] for column in LEDGER.staged_columns}
    frame = pl.DataFrame(columns, schema={column.name: pl.String for column in LEDGER.staged_columns})
    return frame.with_columns(file_sha256=pl.lit("abc"), sheet=pl.lit(""), line=pl.Series([1, 2]))


@pytest.mark.parametrize(
    ("changed", "cell", "state", "value"),
    [
        ({}, "12 oo0", "applied", "12 000"),
        ({"column": "awarded_eur"}, "12 oo0", "applied", "12 000"),
        ({"expected": " 12\u00a0oo0 "}, "12 oo0", "applied", "12 000"),
        ({"value": ""}, "12 oo0", "applied", None),
        ({}, "12 000", "no_longer_matches", "12 000"),
        ({}, None, "no_longer_matches", None),
        ({"row": 9}, "12 oo0", "no_such_cell", "12 oo0"),
        ({"sheet": "Taul1"}, "12 oo0", "no_such_cell", "12 oo0"),
        ({"file": "grant_ledger/muu.csv"}, "12 oo0", "no_such_file", "12 oo0"),
    ],
)
def test_what_becomes_of_a_correction(
    changed: dict[str, object], cell: str | None, state: str, value: str | None
) -> None:
    correction = Correction.model_validate(WRONG | changed)
    mended, outcome = corrections.apply(LEDGER, text(cell), [correction], {"avustukset.csv": "abc"})
    assert outcome["state"].to_list() == [state]
    assert mended["awarded_eur"].to_list() == [None, value]
    untouched = [column.name for column in LEDGER.staged_columns if column.name != "awarded_eur"]
    assert mended.select(untouched).equals(text(cell).select(untouched))


def test_corrections_of_other_sources_are_passed_over() -> None:
    other = Correction.model_validate(WRONG | {"file": "grant_controls/avustukset.csv", "column": "Toteuma"})
    mended, outcome = corrections.apply(LEDGER, text(), [other], {"avustukset.csv": "abc"})
    assert outcome.is_empty()
    assert mended.equals(text())


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("ei luettelo", "Sen pitää olla luettelo korjauksista."),
        ("- [rikki", "ei voi lukea"),
        ("- {file: grant_ledger/a.csv}", "korjauksessa 1 on virhe kohdassa row"),
        ("- {file: ../a.csv, row: 1, column: Haettu, expected: a, value: b, reason: c, by: d}", "kohdassa file"),
        (
            "- {file: olematon/a.csv, row: 1, column: Haettu, expected: a, value: b, reason: c, by: d}",
            "Lähdettä olematon ei ole",
        ),
        (
            "- {file: grant_ledger/a.csv, row: 1, column: Hinta, expected: a, value: b, reason: c, by: d}",
            "saraketta Hinta ei ole",
        ),
        (
            "- {file: grant_ledger/a.csv, row: 1, column: Käyttötarkoitus, expected: a, value: b, reason: c, by: d}",
            "ei ole",
        ),
    ],
)
def test_a_faulty_file_gets_one_sentence(tmp_path: Path, written: str, said: str) -> None:
    workspace = Workspace(tmp_path)
    workspace.corrections_file.write_text(written, encoding="utf-8")
    with pytest.raises(WorkspaceError) as error:
        corrections.read_corrections(workspace)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_corrected_row_leaves_quarantine_and_makes_a_new_edition(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "town")
    workspace.create(contracts.municipality_settings("esimerkkila"))
    (workspace.inbox / "prh_register" / "ote.csv").write_text(
        "Rekisterinumero;Nimi;Kotipaikka;Rekisteröintipäivä;Tila\n900.001;Esimerkin Latu ry;998;1.1.2000;rekisterissä\n"
    )
    (workspace.inbox / "grant_ledger" / "avustukset.csv").write_text(
        "Hakemusnumero;Hakija;Toimielin;Avustuslaji;Myönnetty;Päätöspäivä\n"
        "1;Esimerkin Latu ry;Liikuntatoimi;toiminta-avustus;12 oo0;1.3.2024\n"
    )
    first = run.refresh(workspace, lambda _table: None)
    assert run.accounts(workspace)[0]["rows_quarantined"].sum() == 1
    workspace.corrections_file.write_text(
        "- file: grant_ledger/avustukset.csv\n  row: 2\n  column: Myönnetty\n  expected: 12 oo0\n  value: 12 000\n"
        "  reason: kirjoitusvirhe\n  by: talousosasto\n",
        encoding="utf-8",
    )
    second = run.refresh(workspace, lambda _table: None)
    assert second.is_new
    assert second.edition_id != first.edition_id
    assert run.accounts(workspace)[0]["rows_quarantined"].sum() == 0
    assert run.corrections(workspace)["state"].to_list() == ["applied"]
    with database.open_edition(workspace.editions / str(second.edition_id) / "public.duckdb") as connection:
        awarded = connection.execute(
            "SELECT value FROM marts.indicator_values WHERE indicator_id = 'grants_awarded_eur' AND breakdown = 'total'"
        ).fetchall()
    assert awarded == [(12000.0,)]
