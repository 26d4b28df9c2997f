"""Every page in a real browser against WCAG 2.1 A and AA: axe-core, keyboard alone, 400 % zoom, dark and paper."""

from __future__ import annotations

import json
from typing import Any, Final, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from choosing import open_list
from playwright.sync_api import Page, expect

from dashboards.navigation import OVERVIEW, PAGES, PageEntry
from dashboards.palette import DARK, LIGHT
from dashboards.shell import built_in_labels

pytestmark = pytest.mark.browser

Scheme = Literal["light", "dark"]

WIDTHS: Final = (320, 768, 1400)
VIEWS: Final[tuple[tuple[str, Scheme], ...]] = (("fi", "light"), ("sv", "dark"), ("en", "light"))
"""Every language and every scheme of colours; colours know no language."""
RULES: Final = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
GLYPHS: Final = ("keyboard_arrow", "arrow_drop", "expand_more", "double_arrow", "chevron")
"""Names of glyphs of the icon font, which a screen reader must not read out."""

AXE: Final = Axe()

FOCUSED: Final = """() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  const framed = element.closest('[data-testid=stSelectbox]') ?? element;
  const style = getComputedStyle(framed);
  element.dataset.reached = 'yes';
  return {
    name: element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 60),
    outline: style.outlineStyle === 'none' ? '' : style.outlineColor,
    breadth: parseFloat(style.outlineWidth),
    seen: element.getClientRects().length > 0,
  };
}"""
"""What is focused, and the frame by which it is seen."""

NOT_REACHED: Final = """() => [...document.querySelectorAll(
  'a[href], button, input, select, textarea, summary, [tabindex="0"]'
)].filter(element => element.checkVisibility({visibilityProperty: true}) && !element.disabled && element.tabIndex >= 0
  && !element.dataset.reached).map(element => element.outerHTML.slice(0, 160))"""
"""Controls that can be seen and were not reached."""


def opened(reader: Page, address: str, path: str, language: str = "fi") -> Page:
    """Open a page in a language and wait until it is drawn to its end, charts and all."""
    reader.goto(f"{address}/{path}" + ("" if language == "fi" else f"?lang={language}"))
    expect(reader.locator("footer")).to_be_visible(timeout=60_000)
    reader.wait_for_function(
        "() => [...document.querySelectorAll('[data-testid=stPlotlyChart]')].every(c => c.querySelector('.main-svg'))",
        timeout=60_000,
    )
    return reader


def faults(reader: Page) -> list[str]:
    """Return what axe finds, a line a rule, with the first places."""
    found: dict[str, Any] = AXE.run(reader, options=RULES).response
    return [
        f"{fault['id']}: {json.dumps([node['html'][:160] for node in fault['nodes'][:4]], ensure_ascii=False)}"
        for fault in found["violations"]
    ]


def rgb(colour: str) -> str:
    """Write `#rrggbb` as the browser tells it."""
    return f"rgb({', '.join(str(int(colour[start : start + 2], 16)) for start in (1, 3, 5))})"


@pytest.mark.parametrize(("language", "scheme"), VIEWS)
@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.file)
def test_axe_finds_nothing(entry: PageEntry, language: str, scheme: Scheme, reader: Page, address: str) -> None:
    reader.emulate_media(color_scheme=scheme)
    opened(reader, address, entry.address, language)
    assert reader.locator("html").get_attribute("lang") == language
    found: dict[int, list[str]] = {}
    for width in WIDTHS:
        reader.set_viewport_size({"width": width, "height": 900})
        reader.wait_for_function("width => window.innerWidth === width", arg=width)
        if lines := faults(reader):
            found[width] = lines
    assert found == {}


def test_axe_would_find_a_fault(reader: Page, address: str) -> None:
    opened(reader, address, "")
    reader.evaluate("document.querySelector('img.yp-picture').removeAttribute('alt')")
    assert [line.split(":")[0] for line in faults(reader)] == ["image-alt"]


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.file)
def test_the_keyboard_reaches_every_control_and_shows_where_it_is(entry: PageEntry, reader: Page, address: str) -> None:
    reader.set_viewport_size({"width": 1900, "height": 900})
    opened(reader, address, entry.address)
    reached = []
    for _ in range(400):
        reader.keyboard.press("Tab")
        focused = reader.evaluate(FOCUSED)
        if focused is None:
            break
        reached.append(focused)
    else:
        pytest.fail("the focus never leaves the page")
    assert reader.evaluate(NOT_REACHED) == []
    assert [focused for focused in reached if not focused["seen"]] == []
    assert {focused["outline"] for focused in reached} == {rgb(LIGHT.accent)}
    assert min(focused["breadth"] for focused in reached) >= 2


