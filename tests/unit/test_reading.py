"""Files of text and workbooks: what is read, what is refused, and that no line is lost."""

import csv
import io
import random
import struct
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import contracts, reading_archives
from pipelines.contract_model import SourceContract
from pipelines.reading import RawTable, Refused, read_file, recognise_source

CASES = yaml.safe_load((Path(__file__).parent.parent / "cases" / "reading.yaml").read_text(encoding="utf-8"))
CONTROLS = ("Vuosi", "Toimielin", "Tili", "Toteuma")
MEMBERS = ("Kattojärjestö", "Jäsenjärjestö", "Alkaen")
FINNISH = "abcdefghijklmnopqrstuvwxyzåäöABCÅÄÖ0123456789 ;,|\t\"'.-()\n\r"
ODS_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def source(name: str) -> SourceContract:
    return contracts.sources()[name]


def xlsx(**sheets: Sequence[Any]) -> bytes:
    """Write a workbook; None leaves a cell out."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"default_date_format": "d.m.yyyy"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(rows):
                for place, cell in enumerate(cells):
                    if cell is not None:
                        sheet.write(row, place, cell)
    return file.getvalue()


def archive(members: Mapping[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return file.getvalue()


def ods(rows: str, manifest: str = "<manifest/>") -> bytes:
    """Write an OpenDocument spreadsheet with one sheet of the given XML rows."""
    content = (
        f'<office:document-content {ODS_NAMES}><office:body><office:spreadsheet><table:table table:name="T">{rows}'
    )
    content += "</table:table></office:spreadsheet></office:body></office:document-content>"
    mimetype = "application/vnd.oasis.opendocument.spreadsheet"
    return archive({"mimetype": mimetype, "content.xml": content, "META-INF/manifest.xml": manifest})


def ods_row(*cells: str, repeated: int = 1) -> str:
    written = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
        if cell
        else "<table:table-cell/>"
        for cell in cells
    )
    return f'<table:table-row table:number-rows-repeated="{repeated}">{written}</table:table-row>'


def refusal(content: bytes, name: str = "a.csv", of: str = "grant_controls") -> str:
    with pytest.raises(Refused) as refused:
        read_file(content, name, source(of))
    text = refused.value.text
    assert text.sv
    assert text.en
    return text.fi


@pytest.mark.parametrize("case", CASES["tables"], ids=lambda case: case["name"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "cp1252"])
def test_table(case: dict[str, Any], encoding: str) -> None:
    mark = "\ufeff" if encoding.startswith("utf-16") else ""
    try:
        content = (mark + case["text"]).encode(encoding)
    except UnicodeEncodeError:
        pytest.skip("the case has letters that cp1252 lacks")
    (table,) = read_file(content, "a.csv", source(case["source"]))
    assert table.rows == case["rows"]
    assert table.lines == case["lines"]
    assert [line for line, _ in table.outside] == case.get("outside", [])


@pytest.mark.parametrize("case", CASES["refusals"], ids=lambda case: case["name"])
def test_refusal(case: dict[str, Any]) -> None:
    assert refusal(case["text"].encode(), case.get("file", "a.csv")).startswith(case["says"])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\x89PNG\r\n\x1a\n0000", "Tiedosto on kuva"),
        (b"\xff\xd8\xff\xe0JFIF", "Tiedosto on kuva"),
        (b"GIF89a", "Tiedosto on kuva"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "Tiedosto on salattu tai vanhaa Excel-muotoa"),
        (b"\x1f\x8b\x08\x00", "Tiedosto on pakattu"),
        (b"PK\x03\x04 broken", "Tiedosto on vioittunut"),
        (b"PK\x05\x06" + bytes(18), "Tiedosto on pakattu"),
        (bytes(range(256)) * 8, "Tiedostoa ei voi lukea taulukkona"),
        (bytes(1000), "Tiedostoa ei voi lukea taulukkona"),
    ],
)
def test_files_that_are_no_tables(content: bytes, says: str) -> None:
    assert refusal(content).startswith(says)


def test_columns_are_found_by_any_accepted_header() -> None:
    (table,) = read_file(b"tilinumero;Summa;x;LAUTAKUNTA;tilivuosi\n4742;1;;a;2024\n", "", source("grant_controls"))
    assert table.header == ("tilinumero", "Summa", "x", "LAUTAKUNTA", "tilivuosi")
    assert table.header_line == 1
    assert table.columns == {"account": 0, "booked_eur": 1, "granting_body": 3, "year": 4}


def test_outside_rows_keep_their_cells() -> None:
    text = "Kirjanpito;\nVuosi;Toimielin;Tili;Toteuma\n2024;a;b;1\nYhteensä;;;1\n"
    (table,) = read_file(text.encode(), "a.csv", source("grant_controls"))
    assert table.outside == [(1, ["Kirjanpito", None]), (4, ["Yhteensä", None, None, "1"])]


def test_header_far_below_is_found_and_farther_is_not() -> None:
    table = "Vuosi;Toimielin;Tili;Toteuma\n2024;a;b;1\n"
    (read,) = read_file(("otsake\n\n" * 49 + table).encode(), "a.csv", source("grant_controls"))
    assert read.header_line == 99
    assert refusal(("otsake\n" * 50 + table).encode()).startswith("Otsikkoriviä ei löydy")


def test_a_broken_byte_does_not_spoil_a_utf8_file() -> None:
    content = "Kattojärjestö;Jäsenjärjestö;Alkaen\nK;Äänekosken ry;1.1.2016\nK;".encode() + b"H\xe4me ry;1.1.2016\n"
    (table,) = read_file(content, "a.csv", source("umbrella_members"))
    assert [row[1] for row in table.rows] == ["Äänekosken ry", "Häme ry"]


def test_cp1252_letters_that_look_like_utf8_stay_themselves() -> None:
    """`Ö` and a no-break space are two bytes that UTF-8 would take for one letter."""
    content = "Kattojärjestö;Jäsenjärjestö;Alkaen\nK;TYÖ\u00a0RY;1.1.2016\n".encode("cp1252")
    (table,) = read_file(content, "a.csv", source("umbrella_members"))
    assert table.rows == [["K", "TYÖ\u00a0RY", "1.1.2016"]]


def test_a_stray_mark_before_a_long_file_costs_one_line() -> None:
    rows = [f"K;Yhdistys {number} ry;1.1.2016" for number in range(3000)]
    rows[10] = 'K;"Yhdistys ry;1.1.2016'
    text = ";".join(MEMBERS) + "\n" + "\n".join(rows)
    (table,) = read_file(text.encode(), "a.csv", source("umbrella_members"))
    assert len(table.rows) == 3000
    assert table.rows[10] == ["K", '"Yhdistys ry', "1.1.2016"]
    assert table.rows[11] == ["K", "Yhdistys 11 ry", "1.1.2016"]


# Workbooks


def test_cells_of_a_workbook_are_text() -> None:
    rows = [
        [*CONTROLS, "x"],
        [2024, "Liikuntatoimi", 4742, 70000.5, date(2024, 3, 14)],
        [2024, " a ", "04742", -0.1, datetime.fromisoformat("2024-03-14T12:30")],
        [2024, True, 4742.0, 12345678.91, None],
    ]
    (table,) = read_file(xlsx(Tiedot=rows), "a.xlsx", source("grant_controls"))
    assert table.sheet == "Tiedot"
    assert table.rows == [
        ["2024", "Liikuntatoimi", "4742", "70000.5", "2024-03-14"],
        ["2024", " a ", "04742", "-0.1", "2024-03-14 12:30:00"],
        ["2024", "true", "4742", "12345678.91", None],
    ]


def test_rows_of_a_sheet_keep_their_real_numbers_and_the_width_of_the_header() -> None:
    rows = [
        [],
        [],
        [None, "Kirjanpito"],
        [],
        [None, *CONTROLS, "Huom"],
        [],
        [None, 2024, "a", 4742, 1],
        [],
        [None, "Summa"],
    ]
    (table,) = read_file(xlsx(A=rows), "a.xlsx", source("grant_controls"))
    assert table.header_line == 5
    assert table.lines == [7]
    assert {len(cells) for cells in table.rows} == {len(table.header)}
    assert [line for line, _ in table.outside] == [3, 9]


def test_a_broken_formula_is_not_lost() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, CONTROLS)
        sheet.write_row(1, 0, [2024, "a", 4742])
        sheet.write_formula(1, 3, "=1/0", None, "#DIV/0!")
        sheet.write_row(2, 0, [2024, "a", 4742])
        sheet.write_formula(2, 3, "=D1+1", None, 12.5)
    (table,) = read_file(file.getvalue(), "a.xlsx", source("grant_controls"))
    assert [row[3] for row in table.rows] == ["#DIV/0!", "12.5"]


def test_every_sheet_with_a_header_is_a_table() -> None:
    content = xlsx(
        Ohje=[["Täytä"], ["Vuosi", "pakollinen"]],
        V2023=[CONTROLS, [2023, "a", 4742, 1]],
        Yhteenveto=[["Toimielin", "Yhteensä"], ["a", 1]],
        V2024=[CONTROLS, [2024, "a", 4742, 2]],
    )
    tables = read_file(content, "a.xlsx", source("grant_controls"))
    assert [(table.sheet, table.rows[0][0]) for table in tables] == [("V2023", "2023"), ("V2024", "2024")]


def test_a_sheet_that_lacks_a_column_refuses_the_workbook() -> None:
    content = xlsx(V2023=[CONTROLS, [2023, "a", 4742, 1]], V2024=[CONTROLS[:3], [2024, "a", 4742]])
    assert refusal(content) == "Välilehdeltä V2024 puuttuu sarakkeita: Toteuma. Lisää ne otsikkoriville 1."


@pytest.mark.parametrize(
    ("sheets", "says"),
    [
        ({"A": []}, "Otsikkoriviä ei löydy"),
        ({"A": [["Vuosi"]]}, "Otsikkoriviä ei löydy"),
        ({"A": [CONTROLS], "B": [CONTROLS]}, "Otsikkorivin 1 alla"),
        ({"A": [["Tili", "Summa"], [1, 2]]}, "Välilehdeltä A puuttuu sarakkeita: Vuosi, Toimielin."),
    ],
)
def test_workbooks_without_a_table(sheets: dict[str, Any], says: str) -> None:
    assert refusal(xlsx(**sheets)).startswith(says)


def test_opendocument_rows_keep_their_real_numbers() -> None:
    rows = [
        ods_row("", repeated=3),
        ods_row("", *CONTROLS),
        '<table:table-row><table:table-cell/><table:table-cell office:value-type="float" office:value="2024"/>'
        '<table:table-cell office:value-type="date" office:date-value="2024-03-14"/>'
        '<table:table-cell office:value-type="float" office:value="4742"/>'
        '<table:table-cell office:value-type="currency" office:value="12.5"/></table:table-row>',
        ods_row("", repeated=1_000_000),
    ]
    (table,) = read_file(ods("".join(rows)), "a.ods", source("grant_controls"))
    assert (table.header_line, table.lines) == (4, [5])
    assert table.rows == [["2024", "2024-03-14", "4742", "12.5"]]


def test_content_decides_and_not_the_name() -> None:
    content = xlsx(A=[CONTROLS, [2024, "a", 4742, 1]])
    assert read_file(content, "a.csv", source("grant_controls"))[0].sheet == "A"
    assert "JSON" in refusal(b"Vuosi;Alue\n2024;KU998\n", "a.json", "population")
    assert "ei ota vastaan tätä tiedostomuotoa" in refusal(b'{"dimension": 1}', "a.csv")
    brackets = b"[Kirjanpito]\nVuosi;Toimielin;Tili;Toteuma\n2024;a;4742;1\n"
    assert read_file(brackets, "a.csv", source("grant_controls"))[0].lines == [3]


def test_archives_that_are_no_workbooks() -> None:
    assert refusal(archive({"a.csv": "Vuosi;Toimielin;Tili;Toteuma\n2024;a;b;1\n"})).startswith("Tiedosto on pakattu")
    encrypted = ods(ods_row(*CONTROLS), manifest="<manifest><encryption-data/></manifest>")
    assert refusal(encrypted).startswith("Tiedosto on salattu")
    workbook = bytearray(xlsx(A=[CONTROLS]))
    for place in (workbook.find(b"PK\x01\x02") + 8, 6):
        workbook[place] |= 1
    assert refusal(bytes(workbook)).startswith("Tiedosto on salattu")


def test_a_workbook_that_is_not_what_it_says() -> None:
    broken = {"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook>", "xl/worksheets/sheet1.xml": "<x"}
    assert refusal(archive(broken)).startswith("Tiedosto on vioittunut")


@pytest.mark.parametrize(
    "part",
    [
        '<?xml version="1.0"?><worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row ',
        '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>',
        '<?xml version="1.0" encoding="UTF-9"?><worksheet/>',
    ],
)
def test_a_workbook_with_a_broken_part_is_refused(part: str) -> None:
    """The reader of workbooks would never return from the first of them."""
    with zipfile.ZipFile(io.BytesIO(xlsx(A=[CONTROLS]))) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    content = archive({**members, "xl/worksheets/sheet1.xml": part})
    assert refusal(content).startswith("Tiedosto on vioittunut")


def test_bombs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    zeros = {"[Content_Types].xml": "<Types/>", "xl/workbook.xml": bytes(60 * 1024 * 1024)}
    bomb = archive(zeros)
    assert refusal(bomb).startswith("Tiedosto on liian suuri: avattuna 60 Mt")
    lying = bytearray(bomb)
    place = lying.rfind(b"PK\x01\x02") + 24
    lying[place : place + 4] = struct.pack("<I", 1000)
    assert refusal(bytes(lying)).startswith("Tiedosto on vioittunut")
    monkeypatch.setattr(reading_archives, "MAX_UNPACKED", 1000)
    assert refusal(xlsx(A=[CONTROLS])).startswith("Tiedosto on liian suuri: avattuna")


def test_far_cells_are_refused_before_they_fill_the_memory() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, CONTROLS)
        sheet.write(1_048_575, 16_383, "x")
    assert refusal(file.getvalue()).startswith("Taulukossa on liian monta solua: 17179869184")
    wide = '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16000"/>'
    rows = f'{ods_row(*CONTROLS)}<table:table-row table:number-rows-repeated="1000000">{wide}</table:table-row>'
    assert refusal(ods(rows)).startswith("Taulukossa on liian monta solua: 16000016000")


def test_a_style_on_a_far_cell_is_no_content() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, CONTROLS)
        sheet.write_row(1, 0, [2024, "a", 4742, 1])
        sheet.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))
    assert len(read_file(file.getvalue(), "a.xlsx", source("grant_controls"))[0].rows) == 1


def test_a_file_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.reading.MAX_FILE", 1024 * 1024)
    assert refusal(b"x" * (2 * 1024 * 1024)) == "Tiedosto on liian suuri: 2 Mt, raja on 1 Mt. Jaa se osiin."


# Which source


@pytest.mark.parametrize("name", [name for name, item in contracts.sources().items() if "csv" in item.formats])
def test_a_source_is_recognised_by_its_headers(name: str) -> None:
    headers = [column.header for column in source(name).columns]
    assert recognise_source((";".join(headers) + "\n").encode(), "tuntematon.csv").name == name
    assert recognise_source(xlsx(A=[["otsake"], headers]), "tuntematon").name == name


def test_a_ledger_with_a_year_is_still_a_ledger() -> None:
    headers = "Vuosi;Yhdistys;Toimielin;Avustuslaji;Myönnetty;Päätöspäivä;Tili\n"
    assert recognise_source(headers.encode(), "a.csv").name == "grant_ledger"


@pytest.mark.parametrize("text", ["a;b;c\n1;2;3\n", "Y-tunnus;Nimi\n", "Nimi\n", '{"a": 1}', "[]"])
def test_an_unknown_file_is_not_guessed(text: str) -> None:
    with pytest.raises(Refused) as refused:
        recognise_source(text.encode(), "a")
    assert refused.value.text.fi.startswith("Tiedostosta ei tunnisteta, mitä lähdettä se on.")


# Whatever comes


def survives(content: bytes, of: str) -> list[RawTable]:
    """Read whatever the bytes are; only a refusal may be raised."""
    try:
        tables = read_file(content, "a.csv", source(of))
    except Refused:
        return []
    assert all(len(table.rows) == len(table.lines) for table in tables)
    return tables


CELL = st.text(FINNISH.replace("\n", "").replace("\r", ""), max_size=12) | st.text("aÄ 1\"'\n\r", max_size=12)
"""Any text on one line, or text over lines; separators on several lines of one cell would look like rows of their own."""


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.tuples(CELL, CELL, CELL, CELL), max_size=8),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    separator=st.sampled_from(";,\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_rows_written_are_rows_read(rows: list[tuple[str, ...]], encoding: str, separator: str, quoting: Any) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, quoting=quoting)
    writer.writerow(CONTROLS)
    marked = [(f"r{number}", *cells[1:]) for number, cells in enumerate(rows)]
    writer.writerows(marked)
    tables = survives(text.getvalue().encode(encoding), "grant_controls")
    read = [row for table in tables for row in table.rows]
    assert [row[0] for row in read] == [row[0] for row in marked]
    assert read == [[cell or None for cell in row] for row in marked]


@settings(max_examples=150, deadline=None)
@given(st.text(FINNISH, max_size=200))
def test_no_line_is_swallowed_by_any_text(text: str) -> None:
    """Whatever stands on a line, the marked rows after it are all there."""
    good = [["K", f"Yhdistys {number} ry", "1.1.2016"] for number in range(3)]
    below = "\n".join(";".join(row) for row in good)
    line = text.replace("\n", " ").replace("\r", " ")
    (table,) = survives(f"{';'.join(MEMBERS)}\n{line}\n{below}\n".encode(), "umbrella_members")
    assert table.rows[-3:] == good


def mutations(content: bytes, count: int, seed: int) -> list[bytes]:
    """Flip, cut, double and drop random bytes."""
    chance = random.Random(seed)
    found = []
    for _ in range(count):
        changed = bytearray(content)
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(changed))
            match chance.randrange(4):
                case 0:
                    changed[place] = chance.randrange(256)
                case 1 if place:
                    del changed[place:]
                case 2:
                    changed[place:place] = bytes(chance.randrange(256) for _ in range(3))
                case _ if len(changed) > 10:
                    del changed[place : place + 5]
        found.append(bytes(changed))
    return found


def test_damaged_text_is_refused_or_read() -> None:
    text = "Kirjanpito\nVuosi;Toimielin;Tili;Toteuma\n" + '2024;"Liikunta; toimi";4742;1 234,50\n' * 4
    read = [survives(changed, "grant_controls") for changed in mutations(text.encode(), 300, 1)]
    assert sum(bool(tables) for tables in read) > 100


def test_damaged_workbooks_are_refused_or_read() -> None:
    content = xlsx(A=[CONTROLS, *[[2024, "Liikuntatoimi", 4742, 1.5]] * 5])
    for changed in mutations(content, 150, 2):
        survives(changed, "grant_controls")


def test_workbooks_with_damaged_parts_are_refused_or_read() -> None:
    """The archive is whole here, so the damage gets as far as the reader of the workbook."""
    with zipfile.ZipFile(io.BytesIO(xlsx(A=[CONTROLS, *[[2024, "Liikuntatoimi", 4742, 1.5]] * 5]))) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    read = 0
    for number, name in enumerate(sorted(members)):
        for changed in mutations(members[name], 20, number):
            read += bool(survives(archive({**members, name: changed}, zipfile.ZIP_STORED), "grant_controls"))
    assert read
