"""The feedback as a workbook and as a page: complete, marked in the right cells, and nothing in it runs."""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import fastexcel
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import cli, contracts, feedback_files
from pipelines.checking import Checked, check_file
from pipelines.contract_model import Text
from pipelines.raw_table import RawTable, Refused, refused

HEADER = "Vuosi;Yhdistys;Y-tunnus;Jäsenmäärä;Talkootunnit;Tapahtumat;Yhteiset tapahtumat;Kehittämisehdotus\n"
ROWS = (
    '2024;Kuviteltu Latu ry;9123457-3;120;850,5;12;3;=HYPERLINK("http://example.invalid")\n'
    "2024;<script>alert(1)</script> & ry;;-5;paljon;1;3;@SUM(A1)\n"
    "2024;;;10;20;1;1;+358 40\n"
    "2024;Kuviteltu Kiekko ry;;10;20;1;1;ok;liikaa\n"
)
INJECTIONS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "=cmd|' /C calc'!A0"]
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def checked(folder: Path, text: str, name: str = "ilmoitukset.csv") -> Checked:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return check_file(file, "association_returns", None)


def sheets(content: bytes) -> dict[str, list[list[str | None]]]:
    book = fastexcel.read_excel(content)
    found = {}
    for name in book.sheet_names:
        sheet = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
        found[name] = [list(row) for row in sheet.to_polars().rows()]
    return found


