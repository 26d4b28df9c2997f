"""The chapter as a file: its structure is one that a screen reader and an editor can use, and its texts stay text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import lxml.html
import pdfua
import pytest
from docx import Document
from docx.oxml.ns import qn
from pikepdf import Array, Dictionary, Name, Pdf
from report_files import read, squeezed
from small_edition import AWARDED, EDITION
from streamlit.testing.v1 import AppTest
from test_pages import opened

from dashboards import data
from dashboards.report import making
from dashboards.report.document import Table
from dashboards.report.drawings import trend
from dashboards.texts import language, speaking

LANGUAGES = ("fi", "sv", "en")
FORMATS = ("pdf", "docx", "html")
YEAR = 2025
HOSTILE = '\x00\x1f<script>alert("1")</script> #panic("2") *3* $4$ @5 \\6 [7] `8` {9} &amp;'


@pytest.fixture
def edition(workspace: Path) -> data.Edition:
    return data.edition_of(workspace)


def elements(above: Any) -> Iterator[Dictionary]:
    """All elements of the structure, in reading order."""
    below = above.get(Name.K, Array())
    for element in below if isinstance(below, Array) else [below]:
        if isinstance(element, Dictionary) and Name.S in element:
            yield element
            yield from elements(element)


def change(workspace: Path, sql: str, *values: object) -> data.Edition:
    with duckdb.connect(str(workspace / "editions" / EDITION / data.PUBLIC_FILE)) as connection:
        connection.execute(sql, values)
    return data.edition_of(workspace)


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_the_pdf_is_tagged(spoken: str, edition: data.Edition, tmp_path: Path) -> None:
    made = making.report(edition, YEAR, spoken, "pdf")
    with Pdf.open(BytesIO(made)) as file:
        assert file.Root.MarkInfo.Marked
        assert str(file.Root.Lang) == f"{spoken}-FI"
        assert file.Root.ViewerPreferences.DisplayDocTitle
        with file.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert "2025" in metadata["dc:title"]
        found = list(elements(file.Root.StructTreeRoot))
        kinds = [str(element.S) for element in found]
        tables = [element for element in found if Name.Table == element.S]
        assert len(tables) > 20
        for table in tables:
            assert {str(kind.S) for kind in elements(table)} >= {"/Caption", "/THead", "/TBody"}
            for row in (row for body in elements(table) if Name.TBody == body.S for row in elements(body)):
                if row.S == Name.TR:
                    cells = [cell for cell in elements(row) if cell.S in (Name.TH, Name.TD)]
                    assert [str(cell.S) for cell in cells] == ["/TH"] + ["/TD"] * (len(cells) - 1)
        scopes = {
            str(kind.Scope) for element in found if element.S == Name.TH for kind in element.A if "/Scope" in kind
        }
        assert scopes == {"/Row", "/Column"}
        assert all("/A" in element for element in found if element.S == Name.TH)
        pictures = [element for element in found if Name.Figure == element.S]
        assert len(pictures) > 5
        assert all(len(str(picture.Alt)) > 40 for picture in pictures)
        assert kinds.count("/Title") == 1
        levels = [int(kind[2]) for kind in kinds if re.fullmatch(r"/H\d", kind)]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
    out = tmp_path / "report.pdf"
    out.write_bytes(made)
    assert [finding.message for finding in pdfua.validate(out).findings] == []


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_the_docx_can_be_read_and_gone_on_with(spoken: str, edition: data.Edition) -> None:
    word = Document(BytesIO(making.report(edition, YEAR, spoken, "docx")))
    assert word.core_properties.language == f"{spoken}-FI"
    assert "2025" in word.core_properties.title
    assert word.core_properties.author == edition.facts.contact_name
    assert word.core_properties.modified.date() == edition.facts.data_until
    lang = word.styles.element.find(".//" + qn("w:rPrDefault")).find(".//" + qn("w:lang"))
    assert lang.get(qn("w:val")) == f"{spoken}-FI"
    styles = [paragraph.style.name for paragraph in word.paragraphs]
    assert styles[:2] == ["Title", "Subtitle"]
    levels = [int(name[-1]) for name in styles if name.startswith("Heading")]
    assert set(levels) == {1, 2, 3}
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert len(word.tables) > 20
    for table in word.tables:
        first, *others = table._tbl.tr_lst
        assert first.trPr.find(qn("w:tblHeader")) is not None
        assert all(row.trPr.find(qn("w:tblHeader")) is None for row in others)
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
        assert table._tbl.tblPr.find(qn("w:tblLook")).get(qn("w:firstColumn")) == "1"
    pictures = word.inline_shapes
    assert len(pictures) > 5
    assert all(len(picture._inline.docPr.get("descr")) > 40 for picture in pictures)


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_the_html_needs_nothing_from_outside_and_has_its_landmarks(spoken: str, edition: data.Edition) -> None:
    made = making.report(edition, YEAR, spoken, "html").decode()
    page = lxml.html.fromstring(made)
    assert page.get("lang") == spoken
    assert len(page.findall(".//h1")) == len(page.findall(".//main")) == 1
    assert page.find(".//header") is not None
    for link in page.iterfind(".//nav//a"):
        assert page.get_element_by_id(link.get("href").removeprefix("#")).tag == "h2"
    for table in page.iterfind(".//table"):
        assert table.find("caption").text
        assert {cell.get("scope") for cell in table.iterfind("thead//th")} == {"col"}
        assert {cell.get("scope") for cell in table.iterfind("tbody//th")} == {"row"}
    pictures = page.findall(".//img")
    assert len(pictures) > 5
    assert all(len(picture.get("alt")) > 40 and picture.get("src").startswith("data:") for picture in pictures)
    assert not re.findall(r'(?:src|href)="(?!data:|#)|url\((?!data:)|@import|<script|<link', made)


@pytest.mark.parametrize("file_format", FORMATS)
def test_texts_are_never_read_as_markup(file_format: str, workspace: Path) -> None:
    edition = change(workspace, "UPDATE meta.edition SET contact_name = ?, contact_email = NULL", HOSTILE)
    report = read(making.report(edition, YEAR, "fi", file_format), file_format)
    assert squeezed(HOSTILE[2:]) in report.text


@pytest.mark.parametrize("file_format", FORMATS)
def test_an_invented_town_is_named_so_and_a_real_one_is_not(file_format: str, workspace: Path) -> None:
    notice = squeezed("Esimerkkiaineisto: keksitty kunta. Luvut eivät ole todellisia.")
    assert notice in read(making.report(data.edition_of(workspace), YEAR, "fi", file_format), file_format).text
    data._open.clear()
    edition = change(workspace, "UPDATE meta.edition SET is_example = false")
    assert notice not in read(making.report(edition, YEAR, "fi", file_format), file_format).text


def test_only_years_that_are_over_can_be_reported(edition: data.Edition) -> None:
    assert 2026 in {value.year for value in edition.series("grants_awarded_eur")}
    assert edition.finished_years() == list(range(2025, 2014, -1))


def test_a_sum_of_some_is_no_estimate_and_its_reason_is_told(edition: data.Edition) -> None:
    report = read(making.report(edition, YEAR, "fi", "html"), "html")
    row = next(row for row in report.table("Talkootunnit vuosittain (tuntia)") if row[0] == "2025")
    assert row[1] == "ei arviota"
    assert row[2] == "–"
    assert squeezed("Vain vastanneiden ilmoittama luku, ei arviota koko kentästä: Talkootunnit") in report.text
    assert squeezed("Edellisestä vuodesta kasvoivat: talkootunnit") not in report.text


def test_a_year_without_a_figure_says_so_with_its_reason(workspace: Path) -> None:
    edition = change(
        workspace,
        "UPDATE marts.indicator_values SET value = NULL, reported = NULL, verdict = 'not_usable', "
        "verdict_reason = 'verdict.no_data' WHERE indicator_id = 'grants_awarded_eur' AND period = '2025'",
    )
    report = read(making.report(edition, YEAR, "fi", "html"), "html")
    assert squeezed("Vuodelta 2025 ei ole lukua. Uusin: Myönnetyt avustukset 2024") in report.text
    assert squeezed("Myönnetyt avustukset: Lukua ei ole") in report.text
    row = next(row for row in report.table("Myönnetyt avustukset vuosittain (€)") if row[0] == "2025")
    assert row[1] == "ei tietoa"


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_town_that_has_delivered_its_register_only_gets_a_report(file_format: str, workspace: Path) -> None:
    for table in ("meta.council_terms", "meta.revisions", "meta.series_breaks", "quality.checks"):
        change(workspace, f"DELETE FROM {table}")
        data._open.clear()
    change(workspace, "DELETE FROM marts.grant_reconciliation")
    data._open.clear()
    edition = change(workspace, "DELETE FROM marts.indicator_values WHERE indicator_id <> 'registered_associations'")
    report = read(making.report(edition, YEAR, "fi", file_format), file_format)
    for sentence in (
        "Mikään asetusten valtuustokausi ei kata vuotta 2025",
        "Vuodelta 2025 ei ole lukua: Talkootunnit",
        "Vuodelta 2025 ei ole verrattavaa: ei kirjanpitoa eikä maksettuja avustuksia",
        "Tässä julkaisussa mikään aiempi luku ei ole muuttunut",
    ):
        assert squeezed(sentence) in report.text


def test_revisions_stand_with_their_cause(edition: data.Edition) -> None:
    table = read(making.report(edition, YEAR, "fi", "html"), "html").table("Tarkistetut koko kunnan luvut")
    assert len(table) == 2
    assert table[1][:2] == ["Myönnetyt avustukset", "2024"]
    assert table[1][2] == "123\u00a0456"


def test_the_language_is_of_the_block_only() -> None:
    with speaking("sv"):
        assert language() == "sv"
        with speaking("en"):
            assert language() == "en"
        assert language() == "sv"
    assert language() == "fi"


def test_a_chart_of_figures_that_stand_still_has_an_axis(edition: data.Edition) -> None:
    card = edition.indicators["city_events"]
    drawn = lxml.html.fromstring(trend(edition, card, edition.series("city_events")))
    marks = [text.text for text in drawn.iter("text") if text.get("text-anchor") == "end"]
    assert marks[0] == "0"
    assert float(marks[-1]) >= 14
    assert len(drawn.findall(".//circle")) == 8


@pytest.mark.parametrize(
    ("rows", "wider"),
    [
        ((("a", "1"), ("b", "22")), 0),
        ((("a", "b" * 60), ("a", "b")), 1),
        (((f"{'n' * 20}\u00a0{'n' * 20}", "b"),), 0),
    ],
)
def test_columns_are_as_wide_as_their_words(rows: tuple[tuple[str, ...], ...], wider: int) -> None:
    widths = Table("caption", ("first", "x"), rows).widths
    assert min(widths) >= 7
    assert widths[wider] == max(widths)


def test_the_page_offers_every_file_and_shows_the_chapter(workspace: Path, app: AppTest) -> None:
    words = opened(app, "report", vuosi="2024")
    assert "Kaupungin ja järjestöjen yhteistyö 2024" in words
    assert f"{AWARDED[2024]:,.0f}".replace(",", "\u00a0") in words
    assert [button.label for button in app.get("download_button")] == [
        f"{file_format} {spoken}"
        for spoken in ("suomeksi", "ruotsiksi", "englanniksi")
        for file_format in ("PDF", "DOCX", "HTML")
    ]


def test_an_unknown_year_of_the_address_gets_a_sentence(workspace: Path, app: AppTest) -> None:
    words = opened(app, "report", vuosi="1999")
    assert "1999" in words
    assert "Näytetään sen sijaan 2025" in words


def test_without_a_finished_year_the_page_says_when_there_will_be_one(workspace: Path, app: AppTest) -> None:
    change(workspace, "UPDATE marts.indicator_values SET status = 'preliminary'")
    assert "Raportti voidaan tehdä, kun jokin päättynyt vuosi" in opened(app, "report")
    assert not app.get("download_button")
