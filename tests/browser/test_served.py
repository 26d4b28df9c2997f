"""The served dashboards in a real browser: Finnish, complete, and the same figures as in the edition."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Page, Response, expect
from small_edition import EDITION
from unfolding import unfold

from dashboards.formats import number
from dashboards.guarded_answers import GUARDS
from dashboards.navigation import PAGES

pytestmark = pytest.mark.browser

WIDTHS = (1400, 768, 375)


def opened(reader: Page, address: str, path: str) -> Page:
    """Open a page and wait until it is drawn to its end."""
    reader.goto(f"{address}/{path}")
    expect(reader.locator("footer")).to_be_visible(timeout=30_000)
    return reader


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.file)
def test_every_page_opens_whole(entry, reader: Page, address: str) -> None:
    opened(reader, address, entry.address)
    assert reader.locator("html").get_attribute("lang") == "fi"
    expect(reader.locator("h1")).to_have_count(1)
    for name in ("stException", "stAlert"):
        expect(reader.get_by_test_id(name)).to_have_count(0)
    expect(reader.locator(".yp-notice-problem")).to_have_count(0)
    main = reader.get_by_test_id("stMain")
    for width in WIDTHS:
        reader.set_viewport_size({"width": width, "height": 900})
        reader.wait_for_function("width => window.innerWidth === width", arg=width)
        assert main.evaluate("element => element.scrollWidth <= element.clientWidth + 1"), (
            f"scrolls sideways at {width}"
        )
    for image in reader.locator("img.yp-picture").all():
        assert image.get_attribute("alt")


def test_a_figure_on_the_screen_is_the_edition_s(reader: Page, address: str, workspace: Path) -> None:
    with duckdb.connect(str(workspace / "editions" / EDITION / "public.duckdb"), read_only=True) as connection:
        (awarded,) = connection.execute(
            """
            SELECT value FROM marts.indicator_values
            WHERE indicator_id = 'grants_awarded_eur' AND breakdown = 'total' AND status = 'final'
            ORDER BY period DESC LIMIT 1
            """
        ).fetchone()
    opened(reader, address, "")
    tile = reader.locator(".yp-tile", has=reader.get_by_role("heading", name="Avustukset", exact=True))
    expect(tile.locator(".yp-tile-figure strong")).to_have_text(number(awarded))
    reader.get_by_role("link", name="Avustukset", exact=True).last.click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Avustukset")
    expect(reader.get_by_role("heading", level=2).first).to_contain_text(number(awarded))


def test_charts_have_their_words_and_tables(reader: Page, address: str) -> None:
    opened(reader, address, "avustukset")
    chart = reader.locator("[aria-label^='Myönnetyt avustukset 2025']").first
    expect(chart).to_be_visible(timeout=20_000)
    expect(reader.locator(".js-plotly-plot").first).to_be_visible(timeout=20_000)
    unfold(reader, "Näytä taulukkona: Myönnetyt avustukset")
    table = reader.get_by_role("table", name="Myönnetyt avustukset (€)")
    expect(table.get_by_role("row")).to_have_count(13)
    expect(table.get_by_role("rowheader", name="2025")).to_be_visible()
    with reader.expect_download() as download:
        reader.get_by_role("button", name="Lataa CSV: Myönnetyt avustukset", exact=True).click()
    assert download.value.path().read_text(encoding="utf-8-sig").startswith("Mittari;Jaottelu;")


def test_a_link_shows_the_same_view(reader: Page, address: str) -> None:
    opened(reader, address, "avustukset?vuosi=2021&toimielin=youth")
    expect(reader.get_by_text("9 saajaa sai yhteensä")).to_be_visible()
    expect(reader.get_by_role("table", name="Avustusten saajat 2021")).to_be_visible()
    assert "vuosi=2021" in reader.url
    assert "toimielin=youth" in reader.url


def test_a_council_term_is_a_table_on_every_screen_and_a_sheet_to_take_along(reader: Page, address: str) -> None:
    opened(reader, address, "valtuustokaudet?kausi=2021-2025")
    table = reader.get_by_role("table", name="Valtuustokausi 2021–2025")
    for width in WIDTHS:
        reader.set_viewport_size({"width": width, "height": 900})
        row = table.get_by_role("row").filter(has=reader.get_by_role("rowheader", name="Yhteistyön arvosana"))
        expect(row.get_by_role("cell")).to_have_count(5)
        expect(row.get_by_role("cell").last).to_be_visible()
    with reader.expect_download() as download:
        reader.get_by_role("button", name="Lataa tulostettava yhteenveto seuraavalle valtuustolle (HTML)").click()
    assert "Mitä katsoa seuraavaksi" in download.value.path().read_text(encoding="utf-8")


def test_built_in_labels_are_finnish(reader: Page, address: str) -> None:
    reader.set_viewport_size({"width": 375, "height": 800})
    opened(reader, address, "")
    reader.get_by_role("button", name="Avaa valikko").click()
    reader.get_by_role("link", name="Tietojen laatu").first.click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Tietojen laatu")
    reader.set_viewport_size({"width": 1000, "height": 800})
    opened(reader, address, "")
    reader.get_by_role("button", name=re.compile(r"^\d+ muuta$")).click()
    reader.get_by_role("menuitem", name="Tietojen laatu").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Tietojen laatu")
    opened(reader, address, "sivua-ei-ole")
    expect(reader.get_by_text("Pyytämääsi sivua ei ole.")).to_be_visible()


def test_single_keys_do_nothing(reader: Page, address: str) -> None:
    opened(reader, address, "kyselyt")
    for key in ("r", "c"):
        reader.keyboard.press(key)
    expect(reader.get_by_role("dialog")).to_have_count(0)


def test_every_answer_is_local_compressed_and_guarded(reader: Page, address: str) -> None:
    answers: list[Response] = []
    reader.on("response", lambda answer: answers.append(answer))
    opened(reader, address, "avustukset")
    expect(reader.locator(".js-plotly-plot").first).to_be_visible(timeout=20_000)
    page = next(answer for answer in answers if answer.url.endswith("/avustukset"))
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert "unsafe-eval" not in page.headers["content-security-policy"]
    served = [answer for answer in answers if answer.url.startswith(address) and answer.status != 101]
    for answer in served:
        assert {name.lower() for name in GUARDS} <= set(answer.headers), answer.url
        assert "strict-transport-security" not in answer.headers, "without encryption it would lock readers out"
    chart = next(answer for answer in answers if "PlotlyChart" in answer.url)
    assert chart.headers["content-encoding"] == "gzip"
    assert any(answer.url.endswith("source-sans-3-latin.woff2") and answer.ok for answer in answers)
