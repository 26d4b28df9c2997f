"""The interface keeps its own description: schemathesis asks the real application what it allows, and what it does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from small_edition import EDITION

from dashboards.asgi import app
from dashboards.data import WORKSPACE_VARIABLE

description = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)


@pytest.fixture(scope="module", autouse=True)
def _served(built: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(WORKSPACE_VARIABLE, str(built))
        yield


@description.parametrize()
@settings(
    max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_answers_are_as_described(case: schemathesis.Case) -> None:
    case.call_and_validate()


@description.include(path_regex="editions/").parametrize()
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_edition_that_is_there_is_as_described(case: schemathesis.Case) -> None:
    case.path_parameters = {"edition_id": EDITION}
    case.query = {}
    assert case.call_and_validate().status_code == 200
