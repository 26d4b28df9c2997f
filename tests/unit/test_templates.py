"""Templates: empty they hold no rows, filled in they are read back."""

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from xml.etree import ElementTree

import fastexcel
import pytest
from xlsxwriter.utility import xl_col_to_name

from pipelines import contracts
from pipelines.checking import Checked, check_file
from pipelines.contract_model import SourceContract, fold
from pipelines.reading import Refused, read_file, recognise_source
from pipelines.settings import Settings, parse_settings, read_settings
from pipelines.templates import CHOICE_LISTS, HEADER_ROW, template_sources, write_template

NAMES = [source.name for source in template_sources()]
DATA = "xl/worksheets/sheet1.xml"
EXCEL_BEGINS = datetime(1899, 12, 30, tzinfo=UTC)
EXCEL_LIST_LIMIT = 255
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def settings() -> Settings:
    return read_settings(Path(contracts.__file__).parents[1] / "data_contracts" / "municipalities" / "esimerkkila.toml")


@pytest.fixture(params=NAMES)
def source(request: pytest.FixtureRequest) -> SourceContract:
    return contracts.sources()[request.param]


def template(source: SourceContract, settings: Settings | None, folder: Path) -> bytes:
    file = folder / "pohja.xlsx"
    write_template(source, settings, file)
    return file.read_bytes()


def texts(content: bytes, sheet: int) -> list[list[str | None]]:
    batch = fastexcel.read_excel(content).load_sheet(sheet, header_row=None, dtypes="string").to_arrow()
    return [list(cells) for cells in zip(*(column.to_pylist() for column in batch.columns), strict=True)]


def part(content: bytes, name: str) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return ElementTree.fromstring(packed.read(name))


