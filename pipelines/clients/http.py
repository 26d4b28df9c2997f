"""One polite HTTP client for the open interfaces.

Here belongs: how a service is asked (pace, patience, how much is taken), and turning every fault of it into one
sentence for people. Not here: what is asked of which service (one module each), what becomes of the answer.

Redirects are not followed and links lead to the host of the settings only: an interface can't send the pipeline
elsewhere.
"""

from __future__ import annotations

import json
import logging
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from importlib.metadata import version
from types import TracebackType
from typing import Self

import httpx
import stamina

from pipelines.contract_model import Text
from pipelines.contracts import message

MEBI = 1024 * 1024
TOO_MANY_REQUESTS = 429

# A retry is told to the log and to nobody else: by itself stamina prints it among the sentences for people.
stamina.instrumentation.set_on_retry_hooks([stamina.instrumentation.LoggingOnRetryHook])
logging.getLogger("stamina").addHandler(logging.NullHandler())


class FetchFailed(Exception):  # noqa: N818 - the word that people see
    """An interface did not give what was asked of it; `text` is one sentence in three languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.fi)
        self.text = text


class _Passing(FetchFailed):
    """A fault that may pass by itself; `after` is how many seconds the service wants to be left alone."""

    def __init__(self, text: Text, after: float | None = None) -> None:
        super().__init__(text)
        self.after = after


@dataclass(frozen=True, slots=True)
class Manners:
    """How a service is asked; times in seconds.

    Attributes
    ----------
    pace
        Shortest time between the end of one request and the start of the next.
    silence
        Longest time to wait for a connection or for the next bytes.
    patience
        Longest time for one whole answer.
    attempts, wait_initial, wait_max
        How often a request that failed in passing is made, and the growing pauses between.
    longest_wait
        Longest `Retry-After` that is waited for; a longer one ends the fetch.
    """

    pace: float = 0.25
    silence: float = 20.0
    patience: float = 120.0
    attempts: int = 3
    wait_initial: float = 1.0
    wait_max: float = 20.0
    longest_wait: float = 60.0
    max_bytes: int = 64 * MEBI


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer whose body is whole JSON: the address that was asked, the bytes, and what they say."""

    url: str
    content: bytes
    document: object


