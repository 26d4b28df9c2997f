"""Checking one file: its source, the settings that it is read by, and what is found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines import contracts, feedback_files
from pipelines.checking import check_file
from pipelines.raw_table import Refused
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace

REGISTER = "Rekisterinumero;Y-tunnus;Nimi;Kotipaikka;Rekisteröintipäivä;Tila;Tilan päivä\n"
LEDGER = "Hakemusnumero;Hakija;Y-tunnus;Toimielin;Avustuslaji;Haettu;Myönnetty;Maksettu;Päätöspäivä;Maksupäivä\n"
GRANT = "1;Kuviteltu Latu ry;;Liikuntatoimi;toiminta-avustus;100;100;100;14.3.2024;30.11.2024\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "town")
    made.create(contracts.municipality_settings("esimerkkila"))
    return made


def written(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_a_clean_file_is_recognised_and_has_no_notes(tmp_path: Path, workspace: Workspace) -> None:
    file = written(tmp_path, "ote.csv", REGISTER + "100.001;;Kuviteltu Latu ry;998;1.2.2001;rekisterissä;\n")
    checked = check_file(file, None, workspace.root)
    assert (checked.source, checked.file, checked.notes) == ("prh_register", "ote.csv", ())
    assert checked.rows == {"read": 1, "staged": 1, "quarantined": 0}


def test_a_bad_row_is_counted_and_told(tmp_path: Path, workspace: Workspace) -> None:
    file = written(tmp_path, "ote.csv", REGISTER + "100.001;9123457-4;Kuviteltu Latu ry;998;1.2.2001;rekisterissä;\n")
    checked = check_file(file, None, workspace.root)
    assert checked.rows == {"read": 1, "staged": 0, "quarantined": 1}
    (note,) = checked.notes
    assert note.rule.id == "prh_register.business_id_check_digit"
    assert "rivi 2 (9123457-4)" in note.sentence()
    told = json.loads(json.dumps(checked.as_json()))
    assert (told["source"], told["read"], told["quarantined"]) == ("prh_register", 1, 1)
    assert told["notes"][0]["places"] == [{"sheet": "", "line": 2, "cell": "9123457-4"}]


def test_titles_and_totals_are_counted_and_told(tmp_path: Path, workspace: Workspace) -> None:
    total = "Yhteensä;;;;;100;100;100;;\n"
    checked = check_file(written(tmp_path, "a.csv", f"Avustukset 2024\n{LEDGER}{GRANT}{total}"), None, workspace.root)
    assert (checked.rows["read"], checked.outside, checked.as_json()["outside"]) == (1, 2, 2)
    assert "Lisäksi 2 riviä ei ole tietoa" in feedback_files.page("a.csv", checked, "fi")


def test_a_file_that_the_town_has_choices_in_needs_its_settings(tmp_path: Path) -> None:
    file = written(tmp_path, "avustukset.csv", LEDGER + GRANT)
    with pytest.raises(WorkspaceError, match="Avustusrekisteri") as caught:
        check_file(file, None, None)
    assert "--workspace" in str(caught.value)


def test_settings_come_from_the_workspace_that_is_given(tmp_path: Path, workspace: Workspace) -> None:
    file = written(tmp_path, "avustukset.csv", LEDGER + GRANT)
    assert check_file(file, None, workspace.root).notes == ()


def test_settings_come_from_the_workspace_that_the_file_lies_in(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(workspace.inbox / "grant_ledger", "avustukset.csv", LEDGER + GRANT)
    assert check_file(file, None, None).notes == ()
    monkeypatch.chdir(file.parent)
    assert check_file(Path(file.name), None, None).notes == ()


def test_a_given_workspace_that_is_none_is_told_and_not_passed_over(tmp_path: Path) -> None:
    file = written(tmp_path, "ote.csv", REGISTER + "100.001;;Kuviteltu Latu ry;998;1.2.2001;rekisterissä;\n")
    with pytest.raises(WorkspaceError, match="ei ole työtila"):
        check_file(file, None, tmp_path / "missing")


def test_broken_settings_around_the_file_are_told(workspace: Workspace) -> None:
    file = written(workspace.inbox / "grant_ledger", "avustukset.csv", LEDGER + GRANT)
    workspace.settings_file.write_text("[municipality", encoding="utf-8")
    with pytest.raises(WorkspaceError, match="ei voi lukea"):
        check_file(file, None, None)


def test_a_source_that_is_named_is_taken_at_its_word(tmp_path: Path, workspace: Workspace) -> None:
    file = written(tmp_path, "avustukset.csv", LEDGER + GRANT)
    with pytest.raises(Refused, match="Rekisterinumero"):
        check_file(file, "prh_register", workspace.root)


def test_a_file_of_no_source_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path, "muu.csv", "Etunimi;Kengännumero\nTesti;42\n")
    with pytest.raises(Refused, match=r"--source: .*grant_ledger \(Avustusrekisteri\)") as refused:
        check_file(file, None, None)
    assert "grant_ledger (Grant ledger)" in refused.value.text.en


def test_checking_leaves_the_workspace_as_it_was(workspace: Workspace) -> None:
    file = written(workspace.inbox / "grant_ledger", "avustukset.csv", LEDGER + GRANT)
    before = sorted(workspace.root.rglob("*"))
    check_file(file, None, None)
    assert sorted(workspace.root.rglob("*")) == before
