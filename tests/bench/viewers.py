"""People who look at the pages, as a browser's requests without the browser: of the dashboards and of a Dash app.

Here belongs: what one visitor sends, and when their page is whole. Not here: how many come (`pages`).

A visitor arrives with the HTML; scripts and styles, which a browser keeps, are left out on both sides. Then the page
loads, from the first thing that its script asks for to the last element: for the dashboards from the opening of the
websocket to the end of the run, for Dash from the layout and the list of callbacks to the answer of the callback that
fills the page. A page without its footer is an error, and so is a status other than 200.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Protocol

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

PATIENCE = 60  # seconds


class NotWhole(Exception):  # noqa: N818 - what is wrong is the page
    """The page did not come as it should."""


class Viewer(Protocol):
    """One visitor."""

    async def arrive(self, page: str) -> None:
        """Get the HTML of a page."""

    async def load(self, page: str) -> None:
        """Get what stands on the page, as its script does that has just begun to run."""

    async def turn_to(self, page: str) -> None:
        """Go to another page from within the one that is open."""

    async def leave(self) -> None:
        """Close what is open."""


@dataclass
class Connection:
    """One HTTP connection that is kept open, as browsers do."""

    port: int
    _streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, path: str, body: bytes | None = None) -> bytes:
        """Send a request and return the body of the answer."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._streams
        accept = "*/*" if path.startswith(("/_", "/api/")) else "text/html"
        head = f"{'GET' if body is None else 'POST'} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nAccept: {accept}\r\n"
        if body is not None:
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        writer.write(f"{head}\r\n".encode() + (body or b""))
        status, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        answer = await _body(reader, headers)
        if status.split()[1] != "200":
            raise NotWhole(f"{path}: {status}")
        return answer

    def close(self) -> None:
        """Close it."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if "chunked" not in headers.get("transfer-encoding", ""):
        return await reader.readexactly(int(headers.get("content-length", "0")))
    parts = []
    while size := int(await reader.readuntil(b"\r\n"), 16):
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readexactly(2)
    return b"".join(parts)


@dataclass
class StreamlitViewer:
    """A visitor of the dashboards."""

    port: int
    _http: Connection = field(init=False)
    _socket: ClientConnection | None = None

    def __post_init__(self) -> None:
        self._http = Connection(self.port)

    async def arrive(self, page: str) -> None:
        await self._http.ask(f"/{page}")

    async def load(self, page: str) -> None:
        address = f"ws://127.0.0.1:{self.port}/_stcore/stream"
        origin = f"http://127.0.0.1:{self.port}"
        self._socket = await connect(
            address, origin=origin, subprotocols=["streamlit"], max_size=None, compression=None, open_timeout=PATIENCE
        )
        await self.turn_to(page)

    async def turn_to(self, page: str) -> None:
        if self._socket is None:
            raise NotWhole("the page never loaded")
        wanted = BackMsg()
        wanted.rerun_script.page_name = page
        await self._socket.send(wanted.SerializeToString())
        is_whole = False
        async for payload in self._socket:
            is_whole = is_whole or b"yp-footer" in payload
            message = ForwardMsg.FromString(payload)
            if message.WhichOneof("type") == "script_finished":
                if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY and is_whole:
                    return
                raise NotWhole(ForwardMsg.ScriptFinishedStatus.Name(message.script_finished))

    async def leave(self) -> None:
        self._http.close()
        if self._socket is not None:
            await self._socket.close()
            self._socket = None


@dataclass
class DashViewer:
    """A visitor of the Dash app."""

    port: int
    _http: Connection = field(init=False)

    def __post_init__(self) -> None:
        self._http = Connection(self.port)

    async def arrive(self, page: str) -> None:
        await self._http.ask(f"/{page}")

    async def load(self, page: str) -> None:
        other = Connection(self.port)
        await asyncio.gather(self._http.ask("/_dash-layout"), other.ask("/_dash-dependencies"))
        other.close()
        await self.turn_to(page)

    async def turn_to(self, page: str) -> None:
        asked = {
            "output": "page.children",
            "outputs": {"id": "page", "property": "children"},
            "inputs": [{"id": "address", "property": "pathname", "value": f"/{page}"}],
            "changedPropIds": ["address.pathname"],
        }
        answer = await self._http.ask("/_dash-update-component", json.dumps(asked).encode())
        if b'"footer"' not in answer:
            raise NotWhole("the page has no footer")

    async def leave(self) -> None:
        self._http.close()


VIEWERS: dict[str, type[StreamlitViewer] | type[DashViewer]] = {
    "yhteispeli": StreamlitViewer,
    "dash": DashViewer,
    "bare": StreamlitViewer,
}