class Service:
    """One interface; used in a `with` statement.

    Parameters
    ----------
    base_url
        Address below which everything is asked; nothing is asked of another host.
    contact
        E-mail address that tells the service whom to write to; empty names nobody.
    """

    def __init__(self, base_url: str, manners: Manners, contact: str = "") -> None:
        self._base = httpx.URL(base_url.rstrip("/") + "/")
        self._manners = manners
        self._free_at = 0.0
        about = f" ({contact})" if contact and contact.isascii() else ""
        headers = {"User-Agent": f"Yhteispeli/{version('yhteispeli')}{about}", "Accept": "application/json"}
        self._http = httpx.Client(headers=headers, timeout=manners.silence, verify=_trusted())
        self._retrying = stamina.RetryingCaller(
            attempts=manners.attempts,
            timeout=None,
            wait_initial=manners.wait_initial,
            wait_max=manners.wait_max,
            wait_jitter=manners.wait_initial,
        )

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self._http.close()

    def get(self, path: str, parameters: Mapping[str, str | int] | None = None) -> Answer:
        """Ask for a path below the base.

        Raises
        ------
        FetchFailed
            The service gave no whole JSON answer, also after the retries.
        """
        return self._ask(self._http.build_request("GET", self._base.join(path), params=parameters))

    def post(self, path: str, body: object) -> Answer:
        """Send JSON to a path below the base.

        Raises
        ------
        FetchFailed
            As `get`.
        """
        headers = {"Content-Type": "application/json"}
        content = json.dumps(body).encode("ascii")
        return self._ask(self._http.build_request("POST", self._base.join(path), content=content, headers=headers))

    def follow(self, link: object) -> Answer:
        """Ask for an address that an answer gave.

        Its scheme is not minded: behind a proxy, services often write `http` where they mean `https`.

        Raises
        ------
        FetchFailed
            The link is none, it leads to another host, or as `get`.
        """
        try:
            url = httpx.URL(link) if isinstance(link, str) else None
        except (httpx.InvalidURL, ValueError):
            url = None
        if url is None or (url.host, url.port or self._base.port) != (self._base.host, self._base.port):
            raise FetchFailed(message("client.other_host", link=_shown(link), host=self._base.host))
        return self._ask(self._http.build_request("GET", self._base.copy_with(raw_path=url.raw_path)))

    def _ask(self, request: httpx.Request) -> Answer:
        return self._retrying(self._pause_before_retry, self._once, request)

    def _pause_before_retry(self, error: Exception) -> bool | float:
        """Tell stamina whether to ask again, and when the service itself says after what time."""
        if not isinstance(error, _Passing):
            return False
        if error.after is None:
            return True
        return error.after if error.after <= self._manners.longest_wait else False

    def _once(self, request: httpx.Request) -> Answer:
        time.sleep(max(0.0, self._free_at - time.monotonic()))
        try:
            response = self._http.send(request, stream=True)
            try:
                return self._answer(response)
            finally:
                response.close()
        except httpx.TimeoutException as error:
            raise _Passing(self._said("too_slow")) from error
        except (httpx.RemoteProtocolError, httpx.ReadError) as error:
            raise _Passing(self._said("cut_off")) from error
        except httpx.DecodingError as error:
            raise FetchFailed(self._said("not_json")) from error
        except httpx.HTTPError as error:
            raise _Passing(self._said("unreachable")) from error
        finally:
            self._free_at = time.monotonic() + self._manners.pace

    def _answer(self, response: httpx.Response) -> Answer:
        self._refuse_status(response)
        kind = response.headers.get("Content-Type", "application/json").partition(";")[0].strip().casefold()
        if not kind.endswith(("/json", "+json")):
            raise FetchFailed(self._said("content_type", found=_shown(kind)))
        content = self._body(response)
        try:
            document = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise _Passing(self._said("not_json")) from error
        if not isinstance(document, (dict, list)):
            raise _Passing(self._said("not_json"))
        return Answer(str(response.request.url), content, document)

    def _refuse_status(self, response: httpx.Response) -> None:
        status = response.status_code
        if status == TOO_MANY_REQUESTS:
            raise _Passing(self._said("too_many_requests"), _retry_after(response))
        if response.is_server_error:
            raise _Passing(self._said("server_error", status=status), _retry_after(response))
        if response.is_redirect:
            raise FetchFailed(self._said("moved", link=_shown(response.headers.get("Location", "–"))))
        if status != httpx.codes.OK:
            raise StatusRefused(self._said("status", status=status), status)

    def _body(self, response: httpx.Response) -> bytes:
        """Return the whole body, unpacked; stop as soon as it is too large or takes too long."""
        limit, deadline = self._manners.max_bytes, time.monotonic() + self._manners.patience
        parts: list[bytes] = []
        size = 0
        for part in response.iter_bytes():
            parts.append(part)
            size += len(part)
            if size > limit:
                raise FetchFailed(self._said("too_large", limit=limit // MEBI))
            if time.monotonic() > deadline:
                raise _Passing(self._said("too_slow"))
        return b"".join(parts)

    def _said(self, reason: str, **values: object) -> Text:
        return message(f"client.{reason}", host=self._base.host, **values)


class StatusRefused(FetchFailed):
    """The service refused the request itself, with a status of its own."""

    def __init__(self, text: Text, status: int) -> None:
        super().__init__(text)
        self.status = status


@cache
def _trusted() -> ssl.SSLContext:
    """Return the certificates that are trusted; reading them takes a while, so once."""
    return httpx.create_ssl_context()


def _retry_after(response: httpx.Response) -> float | None:
    """Return the seconds of the header `Retry-After`, which is a number or a date (RFC 9110); None without one."""
    said = response.headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return float(said)
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())


def _shown(text: object) -> str:
    """Shorten what a service said so that it fits into a sentence."""
    line = " ".join(str(text).encode("utf-8", "replace").decode().split())
    return line if len(line) <= 80 else f"{line[:80]}…"