def part(content: bytes, path: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return packed.read(path).decode()


def comments(content: bytes, number: int = 1) -> dict[str, str]:
    """Return the comments of a sheet by cell; without any the workbook has no such part."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if f"xl/comments{number}.xml" not in packed.namelist():
            return {}
        tree = ElementTree.fromstring(packed.read(f"xl/comments{number}.xml"))
    return {
        str(comment.get("ref")): "".join(text.text or "" for text in comment.iter(f"{MAIN}t"))
        for comment in tree.iter(f"{MAIN}comment")
    }


def fills(content: bytes, sheet: int) -> dict[str, str]:
    """Return the colour of each cell of a sheet that has one."""
    styles = ElementTree.fromstring(part(content, "xl/styles.xml"))
    colours = [fill.find(f"{MAIN}patternFill/{MAIN}fgColor") for fill in styles.find(f"{MAIN}fills") or []]
    formats = [int(str(item.get("fillId"))) for item in styles.find(f"{MAIN}cellXfs") or []]
    cells = ElementTree.fromstring(part(content, f"xl/worksheets/sheet{sheet}.xml")).iter(f"{MAIN}c")
    found = {}
    for cell in cells:
        colour = colours[formats[int(cell.get("s", "0"))]]
        if colour is not None:
            found[str(cell.get("r"))] = str(colour.get("rgb"))
    return found


class Page(HTMLParser):
    """Collects the elements of a page and the text of each."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.texts.append(data)

    @property
    def tags(self) -> list[str]:
        return [tag for tag, _ in self.elements]

    @property
    def said(self) -> str:
        return " ".join(" ".join(self.texts).split())


def test_the_first_sheet_says_what_how_many_why_where_and_what_to_do(tmp_path: Path) -> None:
    outcome = checked(tmp_path, HEADER + ROWS)
    summary = sheets(feedback_files.workbook("ilmoitukset.csv", outcome, "fi"))["Palaute"]
    said = [[cell for cell in row if cell] for row in summary]
    assert said[0] == ["Palaute tiedostosta ilmoitukset.csv"]
    assert ["ilmoitukset.csv: 4 riviä luettu = 1 otettu mukaan + 3 karanteenissa."] in said
    assert ["Mitä", "Vakavuus", "Kuinka moni", "Miksi sillä on väliä", "Missä", "Mitä tehdä"] in said
    hours = next(row for row in said if row and row[0] == "Sarakkeessa Talkootunnit ei ole luku.")
    assert hours[2:5] == [
        "1/4 riviä",
        "Väärässä muodossa olevaa tietoa ei voi laskea mukaan eikä yhdistää muihin tietoihin.",
        "rivi 3 (paljon)",
    ]
    assert hours[5].startswith("Anna luku numeroina")
    assert len(said[-len(outcome.notes) :]) == len(outcome.notes) == 5


def test_faulty_cells_are_marked_at_their_own_rows_with_the_sentence(tmp_path: Path) -> None:
    content = feedback_files.workbook("ilmoitukset.csv", checked(tmp_path, HEADER + ROWS), "fi")
    copy = sheets(content)["Tiedot"]
    assert copy[0] == HEADER.rstrip("\n").split(";")
    assert copy[2][3] == "'-5"
    noted = comments(content)
    assert noted["D3"].startswith("Jäsenmäärä on negatiivinen luku. Korjaa luku.")
    assert noted["E3"].startswith("Sarakkeessa Talkootunnit ei ole luku.")
    assert noted["A3"].startswith("Yhteisiä tapahtumia on enemmän")
    assert noted["B4"].startswith("Pakollinen tieto puuttuu: Yhdistys.")
    assert noted["A5"].startswith("Rivillä on eri määrä soluja")
    assert set(noted) == {"D3", "E3", "A3", "B4", "A5"}
    filled = fills(content, 2)
    error, warning = "FFF6C9C5", "FFFFE7A8"
    assert (filled["D3"], filled["E3"], filled["A3"], filled["B4"], filled["A5"]) == (
        error,
        error,
        warning,
        error,
        error,
    )
    assert not any(cell.endswith("2") for cell in filled)


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_every_language_says_everything(language: str, tmp_path: Path) -> None:
    outcome = checked(tmp_path, HEADER + ROWS)
    summary = "\n".join(
        cell
        for row in next(iter(sheets(feedback_files.workbook("a.csv", outcome, language)).values()))
        for cell in row
        if cell
    )
    page = Page(feedback_files.page("a.csv", outcome, language))
    assert page.elements[0] == ("html", {"lang": language})
    for note in outcome.notes:
        for said in (note.rule.message[language], note.why(language), note.rule.remedy[language]):
            assert said in summary
            assert " ".join(said.split()) in page.said
    assert "{" not in summary + page.said


def test_every_dimension_of_a_rule_says_why_it_matters() -> None:
    for source in contracts.sources().values():
        for rule in source.rules:
            assert f"rule.why.{rule.dimension}" in contracts.messages(), rule.id


@pytest.mark.parametrize("text", INJECTIONS)
def test_no_text_of_the_file_becomes_a_formula(text: str, tmp_path: Path) -> None:
    quoted = text.replace('"', '""')
    outcome = checked(tmp_path, HEADER + f'2024;"{quoted}";;x;10;1;0;"{quoted}"\n')
    content = feedback_files.workbook(f"{text}.csv", outcome, "fi")
    copy = sheets(content)["Tiedot"]
    assert (copy[1][1], copy[1][7]) == (f"'{text}", f"'{text}")
    for number in (1, 2):
        xml = part(content, f"xl/worksheets/sheet{number}.xml")
        assert "<f>" not in xml
        assert "<f " not in xml
    for cell in re.findall(r"<t[^>]*>([^<]*)</t>", part(content, "xl/sharedStrings.xml")):
        assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝"))


def test_a_number_stays_a_number_and_identifiers_stay_text(tmp_path: Path) -> None:
    content = feedback_files.workbook("a.csv", checked(tmp_path, HEADER + ROWS), "fi")
    xml = part(content, "xl/worksheets/sheet2.xml")
    assert re.search(r'<c r="E2"[^>]*><v>850.5</v>', xml)
    assert re.search(r'<c r="C2"[^>]*t="s"', xml)


def test_a_clean_copy_passes_the_check_with_every_row(tmp_path: Path) -> None:
    text = HEADER + "2024;Kuviteltu Latu ry;9123457-3;120;850,5;12;3;ei\n\n2024;Kuviteltu Kiekko ry;;10;20;1;1;ok\n"
    content = feedback_files.workbook("a.csv", checked(tmp_path, text), "fi")
    assert "Tiedosto on kunnossa." in str(sheets(content)["Palaute"])
    assert comments(content) == {}
    copy = tmp_path / "kopio.xlsx"
    copy.write_bytes(content)
    again = check_file(copy, "association_returns", None)
    assert (again.rows, again.notes) == ({"read": 2, "staged": 2, "quarantined": 0}, ())
    assert again.tables[0].lines == [2, 4]


def test_a_copy_with_faults_is_not_taken_for_a_mended_file(tmp_path: Path) -> None:
    outcome = checked(tmp_path, HEADER + ROWS)
    copy = tmp_path / "kopio.xlsx"
    copy.write_bytes(feedback_files.workbook("a.csv", outcome, "fi"))
    assert check_file(copy, "association_returns", None).rows == outcome.rows


def test_titles_and_totals_are_copied_and_sheets_keep_their_names() -> None:
    columns = {"year": 0, "association_name": 1}
    tables = tuple(
        RawTable(name, ("Vuosi", "Yhdistys"), 2, [3], [["2024", "Kuviteltu Latu ry"]], [(1, ["Otsake"])], columns)
        for name in ("Palaute", "Vuosi/2024", "x" * 40, "")
    )
    outcome = Checked("a.xlsx", "association_returns", {"read": 4, "staged": 4, "quarantined": 0}, (), tables)
    found = sheets(feedback_files.workbook("a.xlsx", outcome, "fi"))
    assert list(found) == ["Palaute", "Palaute 2", "Vuosi 2024", "x" * 31, "Tiedot"]
    assert found["Palaute 2"] == [["Otsake", None], ["Vuosi", "Yhdistys"], ["2024", "Kuviteltu Latu ry"]]


def test_records_of_json_go_below_a_header_row() -> None:
    table = RawTable("", ("Vuosi", "Yhdistys"), 0, [1, 2], [["2024", "a"], ["2024", "b"]], [], {"year": 0})
    outcome = Checked("a.json", "association_returns", {"read": 2, "staged": 2, "quarantined": 0}, (), (table,))
    copy = sheets(feedback_files.workbook("a.json", outcome, "fi"))["Tiedot"]
    assert [row[1] for row in copy] == ["Yhdistys", "a", "b"]


def test_a_table_longer_than_a_sheet_is_told() -> None:
    table = RawTable("", ("Vuosi",), 1, [feedback_files.ROWS_OF_A_SHEET], [["2024"]], [], {"year": 0})
    outcome = Checked("a.csv", "association_returns", {"read": 1, "staged": 1, "quarantined": 0}, (), (table,))
    with pytest.raises(Refused, match="HTML"):
        feedback_files.workbook("a.csv", outcome, "fi")


def test_only_so_many_cells_get_a_comment_and_the_sheet_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feedback_files, "COMMENTS", 3)
    content = feedback_files.workbook("a.csv", checked(tmp_path, HEADER + "2024;a;;x;;;;\n" * 5), "fi")
    assert len(comments(content)) == 3
    assert "3 ensimmäisessä solussa" in str(sheets(content)["Palaute"])
    assert sum(colour == "FFF6C9C5" for colour in fills(content, 2).values()) >= 5


