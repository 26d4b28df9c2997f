"""The page of feedback on a file in a real browser: readable on a phone, headings in order, enough contrast."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Page

from pipelines import contracts
from pipelines.checking import check_file
from pipelines.feedback_files import page as feedback_page

pytestmark = pytest.mark.browser

FAULTY = """Vuosi;Yhdistys;Jäsenmärä;Talkootunnit;Laskentatapa;Tapahtumat;Yhteiset tapahtumat
2024;Kuviteltu Latu ry;120;paljon;ehkä;3;9
24.12.25;Kuviteltu Kiekko ry;40;-5;arvio;;
2024;;1;1;arvio;1;1
"""

ROUGH_PLACES = """() => {
  const luminance = colour => {
    const parts = colour.match(/[\\d.]+/g).slice(0, 3).map(part => part / 255)
      .map(part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const ground = element => {
    const colour = getComputedStyle(element).backgroundColor;
    if (!/, 0\\)$/.test(colour)) return colour;
    return element.parentElement ? ground(element.parentElement) : 'rgb(255, 255, 255)';
  };
  return [...document.querySelectorAll('main *')].filter(element => {
    if (![...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())) return false;
    const shades = [getComputedStyle(element).color, ground(element)].map(luminance).sort((a, b) => b - a);
    return (shades[0] + 0.05) / (shades[1] + 0.05) < 4.5;
  }).map(element => element.outerHTML.slice(0, 80));
}"""
"""Elements with text whose contrast to their ground is below 4.5, as WCAG counts it."""


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("width", [320, 375, 1200])
def test_the_page_is_read_with_ease(page: Page, tmp_path: Path, language: str, width: int) -> None:
    (tmp_path / "municipality.toml").write_text(contracts.municipality_settings("esimerkkila"), encoding="utf-8")
    file = tmp_path / "ilmoitukset.csv"
    file.write_text(FAULTY, encoding="utf-8")
    report = tmp_path / "palaute.html"
    report.write_text(feedback_page(file.name, check_file(file, None, None), language), encoding="utf-8")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(report.as_uri())

    assert asked == [report.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("html").get_attribute("lang") == language
    levels = [int(heading.evaluate("e => e.tagName")[1]) for heading in page.locator("h1, h2, h3").all()]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert levels.count(3) > 3
    assert page.locator("th:not([scope])").count() == 0
    assert page.locator("table").count() == page.locator("caption").count() > levels.count(3)
    assert page.evaluate(ROUGH_PLACES) == []
