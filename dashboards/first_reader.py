"""The reader who looks at every public page before anybody else does, so that nobody waits for what is drawn once.

Here belongs: that visit, when the server starts. Not here: what is kept of it (`drawn`, `compression`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from typing import Final

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime
from streamlit.runtime.session_manager import ClientContext, SessionClient

from dashboards.navigation import PAGES
from dashboards.texts import DEFAULT, LANGUAGES, PARAMETER

PATIENCE: Final = 30.0
"""Seconds that a page may take; a machine that needs longer draws it for its first reader."""

_log = logging.getLogger(__name__)


class _Nowhere(ClientContext):
    """Where the reader looks from: no browser."""

    @property
    def headers(self) -> Iterable[tuple[str, str]]:
        return ()

    @property
    def cookies(self) -> Mapping[str, str]:
        return {}

    @property
    def remote_ip(self) -> str | None:
        return None


class _Reader(SessionClient):
    """A reader who waits for a page to be whole and looks at nothing of it."""

    def __init__(self) -> None:
        self.is_whole = asyncio.Event()

    def write_forward_msg(self, msg: ForwardMsg) -> None:
        if msg.WhichOneof("type") == "script_finished":
            self.is_whole.set()

    @property
    def client_context(self) -> ClientContext:
        return _Nowhere()


async def look_at_every_page(server: Runtime) -> None:
    """Look at the public pages in every language, the default one first, logged in as nobody."""
    reader = _Reader()
    session = server.connect_session(reader, user_info={})
    try:
        for language in sorted(LANGUAGES, key=lambda one: one != DEFAULT):
            for page in (entry for entry in PAGES if entry.door is None):
                reader.is_whole.clear()
                wanted = BackMsg()
                wanted.rerun_script.page_name = page.address
                wanted.rerun_script.query_string = "" if language == DEFAULT else f"{PARAMETER}={language}"
                server.handle_backmsg(session, wanted)
                await asyncio.wait_for(reader.is_whole.wait(), PATIENCE)
    except TimeoutError:
        _log.warning("the pages were not drawn beforehand: this machine is busy")
    finally:
        server.close_session(session)