def test_the_page_is_whole_and_asks_nothing_from_anywhere(tmp_path: Path) -> None:
    outcome = checked(tmp_path, HEADER + ROWS)
    text = feedback_files.page("ilmoitukset.csv", outcome, "fi")
    page = Page(text)
    assert page.open == []
    assert page.elements[0] == ("html", {"lang": "fi"})
    assert page.tags.count("h1") == 1
    assert [tag for tag in page.tags if re.fullmatch(r"h\d", tag)] == ["h1", "h2", *["h3"] * len(outcome.notes)]
    assert page.tags.count("caption") == page.tags.count("table") == len(outcome.notes) + 1
    assert {item.get("scope") for tag, item in page.elements if tag == "th"} == {"row", "col"}
    assert not {"script", "link", "img", "iframe", "a", "form"} & set(page.tags)
    assert not {"src", "href"} & {name for _, item in page.elements for name in item}
    assert "url(" not in text
    assert "Luettu 4 Otettu mukaan 1 Karanteenissa 3" in page.said


def test_what_a_file_holds_is_shown_and_not_run(tmp_path: Path) -> None:
    text = HEADER + '2024;a;;<img src=x onerror=alert(1)>;"""><script>alert(1)</script>";;;\n'
    page = Page(feedback_files.page("<script>x</script>.csv", checked(tmp_path, text), "fi"))
    assert not {"script", "img"} & set(page.tags)
    assert '"><script>alert(1)</script>' in page.said
    assert "Palaute tiedostosta <script>x</script>.csv" in page.said


