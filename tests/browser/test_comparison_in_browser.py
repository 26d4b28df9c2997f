"""Vertaa kuntia in a real browser: found in the navigation, accessible, its picture with a real table beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from small_country import TOWNS, build_country
from test_accessible import WIDTHS, faults, opened

from dashboards.navigation import COMPARISON

pytestmark = pytest.mark.browser


@pytest.fixture
def address(tmp_path: Path, serving: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    """A municipality of a country, served."""
    with serving(build_country(tmp_path / "land").towns["998"].root, ()) as url:
        yield url


def test_a_reader_compares_municipalities(reader: Page, address: str) -> None:
    opened(reader, address, "")
    reader.set_viewport_size({"width": 1900, "height": 900})
    expect(reader.get_by_role("link", name="Vertaa kuntia").first).to_be_visible(timeout=30_000)
    for path, language in ((COMPARISON.address, "fi"), (COMPARISON.address, "sv"), (COMPARISON.address, "en")):
        opened(reader, address, path, language)
        found = {}
        for width in WIDTHS:
            reader.set_viewport_size({"width": width, "height": 900})
            reader.wait_for_function("width => window.innerWidth === width", arg=width)
            if lines := faults(reader):
                found[width] = lines
        assert found == {}, language
    expect(reader.locator("table.yp-table tbody tr")).to_have_count(len(TOWNS))
    expect(reader.get_by_test_id("stPlotlyChart")).to_have_count(1)
    opened(reader, address, f"{COMPARISON.address}?kunnat=kaikki")
    expect(reader.locator("table.yp-table tbody tr")).to_have_count(len(TOWNS))
    assert faults(reader) == []
