"""A local HTTP server that plays the open interfaces, and spoils answers on request. Real sockets, loopback only."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pipelines.check_digit import check_digit

TOWN, TOWN_ID = "998", "9000003-8"


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    parameters: dict[str, str]
    body: Any
    agent: str


@dataclass(frozen=True)
class Reply:
    """An answer; `missing` bytes are promised but never sent, `delay` is in seconds, `drops` sends it byte by byte."""

    body: bytes = b"{}"
    status: int = 200
    kind: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    missing: int = 0
    delay: float = 0.0
    drops: bool = False


def as_json(document: object, **fields: Any) -> Reply:
    return Reply(json.dumps(document, ensure_ascii=False).encode(), **fields)


class Played(ThreadingHTTPServer):
    """The server; `play` answers, `spoil` may put another answer in its place, `asked` keeps what was asked for."""

    daemon_threads = True

    def __init__(self, play: Callable[[Asked, str], Reply]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.play = play
        self.spoil: Callable[[Asked, Reply], Reply] = lambda _, reply: reply
        self.asked: list[Asked] = []

    def handle_error(self, *_: Any) -> None:
        """Say nothing: a client that gives up in mid-answer is what is played here."""

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/api"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Played

    def _answer(self) -> None:
        url = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        parameters = {name: values[-1] for name, values in parse_qs(url.query).items()}
        path = url.path.removeprefix("/api/")
        asked = Asked(self.command, path, parameters, body, self.headers["User-Agent"])
        self.server.asked.append(asked)
        reply = self.server.spoil(asked, self.server.play(asked, self.server.base))
        time.sleep(reply.delay)
        try:
            self._send(reply)
        except ConnectionError:
            self.close_connection = True

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        if reply.kind:
            self.send_header("Content-Type", reply.kind)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body) + reply.missing))
        self.end_headers()
        for drop in [reply.body[place : place + 1] for place in range(20)] if reply.drops else []:
            self.wfile.write(drop)
            time.sleep(0.02)
        self.wfile.write(reply.body[20:] if reply.drops else reply.body)
        if reply.missing:
            self.close_connection = True

    do_GET = do_POST = _answer  # noqa: N815 - the names that the server looks for

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def served(play: Callable[[Asked, str], Reply]) -> Iterator[Played]:
    server = Played(play)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


NOT_FOUND = Reply(b"Not found", 404, "text/plain")


# YTJ


def business_id(number: int) -> str:
    """Return the first valid Y-tunnus from 9100000 + 20 × number on."""
    digits = next(
        f"{start}"
        for start in range(9100000 + 20 * number, 9100020 + 20 * number)
        if check_digit(f"{start}") is not None
    )
    return f"{digits}-{check_digit(digits)}"


def company(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "businessId": {"value": business_id(number), "source": "3"},
        "names": [{"name": f"Esimerkin yhdistys {number} ry", "type": "1", "version": 1}],
        "companyForms": [{"type": "6", "version": 1}],
        "registeredEntries": [{"register": "3", "registrationDate": "1997-09-01"}],
        "tradeRegisterStatus": "1",
        "status": "2",
        "lastModified": "2026-08-19T10:04:06",
        **fields,
    }


def ytj(companies: list[dict[str, Any]], elsewhere: list[dict[str, Any]] = []) -> Callable[[Asked, str], Reply]:  # noqa: B006
    """Play YTJ: `companies` are found by place, `elsewhere` by Y-tunnus only."""

    def play(asked: Asked, _: str) -> Reply:
        if asked.path != "companies":
            return NOT_FOUND
        wanted = asked.parameters.get("businessId")
        found = (
            companies
            if wanted is None
            else [item for item in companies + elsewhere if item["businessId"]["value"] == wanted]
        )
        start = 100 * (int(asked.parameters.get("page", "1")) - 1)
        page = found[start : start + 100] or found[:100]
        return as_json({"totalResults": len(found), "companies": page})

    return play


# PxWeb


def pxweb(generation: str) -> Callable[[Asked, str], Reply]:
    """Play a table of key figures, its variables and path as they were before 2026 (`old`) or are since (`new`)."""
    old = generation == "old"
    path = "vaerak/statfin_vaerak_pxt_11ra.px" if old else "vaerak/11ra.px"
    area, year, what = ("Alue", "Vuosi", "Tiedot") if old else ("alue_23_20260101", "timeperiod_y", "contentscode")
    values = {area: ["SSS", "KU091", f"KU{TOWN}"], what: ["vaesto", "osuus"], year: ["2018", "2019", "2020", "2021"]}
    texts = {area: ["KOKO MAA", "Helsinki", "Esimerkkilä"], what: ["Väkiluku", "Osuus, %"], year: values[year]}
    labels = {area: "Alue", what: "Tiedot", year: "Vuosi"}

    def play(asked: Asked, _: str) -> Reply:
        if asked.path != path:
            return NOT_FOUND
        if asked.method == "GET":
            variables = [
                {"code": code, "text": labels[code], "values": values[code], "valueTexts": texts[code]}
                for code in values
            ]
            return as_json({"title": "Tunnuslukuja", "variables": variables})
        chosen = {item["code"]: item["selection"]["values"] for item in asked.body["query"]}
        assert asked.body["response"] == {"format": "json-stat2"}
        return as_json(json_stat(chosen, labels, texts, values))

    return play


def prices(asked: Asked, _: str) -> Reply:
    """Play a table of consumer prices by year, goods and measure."""
    if asked.path != "khi/11xc.px":
        return NOT_FOUND
    texts = {
        "timeperiod_y": ["2014", "2023", "2024"],
        "hyodyke": ["Kuluttajahintaindeksi", "Elintarvikkeet"],
        "contentscode": ["Vuosimuutos, %", "Pisteluku"],
    }
    values = {"timeperiod_y": texts["timeperiod_y"], "hyodyke": ["0", "01"], "contentscode": ["muutos", "pisteluku"]}
    labels = {"timeperiod_y": "Vuosi", "hyodyke": "Hyödyke", "contentscode": "Tiedot"}
    if asked.method == "GET":
        variables = [
            {"code": code, "text": labels[code], "values": values[code], "valueTexts": texts[code]} for code in values
        ]
        return as_json({"title": "Kuluttajahintaindeksi", "variables": variables})
    chosen = {item["code"]: item["selection"]["values"] for item in asked.body["query"]}
    answer = json_stat(chosen, labels, texts, values)
    return as_json({**answer, "label": "Kuluttajahintaindeksi (2015=100) muuttujina Vuosi, Hyödyke ja Tiedot"})


def json_stat(
    chosen: dict[str, list[str]], labels: dict[str, str], texts: dict[str, list[str]], values: dict[str, list[str]]
) -> dict[str, Any]:
    sizes = [len(codes) for codes in chosen.values()]
    cells = 1
    for size in sizes:
        cells *= size
    dimension = {
        code: {
            "label": labels[code],
            "category": {
                "index": {value: place for place, value in reversed(list(enumerate(picked)))},
                "label": {value: texts[code][values[code].index(value)] for value in picked},
            },
        }
        for code, picked in chosen.items()
    }
    return {
        "class": "dataset",
        "id": list(chosen),
        "size": sizes,
        "dimension": dimension,
        "value": list(range(100, 100 + cells)),
    }


# State Treasury


def entry(
    base: str,
    stage: str = "Lopullinen",
    period: str = "2024",
    published: str | None = "2025-12-17T10:33:26.693Z",
    **fields: Any,
) -> dict[str, Any]:
    fields = {"ytunnus": TOWN_ID, "raportointikokonaisuus": "KTAS", **fields}
    address = f"{base}/dokumentti/{stage.casefold()}/{fields['raportointikokonaisuus']}/{fields['ytunnus']}/{period}?v={published}"
    return {
        "raportointikausi": period,
        "hyvaksymisvaihe": stage,
        "julkaisupvm": published,
        "tunnusluvut": address,
        **fields,
    }


def treasury(versions: list[dict[str, Any]]) -> Callable[[Asked, str], Reply]:
    """Play the list and its documents; a version is the fields of `entry`."""

    def play(asked: Asked, base: str) -> Reply:
        if asked.path == "aineistot":
            return as_json({"aineistot": [entry(base, **version) for version in versions]})
        if not asked.path.startswith("dokumentti/"):
            return NOT_FOUND
        _, _, package, owner, period = asked.path.split("/")
        shared = {
            "ytunnus": owner,
            "raportointikokonaisuus": package,
            "raportointikausi": period,
            "osakokonaisuus": "k-t01",
        }
        figures = [("632", "54233060.00"), ("1093", "."), ("1094", "..")]
        return as_json([{**shared, "tunnusluku": code, "arvo": value} for code, value in figures])

    return play


# Linked Events and PTV


def linked_events(count: int, size: int = 2) -> Callable[[Asked, str], Reply]:
    def play(asked: Asked, base: str) -> Reply:
        if asked.path != "event/":
            return NOT_FOUND
        page = int(asked.parameters.get("page", "1"))
        events = [
            {"id": f"esimerkki:{number}", "name": {"fi": f"Tapahtuma {number}"}, "start_time": "2024-06-14T18:00:00Z"}
            for number in range(count)
        ]
        shown = events[(page - 1) * size : page * size]
        follows = f"{base}/event/?page={page + 1}" if page * size < count else None
        return as_json({"meta": {"count": count, "next": follows, "previous": None}, "data": shown})

    return play


def _service(number: int) -> dict[str, Any]:
    organisation = {"id": f"{number:04}", "name": f"Esimerkin seura {number} ry"}
    roles = [{"roleType": "Responsible", "organization": organisation}]
    return {"id": f"{number:08}", "serviceNames": [], "organizations": roles, "modified": "2024-05-02T10:11:12Z"}


def ptv(count: int, size: int = 2) -> Callable[[Asked, str], Reply]:
    def play(asked: Asked, _: str) -> Reply:
        if asked.path != f"Service/list/area/Municipality/code/{TOWN}":
            return NOT_FOUND
        page = int(asked.parameters["page"])
        items = [_service(number) for number in range(count)]
        shown = items[(page - 1) * size : page * size]
        return as_json({"pageNumber": page, "pageSize": size, "pageCount": -(-count // size), "itemList": shown})

    return play
