"""The real server in a process of its own, and a real Chromium that must not leave this host."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "dashboards"))  # the small edition is shared with those tests

from small_edition import build  # noqa: E402

START = "import sys; from pathlib import Path; from dashboards.serving import serve; serve(Path(sys.argv[1]), port=int(sys.argv[2]))"
LIMIT = 40  # seconds that the server may take to start
PROVIDER = ROOT / "tests" / "browser" / "provider"
OLDEST_NODE = 20
SECRET = "s" * 40
SECRETS = """[auth]
redirect_uri = "{address}/oauth2callback"
cookie_secret = "{secret}"
client_id = "yhteispeli"
client_secret = "{secret}"
server_metadata_url = "{provider}/.well-known/openid-configuration"

[auth.client_kwargs]
prompt = "login"
"""

People = Mapping[str, Mapping[str, object]]
"""What the provider tells of each person, by the name that they log in with."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, without the requests that it makes by itself."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    switches = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    return {**browser_type_launch_args, "executable_path": chromium, "args": switches}


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the small edition."""
    folder = tmp_path_factory.mktemp("workspace")
    build(folder)
    return folder


@pytest.fixture(scope="session")
def address(workspace: Path) -> Iterator[str]:
    """Where the dashboards of the workspace are served."""
    with _served(workspace, _free_port()) as url:
        yield url


@pytest.fixture(scope="session")
def serving_with_login() -> Callable[[Path, People], AbstractContextManager[str]]:
    """How a workspace is served whose people log in through a real OIDC provider on this machine."""
    node = shutil.which("node")
    if node is None or not (PROVIDER / "node_modules").is_dir():
        pytest.skip("the OIDC provider of the tests is not installed: make provider")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.removeprefix("v").partition(".")[0]) < OLDEST_NODE:
        pytest.skip(f"the OIDC provider of the tests needs Node.js {OLDEST_NODE}, here is {version}")

    @contextmanager
    def serve(workspace: Path, people: People) -> Iterator[str]:
        port = _free_port()
        address = f"http://localhost:{port}"
        with _provider(node, f"{address}/oauth2callback", people) as provider:
            secrets = SECRETS.format(address=address, provider=provider, secret=SECRET)
            (workspace / "secrets.toml").write_text(secrets, encoding="utf-8")
            with _served(workspace, port):
                yield address

    return serve


@contextmanager
def _provider(node: str, redirect_uri: str, people: People) -> Iterator[str]:
    """Run the provider; gives its address."""
    orders = json.dumps({"redirectUri": redirect_uri, "secret": SECRET, "people": people})
    process = subprocess.Popen(
        [node, "provider.mjs"], cwd=PROVIDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        process.stdin.write(orders)
        process.stdin.close()
        address = process.stdout.readline().strip()
        assert address, "the provider did not start"
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)
        process.stdout.close()


@pytest.fixture
def log_in() -> Callable[[Page, str, str], None]:
    """How somebody logs in on a page behind a door, and comes back to it."""

    def through_provider(page: Page, address: str, person: str) -> None:
        page.goto(address)
        page.get_by_role("button", name="Kirjaudu").click(timeout=30_000)
        page.get_by_placeholder("Enter any login").fill(person)
        page.get_by_placeholder("and password").fill("any")
        page.get_by_role("button", name="Sign-in").click()
        expect(page.locator("footer")).to_be_visible(timeout=30_000)
        page.goto(address)
        expect(page.locator("footer")).to_be_visible(timeout=30_000)

    return through_provider


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def serving() -> Callable[..., AbstractContextManager[str]]:
    """How another workspace is served; `rights` is a command before the server's that takes rights from it."""

    def serve(workspace: Path, rights: Sequence[str]) -> AbstractContextManager[str]:
        return _served(workspace, _free_port(), rights)

    return serve


@contextmanager
def _served(workspace: Path, port: int, rights: Sequence[str] = ()) -> Iterator[str]:
    """Serve a workspace in a process of its own; gives its address when it answers."""
    server = subprocess.Popen(
        [*rights, sys.executable, "-c", START, str(workspace), str(port)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url, server)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(LIMIT * 5):
        if server.poll() is not None:
            pytest.fail("the server stopped before it answered")
        try:
            with urlopen(f"{url}/_stcore/health", timeout=2):
                return
        except URLError:
            time.sleep(0.2)
    pytest.fail(f"the server did not answer in {LIMIT} s")


@pytest.fixture
def reader(page: Page, address: str) -> Iterator[Page]:
    """A page of the browser; the test fails when anything is asked from another host, or a policy of ours stops a page."""
    strangers: list[str] = []
    stopped: list[str] = []
    host = urlsplit(address).netloc

    def watch(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob"} and parts.netloc != host:
            strangers.append(url)

    page.on("request", lambda request: watch(request.url))
    page.on("websocket", lambda socket: watch(socket.url))
    page.on("console", lambda said: stopped.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    assert strangers == []
    assert stopped == []