def test_enter_and_space_work_what_is_reached(reader: Page, address: str) -> None:
    opened(reader, address, "avustukset")
    reader.keyboard.press("Tab")
    expect(reader.get_by_role("link", name="Siirry sisältöön")).to_be_focused()
    reader.keyboard.press("Enter")
    expect(reader.get_by_role("main")).to_be_focused()

    folded = reader.locator("summary", has_text="Näytä taulukkona: Myönnetyt avustukset")
    table = reader.get_by_role("table", name="Myönnetyt avustukset (€)")
    for key, shown in (("Enter", True), ("Space", False), ("Space", True)):
        folded.focus()
        reader.keyboard.press(key)
        expect(table).to_be_visible(visible=shown)
    reader.get_by_role("button", name="Lataa CSV: Myönnetyt avustukset", exact=True).focus()
    with reader.expect_download():
        reader.keyboard.press("Enter")

    expect(reader.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    open_list(reader, "Vuosi")
    assert faults(reader) == []
    reader.keyboard.press("Escape")
    expect(reader.locator("[role=listbox]")).to_have_count(0)
    reader.keyboard.press("ArrowDown")
    reader.keyboard.press("ArrowDown")
    reader.keyboard.press("Enter")
    reader.wait_for_url("**vuosi=20*", timeout=30_000)


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.file)
def test_no_control_has_an_english_name(entry: PageEntry, reader: Page, address: str) -> None:
    english = {label for label, word in built_in_labels().items() if label != word}
    for width in (320, 1400):
        reader.set_viewport_size({"width": width, "height": 900})
        opened(reader, address, entry.address)
        named = reader.locator("body").aria_snapshot()
        said = [line.strip() for line in named.splitlines()]
        assert [line for line in said if any(f'"{label}"' in line for label in english)] == []
        assert [line for line in said if any(glyph in line for glyph in GLYPHS)] == []


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.file)
def test_at_400_percent_nothing_is_read_sideways(entry: PageEntry, reader: Page, address: str) -> None:
    reader.set_viewport_size({"width": 320, "height": 800})
    opened(reader, address, entry.address)
    reader.evaluate("document.querySelectorAll('details').forEach(folded => folded.querySelector('summary').click())")
    reader.wait_for_function("() => [...document.querySelectorAll('details')].every(folded => folded.open)")
    wider = """() => [document.querySelector('[data-testid=stMain]'), ...document.querySelectorAll('.yp-scroll')]
      .filter(place => place.scrollWidth > place.clientWidth + 1).map(place => place.ariaLabel ?? place.tagName)"""
    assert reader.evaluate(wider) == []


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.file)
def test_every_chart_says_its_message_and_has_its_table(entry: PageEntry, reader: Page, address: str) -> None:
    opened(reader, address, entry.address)
    charts = reader.get_by_test_id("stPlotlyChart").all()
    for chart in charts:
        block = chart.locator("xpath=ancestor::*[contains(@class, 'st-key-evidence-')][1]")
        said = chart.locator("xpath=descendant-or-self::*[@aria-label]").first.get_attribute("aria-label")
        assert said
        assert any(mark.isdigit() for mark in said)
        assert block.locator("summary", has_text="Näytä taulukkona").count() == 1
        assert block.get_by_role("heading", level=2).count() == 1
        assert "Lähde:" in block.inner_text()
    for picture in reader.locator("img").all():
        assert picture.get_attribute("alt")


def test_the_front_page_does_without_the_bundle_of_charts(reader: Page, address: str) -> None:
    asked: list[str] = []
    reader.on("request", lambda request: asked.append(request.url))
    opened(reader, address, OVERVIEW.address)
    reader.wait_for_load_state("networkidle")
    assert [url for url in asked if "plotly" in url.lower()] == []
    assert reader.locator("img.yp-picture").count() > 3


def test_charts_and_pages_follow_the_reader_s_system_and_paper_is_white(reader: Page, address: str) -> None:
    bar = "[data-testid=stPlotlyChart] .bars .point path"
    shown = f"""() => [getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor,
      getComputedStyle(document.querySelector('.yp-lead')).color,
      getComputedStyle(document.querySelector('{bar}')).fill]"""
    for scheme, palette in (("dark", DARK), ("light", LIGHT)):
        reader.emulate_media(color_scheme=scheme)
        opened(reader, address, "avustukset")
        reader.locator(bar).first.wait_for()  # a chart has its frame before it has its bars
        assert reader.evaluate(shown) == [rgb(palette.ground), rgb(palette.ink), rgb(palette.accent)]
    reader.emulate_media(media="print", color_scheme="dark")
    assert reader.evaluate(shown) == [rgb(LIGHT.ground), rgb(LIGHT.ink), rgb(LIGHT.accent)]
    for gone in ("stHeader", "stDownloadButton"):
        expect(reader.get_by_test_id(gone).first).to_be_hidden()
    reader.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert reader.locator(".main-svg:not([viewBox])").count() == 0
    reader.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert reader.locator(".main-svg[viewBox]").count() == 0


def test_nothing_moves_for_those_who_asked_for_stillness(reader: Page, address: str) -> None:
    moving = """() => [...document.querySelectorAll('*')].filter(element => {
      const style = getComputedStyle(element);
      return [style.transitionDuration, style.animationDuration].some(
        times => times.split(',').some(time => parseFloat(time) > 0.001));
    }).map(element => element.outerHTML.slice(0, 100))"""
    opened(reader, address, "avustukset")
    assert reader.evaluate(moving) != []
    reader.emulate_media(reduced_motion="reduce")
    assert reader.evaluate(moving) == []
