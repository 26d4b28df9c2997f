"""Every figure that a page shows answers "where does it come from?": the link stands with it or in its table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest
from test_pages import opened

from dashboards.data import current_edition
from dashboards.formats import quantity
from dashboards.navigation import ACCESSIBILITY, OPEN_DATA, ORIGIN, PAGES, REPORT, PageEntry
from dashboards.origin_link import FIGURE, PERIOD, origin_address, origin_of
from dashboards.texts import say

WITHOUT_FIGURES = (OPEN_DATA, ACCESSIBILITY)
SHOWING = [entry for entry in PAGES if entry.door is None and entry not in (ORIGIN, REPORT, *WITHOUT_FIGURES)]
INDICATOR, DECISION = "Mittari", "Päätös"
ANCHOR = re.compile(r'<a class="yp-origin" href="([^"]+)"')


def blocks(app: AppTest) -> list[str]:
    return [str(element.proto.body) for element in app.html]


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def asked(html: str) -> set[str]:
    """The indicators whose origin the links of a piece of HTML lead to."""
    addresses = (urlsplit(unescape(address)) for address in ANCHOR.findall(html))
    return {query[FIGURE][0] for address in addresses if PERIOD in (query := parse_qs(address.query))}


def indicator_of(text: str) -> str | None:
    """The indicator whose title a text begins with, the longest title first."""
    titles = {say(card.title): name for name, card in current_edition().indicators.items()}
    named = [title for title in titles if text.startswith(title)]
    return titles[max(named, key=len)] if named else None


def unlinked(block: str) -> Iterator[str]:
    """Yield what tells figures of an indicator and leads to no origin of it: rows, tables of one indicator, lists."""
    for table in re.findall(r"<table.*?</table>", block, re.DOTALL):
        head, *rows = re.findall(r"<tr[ >].*?</tr>", table, re.DOTALL)
        caption = words("".join(re.findall(r"<caption>.*?</caption>", table, re.DOTALL)))
        if DECISION in words(head):  # targets: their row tells who set them, when and where
            continue
        if words(head).startswith(INDICATOR):
            for row in rows:
                tells = re.search(r"\d", words(row).removeprefix(words(row.partition("</th>")[0])))
                if tells and indicator_of(words(row)) not in asked(row):
                    yield words(row)
        elif rows and (indicator := indicator_of(caption)) is not None and indicator not in asked(block):
            yield caption
    for item in re.findall(r"<li>.*?</li>", block, re.DOTALL):
        indicator = indicator_of(words(item))
        if indicator is not None and re.search(r"\d", words(item)) and indicator not in asked(item):
            yield words(item)


@pytest.mark.parametrize("entry", SHOWING, ids=lambda entry: entry.file)
def test_tables_pictures_and_lists_of_figures_lead_to_their_origins(
    entry: PageEntry, workspace: Path, app: AppTest
) -> None:
    opened(app, entry.file)
    assert not [told for block in blocks(app) for told in unlinked(block)]
    assert any(map(asked, blocks(app)))


@pytest.mark.parametrize("entry", SHOWING, ids=lambda entry: entry.file)
def test_headlines_and_the_message_of_a_page_tell_figures_that_the_page_leads_from(
    entry: PageEntry, workspace: Path, app: AppTest
) -> None:
    opened(app, entry.file)
    edition = current_edition()
    linked: set[str] = set().union(*map(asked, blocks(app)))
    headlines = re.findall(r"<h[23][^>]*>(.*?)</h[23]>", " ".join(blocks(app)), re.DOTALL)
    named = {indicator_of(words(headline)) for headline in headlines if re.search(r"\d", words(headline))}
    assert named - {None} <= linked
    message = words(" ".join(block for block in blocks(app) if "yp-lead" in block))
    for indicator, card in edition.indicators.items():
        value = edition.latest(indicator)
        if value is not None and value.number is not None:
            written = " ".join(quantity(value.number, card).split())
            assert not re.search(rf"(?<![\d ]){re.escape(written)}(?!\w)", message) or indicator in linked


def test_the_chapter_is_followed_by_the_origins_of_its_figures(workspace: Path, app: AppTest) -> None:
    """The chapter is a document to take along, so the links stand in a table after it."""
    opened(app, REPORT.file)
    *_, origins = [block for block in blocks(app) if ANCHOR.search(block)]
    tables = re.findall(r"<tr[ >].*?</tr>", " ".join(block for block in blocks(app) if block != origins), re.DOTALL)
    told = {indicator_of(words(row)) for row in tables if re.search(r"\d", words(row))} - {None}
    assert told
    assert told <= asked(origins)


def test_a_figure_without_its_link_is_found(workspace: Path) -> None:
    bare = (
        "<table><caption>Uusimmat luvut</caption><thead><tr><th>Mittari</th><th>Kattavuus</th></tr></thead>"
        '<tbody><tr><th scope="row">Jäsenyydet</th><td>60 %</td></tr></tbody></table>'
    )
    assert list(unlinked(bare)) == ["Jäsenyydet 60 %"]
    link = origin_of(origin_address("memberships", "2025"), "60 %")
    assert not list(unlinked(bare.replace("60 %", link)))
    assert list(unlinked("<li>Talkootunnit: 2024: 1 → 2025: 2</li>")) == ["Talkootunnit: 2024: 1 → 2025: 2"]
