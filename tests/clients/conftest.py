"""A workspace whose interfaces point at played services, and the played service of a case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from client_cases import CASES, Case, Town
from played_services import Played, served

from pipelines import contracts, reading
from pipelines.reading import JsonFormat
from pipelines.reading_json import JsonRows
from pipelines.workspace import Workspace

SETTINGS = contracts.municipality_settings("esimerkkila")
EXTRA = {"ytj_companies": 'locations = ["Esimerkkilä"]'}


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
        tables = [
            f'[interfaces.{source}]\nenabled = true\nbase_url = "{base}"\n{EXTRA.get(source, "")}\n'
            for source, base in bases.items()
        ]
        workspace = Workspace(tmp_path / "town")
        workspace.create(f"{SETTINGS}\n{''.join(tables)}")
        return Town(workspace)

    return make


@pytest.fixture(params=CASES, ids=str)
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


@pytest.fixture
def service(case: Case) -> Iterator[Played]:
    with served(case.play) as server:
        yield server
