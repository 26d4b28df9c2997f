"""Logging in through a certified OIDC provider on this machine: who gets which role, and what they may do with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import waiting_name
from playwright.sync_api import Page, expect
from small_edition import build

from pipelines.decisions import read_decisions
from pipelines.workspace import Workspace

pytestmark = pytest.mark.browser

ADDRESS = "tarkista-linkitykset"
NESTED = '[role_claim]\nname = "realm_access.roles"\nvalues = { "town-officials" = "official" }\n\n[figures]'
BY_CLAIM = "kalle.kuvitelma@esimerkkila.example"
TOLD = {"realm_access": {"roles": ["something-else", "town-officials"]}}
PEOPLE = {
    "official": {"email": waiting_name.OFFICIAL, "email_verified": True},
    "analyst": {"email": waiting_name.ANALYST, "email_verified": True, **TOLD},
    "by-claim": {"email": BY_CLAIM, "email_verified": True, **TOLD},
    "other-claim": {"email": "other@esimerkkila.example", "realm_access": {"roles": ["official", "admin"]}},
    "unverified": {"email": waiting_name.OFFICIAL, "email_verified": False, **TOLD},
}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    root = tmp_path_factory.mktemp("town")
    build(root)
    workspace = waiting_name.write(root)
    workspace.settings_file.write_text(waiting_name.SETTINGS.replace("[figures]", NESTED), encoding="utf-8")
    return workspace


@pytest.fixture(scope="module")
def page_with_login(
    town: Workspace, serving_with_login: Callable[[Path, object], AbstractContextManager[str]]
) -> Iterator[str]:
    """Where the page of the town is served, login set up."""
    with serving_with_login(town.root, PEOPLE) as address:
        yield f"{address}/{ADDRESS}"


@pytest.fixture
def wide(page: Page) -> Page:
    """A browser so wide that every page has its link."""
    page.set_viewport_size({"width": 1900, "height": 900})
    return page


def test_logged_out_the_page_says_what_is_needed_and_shows_nothing(wide: Page, page_with_login: str) -> None:
    wide.goto(page_with_login)
    expect(wide.get_by_role("button", name="Kirjaudu")).to_be_visible(timeout=30_000)
    expect(wide.get_by_text("Avaa se kirjautumalla")).to_be_visible()
    expect(wide.get_by_text(waiting_name.MENTION)).to_have_count(0)
    expect(wide.get_by_role("link", name="Tarkista linkitykset", exact=True)).to_have_count(0)


@pytest.mark.parametrize("person", ["analyst", "other-claim", "unverified"])
def test_without_the_role_nobody_gets_in(
    person: str, wide: Page, page_with_login: str, log_in: Callable[[Page, str, str], None]
) -> None:
    """The table of the settings wins over the claims; a value that the settings don't name is no role."""
    log_in(wide, page_with_login, person)
    expect(wide.get_by_text("ei ole roolia")).to_be_visible(timeout=30_000)
    expect(wide.get_by_text(waiting_name.MENTION)).to_have_count(0)
    expect(wide.get_by_role("link", name="Tarkista linkitykset", exact=True)).to_have_count(0)


def test_a_claim_of_the_provider_gives_a_role(
    wide: Page, page_with_login: str, log_in: Callable[[Page, str, str], None]
) -> None:
    log_in(wide, page_with_login, "by-claim")
    expect(wide.get_by_role("heading", name=waiting_name.MENTION)).to_be_visible(timeout=30_000)


def test_an_official_logs_in_decides_and_logs_out(
    wide: Page, page_with_login: str, town: Workspace, log_in: Callable[[Page, str, str], None]
) -> None:
    log_in(wide, page_with_login, "official")
    expect(wide.get_by_role("link", name="Tarkista linkitykset", exact=True).first).to_be_visible(timeout=30_000)
    expect(wide.get_by_text("Deploy")).to_have_count(0)  # the settings of the dashboards hold beside those of login
    wide.get_by_text("Kuvitelman Latu ry, Esimerkkilä").click()
    wide.get_by_role("button", name="Tallenna päätös").click()
    expect(wide.get_by_text("Yksikään nimi ei odota päätöstä.")).to_be_visible()
    kept = read_decisions(town).select("register_number", "decided_by").rows()
    assert kept == [("1", waiting_name.OFFICIAL)]
    wide.get_by_role("button", name="Kirjaudu ulos").click()
    wide.wait_for_url(lambda address: ADDRESS not in address)
    wide.goto(page_with_login)
    expect(wide.get_by_role("button", name="Kirjaudu")).to_be_visible(timeout=30_000)
