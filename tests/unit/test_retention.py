"""What is past its time is removed and told; what a figure or the next edition rests on never is."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines import contracts, landing, retention
from pipelines.service.backups import back_up, faults, restore
from pipelines.settings import WorkspaceError, parse_settings
from pipelines.workspace import Workspace

SOURCE = "umbrella_members"
NOW = datetime.now(UTC)
LATER = NOW + timedelta(days=366)


@pytest.fixture
def town(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "town")
    made.create(contracts.municipality_settings("esimerkkila"))
    return made


def drop(town: Workspace, content: str, name: str = "a.csv") -> str:
    (town.inbox / SOURCE / name).write_text(content, encoding="utf-8")
    landing.land_inbox(town, SOURCE)
    return hashlib.sha256(content.encode()).hexdigest()


def fetch(town: Workspace, content: bytes, *, finishes: bool = True) -> str:
    begun = landing.begin_fetch(town, "population", content.decode())
    page = landing.land_page(begun, "1", "https://interface.example/1", content)
    if finishes:
        landing.finish_fetch(begun)
    return page.sha256


def publish(town: Workspace, edition_id: str, at: datetime) -> None:
    folder = town.editions / edition_id
    folder.mkdir()
    said = {"edition_id": edition_id, "published_at": at.isoformat(), "files": {}}
    (folder / "edition.json").write_text(json.dumps(said), encoding="utf-8")


def test_a_replaced_file_goes_when_its_time_is_over_and_the_manifest_tells_it(town: Workspace) -> None:
    old, new = drop(town, "1"), drop(town, "2")
    retention.remove_expired(town, LATER - timedelta(days=2))
    assert landing.kept_hashes(town) == [old, new]
    retention.remove_expired(town, LATER)
    assert landing.kept_hashes(town) == [new]
    assert landing.removed_hashes(town) == {old}
    assert not (town.landing / old).exists()
    told = json.loads((town.landing / "manifest.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert told == {"event": "removed", "sha256": old, "at": LATER.isoformat(), "reason": "retention"}
    assert [file.sha256 for file in landing.superseded_files(town, SOURCE)] == [old]


def test_a_file_in_force_is_never_past_its_time(town: Workspace) -> None:
    kept = [drop(town, "1"), drop(town, "2", "b.csv"), fetch(town, b"{}")]
    retention.remove_expired(town, NOW + timedelta(days=36500))
    assert landing.kept_hashes(town) == kept


def test_a_content_that_came_back_stays_and_one_that_was_removed_may_land_again(town: Workspace) -> None:
    first, second = drop(town, "1"), drop(town, "2")
    assert drop(town, "1") == first
    retention.remove_expired(town, LATER)
    assert landing.kept_hashes(town) == [first]
    assert drop(town, "2") == second
    assert set(landing.kept_hashes(town)) == {first, second}
    assert faults(town) == []


def test_pages_go_with_the_fetch_that_was_replaced_or_never_finished(town: Workspace) -> None:
    fetch(town, b"[1]")
    fetch(town, b"[2]", finishes=False)
    newest = fetch(town, b"[3]")
    retention.remove_expired(town, LATER)
    assert landing.kept_hashes(town) == [newest]


def test_a_removal_that_a_crash_cut_short_is_finished(town: Workspace) -> None:
    old, _ = drop(town, "1"), drop(town, "2")
    retention.remove_expired(town, LATER)
    (town.landing / old).write_text("1", encoding="utf-8")
    retention.remove_expired(town, LATER)
    assert not (town.landing / old).exists()


def test_old_editions_go_but_for_those_that_are_needed(town: Workspace) -> None:
    """The town's first council terms end on 31.7.2021 and 31.5.2025."""
    for year in (2019, 2020, 2022, 2023, 2024, 2026):
        publish(town, f"{year}0101-0123456789", datetime(year, 1, 1, tzinfo=UTC))
    town.current_file.write_text("20220101-0123456789\n", encoding="utf-8")
    retention.remove_expired(town, datetime(2040, 1, 1, tzinfo=UTC))
    left = sorted(path.name[:4] for path in town.editions.iterdir())
    assert left == ["2020", "2022", "2024", "2026"]
    told = (town.landing / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["edition"][:4] for line in told] == ["2019", "2023"]


def test_verify_backup_and_restore_agree_with_a_removal(town: Workspace, tmp_path: Path) -> None:
    drop(town, "1")
    new = drop(town, "2")
    retention.remove_expired(town, LATER)
    assert faults(town) == []
    back_up(town, tmp_path / "town.tar.gz")
    again = Workspace(tmp_path / "again")
    restore(tmp_path / "town.tar.gz", again)
    assert landing.kept_hashes(again) == [new]


def test_a_time_too_short_to_mend_a_delivery_is_refused() -> None:
    text = contracts.municipality_settings("esimerkkila").replace(
        "replaced_files_days = 365", "replaced_files_days = 1"
    )
    with pytest.raises(WorkspaceError, match=r"retention\.replaced_files_days"):
        parse_settings(text, "municipality.toml")
