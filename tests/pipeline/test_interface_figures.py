"""The interface over the example town: each figure is the edition's, no hidden one is told, pages and formats agree."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any

import duckdb
import pytest
from starlette.testclient import TestClient

from dashboards.asgi import app
from dashboards.data import WORKSPACE_VARIABLE
from tests.pipeline.conftest import RefreshedTown

NUMBERS = ("value", "lower", "upper", "n", "population", "coverage_share", "reported")


@pytest.fixture(scope="module")
def client(example_town: RefreshedTown) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(WORKSPACE_VARIABLE, str(example_town.workspace.root))
        yield TestClient(app)


@pytest.fixture(scope="module")
def given(client: TestClient) -> list[dict[str, Any]]:
    values: list[dict[str, Any]] = []
    address: str | None = "/api/v1/values?limit=777"
    while address:
        page = client.get(address).json()
        values += page["values"]
        address = page["next"]
    return values


def test_every_figure_is_the_one_of_the_public_file(
    given: list[dict[str, Any]], public: duckdb.DuckDBPyConnection
) -> None:
    stored = public.execute(
        f"SELECT {', '.join(given[0])} FROM marts.indicator_values"
        " ORDER BY indicator_id, breakdown, breakdown_value, period"
    ).fetchall()
    assert [tuple(value.values()) for value in given] == stored


def test_no_hidden_figure_is_told(
    given: list[dict[str, Any]], client: TestClient, analyst: duckdb.DuckDBPyConnection
) -> None:
    key = ("indicator_id", "period", "breakdown", "breakdown_value")
    hidden = set(analyst.execute(f"SELECT {', '.join(key)} FROM marts.indicator_values WHERE is_hidden").fetchall())
    told = [value for value in given if tuple(value[name] for name in key) in hidden]
    assert len(told) == len(hidden) > 100
    assert {value[name] for value in told for name in NUMBERS} == {None}
    assert {value["method"] for value in told} == {"hidden"}
    text = client.get("/api/v1/values?format=csv&limit=5000").content.decode("utf-8-sig")
    rows = [row for row in csv.DictReader(StringIO(text)) if tuple(row[name] for name in key) in hidden]
    assert len(rows) == len(hidden)
    assert {row[name] for row in rows for name in NUMBERS} == {""}


def test_every_term_is_the_one_of_the_public_file(client: TestClient, public: duckdb.DuckDBPyConnection) -> None:
    for term in client.get("/api/v1/terms").json()["terms"]:
        figures = client.get(f"/api/v1/terms/{term['term_id']}").json()["figures"]
        dates = {"broken_on", "target_set_on"}
        names = [f"{name}::VARCHAR" if name in dates else name for name in figures[0]]
        stored = public.execute(
            f"SELECT {', '.join(names)} FROM marts.term_values WHERE term_id = ?", [term["term_id"]]
        ).fetchall()
        assert sorted(map(repr, stored)) == sorted(repr(tuple(figure.values())) for figure in figures)