def fill_in(content: bytes, rows: Sequence[Sequence[str | float | None]]) -> bytes:
    """Write rows under the header of a template, as a spreadsheet does: nothing else of the file changes.

    A number (a date too, as the days that Excel counts) takes the format of its column.
    """
    first = HEADER_ROW + 2
    sheet = part(content, DATA)
    styles = styles_of(sheet)
    written = [
        f'<row r="{number}">{"".join(_cell(number, place, value, styles) for place, value in enumerate(cells))}</row>'
        for number, cells in enumerate(rows, start=first)
    ]
    filled = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(filled, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            if name == DATA:
                text = text.replace(b"</sheetData>", "".join(written).encode() + b"</sheetData>")
            new.writestr(name, text)
    return filled.getvalue()


def styles_of(sheet: ElementTree.Element) -> dict[int, str]:
    """Return the style of each column, 0-based."""
    return {
        place - 1: str(column.get("style"))
        for column in sheet.findall(f".//{MAIN}col")
        for place in range(int(str(column.get("min"))), int(str(column.get("max"))) + 1)
    }


def _cell(row: int, place: int, value: str | float | None, styles: dict[int, str]) -> str:
    where = f'r="{xl_col_to_name(place)}{row}" s="{styles[place]}"'
    if value is None:
        return ""
    if isinstance(value, str):
        return f'<c {where} t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f"<c {where}><v>{value}</v></c>"


def typed(source: SourceContract, example: str, reads: str) -> str | float:
    """Return what Excel keeps when a person types an example into a cell of that format."""
    plain = example.replace("\u00a0", "").replace(" ", "").replace(",", ".")
    if reads in {"money", "integer", "number", "year"}:
        return float(plain)
    if reads == "date":
        return float((datetime.strptime(example, "%d.%m.%Y").replace(tzinfo=UTC) - EXCEL_BEGINS).days)
    if reads == "datetime":
        return (datetime.strptime(example, "%d.%m.%Y %H:%M").replace(tzinfo=UTC) - EXCEL_BEGINS) / timedelta(days=1)
    return example


def checked(content: bytes, source: SourceContract, folder: Path) -> Checked:
    (folder / "municipality.toml").write_text(contracts.municipality_settings("esimerkkila"), encoding="utf-8")
    file = folder / "taytetty.xlsx"
    file.write_bytes(content)
    return check_file(file, None, None)


def test_the_headers_are_those_of_the_contract(source: SourceContract, settings: Settings, tmp_path: Path) -> None:
    content = template(source, settings, tmp_path)
    note, example, headers = texts(content, 0)
    assert headers == [column.header for column in source.columns]
    assert [cell or "" for cell in example] == [column.example for column in source.columns]
    assert "otsikkorivin 3 alle" in str(note[0])
    assert recognise_source(content, "pohja.xlsx") == source


@pytest.mark.parametrize("has_settings", [True, False])
def test_an_empty_template_has_no_rows(
    source: SourceContract, settings: Settings, tmp_path: Path, has_settings: bool
) -> None:
    content = template(source, settings if has_settings else None, tmp_path)
    with pytest.raises(Refused, match="Otsikkorivin 3 alla ei ole yhtään riviä"):
        read_file(content, "pohja.xlsx", source)


def test_a_filled_template_is_read_back(source: SourceContract, settings: Settings, tmp_path: Path) -> None:
    examples = [column.example for column in source.columns]
    (table,) = read_file(fill_in(template(source, settings, tmp_path), [examples]), "pohja.xlsx", source)
    assert table.rows == [[example or None for example in examples]]
    assert table.columns == {column.name: place for place, column in enumerate(source.columns)}


@pytest.mark.parametrize("is_typed", [False, True])
def test_a_filled_template_passes_the_check_unchanged(
    source: SourceContract, settings: Settings, tmp_path: Path, is_typed: bool
) -> None:
    row = [typed(source, column.example, column.reads) if is_typed else column.example for column in source.columns]
    found = checked(fill_in(template(source, settings, tmp_path), [row]), source, tmp_path)
    assert found.source == source.name
    assert found.rows == {"read": 1, "staged": 1, "quarantined": 0}
    assert [note.sentence() for note in found.notes] == []
    assert found.not_read == ()


def test_every_choice_of_every_list_is_read(source: SourceContract, settings: Settings, tmp_path: Path) -> None:
    offered = {place: choices_of(source, settings, place) for place in range(len(source.columns))}
    longest = max(map(len, offered.values()))
    if not longest:
        return
    examples = [column.example for column in source.columns]
    rows = [
        [
            offered[place][number % len(offered[place])] if offered[place] else text
            for place, text in enumerate(examples)
        ]
        for number in range(longest)
    ]
    found = checked(fill_in(template(source, settings, tmp_path), rows), source, tmp_path)
    assert found.rows["read"] == longest
    assert not [note.sentence() for note in found.notes if note.rule.expectation == contracts.READABLE]


def choices_of(source: SourceContract, settings: Settings, place: int) -> list[str]:
    column = source.columns[place]
    if column.reads == "codes":
        return []
    name = column.code_list or CHOICE_LISTS.get(column.reads)
    return [entry.label.fi for entry in settings.code_list(name).entries] if name else []


def test_an_example_is_one_that_the_town_knows(tmp_path: Path) -> None:
    """The area of the contract's example is that of the invented town."""
    pieksamaki = parse_settings(contracts.municipality_settings("pieksamaki"), "asetukset")
    for source in template_sources():
        _, example, _ = texts(template(source, pieksamaki, tmp_path), 0)
        for column, cell in zip(source.columns, example, strict=True):
            if column.code_list and column.reads == "code":
                known = pieksamaki.code_list(column.code_list)
                assert not known.entries or fold(str(cell)) in known.spellings(), (source.name, column.name)


def test_required_headers_look_different(source: SourceContract, settings: Settings, tmp_path: Path) -> None:
    content = template(source, settings, tmp_path)
    cells = part(content, DATA).findall(f".//{MAIN}row[@r='3']/{MAIN}c")
    styles = {column.required: cell.get("s") for column, cell in zip(source.columns, cells, strict=True)}
    assert styles[True] not in {None, styles.get(False)}


def test_codes_are_chosen_from_lists(source: SourceContract, settings: Settings, tmp_path: Path) -> None:
    content = template(source, settings, tmp_path)
    found = part(content, DATA).findall(f".//{MAIN}dataValidation/{MAIN}formula1")
    listed = [column for column in source.columns if column.reads in {"code", "boolean", "municipality"}]
    assert len(found) == len(listed)
    sheet = part(content, "xl/worksheets/sheet3.xml")
    for column, formula in zip(listed, found, strict=True):
        letter, count = re.fullmatch(r"Luettelot!\$([A-Z]+)\$1:\$[A-Z]+\$(\d+)", str(formula.text)).groups()  # type: ignore[union-attr]
        written = [cell for cell in sheet.iter(f"{MAIN}c") if re.fullmatch(rf"{letter}\d+", str(cell.get("r")))]
        assert len(written) == int(count), column.name


def test_no_list_is_written_into_a_cell_rule_and_no_text_of_one_is_cut(
    source: SourceContract, settings: Settings, tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    """Excel takes 255 characters of choices in a rule; every list is a range of a sheet instead, however short."""
    content = template(source, settings, tmp_path)
    assert not [str(warning.message) for warning in recwarn]  # xlsxwriter warns and leaves out what is too long
    for rule in part(content, DATA).findall(f".//{MAIN}dataValidation"):
        formula = str(rule.findtext(f"{MAIN}formula1"))
        assert formula.startswith("Luettelot!")
        assert len(formula) < EXCEL_LIST_LIMIT
        assert str(rule.get("sqref")).startswith(tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        assert re.search(r"[A-Z]+4:", str(rule.get("sqref")))


def test_the_lists_of_a_municipality_come_from_its_settings(settings: Settings, tmp_path: Path) -> None:
    ledger = contracts.sources()["grant_ledger"]
    labels = {entry.label.fi for entry in settings.code_list("settings.granting_bodies").entries}
    assert labels <= {cell for row in texts(template(ledger, settings, tmp_path), 2) for cell in row}
    without = template(ledger, None, tmp_path)
    assert not labels & {cell for row in texts(without, 2) for cell in row}


def test_identifiers_and_dates_keep_their_form(settings: Settings, tmp_path: Path) -> None:
    content = template(contracts.sources()["prh_register"], settings, tmp_path)
    styles = part(content, "xl/styles.xml")
    formats = {item.get("numFmtId"): item.get("formatCode") for item in styles.iter(f"{MAIN}numFmt")}
    uses = [item.get("numFmtId") for item in styles.find(f"{MAIN}cellXfs") or []]
    columns = part(content, DATA).findall(f".//{MAIN}col")
    of = {}
    for column in columns:
        for place in range(int(str(column.get("min"))), int(str(column.get("max"))) + 1):
            of[place] = uses[int(str(column.get("style")))]
    names = [column.name for column in contracts.sources()["prh_register"].columns]
    expected = {"register_number": "@", "business_id": "@", "registered_on": "d.m.yyyy"}
    assert {name: formats[of[names.index(name) + 1]] for name in expected} == expected


def test_the_guide_explains_every_column_in_finnish(source: SourceContract, settings: Settings, tmp_path: Path) -> None:
    guide = {row[0]: row for row in texts(template(source, settings, tmp_path), 1)}
    for column in source.columns:
        header, required, how, _, spellings, example = guide[column.header]
        assert header == column.header
        assert required == ("kyllä" if column.required else "ei")
        assert how, column.name
        assert column.description not in str(how)
        assert (spellings or "") == "; ".join(column.synonyms)
        assert (example or "") == column.example  # the invented town knows every example


def test_population_has_no_template() -> None:
    assert "population" not in NAMES
