"""A workspace whose interfaces point at played services, and one played service of each source."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from played_services import Asked, Played, Reply, company, linked_events, ptv, pxweb, served, treasury, ytj

from pipelines import clients, contracts, landing, reading
from pipelines.clients import Fetched
from pipelines.clients.http import Manners
from pipelines.reading import JsonFormat
from pipelines.reading_json import JsonRows
from pipelines.workspace import Workspace

FAST = Manners(
    pace=0, silence=0.15, patience=0.4, attempts=2, wait_initial=0.01, wait_max=0.02, longest_wait=0.3, max_bytes=1024 * 1024
)
SETTINGS = contracts.municipality_settings("esimerkkila")
EXTRA = {"ytj_companies": 'locations = ["Esimerkkilä"]'}


@dataclass(frozen=True)
class Town:
    """A workspace and what landed in it."""

    workspace: Workspace

    def fetch(self, manners: Manners = FAST) -> list[Fetched]:
        return list(clients.fetch_all(self.workspace, manners))

    def files(self, source: str) -> list[bytes]:
        in_force = landing.files_in_force(self.workspace, source)
        return [landing.content_of(self.workspace, file) for file in sorted(in_force, key=lambda file: file.path)]

    def pages_ever(self, source: str) -> int:
        """Count the pages in the manifest, in force or not."""
        manifest = self.workspace.landing / "manifest.jsonl"
        return manifest.read_text(encoding="utf-8").count(f"interfaces/{source}/") if manifest.is_file() else 0


@dataclass(frozen=True)
class Case:
    """One service as it is played: how many pages its fetch lands."""

    source: str
    play: Callable[[Asked, str], Reply]
    pages: int


CASES = {
    case.source: case
    for case in (
        Case("ytj_companies", ytj([company(number) for number in range(250)]), 3),
        Case("population", pxweb("new"), 1),
        Case("municipal_finance", treasury([{"period": "2023"}, {"period": "2024"}]), 2),
        Case("events", linked_events(5), 3),
        Case("directory_listings", ptv(5), 3),
    )
}


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(autouse=True)
def readers_of_any_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Events and listings are read elsewhere; here any page of them with a record is readable."""

    def read(document: object) -> JsonRows:
        assert isinstance(document, dict)
        return JsonRows(contract_headers, [(1, ["x"] * len(contract_headers))])

    contract = contracts.sources()["ytj_companies"]
    contract_headers = tuple(column.header for column in contract.columns)
    monkeypatch.setitem(reading.JSON_FORMATS, "any_json", JsonFormat(lambda _: False, read))
    for source in ("events", "directory_listings"):
        monkeypatch.setitem(contracts.sources(), source, replace(contract, name=source, formats=("any_json",)))


@pytest.fixture
def town(tmp_path: Path) -> Callable[..., Town]:
    """Make a workspace; keyword arguments are base addresses by source."""

    def make(**bases: str) -> Town:
        tables = [f'[interfaces.{source}]\nenabled = true\nbase_url = "{base}"\n{EXTRA.get(source, "")}\n' for source, base in bases.items()]
        workspace = Workspace(tmp_path / "town")
        workspace.create(f"{SETTINGS}\n{''.join(tables)}")
        return Town(workspace)

    return make


@pytest.fixture(params=CASES, ids=str)
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


@pytest.fixture
def service(case: Case) -> Iterator[Played]:
    opened: AbstractContextManager[Played] = served(case.play)
    with opened as server:
        yield server
