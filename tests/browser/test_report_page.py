"""The report in a real browser: the page, the files it gives, and the HTML as a page of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from dashboards import data
from dashboards.report import making
from dashboards.texts import LANGUAGES

pytestmark = pytest.mark.browser

WIDTHS = (1400, 768, 320)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
YEAR = 2025


def violations(page: Page, context: str | None = None) -> list[str]:
    """What axe finds, each with the first place of it."""
    found = Axe().run(page, context=context, options=RULES).response["violations"]
    return [f"{item['id']}: {item['nodes'][0]['html'][:200]}" for item in found]


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_the_html_is_accessible_at_every_width_and_asks_for_nothing(
    spoken: str, page: Page, workspace: Path, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    file.write_bytes(making.report(data.edition_of(workspace), YEAR, spoken, "html"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function("width => window.innerWidth === width", arg=width)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
            f"scrolls sideways at {width}"
        )
        assert violations(page) == []
    pictures = page.locator("img")
    assert pictures.count() > 5
    assert all(picture.evaluate("image => image.naturalWidth > 0") for picture in pictures.all())
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    page.emulate_media(media="print")
    assert violations(page) == []


def test_the_page_shows_the_chapter_and_gives_the_files(reader: Page, address: str, workspace: Path) -> None:
    reader.goto(f"{address}/raportti?vuosi=2024")
    expect(reader.locator("footer")).to_be_visible(timeout=30_000)
    chapter = reader.get_by_role("region", name="Kaupungin ja järjestöjen yhteistyö 2024", exact=True)
    expect(chapter.get_by_role("heading", name="Tiivistelmä")).to_be_visible()
    assert chapter.locator("img").count() > 5
    assert violations(reader, "[data-testid=stMain]") == []
    edition = data.edition_of(workspace)
    for label, file_format, spoken in (
        ("PDF suomeksi", "pdf", "fi"),
        ("DOCX ruotsiksi", "docx", "sv"),
        ("HTML englanniksi", "html", "en"),
    ):
        with reader.expect_download() as download:
            reader.get_by_role("button", name=label, exact=True).click()
        assert download.value.suggested_filename == making.file_name(edition, 2024, spoken, file_format)
        assert download.value.path().read_bytes() == making.report(edition, 2024, spoken, file_format)
