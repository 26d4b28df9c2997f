"""The dashboards as an ASGI application: `uvicorn dashboards.asgi:app`.

Here belongs: putting server and pages together. Not here: starting the server (`serving`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from anyio import to_thread
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from streamlit import runtime

from dashboards import components, compression, data, private_files
from dashboards.api.entry import PublicInterface
from dashboards.compression import CompressedStatic
from dashboards.guarded_answers import GuardedAnswers
from dashboards.private_files import PrivateFiles
from dashboards.shell import PageShell
from dashboards.texts import tr

_HERE = Path(__file__).parent


@asynccontextmanager
async def _lifespan(_: st.App) -> AsyncIterator[dict[str, Any]]:
    private_files.watch(runtime.get_instance().media_file_mgr)
    await to_thread.run_sync(_warm_up)
    yield {}


def _warm_up() -> None:
    compression.warm_up()
    try:
        data.current_edition()
    except data.EditionUnavailable:
        return  # the pages say so, and the first edition may come while the server runs


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
