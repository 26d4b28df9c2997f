"""Fetches in landing: what is taken up again, what comes into force; and which addresses the settings accept."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from pipelines import contracts, landing
from pipelines.landing import Fetch
from pipelines.settings import Interface
from pipelines.workspace import Workspace

SOURCE = "population"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "town")
    made.create(contracts.municipality_settings("esimerkkila"))
    return made


def begun(workspace: Workspace, plan: str = "a", *pages: str) -> Fetch:
    fetch = landing.begin_fetch(workspace, SOURCE, plan)
    for page in pages:
        landing.land_page(fetch, page, f"https://esimerkki.invalid/{page}", page.encode())
    return fetch


def in_force(workspace: Workspace) -> set[str]:
    return {file.name for file in landing.files_in_force(workspace, SOURCE)}


def test_pages_come_into_force_all_at_once(workspace: Workspace) -> None:
    fetch = begun(workspace, "a", "1", "2")
    assert in_force(workspace) == set()
    assert landing.superseded_files(workspace, SOURCE) == []
    landing.finish_fetch(fetch)
    assert in_force(workspace) == {"1.json", "2.json"}


def test_a_fetch_is_taken_up_again_until_it_is_closed(workspace: Workspace) -> None:
    first = begun(workspace, "a", "1")
    again = begun(workspace, "a", "2")
    assert (again.id, set(again.pages)) == (first.id, {"1", "2"})
    landing.finish_fetch(again)
    assert begun(workspace).pages == {}


def test_a_fetch_of_another_plan_or_a_dropped_one_is_not_taken_up(workspace: Workspace) -> None:
    fetch = begun(workspace, "a", "1")
    assert begun(workspace, "b").pages == {}
    landing.drop_fetch(fetch)
    assert begun(workspace, "a").pages == {}
    assert in_force(workspace) == set()


def test_an_old_fetch_is_not_taken_up(workspace: Workspace) -> None:
    begun(workspace, "a", "1")
    manifest = workspace.landing / "manifest.jsonl"
    event = json.loads(manifest.read_text(encoding="utf-8"))
    event["received_at"] = (datetime.now(UTC) - landing.RESUMES_WITHIN - timedelta(minutes=1)).isoformat()
    manifest.write_text(json.dumps(event) + "\n", encoding="utf-8")
    assert begun(workspace).pages == {}


def test_files_of_the_inbox_stand_beside_the_pages(workspace: Workspace) -> None:
    (workspace.inbox / SOURCE / "oma.json").write_bytes(b"{}")
    landing.land_inbox(workspace, SOURCE)
    landing.finish_fetch(begun(workspace, "a", "1", "2"))
    landing.finish_fetch(begun(workspace, "a", "1"))
    assert in_force(workspace) == {"oma.json", "1.json"}
    assert {file.name for file in landing.superseded_files(workspace, SOURCE)} == {"2.json"}


def test_the_manifest_of_a_dropped_file_is_as_it_was(workspace: Workspace) -> None:
    (workspace.inbox / SOURCE / "oma.json").write_bytes(b"{}")
    landing.land_inbox(workspace, SOURCE)
    event = json.loads((workspace.landing / "manifest.jsonl").read_text(encoding="utf-8"))
    assert set(event) == {"event", "licence", "path", "received_at", "sha256", "size", "source"}


@pytest.mark.parametrize(
    "address",
    [
        "https://esimerkki.invalid",
        "https://esimerkki.invalid:8443/a/b/",
        "http://127.0.0.1:80/a",
        "http://localhost",
        "http://[::1]:8080/",
    ],
)
def test_addresses_that_are_asked(address: str) -> None:
    assert Interface(base_url=address).base_url == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "esimerkki.invalid",
        "http://esimerkki.invalid/",
        "http://127.0.0.1.esimerkki.invalid/",
        "http://localhost@esimerkki.invalid/",
        "ftp://esimerkki.invalid",
        "https://a:b@esimerkki.invalid/",
        "https://esimerkki.invalid/?a=1",
        "https://esimerkki.invalid/#a",
    ],
)
def test_addresses_that_are_not(address: str) -> None:
    with pytest.raises(ValidationError):
        Interface(base_url=address)
