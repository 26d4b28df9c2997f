"""Asking about names that wait for a person, on a small town refreshed without Dagster."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from pipelines import cli, contracts, review
from pipelines.contract_model import Text
from pipelines.decisions import read_decisions
from pipelines.refresh import run_rooms
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace
from warehouse import database

REGISTER = """Rekisterinumero;Y-tunnus;Nimi;Kotipaikka;Rekisteröintipäivä;Tila;Tilan päivä
100.001;;Työläisten osasto 12 ry;998;1.2.2001;rekisterissä;
100.002;;Työläisten osasto 21 ry;998;1.2.2001;rekisterissä;
100.003;;Kuvitelman Latu ry;998;1.2.2001;rekisterissä;
"""
MEMBERS = """Kattojärjestö;Jäsenjärjestö;Y-tunnus;Alkaen;Päättyen
{umbrella};Työläisten osasto;;1.1.2020;
{umbrella};TYÖLÄISTEN OSASTO ry;;1.1.2021;
{umbrella};Kuvitelman Latuu;;1.1.2020;
{umbrella};Kuvitelman Ladun tuki;;1.1.2020;
{umbrella};Perjantain kahvittelijat;;1.1.2020;
"""


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = Workspace(tmp_path_factory.mktemp("review") / "town")
    made.create(contracts.municipality_settings("esimerkkila"))
    umbrella = made.settings.umbrella_organisations[0].fi
    (made.inbox / "prh_register" / "register.csv").write_text(REGISTER, encoding="utf-8")
    (made.inbox / "umbrella_members" / "members.csv").write_text(MEMBERS.format(umbrella=umbrella), encoding="utf-8")
    run_rooms(made, lambda _table: None)
    return made


@pytest.fixture
def workspace(refreshed: Workspace) -> Workspace:
    """The refreshed town without decisions."""
    refreshed.links_file.unlink(missing_ok=True)
    return refreshed


def answers(*lines: str) -> io.StringIO:
    return io.StringIO("".join(f"{line}\n" for line in lines))


def ask(workspace: Workspace, *lines: str) -> tuple[int, list[str]]:
    """Answer the questions; returns the number of decisions and what was said in Finnish."""
    heard, said = iter(lines), []

    def hear() -> str:
        try:
            return next(heard)
        except StopIteration:
            raise EOFError from None

    made = review.ask(workspace, review.open_names(workspace), "Testi", hear, lambda text: said.append(text.fi))
    return made, said


def test_spellings_of_one_name_wait_as_one_the_commonest_first(workspace: Workspace) -> None:
    names = review.open_names(workspace)
    assert [(item.mention_key, item.rows) for item in names] == [
        ("työläisten osasto", 2),
        ("kuvitelman ladun tuki", 1),
    ]
    first = names[0]
    assert {found.register_number for found in first.candidates[:2]} == {"100001", "100002"}
    assert first.sources == ("umbrella_members",)
    assert all(found.municipality == "Esimerkkilä" for found in first.candidates)


def test_a_choice_is_kept_at_once_with_its_reason(workspace: Workspace) -> None:
    second = review.open_names(workspace)[0].candidates[1].register_number
    made, _ = ask(workspace, "2 kysyin puheenjohtajalta")
    assert made == 1
    kept = read_decisions(workspace).row(0, named=True)
    assert (kept["mention_key"], kept["register_number"]) == ("työläisten osasto", second)
    assert (kept["decided_by"], kept["reason"]) == ("Testi", "kysyin puheenjohtajalta")
    assert [item.mention_key for item in review.open_names(workspace)] == ["kuvitelman ladun tuki"]


def test_skipped_names_stay_open_and_none_of_them_is_a_decision(workspace: Workspace) -> None:
    made, _ = ask(workspace, "", "0")
    assert made == 1
    assert read_decisions(workspace).select("mention_key", "register_number").rows() == [
        ("kuvitelman ladun tuki", None)
    ]
    assert [item.mention_key for item in review.open_names(workspace)] == ["työläisten osasto"]


def test_an_answer_that_is_not_understood_is_asked_again(workspace: Workspace) -> None:
    made, said = ask(workspace, "9", "kyllä", "1")
    assert made == 1
    assert sum("ei ymmärretty" in sentence for sentence in said) == 2


def test_what_is_told_names_the_candidates_in_every_language(workspace: Workspace) -> None:
    told = review.open_names(workspace)[0].told()
    assert "rivejä 2" in told[0].fi
    assert "Kattojärjestö" in told[0].fi
    assert all(isinstance(sentence, Text) and sentence.sv and sentence.en for sentence in told)
    assert any("100001" in sentence.fi for sentence in told)


def test_a_workspace_that_was_never_refreshed_is_told(tmp_path: Path) -> None:
    made = Workspace(tmp_path / "town")
    made.create(contracts.municipality_settings("esimerkkila"))
    with pytest.raises(WorkspaceError, match="Aja ensin"):
        review.open_names(made)
    with database.open_build(made.build_file):
        pass
    with pytest.raises(WorkspaceError, match="Aja ensin"):
        review.open_names(made)


def command(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["yhteispeli", "review", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    return int(str(stopped.value.code))


def test_the_command_lists(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(monkeypatch, workspace.root, "--list") == 0
    out = capsys.readouterr().out
    assert "Päätöstä odottavia nimiä: 2." in out
    assert "Valitse" not in out
    assert not workspace.links_file.exists()


def test_the_command_asks_and_tells_stale_decisions(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", answers("0", "0"))
    assert command(monkeypatch, workspace.root, "--by", "Testi") == 0
    assert "Päätöksiä tallennettu: 2." in capsys.readouterr().out
    text = workspace.links_file.read_text(encoding="utf-8")
    workspace.links_file.write_text(text + "Sepite,,999,Testi,2026-11-24,\n", encoding="utf-8")
    assert command(monkeypatch, workspace.root) == 0
    out = capsys.readouterr().out
    assert "rekisterissä ei ole numeroa 999" in out
    assert "Yksikään nimi ei odota päätöstä." in out


def test_a_decision_is_in_force_after_the_next_refresh(workspace: Workspace) -> None:
    ask(workspace, "0 ei rekisterissä", "0")
    run_rooms(workspace, lambda _table: None)
    with database.open_build(workspace.build_file) as connection:
        links = database.read_frame(connection, "core.organisation_links")
    decided = links.filter(links["method"] == "decision")
    assert decided["decided_by"].to_list() == ["Testi"] * 3
    assert decided["register_number"].null_count() == 3
    assert review.open_names(workspace) == []
    workspace.links_file.unlink()
    run_rooms(workspace, lambda _table: None)
