"""Editions through whole refreshes: unchanged input, changed input, and everything that must keep the last one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines import run
from pipelines.workspace import Workspace
from tests.pipeline.test_towns import LEDGER, MEMBERS, REGISTER, SETTINGS

Silent = lambda _table: None  # noqa: E731


@pytest.fixture
def workspace(tmp_path: Path, small_town: Workspace) -> Workspace:
    shutil.copytree(small_town.root, tmp_path / "town")
    return Workspace(tmp_path / "town")


@pytest.fixture(scope="module")
def small_town(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Workspace(tmp_path_factory.mktemp("small") / "town")
    workspace.create(SETTINGS)
    more = "".join(f"900.{number};;Kuvitteelan Ryhmä {number} ry;;997;1.1.2001;R;;;400\n" for number in range(100, 120))
    for source, text in (("prh_register", REGISTER + more), ("grant_ledger", LEDGER), ("umbrella_members", MEMBERS)):
        (workspace.inbox / source / f"{source}.csv").write_text(text, encoding="utf-8")
    assert run.refresh(workspace, Silent).is_new
    return workspace


def _files(workspace: Workspace) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(workspace.editions.rglob("*")) if path.is_file()}


def test_the_same_input_gives_the_same_edition_and_touches_nothing(workspace: Workspace) -> None:
    before, files = workspace.current_file.read_text(), _files(workspace)
    outcome = run.refresh(workspace, Silent)
    assert (outcome.is_new, outcome.kept_because) == (False, None)
    assert workspace.current_file.read_text() == before
    assert _files(workspace) == files


def test_a_corrected_file_of_the_same_name_replaces_the_old_one(workspace: Workspace) -> None:
    before = workspace.current_file.read_text()
    file = workspace.inbox / "grant_ledger" / "grant_ledger.csv"
    file.write_text(LEDGER.replace("500,00;500,00", "500,00;450,00"), encoding="utf-8")
    outcome = run.refresh(workspace, Silent)
    assert outcome.is_new
    assert workspace.current_file.read_text() != before
    assert len(list(workspace.editions.iterdir())) == 2
    files, _ = run.accounts(workspace)
    assert sorted(files.filter(files["source"] == "grant_ledger")["state"]) == ["read", "superseded"]


def test_a_shrunken_register_keeps_the_last_edition(workspace: Workspace) -> None:
    before = workspace.current_file.read_text()
    (workspace.inbox / "prh_register" / "prh_register.csv").write_text(REGISTER, encoding="utf-8")
    outcome = run.refresh(workspace, Silent)
    assert outcome.kept_because is not None
    assert outcome.kept_because.fi.startswith("Rekisterissä on yli viidenneksen vähemmän rivejä")
    assert outcome.edition_id == before.strip()
    assert workspace.current_file.read_text() == before
    assert len(list(workspace.editions.iterdir())) == 1


@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_other_users_may_read_the_public_parts_and_nothing_else(mask: int, tmp_path: Path) -> None:
    """Whatever the umask; who may enter the workspace at all is for its owner to say."""
    workspace = Workspace(tmp_path / "town")
    before = os.umask(mask)
    try:
        workspace.create(SETTINGS)
        (workspace.inbox / "prh_register" / "prh_register.csv").write_text(REGISTER, encoding="utf-8")
        outcome = run.refresh(workspace, Silent)
    finally:
        os.umask(before)
    assert outcome.is_new, outcome
    edition = workspace.editions / str(outcome.edition_id)
    files = {path for path in (edition / "open_data").rglob("*") if path.is_file()}
    public = {edition / "public.duckdb", edition / "edition.json", *files}
    assert set(_open_to_others(workspace.root)) == {workspace.current_file, *public}


def _open_to_others(folder: Path) -> Iterator[Path]:
    """Files that any user may read, those below a folder that others may not enter left out."""
    for path in folder.iterdir():
        mode = path.stat().st_mode
        if path.is_dir() and mode & 0o001:
            yield from _open_to_others(path)
        elif path.is_file() and mode & 0o004:
            yield path


def test_without_files_there_is_no_edition_and_one_sentence(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "town")
    workspace.create(SETTINGS)
    outcome = run.refresh(workspace, Silent)
    assert outcome.edition_id is None
    assert outcome.kept_because is not None
    assert outcome.kept_because.fi.startswith("Työtilan inbox-kansioissa ei ole yhtään tiedostoa.")
    assert not workspace.current_file.exists()


def test_a_fault_in_publishing_leaves_current_whole(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    before = workspace.current_file.read_text()
    (workspace.inbox / "grant_ledger" / "lisaa.csv").write_text(
        LEDGER.splitlines()[0] + "\n9;Kuvitteelan Köli ry;;Järvilautakunta;soutuavustus;10,00;10,00;;1.4.2024;;ei\n"
    )

    def fail(*_: object, **__: object) -> None:
        raise OSError("levy on täynnä")

    with monkeypatch.context() as patch:
        patch.setattr("pipelines.editions.database.export", fail)
        outcome = run.refresh(workspace, Silent)
    assert outcome.kept_because is not None
    assert "levy on täynnä" in outcome.kept_because.fi
    assert workspace.current_file.read_text() == before

    outcome = run.refresh(workspace, Silent)
    assert outcome.is_new
    assert not [path for path in workspace.editions.iterdir() if path.name.startswith(".")]
