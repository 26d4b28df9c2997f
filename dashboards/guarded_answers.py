"""What every answer tells the browser to refuse, whatever made the answer: a page, a file, the interface, an error.

Here belongs: headers against sniffing, framing and telling others where the reader was; cookies that only travel
encrypted. Not here: the policies of pages, which name what a page needs (`shell`, `api.pages`); login itself
(Streamlit), who may see what (`restricted.roles`).
"""

from __future__ import annotations

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

GUARDS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",  # for browsers that do not know frame-ancestors
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'",
}
"""Headers of every answer, but for those that the answer has itself.

The policy is that of a file that is opened by itself: no script of it runs, and it asks for nothing.
"""

ENCRYPTED_ONLY: Final = "max-age=31536000"
"""For a year the browser comes with encryption alone; not for other names of the domain, which are not ours."""


class GuardedAnswers:
    """Middleware that guards every answer, and marks every cookie `Secure` when the browser asked with encryption.

    Whether it did, a web server in front tells in `X-Forwarded-Proto`, which uvicorn believes of this machine alone.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer with guards."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_encrypted = scope["scheme"] == "https"

        async def guard(message: Message) -> None:
            if message["type"] == "http.response.start":
                if is_encrypted:
                    message["headers"] = [(name, _marked(name, value)) for name, value in message["headers"]]
                headers = MutableHeaders(scope=message)
                for name, value in GUARDS.items():
                    headers.setdefault(name, value)
                if is_encrypted:
                    headers.setdefault("Strict-Transport-Security", ENCRYPTED_ONLY)
            await send(message)

        await self.app(scope, receive, guard)


def _marked(name: bytes, value: bytes) -> bytes:
    attributes = {part.strip().lower() for part in value.split(b";")[1:]}
    if name.lower() != b"set-cookie" or b"secure" in attributes:
        return value
    return value + b"; Secure"
