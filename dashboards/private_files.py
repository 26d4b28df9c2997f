"""Addresses of the server that are not for everybody: files made for a person, files sent to it, numbers about itself.

Here belongs: knowing for whom a file was made, and refusing it to all others; refusing files of people who deliver
none. Not here: who may see which page (`restricted.roles`), making files, reading what was sent.

Streamlit keeps what a page shows or offers for download under an address that asks for no login. Here a file that only
people who are logged in have been shown is given to them alone; one that a page showed to anybody else is public.
It also takes in files, any number of them, from whoever has a page open, and keeps them in memory as long as that page
is open. Here only those may send one whose role opens the page of deliveries.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import wraps
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

from dashboards.restricted.roles import Closed, is_recent, person_behind

FILES: Final = "/media/"
UPLOADS: Final = "/_stcore/upload_file/"
CLOSED: Final = frozenset({"/_stcore/metrics"})

Owner = tuple[str, str] | None
"""A person, as issuer and subject of the login; None for everybody."""

_owners: Final[dict[str, set[Owner]]] = {}
_nobody: Final[frozenset[Owner]] = frozenset()
_asked_by: ContextVar[frozenset[Owner]] = ContextVar("asked_by", default=_nobody)


def watch(manager: MediaFileManager) -> None:
    """Note from now on who is shown each file that the manager takes in.

    A download that is made when it is asked for is made outside the run of a page; it belongs to whom the run was for.
    """
    storage = manager._storage
    take_in, take_in_later, forget = storage.load_and_get_id, manager.add_deferred, storage.delete_file

    @wraps(take_in)
    def noted(*arguments: Any, **named: Any) -> str:
        file_id = take_in(*arguments, **named)
        _owners.setdefault(file_id, set()).update(_looking() or _asked_by.get())
        return file_id

    @wraps(take_in_later)
    def noted_later(data_callable: Callable[[], Any], *arguments: Any, **named: Any) -> str:
        owners = _looking()

        def make() -> Any:
            _asked_by.set(owners)
            return data_callable()

        return take_in_later(make, *arguments, **named)

    @wraps(forget)
    def forgotten(file_id: str) -> None:
        _owners.pop(file_id, None)
        forget(file_id)

    storage.load_and_get_id = noted  # type: ignore[method-assign]
    storage.delete_file = forgotten  # type: ignore[method-assign]
    manager.add_deferred = noted_later  # type: ignore[method-assign]


def _looking() -> frozenset[Owner]:
    """Return whom the page is run for; nobody outside the run of a page."""
    run = get_script_run_ctx(suppress_warning=True)
    return frozenset({_person(run.user_info)}) if run else _nobody


def _person(user: Mapping[str, Any]) -> Owner:
    if user.get("is_logged_in") is not True:
        return None
    return str(user.get("iss")), str(user.get("sub"))


class PrivateFiles:
    """Middleware that gives a file of a person to that person alone, and the server's own numbers to nobody."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer that there is nothing."""
        if scope["type"] == "http" and not _may_have(scope):
            await PlainTextResponse("Not Found", status_code=404)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _may_have(scope: Scope) -> bool:
    path: str = scope["path"]
    if path.rstrip("/") in CLOSED:
        return False
    if path.startswith(UPLOADS):
        return _may_deliver(_login(scope))
    if not path.startswith(FILES):
        return True
    owners = _owners.get(path.removeprefix(FILES).partition(".")[0], _nobody)
    return None in owners or _logged_in(_login(scope)) in owners


def _may_deliver(login: Mapping[str, Any]) -> bool:
    try:
        person_behind(login, "deliveries")
    except Closed:
        return False
    return True


def _logged_in(login: Mapping[str, Any]) -> Owner:
    """Return who is behind a login; None for everybody else."""
    return _person(login) if is_recent(login.get("iat")) else None


def _login(scope: Scope) -> Mapping[str, Any]:
    """Return what the signed cookie of a request tells of the login; nothing without one."""
    signed = _get_signed_cookie_with_chunks(Request(scope).cookies, USER_COOKIE_NAME)
    login: dict[str, Any] = json.loads(signed) if signed else {}
    return login
