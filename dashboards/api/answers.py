"""How an answer is written: JSON or CSV, with a tag by edition, so that what has not changed is not sent again.

Here belongs: formats, caching (RFC 9111), compression. Not here: what is answered (`routes`).
"""

from __future__ import annotations

import gzip
from collections import OrderedDict
from collections.abc import Callable, Mapping
from hashlib import sha256
from importlib.metadata import version
from threading import Lock
from typing import Final

from fastapi import HTTPException, Request
from pydantic import BaseModel
from starlette.datastructures import Headers
from starlette.responses import Response

from dashboards.api import negotiation
from dashboards.texts import tr

JSON: Final = "application/json"
CSV: Final = "text/csv; charset=utf-8"
MEDIA_TYPES: Final = {"json": JSON, "csv": CSV}

FOR_A_MINUTE: Final = "public, max-age=60"
"""Of what follows the current edition."""

FOR_A_DAY: Final = "public, max-age=86400"
"""Of an edition that is named: it never changes, but it may be withdrawn, so no copy of it is kept for ever."""

WORTH_COMPRESSING: Final = 1000
"""Bytes."""


def asked_format(request: Request, asked: str | None) -> str:
    """Return `json` or `csv`: what the parameter says, else what the header Accept likes best.

    Raises
    ------
    HTTPException
        406: the header takes neither.
    """
    if asked is not None:
        return asked
    liked = negotiation.media_type(request.headers, ("application/json", "text/csv"))
    if liked is None:
        raise HTTPException(406, tr("This address gives JSON (application/json) and CSV (text/csv)."))
    return "csv" if liked == "text/csv" else "json"


def answered(
    request: Request, identity: str, form: str, make: Callable[[], bytes], headers: Mapping[str, str]
) -> Response:
    """Answer with what `make` writes, or with 304 when the client has it already.

    Parameters
    ----------
    request
        What was asked.
    identity
        What the answer follows from besides the address, such as the id of the edition.
    form
        `json` or `csv`.
    make
        Writes the answer; it is called when nobody asked for the same before.
    headers
        Further headers.
    """
    tag = tag_of(identity, request.url.path, canonical(request), form)
    shared = {"ETag": tag, "Vary": "Accept, Accept-Encoding", **headers}
    if is_known(request.headers, tag):
        return Response(status_code=304, headers=shared)
    plain, compressed = _kept.get(tag, make)
    if len(plain) < WORTH_COMPRESSING or "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(plain, headers=shared, media_type=MEDIA_TYPES[form])
    return Response(compressed, headers={**shared, "Content-Encoding": "gzip"}, media_type=MEDIA_TYPES[form])


class _Kept:
    """The answers that were asked for last, plain and compressed, by their tag."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._answers: OrderedDict[str, tuple[bytes, bytes]] = OrderedDict()
        self._lock = Lock()

    def get(self, tag: str, make: Callable[[], bytes]) -> tuple[bytes, bytes]:
        """Return an answer; it is written when it is not kept."""
        with self._lock:
            if tag in self._answers:
                self._answers.move_to_end(tag)
                return self._answers[tag]
        plain = make()
        answer = plain, gzip.compress(plain, compresslevel=5, mtime=0)
        with self._lock:
            self._answers[tag] = answer
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)
        return answer


_kept = _Kept(most=64)


def tag_of(*parts: str) -> str:
    """Return the tag of an answer; weak, since the compressed and the plain answer share it."""
    digest = sha256("\0".join((version("yhteispeli"), *parts)).encode()).hexdigest()[:20]
    return f'W/"{digest}"'


def is_known(headers: Headers, tag: str) -> bool:
    """Tell whether the client has the answer of a tag (RFC 9110, section 13.1.2)."""
    told = [item.strip() for item in headers.get("if-none-match", "").split(",")]
    return "*" in told or tag.removeprefix("W/") in {item.removeprefix("W/") for item in told}


def canonical(request: Request) -> str:
    """Return the parameters in an order of their own."""
    return repr(sorted(request.query_params.multi_items()))


def as_json(answer: BaseModel) -> bytes:
    """Write an answer as JSON."""
    return answer.model_dump_json().encode()