def test_the_page_names_many_places_and_counts_the_rest(tmp_path: Path) -> None:
    page = Page(feedback_files.page("a.csv", checked(tmp_path, HEADER + "2024;a;;x;;;;\n" * 130), "fi"))
    assert page.tags.count("tr") == 3 + 1 + feedback_files.PLACES_ON_PAGE  # counts, a head, places
    assert "Lisäksi 30 muuta kohtaa." in page.said


def test_an_unreadable_file_is_told_in_both_formats() -> None:
    reason = refused("refusal.empty")
    assert reason.text.fi in Page(feedback_files.page("a.csv", reason, "fi")).said
    assert sheets(feedback_files.workbook("a.csv", reason, "en")) == {
        "Feedback": [["Feedback on the file a.csv"], [reason.text.en]]
    }


def test_a_clean_file_gets_a_page_that_says_so(tmp_path: Path) -> None:
    page = Page(feedback_files.page("a.csv", checked(tmp_path, HEADER + "2024;Kuviteltu ry;;;;;;\n"), "sv"))
    assert "Filen är i ordning." in page.said
    assert page.tags.count("table") == 1


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=5), CELLS)
def test_any_cells_make_a_workbook_and_a_page(rows: list[list[str]], name: str) -> None:
    table = RawTable(
        "", ("Vuosi", "Yhdistys"), 1, list(range(2, len(rows) + 2)), [[*row] for row in rows], [], {"year": 0}
    )
    outcome = Checked(name, "association_returns", {"read": len(rows), "staged": 0, "quarantined": 0}, (), (table,))
    content = feedback_files.workbook(name, outcome, "fi")
    assert "<f>" not in part(content, "xl/worksheets/sheet2.xml")
    fastexcel.read_excel(content)
    Page(feedback_files.page(name, outcome, "fi"))


# --- the command


def command(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["yhteispeli", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    return int(str(stopped.value.code))


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    file = tmp_path / "ilmoitukset.csv"
    file.write_text(HEADER + ROWS, encoding="utf-8")
    return file


@pytest.mark.parametrize("name", ["palaute.xlsx", "palaute.HTML"])
def test_check_writes_the_feedback(
    name: str, faulty: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    report = faulty.parent / name
    assert command(monkeypatch, "check", faulty, "--report", report) == 1
    said = capsys.readouterr().out
    assert f"Palaute on kirjoitettu: {report}" in said
    assert report.stat().st_size > 1000


def test_check_answers_in_english(
    faulty: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    report = faulty.parent / "feedback.html"
    assert command(monkeypatch, "check", faulty, "--lang", "en", "--report", report) == 1
    said = capsys.readouterr().out
    assert "4 rows read = 1 taken in + 3 in quarantine." in said
    assert "riviä" not in said
    assert '<html lang="en">' in report.read_text(encoding="utf-8")
    assert command(monkeypatch, "check", faulty, "--lang", "en", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert "The number of members is a negative number." in {note["message"] for note in told["notes"]}
    assert all(note["why"].endswith(".") for note in told["notes"])


def test_an_unreadable_file_gets_its_feedback_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tyhja.csv").write_text(" \n", encoding="utf-8")
    report = tmp_path / "palaute.html"
    assert command(monkeypatch, "check", tmp_path / "tyhja.csv", "--report", report) == 2
    assert "Tiedosto on tyhjä." in capsys.readouterr().err
    assert "Tiedosto on tyhjä." in report.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("palaute.pdf", "feedback.unknown_format"),
        ("puuttuu/palaute.html", "feedback.not_written"),
        ("ilmoitukset.xlsx", "feedback.same_file"),
    ],
)
def test_a_report_that_can_t_be_written_is_told_in_one_sentence(
    name: str, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "ilmoitukset.xlsx"
    file.write_text(HEADER + ROWS, encoding="utf-8")
    before = file.read_bytes()
    report = tmp_path / name
    assert command(monkeypatch, "check", file, "--source", "association_returns", "--report", report) == 2
    told = capsys.readouterr()
    expected: Text = contracts.message(key, path=report)
    assert (told.out, told.err.strip()) == ("", expected.fi)
    assert file.read_bytes() == before
