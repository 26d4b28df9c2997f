"""The status of a workspace over HTTP, for the monitoring of the host: /metrics, /status and /health.

Here belongs: that server. Not here: what it tells (`status`, `status_forms`), the dashboards.

It listens on loopback only: what it tells names files and owners, which is nobody's business outside the host. A
request that names another host is refused, so that a page in somebody's browser can't read it through a name of its
own (DNS rebinding).
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import Final

from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from pipelines import console
from pipelines.service import status_forms
from pipelines.service.parts import LOOPBACK
from pipelines.service.status import Status, status_of
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace

KEPT_FOR: Final = 15.0
"""Seconds for which a status is told again without a new look: several monitors cost one look."""

_HOSTS: Final = frozenset({LOOPBACK, "localhost"})
_JSON: Final = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class _Answer:
    code: HTTPStatus
    kind: str
    body: str


class StatusServer(ThreadingHTTPServer):
    """Answers for one workspace; looks at it when it is asked, one look at a time.

    `/metrics` is the text format of Prometheus, `/status` is JSON, `/health` is 200 while nothing fails and 503 when
    something does. A workspace that can't be read is 503 everywhere, with the sentence that says why.
    """

    daemon_threads = True

    def __init__(self, root: Path, port: int) -> None:
        super().__init__((LOOPBACK, port), _Handler)
        self._root = root
        self._lock = Lock()
        self._looked: tuple[float, Status] | None = None

    def answer(self, path: str) -> _Answer:
        """Return what is told at a path."""
        if path not in {"/metrics", "/status", "/health"}:
            return _Answer(HTTPStatus.NOT_FOUND, _JSON, "{}")
        try:
            status = self._status()
        except WorkspaceError as error:
            said = json.dumps({"state": "fails", "said": str(error)}, ensure_ascii=False)
            return _Answer(HTTPStatus.SERVICE_UNAVAILABLE, _JSON, said)
        if path == "/metrics":
            return _Answer(HTTPStatus.OK, CONTENT_TYPE_PLAIN_0_0_4, status_forms.prometheus(status))
        if path == "/status":
            told = status_forms.as_json(status, console.LANGUAGE)
            return _Answer(HTTPStatus.OK, _JSON, json.dumps(told, ensure_ascii=False))
        code = HTTPStatus.SERVICE_UNAVAILABLE if status.level == "fails" else HTTPStatus.OK
        return _Answer(code, _JSON, json.dumps({"state": status.level, "at": status.at.isoformat()}))

    def _status(self) -> Status:
        with self._lock:
            if self._looked is None or time.monotonic() - self._looked[0] > KEPT_FOR:
                workspace = Workspace(self._root)  # anew each time: the settings may have changed
                status = status_of(workspace)
                self._looked = (time.monotonic(), status)  # after the look: on a busy machine it takes a while
            return self._looked[1]


class _Handler(BaseHTTPRequestHandler):
    server: StatusServer
    timeout = 30.0  # seconds that a client may keep a thread waiting

    def do_GET(self) -> None:
        host, _, _ = self.headers.get("Host", "").partition(":")
        if host not in _HOSTS:
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return
        answer = self.server.answer(self.path.partition("?")[0])
        body = answer.body.encode("utf-8")
        self.send_response(answer.code)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Say nothing: a line for each look of a monitor would drown the log of the service."""


def main() -> None:
    """Serve the workspace and on the port that the arguments name, until the process is stopped."""
    root, port = sys.argv[1:]
    StatusServer(Path(root), int(port)).serve_forever()


if __name__ == "__main__":
    main()
