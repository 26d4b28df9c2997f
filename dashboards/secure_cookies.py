"""Cookies that only travel encrypted.

Here belongs: marking the cookies of login `Secure` on their way out. Not here: login itself (Streamlit), who may see
what (`restricted.roles`).
"""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SECURE = b"; Secure"


class SecureCookies:
    """Middleware that marks every cookie `Secure` when the browser asked with encryption.

    Whether it did, a web server in front tells in `X-Forwarded-Proto`, which uvicorn believes of this machine alone.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer with cookies marked."""

        async def mark(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [(name, _marked(name, value)) for name, value in message["headers"]]
            await send(message)

        await self.app(scope, receive, mark if scope["type"] == "http" and scope["scheme"] == "https" else send)


def _marked(name: bytes, value: bytes) -> bytes:
    if name.lower() != b"set-cookie" or _SECURE.lower() in value.lower():
        return value
    return value + _SECURE
