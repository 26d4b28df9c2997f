"""A workspace whose interfaces point at played services, and the played service of a case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from client_cases import CASES, Case, Town
from played_services import Played, served

from pipelines import contracts
from pipelines.workspace import Workspace

SETTINGS = contracts.municipality_settings("esimerkkila")
EXTRA = {"ytj_companies": 'locations = ["Esimerkkilä"]'}


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


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
