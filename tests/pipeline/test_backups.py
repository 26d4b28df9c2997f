"""What is kept is held against its hashes, and a backup comes back as it was."""

from __future__ import annotations

import os
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines import editions, run
from pipelines.cli import app
from pipelines.service.backups import back_up, faults, restore
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace
from tests.pipeline.conftest import RefreshedTown


@pytest.fixture
def town(example_town: RefreshedTown, tmp_path: Path) -> Workspace:
    """A copy of the refreshed town."""
    shutil.copytree(example_town.workspace.root, tmp_path / "town")
    return Workspace(tmp_path / "town")


def files_of(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_backup_comes_back_as_it_was_and_refreshes_to_the_same_edition(town: Workspace, tmp_path: Path) -> None:
    archive = tmp_path / "kopio.tar.gz"
    assert faults(town) == []
    kept = back_up(town, archive)
    assert archive.stat().st_mode & 0o777 == 0o600
    back = Workspace(tmp_path / "back")
    assert restore(archive, back) == kept
    before, after = files_of(town.root), files_of(back.root)
    remade = {name for name in before if name.split("/")[0] in {"build.duckdb", "dagster"}}
    assert {name: before[name] for name in before.keys() - remade} == {
        name: content for name, content in after.items() if not name.startswith("dagster/")
    }
    assert back.landing.stat().st_mode & 0o777 == 0o700
    outcome = run.refresh(back, lambda _table: None)
    assert (outcome.edition_id, outcome.is_new) == (editions.current_id(town), False)


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


DAMAGES: dict[str, tuple[Callable[[Workspace], Path], Callable[[Path], object], str]] = {
    "a landed file changed": (lambda town: next(town.landing.glob("?" * 64)), _flip, "on muuttunut"),
    "a landed file lost": (lambda town: next(town.landing.glob("?" * 64)), os.remove, "puuttuu"),
    "a figure changed": (lambda town: next(town.editions.glob("*/public.duckdb")), _flip, "on muuttunut"),
    "a table lost": (lambda town: next(town.editions.glob("*/open_data/parquet/*.parquet")), os.remove, "puuttuu"),
    "CURRENT astray": (lambda town: town.current_file, lambda path: path.write_text("ei-mikaan\n"), "jota ei ole"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damage_is_found_and_named_and_no_backup_is_made_of_it(
    damage: str, town: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    of, harm, said = DAMAGES[damage]
    path = of(town)
    harm(path)
    (fault,) = faults(town)
    assert said in fault.fi
    assert path.name in fault.fi
    assert app(["verify", str(town.root)], result_action="return_value") == 1
    assert said in capsys.readouterr().out
    with pytest.raises(WorkspaceError, match=said):
        back_up(town, tmp_path / "kopio.tar.gz")
    assert not (tmp_path / "kopio.tar.gz").exists()


def test_a_backup_never_overwrites_and_never_lies_in_what_it_keeps(town: Workspace, tmp_path: Path) -> None:
    there = tmp_path / "kopio.tar.gz"
    there.write_bytes(b"")
    for place in (there, town.root / "kopio.tar.gz"):
        with pytest.raises(WorkspaceError, match="ei tehty"):
            back_up(town, place)
    with pytest.raises(WorkspaceError, match="ei voi kirjoittaa"):
        back_up(town, tmp_path / "no folder" / "kopio.tar.gz")


def _no_archive(path: Path, _archive: Path) -> None:
    path.write_bytes(b"not an archive")


def _cut(path: Path, archive: Path) -> None:
    path.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])


def _other(path: Path, archive: Path) -> None:
    with tarfile.open(path, "w:gz") as other:
        other.add(archive, "something.txt")


@pytest.mark.parametrize("make", [_no_archive, _cut, _other], ids=["no archive", "cut short", "another archive"])
def test_what_is_no_whole_backup_is_refused(
    make: Callable[[Path, Path], None], town: Workspace, tmp_path: Path
) -> None:
    archive, bad = tmp_path / "kopio.tar.gz", tmp_path / "bad.tar.gz"
    back_up(town, archive)
    make(bad, archive)
    with pytest.raises(WorkspaceError, match="ei ole ehjä varmuuskopio"):
        restore(bad, Workspace(tmp_path / "back"))


def test_an_archive_that_points_out_of_the_folder_is_refused(town: Workspace, tmp_path: Path) -> None:
    bad = tmp_path / "bad.tar.gz"
    with tarfile.open(bad, "w:gz") as archive:
        archive.add(town.settings_file, "municipality.toml")
        archive.add(town.settings_file, "../outside.toml")
    with pytest.raises(WorkspaceError, match="ei ole ehjä varmuuskopio"):
        restore(bad, Workspace(tmp_path / "back"))
    assert not (tmp_path / "outside.toml").exists()


def test_a_folder_with_something_in_it_is_left_alone(town: Workspace, tmp_path: Path) -> None:
    archive = tmp_path / "kopio.tar.gz"
    back_up(town, archive)
    with pytest.raises(WorkspaceError, match="ei ole tyhjä"):
        restore(archive, town)
