"""Languages in a real browser: each page in each, chosen by anyone, kept from page to page and in every link."""

from __future__ import annotations

import re

import pytest
from choosing import open_list
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

TITLES = {"sv": ("Bidrag", "Uppgifternas kvalitet", "Översikt"), "en": ("Grants", "Quality of the data", "Overview")}


def opened(reader: Page, address: str, path: str) -> Page:
    """Open a page and wait until it is drawn to its end, charts and all."""
    reader.goto(f"{address}/{path}")
    expect(reader.locator("footer")).to_be_visible(timeout=30_000)
    reader.wait_for_function(
        "() => [...document.querySelectorAll('[data-testid=stPlotlyChart]')].every(c => c.querySelector('.main-svg'))"
    )
    return reader


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_language_of_the_address_is_kept_through_the_navigation_and_back(
    language: str, reader: Page, address: str
) -> None:
    grants, quality, overview = TITLES[language]
    reader.set_viewport_size({"width": 1800, "height": 900})
    opened(reader, address, f"avustukset?lang={language}")
    assert reader.locator("html").get_attribute("lang") == language
    heading = reader.get_by_role("heading", level=1)
    expect(heading).to_have_text(grants)
    for title in (quality, overview):
        reader.get_by_test_id("stTopNav").get_by_role("link", name=title, exact=True).click()
        expect(heading).to_have_text(title)
        expect(reader).to_have_url(re.compile(rf"\?lang={language}$"))
    for title in (quality, grants):
        reader.go_back()
        expect(heading).to_have_text(title)
        assert f"lang={language}" in reader.url
    reader.go_forward()
    expect(heading).to_have_text(quality)
    expect(reader.get_by_text("carried-on", exact=True)).to_have_count(0)


def test_a_language_is_chosen_on_the_page_with_its_filters(reader: Page, address: str) -> None:
    opened(reader, address, "avustukset?vuosi=2021&toimielin=youth")
    choice = reader.get_by_role("navigation", name="Kieli")
    for name, code in (("Suomi", "fi"), ("Svenska", "sv"), ("English", "en")):
        assert choice.get_by_role("link", name=name, exact=True).get_attribute("lang") == code
    choice.get_by_role("link", name="Svenska").click()
    expect(reader.get_by_role("table", name="Bidragsmottagare 2021")).to_be_visible(timeout=30_000)
    assert reader.locator("html").get_attribute("lang") == "sv"
    for part in ("vuosi=2021", "toimielin=youth", "lang=sv"):
        assert part in reader.url
    reader.get_by_role("navigation", name="Språk").get_by_role("link", name="Suomi").click()
    expect(reader.get_by_role("table", name="Avustusten saajat 2021")).to_be_visible(timeout=30_000)
    assert "lang" not in reader.url


def test_links_opened_elsewhere_keep_the_language(reader: Page, address: str) -> None:
    reader.set_viewport_size({"width": 1800, "height": 900})
    opened(reader, address, "?lang=sv")
    link = reader.get_by_test_id("stTopNav").get_by_role("link", name="Bidrag", exact=True)
    link.hover()
    expect(link).to_have_attribute("href", re.compile(r"/avustukset\?lang=sv$"))
    for inner in reader.locator("a.yp-origin").all():
        assert "lang=sv" in (inner.get_attribute("href") or "")


def test_back_brings_an_earlier_choice_back(reader: Page, address: str) -> None:
    opened(reader, address, "avustukset?vuosi=2021")
    open_list(reader, "Vuosi")
    reader.get_by_role("option", name="2019").click()
    expect(reader.get_by_role("table", name="Suurimmat saajat 2019")).to_be_visible()
    assert "vuosi=2019" in reader.url
    reader.go_back()
    expect(reader.get_by_role("table", name="Suurimmat saajat 2021")).to_be_visible()
    reader.go_forward()
    expect(reader.get_by_role("table", name="Suurimmat saajat 2019")).to_be_visible()


def test_built_in_labels_are_of_the_language(reader: Page, address: str) -> None:
    reader.set_viewport_size({"width": 375, "height": 800})
    opened(reader, address, "?lang=sv")
    reader.get_by_role("button", name="Öppna menyn").click()
    reader.get_by_role("link", name="Uppgifternas kvalitet").first.click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Uppgifternas kvalitet")
    assert "lang=sv" in reader.url
