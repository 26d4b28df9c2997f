"""The door between the server and the interface: which requests are for it, and the methods of HTTP that all share.

Here belongs: what comes before any route. Not here: the routes (`routes`, `file_routes`).
"""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboards.api.negotiation import language
from dashboards.api.routes import FILES, ROOT, interface
from dashboards.texts import speaking

METHODS: Final = "GET, HEAD, OPTIONS"
_ANYBODY: Final = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Link, Retry-After"),
    (b"x-content-type-options", b"nosniff"),
]


class PublicInterface:
    """Middleware that answers requests below `/api/v1` and `/open-data`, and passes on all others.

    It stands before everything that makes pages, so that an answer for a program is not rewritten and sets no cookie.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for the interface; pages of other sites may read the answer (CORS)."""
        if scope["type"] != "http" or not _is_ours(scope["path"]):
            await self.app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            await _tell_methods(send)
            return
        is_head = scope["method"] == "HEAD"

        async def pass_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *_ANYBODY]}
            if is_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        with speaking(language(Headers(scope=scope))):
            await interface({**scope, "method": "GET"} if is_head else scope, receive, pass_on)


def _is_ours(path: str) -> bool:
    return any(path == root or path.startswith(f"{root}/") for root in (ROOT, FILES))


async def _tell_methods(send: Send) -> None:
    headers = [
        (b"allow", METHODS.encode()),
        (b"access-control-allow-methods", METHODS.encode()),
        (b"access-control-allow-headers", b"*"),
        (b"access-control-max-age", b"86400"),
        *_ANYBODY,
    ]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
