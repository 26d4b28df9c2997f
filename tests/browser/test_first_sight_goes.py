"""The first sight of the front page is read without a script, is accessible, and goes when the page itself stands."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from test_accessible import faults

pytestmark = pytest.mark.browser


def test_it_goes_when_the_page_stands(reader: Page, address: str) -> None:
    reader.goto(f"{address}/", wait_until="commit")
    first = reader.locator("#yp-first-sight strong").first.text_content(timeout=30_000)
    expect(reader.locator("footer")).to_be_visible(timeout=30_000)
    expect(reader.locator("#yp-first-sight")).to_have_count(0)
    expect(reader.locator("h1")).to_have_count(1)
    expect(reader.locator(".yp-figure strong").first).to_have_text(str(first))


@pytest.mark.parametrize("width", [1400, 320])
def test_it_is_accessible_while_the_script_has_not_come(width: int, reader: Page, address: str) -> None:
    reader.set_viewport_size({"width": width, "height": 900})
    reader.route("**/static/js/**", lambda request: request.abort())
    reader.goto(f"{address}/")
    expect(reader.get_by_role("heading", level=1)).to_be_visible()
    expect(reader.locator("#yp-first-sight strong").first).to_be_visible()
    assert faults(reader) == []
    assert reader.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_an_address_that_is_no_page_gets_rid_of_it_too(reader: Page, address: str) -> None:
    reader.goto(f"{address}/?edition=x")
    expect(reader.locator("footer")).to_be_visible(timeout=30_000)
    expect(reader.locator("#yp-first-sight")).to_have_count(0)
