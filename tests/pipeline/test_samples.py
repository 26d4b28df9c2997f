"""A workspace of the real town with the real answers of the samples: population, budget, and a register extract."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from pipelines import contracts, run
from pipelines.workspace import Workspace
from warehouse import database

AWARDED = "54233,06"
"""A round thousandth of the real operating expenses: an invented grant, so that the share is plain to see."""


def _workspace(root: Path) -> Workspace:
    workspace = Workspace(root)
    workspace.create(contracts.municipality_settings("pieksamaki"))
    (workspace.inbox / "prh_register" / "ote.csv").write_text(
        "Rekisterinumero;Nimi;Kotipaikka;Rekisteröintipäivä;Tila\n900.001;Keksitty Testiyhdistys ry;593;1.1.2000;rekisterissä\n",
        encoding="utf-8",
    )
    (workspace.inbox / "grant_ledger" / "avustukset.csv").write_text(
        "Hakemusnumero;Hakija;Toimielin;Avustuslaji;Haettu;Myönnetty;Päätöspäivä\n"
        f"T-1;Keksitty Testiyhdistys ry;Liikuntatoimi;toiminta-avustus;{AWARDED};{AWARDED};2.3.2026\n"
        "T-2;Keksitty Testiyhdistys ry;Liikuntatoimi;toiminta-avustus;17077,00;17077,00;2.3.2022\n",
        encoding="cp1252",
    )
    return workspace


def _values(workspace: Workspace, edition_id: str | None) -> dict[tuple[str, str], tuple[float | None, str]]:
    file = workspace.editions / str(edition_id) / "public.duckdb"
    with database.open_edition(file) as connection:
        rows = connection.execute(
            "SELECT indicator_id, period, value, verdict_reason FROM marts.indicator_values WHERE breakdown = 'total'"
        ).fetchall()
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


@pytest.mark.parametrize("shape", ["csv", "json"])
def test_share_of_the_real_operating_expenses(samples: Path, tmp_path: Path, shape: str) -> None:
    workspace = _workspace(tmp_path / "town")
    budget = samples / "valtiokonttori" / "ktas_2048903-4_2026_core.csv"
    inbox = workspace.inbox / "municipal_finance"
    if shape == "csv":
        (inbox / budget.name).write_bytes(budget.read_bytes())
    else:
        (inbox / "ktas.json").write_text(json.dumps(_as_treasury_answer(budget)), encoding="utf-8")
    population = samples / "statfin" / "11s5_subset_jsonstat1.json"
    (workspace.inbox / "population" / population.name).write_bytes(population.read_bytes())
    wrong = samples / "statfin" / "128c_subset_jsonstat2_2026format.json"
    (workspace.inbox / "population" / wrong.name).write_bytes(wrong.read_bytes())

    outcome = run.refresh(workspace, lambda _table: None)

    assert outcome.kept_because is None
    values = _values(workspace, outcome.edition_id)
    share, _ = values["grants_share_of_budget", "2026"]
    assert share == pytest.approx(54233.06 / 54233060)
    assert values["grants_share_of_budget", "2022"] == (None, "verdict.no_denominator")
    assert values["grants_per_resident_eur", "2022"][0] == pytest.approx(1.0)
    assert values["grants_per_resident_eur", "2026"] == (None, "verdict.no_denominator")
    files, _ = run.accounts(workspace)
    refused = files.filter(files["state"] == "refused")
    assert refused["file_name"].to_list() == [wrong.name]
    assert "11ra" in refused["reason"][0]


def _as_treasury_answer(file: Path) -> list[dict[str, object]]:
    """Give the re-keyed rows of the sample the documented names back."""
    with file.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return [
        {
            "ytunnus": row["business_id"],
            "raportointikokonaisuus": row["reporting_package"],
            "raportointikausi": row["reporting_period"],
            "hyvaksymisvaihe": row["approval_stage"],
            "julkaisupvm": row["published_at"],
            "tunnusluku": int(row["indicator_code"]),
            "arvo": row["value_raw"],
        }
        for row in rows
    ]
