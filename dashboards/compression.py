"""Scripts and styles of Streamlit, compressed once and kept: its own server sends them as they are.

Here belongs: serving those files with gzip. Not here: any other address.
"""

from __future__ import annotations

import gzip
import mimetypes
from functools import cache
from pathlib import Path
from typing import Final

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.file_util import get_static_dir

_SUFFIXES: Final = (".js", ".css")
_LARGEST_FIRST_CHART: Final = "PlotlyChart.*.js"


class CompressedStatic:
    """Middleware that answers `/static/…` requests for scripts and styles with gzip."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for a known file, pass on any other."""
        file = _files().get(scope.get("path", "")) if scope["type"] == "http" and scope["method"] == "GET" else None
        if file is None or "gzip" not in Headers(scope=scope).get("accept-encoding", ""):
            await self.app(scope, receive, send)
            return
        body = await to_thread.run_sync(_compressed, file)
        headers = {
            "content-encoding": "gzip",
            "vary": "Accept-Encoding",
            "cache-control": "public, immutable, max-age=31536000",  # the names hold a hash of the content
        }
        await Response(body, headers=headers, media_type=mimetypes.guess_type(file.name)[0])(scope, receive, send)


def warm_up() -> None:
    """Compress the chart library before the first reader asks for it."""
    for address, file in _files().items():
        if Path(address).match(_LARGEST_FIRST_CHART):
            _compressed(file)


@cache
def _files() -> dict[str, Path]:
    root = Path(get_static_dir())
    found = (file for file in (root / "static").rglob("*") if file.suffix in _SUFFIXES)
    return {f"/{file.relative_to(root).as_posix()}": file for file in found}


@cache
def _compressed(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), compresslevel=6, mtime=0)
