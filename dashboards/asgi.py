"""The dashboards as an ASGI application: `uvicorn dashboards.asgi:app`.

Here belongs: putting server and pages together. Not here: starting the server (`serving`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import streamlit as st
from anyio import to_thread
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from streamlit import runtime

from dashboards import components, compression, private_files
from dashboards.api.entry import PublicInterface
from dashboards.compression import CompressedStatic
from dashboards.first_reader import look_at_every_page
from dashboards.guarded_answers import GuardedAnswers
from dashboards.private_files import PrivateFiles
from dashboards.shell import PageShell
from dashboards.texts import tr

_HERE = Path(__file__).parent


@asynccontextmanager
async def _lifespan(_: st.App) -> AsyncIterator[dict[str, Any]]:
    server = runtime.get_instance()
    private_files.watch(server.media_file_mgr)
    await to_thread.run_sync(compression.warm_up)
    visit = asyncio.create_task(look_at_every_page(server))  # readers need not wait for its end
    yield {}
    visit.cancel()
    with suppress(asyncio.CancelledError):
        await visit


def _explain_failure(_: Exception) -> bool:
    """Say in place of the traceback, which the log keeps, that the page failed and what can be done."""
    st.html(components.notice(tr("This page could not be shown. Load it again, or report the error."), "problem"))
    return True


app = st.App(
    _HERE / "app.py",
    middleware=[
        Middleware(GuardedAnswers),  # the outermost: what the others answer themselves is guarded too
        Middleware(PublicInterface),
        Middleware(PrivateFiles),
        Middleware(PageShell),
        Middleware(CompressedStatic),
    ],
    routes=[Mount("/assets", StaticFiles(directory=_HERE / "static"))],
    lifespan=_lifespan,
    on_script_error=_explain_failure,
)
