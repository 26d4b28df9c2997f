"""Files that a page made for a person are given to that person alone; numbers about the server to nobody."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
import waiting_name
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit import config
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from dashboards import private_files
from pipelines.workspace import Workspace

SECRET = "s" * 40
ISSUER = "https://kirjautuminen.example"
NOBODY: dict[str, object] = {}


def person(subject: str, issued: float = 0.0) -> dict[str, object]:
    return {"is_logged_in": True, "iss": ISSUER, "sub": subject, "iat": issued or time.time()}


MAIJA, KALLE = person("maija"), person("kalle")


@pytest.fixture
def run_for(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, object] | None], None]:
    """Say whom the page is run for from now on; None: no page runs."""

    def say(user: dict[str, object] | None) -> None:
        run = None if user is None else SimpleNamespace(user_info=user, session_id="session")
        monkeypatch.setattr(private_files, "get_script_run_ctx", lambda **_: run)

    return say


@pytest.fixture
def manager() -> MediaFileManager:
    watched = MediaFileManager(MemoryMediaFileStorage("/media"))
    private_files.watch(watched)
    return watched


@pytest.fixture
def status() -> Iterator[Callable[..., int]]:
    """How an address answers to somebody."""
    before = config.get_option("server.cookieSecret")
    config.set_option("server.cookieSecret", SECRET)

    def asked(path: str, user: dict[str, object] = NOBODY, secret: str = SECRET) -> int:
        cookies = {}
        if user:
            cookies[USER_COOKIE_NAME] = create_signed_value(secret, USER_COOKIE_NAME, json.dumps(user)).decode()
        answer = Route("/{path:path}", lambda _: PlainTextResponse("given"))
        app = Starlette(routes=[answer], middleware=[Middleware(private_files.PrivateFiles)])
        return TestClient(app, cookies=cookies).get(path).status_code

    yield asked
    config.set_option("server.cookieSecret", before)


def test_a_file_of_a_person_is_given_to_that_person_alone(run_for, manager, status) -> None:
    run_for(MAIJA)
    address = manager.add(b"rows", "text/csv", "1", "kysely.csv", is_for_static_download=True)
    assert status(address, MAIJA) == 200
    assert [
        status(address),
        status(address, KALLE),
        status(address, person("maija", time.time() - 13 * 60 * 60)),
        status(address, MAIJA, secret="x" * 40),
        status(address, {"is_logged_in": False, "iss": ISSUER, "sub": "maija"}),
    ] == [404] * 5


def test_what_anybody_else_was_shown_is_public(run_for, manager, status) -> None:
    run_for(MAIJA)
    address = manager.add(b"picture", "image/png", "1")
    assert status(address) == 404
    run_for(NOBODY)
    assert manager.add(b"picture", "image/png", "1") == address
    assert status(address) == status(address, KALLE) == 200


def test_a_file_that_is_made_when_asked_for_belongs_to_whom_the_page_was_run_for(run_for, manager, status) -> None:
    run_for(MAIJA)
    later = manager.add_deferred(lambda: b"rows made later", "text/csv", "1", "kysely.csv")
    run_for(None)
    address = manager.execute_deferred(later)
    assert [status(address, user) for user in (MAIJA, KALLE, NOBODY)] == [200, 404, 404]


def test_only_those_who_deliver_may_send_a_file(status, tmp_path, monkeypatch) -> None:
    """Streamlit takes in files from whoever has a page open, as many as they send, and keeps them in memory."""
    monkeypatch.setenv("YHTEISPELI_WORKSPACE", str(tmp_path))
    workspace = Workspace(tmp_path)
    workspace.create(waiting_name.SETTINGS)
    address = "/_stcore/upload_file/session/file"
    official = {**MAIJA, "email": waiting_name.OFFICIAL}
    assert status(address, official) == 200
    assert [
        status(address),
        status(address, {**MAIJA, "email": waiting_name.ANALYST}),
        status(address, {**MAIJA, "email": "tuntematon@esimerkkila.example"}),
        status(address, {**official, "email_verified": False}),
        status(address, {**official, "iat": time.time() - 13 * 60 * 60}),
        status(address, official, secret="x" * 40),
    ] == [404] * 6


def test_a_file_is_forgotten_when_no_page_shows_it(run_for, manager, status) -> None:
    run_for(NOBODY)
    address = manager.add(b"gone soon", "image/png", "1")
    manager.clear_session_refs()
    manager.remove_orphaned_files()
    assert status(address) == 404


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/_stcore/metrics", 404),
        ("/_stcore/metrics/", 404),
        ("/media/unknown.csv", 404),
        ("/_stcore/health", 200),
        ("/avustukset", 200),
    ],
)
def test_numbers_about_the_server_are_closed_and_pages_open(path: str, code: int, status) -> None:
    assert status(path) == code
