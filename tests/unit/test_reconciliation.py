"""Reconciliation: explanations of people, and whether they add up to the difference of ledger and books."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipelines import contracts, editions, reconciliation
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace
from warehouse import database
from warehouse.models import models

LEDGER = ((2023, "culture", "100.00", False), (2023, "culture", "20.00", True), (2024, "sport", "80.50", False))
BOOKS = ((2023, "culture", "90.00"), (2024, "sport", "80.50"), (2025, "youth", "10.00"))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "town")
    made.create(contracts.municipality_settings("esimerkkila"))
    return made


def written(workspace: Workspace, text: str) -> tuple[reconciliation.Explanation, ...]:
    workspace.reconciliation_file.write_text(text, encoding="utf-8")
    return reconciliation.read_explanations(workspace)


def line(year: int, body: str, eur: str) -> str:
    return f'- {{year: {year}, body: {body}, eur: "{eur}", reason: "kirjattu toiselle tilille", by: talouspalvelut}}\n'


def reconciled(workspace: Workspace, text: str) -> dict[tuple[int, str], tuple[str, Decimal | None]]:
    explanations = reconciliation.rows_of(written(workspace, text))
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA core")
        connection.execute(
            "CREATE TABLE core.grants (payment_year INT, granting_body TEXT, paid_eur DECIMAL(14,2), is_regrant BOOL, is_own BOOL DEFAULT true)"
        )
        connection.executemany(
            "INSERT INTO core.grants BY POSITION VALUES (?, ?, ?, ?, true)", [(y, b, e, r) for y, b, e, r in LEDGER]
        )
        connection.execute(
            "CREATE TABLE core.grant_controls (year INT, granting_body TEXT, booked_eur DECIMAL(14,2), account TEXT)"
        )
        connection.executemany("INSERT INTO core.grant_controls VALUES (?, ?, ?, '4742')", BOOKS)
        shape = editions.shape_of(contracts.tables()["core.grant_explanations"])
        database.build_from_frame(connection, shape, explanations)
        rows = connection.execute(models()["marts.grant_reconciliation"].sql).fetchall()
    return {(year, body): (state, unexplained) for year, body, *_, unexplained, state in rows}


def test_without_explanations_a_difference_stays_unexplained(workspace: Workspace) -> None:
    assert reconciled(workspace, "") == {
        (2023, "culture"): ("unexplained", Decimal("10.00")),
        (2024, "sport"): ("agrees", Decimal("0.00")),
        (2025, "youth"): ("unexplained", Decimal("-10.00")),
    }


def test_a_difference_is_explained_when_the_lines_add_up_to_it_to_the_cent(workspace: Workspace) -> None:
    whole = line(2023, "culture", "12,00") + line(2023, "Kulttuuritoimi", "−2,00 €") + line(2025, "youth", "-9.99")
    found = reconciled(workspace, whole)
    assert found[2023, "culture"] == ("explained", Decimal("0.00"))
    assert found[2025, "youth"] == ("unexplained", Decimal("-0.01"))


def test_an_explanation_of_nothing_is_told(workspace: Workspace) -> None:
    """The books were corrected after the explanation, or it names a year that has neither ledger nor books."""
    found = reconciled(workspace, line(2024, "sport", "5") + line(2019, "sport", "5"))
    assert found[2024, "sport"] == ("unexplained", Decimal("-5.00"))
    assert found[2019, "sport"] == ("no_books", None)


def test_a_sum_may_be_written_as_people_do(workspace: Workspace) -> None:
    sums = ("1 234,50", "1\u00a0234,50 €", "1234.5", "−1 234,50")
    told = written(workspace, "".join(line(2023, "culture", eur) for eur in sums))
    assert [item.eur for item in told] == [Decimal("1234.5")] * 3 + [Decimal("-1234.50")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ei luettelo", "Sen pitää olla luettelo selityksistä."),
        ("- [rikki", "ei voi lukea"),
        ("- {year: 2023}", "selityksessä 1 on virhe kohdassa body"),
        ("- ei kohtia", "selityksessä 1 on virhe kohdassa -"),
        (line(2023, "culture", "paljon"), "virhe kohdassa eur"),
        (line(2023, "culture", "1.234"), "virhe kohdassa eur"),
        (line(2023, "culture", "NaN"), "virhe kohdassa eur"),
        (line(23, "culture", "1"), "virhe kohdassa year"),
        (
            line(2023, "culture", "1") + line(2023, "Kuulautakunta", "1"),
            "selityksen 2 toimielintä Kuulautakunta ei ole",
        ),
    ],
)
def test_what_can_t_be_read_is_told_in_one_sentence(text: str, said: str, workspace: Workspace) -> None:
    with pytest.raises(WorkspaceError, match=r"reconciliation\.yaml") as told:
        written(workspace, text)
    assert said in str(told.value)


def test_explanations_are_decisions_that_an_edition_is_known_by(workspace: Workspace) -> None:
    assert reconciliation.read_explanations(workspace) == ()
    written(workspace, line(2023, "culture", "1"))
    assert workspace.reconciliation_file in workspace.decision_files()
