"""Every answer bears its guards, once; cookies and the promise of encryption follow how the browser asked."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboards.asgi import app as served
from dashboards.guarded_answers import GUARDS, GuardedAnswers

OWN = "default-src 'self'"


def _cookies(_: Request) -> Response:
    response = Response()
    response.set_cookie("login", "1")
    response.set_cookie("state", "2", secure=True)
    response.headers.append("Set-Cookie", "secure=3; Path=/secure")
    return response


def _with_a_policy(_: Request) -> Response:
    return PlainTextResponse("", headers={"Content-Security-Policy": OWN})


def _asked(scheme: str, path: str) -> Response:
    routes = [Route("/", _cookies), Route("/own", _with_a_policy)]
    app = Starlette(routes=routes, middleware=[Middleware(GuardedAnswers)])
    return TestClient(app, base_url=f"{scheme}://localhost").get(path)


@pytest.mark.parametrize(("scheme", "is_encrypted"), [("https", True), ("http", False)])
def test_cookies_and_the_promise_follow_the_encryption(scheme: str, is_encrypted: bool) -> None:
    headers = _asked(scheme, "/").headers
    marked = ["; Secure" in cookie for cookie in headers.get_list("set-cookie")]
    assert marked == [is_encrypted, True, is_encrypted]
    assert ("strict-transport-security" in headers) is is_encrypted


@pytest.mark.parametrize("path", ["/", "/own", "/there-is-no-such-page"])
def test_every_answer_is_guarded_and_keeps_a_policy_of_its_own(path: str) -> None:
    headers = _asked("http", path).headers
    assert set(map(str.lower, GUARDS)) <= set(headers)
    policies = headers.get_list("content-security-policy")
    assert policies == [OWN if path == "/own" else GUARDS["Content-Security-Policy"]]


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/media/nothing.csv", "/api/v1/nothing", "/assets/nothing.css"])
def test_the_served_app_guards_what_it_refuses(path: str) -> None:
    answer = TestClient(served).get(path)
    assert answer.status_code in {404, 503}
    for name, value in GUARDS.items():
        told = answer.headers.get_list(name)
        assert len(told) == 1
        assert told == [value] or name == "Content-Security-Policy"
