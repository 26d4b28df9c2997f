"""Templates: empty they hold no rows, filled in they are read back."""

import io
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import fastexcel
import pytest
import xlsxwriter

from pipelines import contracts
from pipelines.contract_model import SourceContract
from pipelines.reading import Refused, read_file, recognise_source
from pipelines.templates import template_sources, write_template
from pipelines.workspace import Settings, read_settings

NAMES = [source.name for source in template_sources()]
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


def fill_in(content: bytes, row: list[str]) -> bytes:
    """Write a row under the headers of a template, as a person would."""
    (headers,) = texts(content, 0)
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        for number, name in enumerate(fastexcel.read_excel(content).sheet_names):
            sheet = book.add_worksheet(name)
            for place, cells in enumerate([headers, row] if number == 0 else texts(content, number)):
                sheet.write_row(place, 0, [cell or "" for cell in cells])
    return file.getvalue()


def test_the_headers_are_those_of_the_contract(source: SourceContract, settings: Settings, tmp_path: Path) -> None:
    content = template(source, settings, tmp_path)
    assert texts(content, 0) == [[column.header for column in source.columns]]
    assert recognise_source(content, "pohja.xlsx") == source


@pytest.mark.parametrize("has_settings", [True, False])
def test_an_empty_template_has_no_rows(
    source: SourceContract, settings: Settings, tmp_path: Path, has_settings: bool
) -> None:
    content = template(source, settings if has_settings else None, tmp_path)
    with pytest.raises(Refused, match="Otsikkorivin 1 alla ei ole yhtään riviä"):
        read_file(content, "pohja.xlsx", source)


def test_a_filled_template_is_read_back(source: SourceContract, settings: Settings, tmp_path: Path) -> None:
    examples = [column.example for column in source.columns]
    (table,) = read_file(fill_in(template(source, settings, tmp_path), examples), "pohja.xlsx", source)
    assert table.rows == [examples]
    assert table.columns == {column.name: place for place, column in enumerate(source.columns)}


def test_required_headers_look_different(source: SourceContract, settings: Settings, tmp_path: Path) -> None:
    content = template(source, settings, tmp_path)
    cells = part(content, "xl/worksheets/sheet1.xml").findall(f".//{MAIN}row[@r='1']/{MAIN}c")
    styles = {column.required: cell.get("s") for column, cell in zip(source.columns, cells, strict=True)}
    assert styles[True] not in {None, styles.get(False)}


def test_codes_are_chosen_from_lists(source: SourceContract, settings: Settings, tmp_path: Path) -> None:
    content = template(source, settings, tmp_path)
    found = part(content, "xl/worksheets/sheet1.xml").findall(f".//{MAIN}dataValidation/{MAIN}formula1")
    listed = [column for column in source.columns if column.reads in {"code", "boolean", "municipality"}]
    assert len(found) == len(listed)
    sheet = part(content, "xl/worksheets/sheet3.xml")
    for column, formula in zip(listed, found, strict=True):
        letter, count = re.fullmatch(r"Luettelot!\$([A-Z]+)\$1:\$[A-Z]+\$(\d+)", str(formula.text)).groups()  # type: ignore[union-attr]
        written = [cell for cell in sheet.iter(f"{MAIN}c") if re.fullmatch(rf"{letter}\d+", str(cell.get("r")))]
        assert len(written) == int(count), column.name


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
    columns = part(content, "xl/worksheets/sheet1.xml").findall(f".//{MAIN}col")
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
        assert (example or "") == column.example


def test_population_has_no_template() -> None:
    assert "population" not in NAMES
