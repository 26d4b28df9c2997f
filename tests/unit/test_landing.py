"""Landing: which files are in force, and a manifest that no file name and no crash can spoil."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from pipelines import contracts, landing
from pipelines.contract_model import Text
from pipelines.workspace import Workspace

SOURCE = "umbrella_members"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "town")
    made.create(contracts.municipality_settings("esimerkkila"))
    return made


def drop(workspace: Workspace, name: str, content: str) -> str:
    """Put a file into the inbox, take the inbox in, and return the hash of the content."""
    (workspace.inbox / SOURCE / name).write_text(content, encoding="utf-8")
    landing.land_inbox(workspace, SOURCE)
    return hashlib.sha256(content.encode()).hexdigest()


def in_force(workspace: Workspace) -> list[tuple[str, str]]:
    return [(file.name, file.sha256) for file in landing.files_in_force(workspace, SOURCE)]


def manifest(workspace: Workspace) -> list[dict[str, Any]]:
    """Read the manifest as any other program would: one JSON object a line feed."""
    text = (workspace.landing / "manifest.jsonl").read_bytes()
    assert text.endswith(b"\n")
    return [json.loads(line) for line in text.removesuffix(b"\n").split(b"\n")]


def test_a_file_lands_whole_and_its_manifest_line_tells_where_it_came_from(workspace: Workspace) -> None:
    sha256 = drop(workspace, "jäsenet.csv", "Kattojärjestö;Jäsenjärjestö\n")
    assert (workspace.landing / sha256).read_bytes() == "Kattojärjestö;Jäsenjärjestö\n".encode()
    (line,) = manifest(workspace)
    assert (line["event"], line["source"], line["sha256"]) == ("landed", SOURCE, sha256)
    assert line["path"] == f"inbox/{SOURCE}/jäsenet.csv"
    assert line["size"] == (workspace.inbox / SOURCE / "jäsenet.csv").stat().st_size
    assert line["licence"] == contracts.sources()[SOURCE].licence
    (file,) = landing.files_in_force(workspace, SOURCE)
    assert landing.content_of(workspace, file) == (workspace.inbox / SOURCE / "jäsenet.csv").read_bytes()
    assert file.received.utcoffset() is not None


def test_a_file_that_is_known_does_not_land_again(workspace: Workspace) -> None:
    drop(workspace, "a.csv", "1")
    os.utime(workspace.inbox / SOURCE / "a.csv", (0, 0))
    assert landing.land_inbox(workspace, SOURCE) == []
    assert len(manifest(workspace)) == 1


def test_a_file_that_was_taken_away_stays_in_force(workspace: Workspace) -> None:
    sha256 = drop(workspace, "a.csv", "1")
    (workspace.inbox / SOURCE / "a.csv").unlink()
    assert landing.land_inbox(workspace, SOURCE) == []
    assert in_force(workspace) == [("a.csv", sha256)]


def test_a_replaced_file_supersedes_the_older_version(workspace: Workspace) -> None:
    old, new = drop(workspace, "a.csv", "old"), drop(workspace, "a.csv", "new")
    assert in_force(workspace) == [("a.csv", new)]
    assert [file.sha256 for file in landing.superseded_files(workspace, SOURCE)] == [old]
    assert (workspace.landing / old).read_bytes() == b"old"


def test_an_older_version_that_is_put_back_is_in_force_again(workspace: Workspace) -> None:
    old, new = drop(workspace, "a.csv", "old"), drop(workspace, "a.csv", "new")
    drop(workspace, "a.csv", "old")
    assert in_force(workspace) == [("a.csv", old)]
    assert [file.sha256 for file in landing.superseded_files(workspace, SOURCE)] == [new]
    assert len(manifest(workspace)) == 3


def test_the_same_content_under_two_names_counts_once(workspace: Workspace) -> None:
    same = drop(workspace, "a.csv", "same")
    drop(workspace, "kopio a.csv", "same")
    assert in_force(workspace) == [("a.csv", same)]
    assert landing.superseded_files(workspace, SOURCE) == []


def test_a_copy_stays_in_force_when_the_file_beside_it_is_replaced(workspace: Workspace) -> None:
    same = drop(workspace, "a.csv", "same")
    drop(workspace, "b.csv", "same")
    new = drop(workspace, "a.csv", "new")
    assert in_force(workspace) == [("b.csv", same), ("a.csv", new)]
    assert landing.superseded_files(workspace, SOURCE) == []


@pytest.mark.parametrize("name", [".piilossa.csv", ".DS_Store", "~$jäsenet.xlsx", "Thumbs.db", "desktop.ini"])
def test_hidden_files_and_lock_files_are_passed_over(name: str, workspace: Workspace) -> None:
    drop(workspace, name, "x")
    assert in_force(workspace) == []
    assert not (workspace.landing / "manifest.jsonl").exists()


def test_a_folder_is_no_file_and_a_missing_inbox_is_an_empty_one(workspace: Workspace) -> None:
    (workspace.inbox / SOURCE / "vanhat").mkdir()
    assert landing.land_inbox(workspace, SOURCE) == []
    (workspace.inbox / SOURCE / "vanhat").rmdir()
    (workspace.inbox / SOURCE).rmdir()
    assert landing.land_inbox(workspace, SOURCE) == []


def test_files_outside_the_folders_of_the_sources_are_told(workspace: Workspace) -> None:
    drop(workspace, "ote.csv", "a")
    for place in ("irti.csv", "tuntematon/a.csv", "prh_register/vanhat/b.csv", ".piilossa", "tuntematon/~$a.xlsx"):
        path = workspace.inbox / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    assert landing.stray_files(workspace) == [
        "inbox/irti.csv",
        "inbox/prh_register/vanhat/b.csv",
        "inbox/tuntematon/a.csv",
    ]


def test_sources_do_not_see_each_others_files(workspace: Workspace) -> None:
    drop(workspace, "a.csv", "1")
    assert landing.files_in_force(workspace, "grant_ledger") == []
    assert landing.superseded_files(workspace, "grant_ledger") == []


def test_files_land_in_the_order_of_their_names_and_the_longest_landed_comes_first(workspace: Workspace) -> None:
    for name in ("c.csv", "a.csv", "b.csv"):
        (workspace.inbox / SOURCE / name).write_text(name, encoding="utf-8")
    assert [file.name for file in landing.land_inbox(workspace, SOURCE)] == ["a.csv", "b.csv", "c.csv"]
    drop(workspace, "a.csv", "changed")
    assert [name for name, _ in in_force(workspace)] == ["b.csv", "c.csv", "a.csv"]


def test_the_manifest_is_only_ever_appended_to(workspace: Workspace) -> None:
    file = workspace.landing / "manifest.jsonl"
    before = b""
    for number in range(3):
        drop(workspace, "a.csv", str(number))
        after = file.read_bytes()
        assert after.startswith(before)
        assert len(after) > len(before)
        before = after


@pytest.mark.parametrize(
    "name", ["rivi\u2028vaihto.csv", "rivi\u0085vaihto.csv", "rivi\nvaihto.csv", 'lainaus".csv', "{x}.csv"]
)
def test_no_file_name_breaks_the_manifest(name: str, workspace: Workspace) -> None:
    sha256 = drop(workspace, name, "x")
    drop(workspace, "toinen.csv", "y")
    assert len(manifest(workspace)) == 2
    assert (name, sha256) in in_force(workspace)


def test_a_file_name_that_is_not_utf8_lands_too(workspace: Workspace) -> None:
    path = os.fsencode(workspace.inbox / SOURCE) + "/jäsenet.csv".encode("cp1252")
    with open(path, "wb") as stream:  # noqa: PTH123 - the name is bytes
        stream.write(b"x")
    landing.land_inbox(workspace, SOURCE)
    assert landing.land_inbox(workspace, SOURCE) == []
    ((name, _),) = in_force(workspace)
    assert name.startswith("j")
    assert name.encode("utf-8")


def test_a_line_that_a_crash_cut_short_is_as_if_it_had_not_been_written(workspace: Workspace) -> None:
    first = drop(workspace, "a.csv", "1")
    with (workspace.landing / "manifest.jsonl").open("a", encoding="utf-8") as stream:
        stream.write('{"event": "landed", "sour')
    assert in_force(workspace) == [("a.csv", first)]
    second = drop(workspace, "b.csv", "2")
    assert in_force(workspace) == [("a.csv", first), ("b.csv", second)]
    assert [line["sha256"] for line in manifest(workspace)] == [first, second]


def test_bytes_that_a_crash_left_half_written_are_written_again(workspace: Workspace) -> None:
    sha256 = hashlib.sha256(b"whole").hexdigest()
    (workspace.landing / f"{sha256}.partial").write_bytes(b"who")
    drop(workspace, "a.csv", "whole")
    assert (workspace.landing / sha256).read_bytes() == b"whole"
    assert not list(workspace.landing.glob("*.partial"))


def test_landing_stays_closed_to_others(workspace: Workspace) -> None:
    drop(workspace, "a.csv", "1")
    assert stat.S_IMODE(workspace.landing.stat().st_mode) == 0o700


def test_a_refusal_is_noted_once_and_again_when_its_reason_changes(workspace: Workspace) -> None:
    sha256 = drop(workspace, "a.csv", "x")
    (file,) = landing.files_in_force(workspace, SOURCE)
    first, second = Text("Tyhjä.", "Tom.", "Empty."), Text("Salattu.", "Krypterad.", "Encrypted.")
    for reason in (first, first, second, second):
        landing.note_refusal(workspace, file, reason)
    assert [line["event"] for line in manifest(workspace)] == ["landed", "refused", "refused"]
    assert landing.refusals(workspace, SOURCE) == {sha256: second}
    assert landing.refusals(workspace, "grant_ledger") == {}


def test_a_refused_file_stays_in_the_inbox_and_in_landing(workspace: Workspace) -> None:
    sha256 = drop(workspace, "a.csv", "x")
    (file,) = landing.files_in_force(workspace, SOURCE)
    landing.note_refusal(workspace, file, Text("Tyhjä.", "Tom.", "Empty."))
    assert (workspace.inbox / SOURCE / "a.csv").read_text(encoding="utf-8") == "x"
    assert in_force(workspace) == [("a.csv", sha256)]
