"""An official delivers a file in a real browser; after the next refresh its rows are in the figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import waiting_name
from playwright.sync_api import Page, expect

from pipelines import editions, landing, refresh
from pipelines.workspace import Workspace
from warehouse import database

pytestmark = pytest.mark.browser

HEADER = "Rekisterinumero;Nimi;Kotipaikka;Rekisteröintipäivä;Tila"
FIRST = [f"{number};Kuvitelman Kerho {number} ry;Esimerkkilä;1.2.2010;rekisterissä" for number in range(101, 111)]
LATER = [f"{number};Sepitteen Seura {number} ry;Esimerkkilä;1.2.2011;rekisterissä" for number in range(201, 206)]
SPOILT = "206;Sepitteen Seura 206 ry;Esimerkkilä;joskus;rekisterissä"


def _table(rows: list[str]) -> bytes:
    return "\n".join([HEADER, *rows, ""]).encode()


@pytest.fixture
def town(tmp_path: Path) -> Workspace:
    """A workspace with an edition of its own, made from a register of ten associations."""
    made = Workspace(tmp_path / "town")
    made.create(waiting_name.SETTINGS)
    (made.inbox / "prh_register" / "ote.csv").write_bytes(_table(FIRST))
    refresh.run_rooms(made, lambda _table: None)
    return made


@pytest.fixture
def page_with_login(
    town: Workspace, serving_with_login: Callable[[Path, object], AbstractContextManager[str]]
) -> Iterator[str]:
    person = {"email": waiting_name.OFFICIAL, "email_verified": True}
    with serving_with_login(town.root, {"official": person}) as address:
        yield f"{address}/toimita-aineisto"


def _registered(town: Workspace) -> float:
    file = town.editions / str(editions.current_id(town)) / "public.duckdb"
    connection = database.open_edition(file)
    try:
        values = database.read_frame(connection, "marts.indicator_values")
    finally:
        connection.close()
    whole = values.filter(indicator_id="registered_associations", breakdown="total", period_type="year")
    return float(whole.sort("period")["value"].drop_nulls()[-1])


def test_an_accepted_file_is_in_the_figures_after_the_next_refresh(
    page: Page, page_with_login: str, town: Workspace, log_in: Callable[[Page, str, str], None]
) -> None:
    assert _registered(town) == len(FIRST)
    log_in(page, page_with_login, "official")
    sent = {"name": "lisäys.csv", "mimeType": "text/csv", "buffer": _table([*LATER, SPOILT])}
    page.locator("input[type=file]").set_input_files(sent)  # type: ignore[arg-type]  # one file, as a mapping
    expect(page.get_by_text("Jos hyväksyt tiedoston tällaisena, 1 rivi")).to_be_visible(timeout=120_000)
    assert not (town.inbox / "prh_register" / "lisäys.csv").exists()
    page.get_by_role("button", name="Hyväksy tiedosto, 1 rivi karanteeniin").click()
    expect(page.get_by_text("Tiedosto on hyväksytty.")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Odottaa seuraavaa päivitystä.")).to_be_visible()
    refresh.run_rooms(town, lambda _table: None)
    assert _registered(town) == len(FIRST) + len(LATER)
    landed = {file.name: file.sender for file in landing.files_in_force(town, "prh_register")}
    assert landed["lisäys.csv"] is not None
    assert landed["lisäys.csv"].by == waiting_name.OFFICIAL
    page.goto(page_with_login)
    expect(page.get_by_text(f"Luvuissa julkaisusta {editions.current_id(town)} alkaen.")).to_be_visible(timeout=30_000)
