"""The interface keeps its own description: schemathesis asks the real application what it allows, and what it does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from small_edition import EDITION
from starlette.types import Receive, Scope, Send

from dashboards.asgi import app
from dashboards.data import WORKSPACE_VARIABLE


async def served(scope: Scope, receive: Receive, send: Send) -> None:
    """The real application; schemathesis would begin its lifespan anew for each operation, which Streamlit cannot."""
    if scope["type"] != "lifespan":
        await app(scope, receive, send)
        return
    for step in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{step}.complete"})


description = schemathesis.openapi.from_asgi("/api/v1/openapi.json", served)


@pytest.fixture(scope="module", autouse=True)
def _served(built: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(WORKSPACE_VARIABLE, str(built))
        yield


@description.parametrize()
@settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_answers_are_as_described(case: schemathesis.Case) -> None:
    case.call_and_validate()


def test_an_edition_that_is_there_is_as_described() -> None:
    case = description["/api/v1/editions/{edition_id}"]["GET"].Case(path_parameters={"edition_id": EDITION})
    assert case.call_and_validate().json()["edition_id"] == EDITION
