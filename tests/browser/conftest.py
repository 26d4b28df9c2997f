"""The real server in a process of its own, and a real Chromium that must not leave this host."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "dashboards"))  # the small edition is shared with those tests

from small_edition import build  # noqa: E402

START = "import sys; from pathlib import Path; from dashboards.serving import serve; serve(Path(sys.argv[1]), port=int(sys.argv[2]))"
LIMIT = 40  # seconds that the server may take to start


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
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with _served(workspace, port) as url:
        yield url


@pytest.fixture(scope="session")
def serving() -> Callable[[Path, int], AbstractContextManager[str]]:
    """How another workspace is served."""
    return _served


@contextmanager
def _served(workspace: Path, port: int) -> Iterator[str]:
    """Serve a workspace in a process of its own; gives its address when it answers."""
    server = subprocess.Popen(
        [sys.executable, "-c", START, str(workspace), str(port)],
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
    """A page of the browser; the test fails when anything is asked from another host."""
    strangers: list[str] = []
    host = urlsplit(address).netloc

    def watch(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob"} and parts.netloc != host:
            strangers.append(url)

    page.on("request", lambda request: watch(request.url))
    page.on("websocket", lambda socket: watch(socket.url))
    yield page
    assert strangers == []
