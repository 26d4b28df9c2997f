"""What a machine does to a refresh: a full disk, rights taken away, damaged files, a clock that goes backwards."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from struck_town import Reference, edition_of, half_made, is_whole, landed, run_job, run_rooms, start

from pipelines import editions, landing
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace

MB = 1 << 20


def assert_mended(town: Workspace, reference: Reference) -> None:
    assert start(run_rooms, str(town.root)).ended()[-1] == ("published", editions.current_id(town))
    assert edition_of(town) == reference.after
    assert is_whole(town)
    assert half_made(town) == []


@pytest.fixture
def small_disk(town: Workspace, tmp_path: Path) -> Iterator[Workspace]:
    """The town on a file system of its own, a little larger than the town."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small disk to fill")
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={160 * MB}", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine lets nobody mount a small disk to fill")
    try:
        shutil.copytree(town.root, disk / "town")
        yield Workspace(disk / "town")
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def fill(file: Path, spare: int) -> None:
    """Leave so many bytes of the disk."""
    free = os.statvfs(file.parent)
    with file.open("wb") as stream:
        os.posix_fallocate(stream.fileno(), 0, free.f_bavail * free.f_frsize - spare)


@pytest.mark.parametrize("spare", [0, MB, 10 * MB], ids=["nothing left", "room for files", "room for half an edition"])
def test_a_full_disk_is_told_and_the_old_edition_stays(spare: int, small_disk: Workspace, reference: Reference) -> None:
    filler = small_disk.root.parent / "filler"
    fill(filler, spare)
    said = start(run_rooms, str(small_disk.root)).ended()[-1]
    assert said[0] == "stopped"
    assert said[1].startswith("Levy on täynnä.")
    assert edition_of(small_disk) == reference.before
    assert is_whole(small_disk)
    filler.unlink()
    assert_mended(small_disk, reference)


def test_a_full_disk_stops_the_job_in_one_sentence(small_disk: Workspace) -> None:
    before = editions.current_id(small_disk)
    fill(small_disk.root.parent / "filler", 0)
    ((kept, said),) = start(run_job, str(small_disk.root)).ended()
    assert (kept, said.partition(".")[0]) == (before, "Levy on täynnä")
    assert is_whole(small_disk)


LOCKED: dict[str, Callable[[Workspace], Path]] = {
    "build.duckdb": lambda town: town.build_file,
    "landing": lambda town: town.landing,
    "a file of the inbox": lambda town: town.inbox / "prh_register" / "lisays.csv",
    "the workspace": lambda town: town.root,
}


@pytest.mark.parametrize("place", LOCKED)
def test_a_right_that_is_missing_is_named(place: str, town: Workspace, reference: Reference) -> None:
    before = editions.current_id(town)
    locked = LOCKED[place](town)
    rights = locked.stat().st_mode & 0o777
    locked.chmod(0o500 if locked.is_dir() else 0)
    try:
        ((kept, said),) = start(run_job, str(town.root), False).ended()
    finally:
        locked.chmod(rights)
    assert kept == before
    assert said.startswith("Ohjelmalla ei ole oikeutta")
    assert locked.name in said
    assert is_whole(town)
    assert_mended(town, reference)


def _flipped(content: bytes) -> bytes:
    spoilt = bytearray(content)
    chance = random.Random(1)
    for _ in range(400):
        spoilt[chance.randrange(len(spoilt))] ^= 0xFF
    return bytes(spoilt)


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut short": lambda content: content[: len(content) // 2],
    "something else": lambda content: b"not a database" * 1000,
    "bytes flipped": _flipped,
    "bytes flipped after the header": lambda content: content[:12288] + _flipped(content[12288:]),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_build_database_is_made_anew(damage: str, town: Workspace, reference: Reference) -> None:
    town.build_file.write_bytes(DAMAGES[damage](town.build_file.read_bytes()))
    assert_mended(town, reference)


def test_a_folder_in_place_of_the_build_database_is_left_alone_and_named(town: Workspace, reference: Reference) -> None:
    town.build_file.unlink()
    town.build_file.mkdir()
    (town.build_file / "somebodys.txt").write_text("x", encoding="utf-8")
    ((_, said),) = start(run_job, str(town.root)).ended()
    assert said.startswith(f"Paikassa {town.build_file} on jotakin muuta")
    assert (town.build_file / "somebodys.txt").is_file()
    shutil.rmtree(town.build_file)
    assert_mended(town, reference)


def test_what_crashes_have_left_is_got_over(town: Workspace, reference: Reference) -> None:
    """Half a line of the manifest, half a landed file, half an edition, half a CURRENT."""
    manifest = town.landing / "manifest.jsonl"
    with manifest.open("ab") as stream:
        stream.write(manifest.read_bytes().splitlines()[-1][:40])
    new = town.inbox / "prh_register" / "lisays.csv"
    (town.landing / f"{next(iter(reference.landed - set(landed(town).values())))}.partial").write_bytes(
        new.read_bytes()[:10]
    )
    unfinished = town.editions / ".20200101-0123456789.partial"
    unfinished.mkdir()
    (unfinished / "public.duckdb").write_bytes(b"half")
    (town.root / ".CURRENT.partial").write_text("2020", encoding="utf-8")
    assert is_whole(town)
    assert_mended(town, reference)
    assert all(json.loads(line) for line in manifest.read_bytes().splitlines())


def test_a_spoilt_line_of_the_manifest_is_told_and_nothing_is_overwritten(town: Workspace) -> None:
    manifest = town.landing / "manifest.jsonl"
    manifest.write_bytes(b"\x00\x00\n" + manifest.read_bytes())
    content = manifest.read_bytes()
    with pytest.raises(WorkspaceError, match=r"manifest\.jsonl on rivi, jota ei voi lukea"):
        landing.kept_hashes(town)
    assert start(run_rooms, str(town.root)).ended()[-1][0] == "stopped"
    assert manifest.read_bytes() == content


def test_a_landed_file_that_was_lost_comes_back_from_the_inbox(town: Workspace, reference: Reference) -> None:
    (town.landing / landed(town)["ote.csv"]).unlink()
    assert not is_whole(town)
    assert_mended(town, reference)


class YearAgo(datetime):
    """A clock that has gone a year backwards."""

    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]  # asked for UTC only
        return datetime.now(UTC) - timedelta(days=365)


def test_a_clock_that_goes_backwards(town: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest version of a file stays in force, and the edition published last counts as the last."""
    before = str(editions.current_id(town))
    monkeypatch.setattr(landing, "datetime", YearAgo)
    monkeypatch.setattr(editions, "datetime", YearAgo)
    replaced = town.inbox / "prh_register" / "ote.csv"
    replaced.write_bytes((town.inbox / "prh_register" / "lisays.csv").read_bytes().replace(b"201;", b"209;"))
    (new,) = [file for file in landing.land_inbox(town, "prh_register") if file.name == "ote.csv"]
    assert new.received < datetime.now(UTC) - timedelta(days=300)
    assert landed(town)["ote.csv"] == new.sha256
    then = json.loads((town.editions / before / "edition.json").read_text(encoding="utf-8"))["published_at"]
    assert datetime.fromisoformat(editions.published_now(town)) > datetime.fromisoformat(then)
