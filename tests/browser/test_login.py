"""Logging in through a real OIDC provider on this machine, and deciding what a name means."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import oidc_provider_mock
import pytest
import waiting_name
from oidc_provider_mock import User
from playwright.sync_api import Page, expect
from small_edition import build

from pipelines.decisions import read_decisions
from pipelines.workspace import Workspace

pytestmark = pytest.mark.browser

ADDRESS = "tarkista-linkitykset"
SECRETS = """[auth]
redirect_uri = "{address}/oauth2callback"
cookie_secret = "{secret}"
client_id = "yhteispeli"
client_secret = "{secret}"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""


@pytest.fixture
def provider() -> Iterator[str]:
    """An OIDC provider that knows an official and an analyst."""
    people = [User(sub=email, claims={"email": email}) for email in (waiting_name.OFFICIAL, waiting_name.ANALYST)]
    with oidc_provider_mock.run_server_in_thread(user_claims=people) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def town(tmp_path: Path) -> Workspace:
    build(tmp_path)
    return waiting_name.write(tmp_path)


@pytest.fixture
def page_with_login(
    town: Workspace, provider: str, serving: Callable[[Path, int], AbstractContextManager[str]]
) -> Iterator[str]:
    """Where the page of the town is served, login set up."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://localhost:{port}"
    (town.root / "secrets.toml").write_text(
        SECRETS.format(address=address, provider=provider, secret="s" * 40), encoding="utf-8"
    )
    with serving(town.root, port):
        yield f"{address}/{ADDRESS}"


def log_in(page: Page, address: str, email: str) -> None:
    page.set_viewport_size({"width": 1900, "height": 900})  # so wide that every page has its link
    page.goto(address)
    page.get_by_role("button", name="Kirjaudu").click(timeout=30_000)
    page.get_by_placeholder("sub").fill(email)
    page.get_by_role("button", name="Authorize").click()
    expect(page.locator("footer")).to_be_visible(timeout=30_000)
    page.goto(address)


def test_an_official_logs_in_and_decides(page: Page, page_with_login: str, town: Workspace) -> None:
    log_in(page, page_with_login, waiting_name.OFFICIAL)
    expect(page.get_by_role("link", name="Tarkista linkitykset", exact=True).first).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Deploy")).to_have_count(0)  # the settings of the dashboards hold beside those of login
    page.get_by_text("Kuvitelman Latu ry, Esimerkkilä").click()
    page.get_by_role("button", name="Tallenna päätös").click()
    expect(page.get_by_text("Yksikään nimi ei odota päätöstä.")).to_be_visible()
    kept = read_decisions(town).select("register_number", "decided_by").rows()
    assert kept == [("1", waiting_name.OFFICIAL)]


def test_another_role_does_not_get_in(page: Page, page_with_login: str) -> None:
    log_in(page, page_with_login, waiting_name.ANALYST)
    expect(page.get_by_text("Osoitteellasi ei ole roolia")).to_be_visible(timeout=30_000)
    expect(page.get_by_text(waiting_name.MENTION)).to_have_count(0)
    expect(page.get_by_role("link", name="Tarkista linkitykset", exact=True)).to_have_count(0)
