"""The page that the browser loads first: language, style, script, and the policy of what it may load.

Here belongs: rewriting Streamlit's own HTML page on its way out. Not here: what a page shows.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from html import escape
from typing import Final
from urllib.parse import parse_qs

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboards.address import CARRIED_ON, EDITION
from dashboards.first_sight import first_sight
from dashboards.palette import stylesheet
from dashboards.texts import Language, language_of, speaking, tr

_STYLESHEET = re.compile(r'<link rel="stylesheet"[^>]*href="([^"]+)"')
_INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_ROOT: Final = b'<div id="root">'
_DROPPED_REQUEST_HEADERS: Final = {b"accept-encoding", b"if-none-match", b"if-modified-since"}
_DROPPED_RESPONSE_HEADERS: Final = ("etag", "last-modified", "content-length")


class PageShell:
    """Middleware that gives every HTML page the language, style and script of the dashboards.

    It takes `Accept-Encoding` from requests for pages: the answer has to come uncompressed to be rewritten.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; rewrite the answer if it is a page."""
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self.app(scope, receive, send)
            return
        kept = [(name, value) for name, value in scope["headers"] if name.lower() not in _DROPPED_REQUEST_HEADERS]
        query = scope["query_string"].decode("latin-1")
        language = language_of(query)
        is_front = scope["path"] == "/" and EDITION not in parse_qs(query[:2000])
        sight = await to_thread.run_sync(first_sight, language) if is_front else ""
        start: Message = {}
        body = bytearray()

        async def rewrite(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if message["type"] != "http.response.body":
                await send(message)
                return
            body.extend(message.get("body", b""))
            if message.get("more_body", False):
                return
            page = _rewritten(bytes(body), MutableHeaders(scope=start), language, sight)
            await send(start)
            await send({"type": "http.response.body", "body": page})

        await self.app({**scope, "headers": kept}, receive, rewrite)


def _rewritten(body: bytes, headers: MutableHeaders, language: Language, sight: str) -> bytes:
    if not headers.get("content-type", "").startswith("text/html"):
        return body
    page, policy = _shell(body, language)
    for name in _DROPPED_RESPONSE_HEADERS:
        if name in headers:
            del headers[name]
    headers["content-language"] = language
    headers["content-security-policy"] = policy
    if sight:
        headers["cache-control"] = "no-store"  # going back shows no figures of an edition that was replaced
        page = page.replace(_ROOT, sight.encode("utf-8") + _ROOT)
    return page


@cache
def _shell(original: bytes, language: Language) -> tuple[bytes, str]:
    page = original.decode("utf-8")
    page = page.replace('<html lang="en">', f'<html lang="{language}">')
    page = page.replace("<title>Streamlit</title>", "<title>Yhteispeli</title>")
    page = page.replace("./favicon.png", "./assets/icon.png")
    page = re.sub(r'<link\s+rel="preload"[^>]*as="font"[^>]*>', "", page)
    page = re.sub(r'<link rel="service-desc"[^>]*>', "", page)
    page = re.sub(r"<!--.*?-->", "", page, flags=re.DOTALL).lstrip()
    with speaking(language):
        noscript, head = f"<noscript><p>{escape(_noscript())}</p></noscript>", _head()
    page = re.sub(r"<noscript>.*?</noscript>", noscript, page, flags=re.DOTALL)
    page = page.replace("</head>", f"{head}</head>")
    hints = "".join(map(_hint, _STYLESHEET.findall(page)))
    page = page.replace("<head>", f"<head>{hints}", 1)  # nothing is seen without the styles: before the scripts
    encoded = page.encode("utf-8")
    return encoded, _policy(encoded)


def _hint(address: str) -> str:
    """Return the hint that asks for a style early, in the way of its own link: else it would be fetched twice."""
    way = " crossorigin" if address.startswith("./static/") else ""
    return f'<link rel="preload" href="{address}" as="style"{way}>'


def _noscript() -> str:
    return tr("These pages need JavaScript. The same figures are in the open data of the municipality.")


def _head() -> str:
    labels = json.dumps(built_in_labels(), ensure_ascii=False).replace("<", "\\u003c")
    return (
        '<link rel="preload" href="./assets/source-sans-3-latin.woff2" as="font" type="font/woff2" crossorigin>'
        f"<style>{stylesheet()}</style>"
        '<link rel="stylesheet" href="./assets/yhteispeli.css">'
        f'<script type="application/json" id="yp-labels">{labels}</script>'
        '<script src="./assets/yhteispeli.js" defer></script>'
        f'<script src="./assets/links.js" data-carried-on="{" ".join(CARRIED_ON)}" defer></script>'
    )


def _policy(page: bytes) -> str:
    hashes = " ".join(
        f"'sha256-{b64encode(sha256(script).digest()).decode()}'" for script in _INLINE_SCRIPT.findall(page)
    )
    return (
        f"default-src 'self'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
    )


def built_in_labels() -> dict[str, str]:
    """Return the labels that Streamlit writes in English, with what the script puts in their place."""
    return {
        "Clear value": tr("Clear value"),
        "Close": tr("Close"),
        "Close sidebar": tr("Close sidebar"),
        "Collapse sidebar": tr("Close sidebar"),
        "Open sidebar": tr("Open sidebar"),
        "Expand sidebar": tr("Open sidebar"),
        "Upload": tr("Choose a file"),
        "file upload": tr("Choose a file"),
        "Add files": tr("Choose another file"),
        "Remove {name}": tr("Take the file {name} away", name="{name}"),
        "Cancel upload of {name}": tr("Stop sending the file {name}", name="{name}"),
        "Fullscreen": tr("Fullscreen"),
        "Close fullscreen": tr("Close fullscreen"),
        "View fullscreen": tr("Fullscreen"),
        "Exit fullscreen": tr("Close fullscreen"),
        "Main menu": tr("Main menu"),
        "Page navigation": tr("Pages"),
        "Sidebar": tr("Pages"),
        "Select an option": tr("Choose"),
        "Choose an option": tr("Choose"),
        "No results": tr("No results"),
        "Running...": tr("Loading"),
        "Connecting": tr("Connecting"),
        "Connection error": tr("The connection broke. Load the page again."),
        "{n} more": tr("{n} more", n="{n}"),
        "{n} options available": tr("Choices: {n}", n="{n}"),
        "Page not found": tr("There is no such page"),
        "The page that you have requested does not seem to exist. Running the app's main page.": tr(
            "The page that you asked for does not exist. This is the overview."
        ),
        "Stop": tr("Stop"),
        "Open": tr("Open"),
        "Navigate to home page": tr("To the overview"),
        "App pages": tr("Pages"),
        "Skip to main content": tr("Skip to the content"),
    }
