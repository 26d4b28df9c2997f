"""What is drawn of an edition once and sent to everyone who looks at the same: the elements of a page as messages.

Here belongs: keeping the messages of a drawing and sending them again. Not here: what is drawn (`evidence`, `tiles`,
the pages), the editions themselves (`data`).

Streamlit can keep what a function drew (`st.cache_data`), but then builds, hashes and copies each element anew for
every reader, and takes no downloads (decision 0039).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from threading import Lock
from typing import Any, Final, TypeVarTuple
from weakref import WeakKeyDictionary

import streamlit as st
from streamlit import runtime
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

from dashboards.address import carried_on
from dashboards.data import Edition
from dashboards.texts import language

MOST: Final = 128
"""Drawings that are kept of an edition; the oldest make room. It is more than the pages have in three languages, and
whoever asks for languages that there are not fills no memory."""

Asked = TypeVarTuple("Asked")


@dataclass(slots=True)
class Drawing:
    """What a function drew into its container: messages in their order, and files that they offer."""

    messages: list[ForwardMsg] = field(default_factory=list)
    files: list[tuple[bytes, str, str]] = field(default_factory=list)


_drawings: Final[WeakKeyDictionary[Edition, dict[tuple[object, ...], Drawing]]] = WeakKeyDictionary()
_making_room: Final = Lock()
_drawn_now: ContextVar[Drawing | None] = ContextVar("drawn_now", default=None)


def drawn(draw: Callable[[Edition, *Asked], None]) -> Callable[[Edition, *Asked], None]:
    """Draw once for each edition, arguments, language, what links carry on from the address, and place on the page.

    An edition never changes, so what was drawn of it stays right. The function may follow from nothing else, such as a
    filter of the page that is not an argument or the person who looks, and may hold no widget that the page reads;
    files are offered by `download`. It draws into a container of its own.
    """

    @wraps(draw)
    def shown(edition: Edition, *asked: *Asked) -> None:
        run = get_script_run_ctx(suppress_warning=True)
        if run is None:
            draw(edition, *asked)
            return
        opening = Drawing()
        with _noting(run, opening):
            container = st.container()
        place = tuple(opening.messages[0].metadata.delta_path)
        key = (draw, asked, run.page_script_hash, place, language(), *carried_on().items())
        kept = _drawings.setdefault(edition, {})
        if (drawing := kept.get(key)) is not None:
            _send_again(run, drawing)
            return
        drawing = Drawing()
        with container, _noting(run, drawing):
            draw(edition, *asked)
        with _making_room:
            while len(kept) >= MOST:
                del kept[next(iter(kept))]  # the oldest
            kept[key] = drawing

    return shown


def download(label: str, data: bytes, file_name: str, mime: str, key: str) -> None:
    """Offer a file; it is offered again when its drawing is sent again.

    Parameters
    ----------
    label
        What the button says.
    data
        The file.
    file_name, mime
        Its name and media type.
    key
        Name of the button among those of the page.
    """
    if (drawing := _drawn_now.get()) is not None:
        drawing.files.append((data, mime, file_name))
    st.download_button(label, data=data, file_name=file_name, mime=mime, key=key, on_click="ignore")


@contextmanager
def _noting(run: ScriptRunContext, drawing: Drawing) -> Iterator[None]:
    """Note every message that the run of a page sends meanwhile."""
    send = run.enqueue

    def note(msg: ForwardMsg) -> None:
        send(msg)
        drawing.messages.append(msg)

    run.enqueue = note  # type: ignore[method-assign]
    token = _drawn_now.set(drawing)
    try:
        yield
    finally:
        _drawn_now.reset(token)
        del run.enqueue


def _send_again(run: ScriptRunContext, drawing: Drawing) -> None:
    files: Any = runtime.get_instance().media_file_mgr
    for data, mime, file_name in drawing.files:  # a file is kept as long as the session of somebody offers it
        files.add(data, mime, f"drawn {file_name}", file_name=file_name, is_for_static_download=True)
    for message in drawing.messages:
        run.enqueue(message)
