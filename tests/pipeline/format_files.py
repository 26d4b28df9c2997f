"""One file in each format of each source, for a workspace that takes in everything that can come.

Here belongs: writing a format, in one place: a new format of a contract needs a line in `WRITERS`, unless the example
town delivers it already; and survey exports with their completed maps. Not here: what a refresh makes of the files.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import survey_forms
import xlsxwriter

from pipelines import contracts
from pipelines.contract_model import SourceContract
from pipelines.map_proposals import propose
from pipelines.sources.formats import JSON_FORMATS
from pipelines.workspace import Workspace

SURVEY_EXPORTS = [(form, name) for form in survey_forms.FORMS for name in survey_forms.TOOLS]
"""Every form, and the name of its file from every survey tool."""

ENDINGS = {"csv": "csv", "xlsx": "xlsx", "ods": "ods", "icalendar": "ics", "state_grants": "xlsx"}
"""Ending of a file of each format; that of every other is `json`."""

Rows = list[list[str]]


@dataclass(frozen=True)
class FormatFile:
    """A file of a format: its bytes, its rows and how many of them are faulty by design."""

    content: bytes
    rows: int
    faulty: int


def file_of(source: SourceContract, name: str, example_town: Path) -> FormatFile | None:
    """Return a file of a format of a source: the example town's, or a written one; None when nobody makes it."""
    if name not in WRITERS:
        return next(_delivered(source, name, example_town), None)
    return WRITERS[name](source)


def put_survey_export(workspace: Workspace, form: survey_forms.Form, name: str) -> FormatFile:
    """Put an export into the inbox, and its map as a person leaves it: for that file, own words left out."""
    rows = len(form.answers) + int(name.startswith("limesurvey"))
    file = FormatFile(survey_forms.TOOLS[name](form), rows, rows - len(form.answers))
    path = workspace.inbox / form.source / name
    path.write_bytes(file.content)
    proposal = propose(workspace, contracts.sources()[form.source], path)
    text = proposal.path.read_text(encoding="utf-8").replace('# "kahvinkeitto" = ""', '"kahvinkeitto" = ""')
    first, _, rest = text.partition("\ntool")
    proposal.path.write_text(f'{first}\nfiles = ["{name}"]\ntool{rest}', encoding="utf-8")
    return file


def _delivered(source: SourceContract, name: str, example_town: Path) -> Iterator[FormatFile]:
    truth = json.loads((example_town / "truth.json").read_text(encoding="utf-8"))
    for file in truth["files"]:
        path = example_town / file["file"]
        if file["source"] == source.name and _is_of(path, name):
            yield FormatFile(path.read_bytes(), file["rows"], file["faulty_rows"])


def _is_of(path: Path, name: str) -> bool:
    if name not in JSON_FORMATS:
        return path.suffix == f".{ENDINGS[name]}"
    return path.suffix == ".json" and JSON_FORMATS[name].recognises(json.loads(path.read_text(encoding="utf-8")))


def _rows(source: SourceContract) -> Rows:
    """Return the example of the contract, and a second row that lacks the first value it must have."""
    examples = [column.example for column in source.columns]
    required = next(place for place, column in enumerate(source.columns) if column.required)
    lacking = ["" if place == required else example for place, example in enumerate(examples)]
    return [[column.header for column in source.columns], examples, lacking]


def _csv(source: SourceContract) -> FormatFile:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows(_rows(source))
    return FormatFile(text.getvalue().encode("utf-8-sig"), 2, 1)


def _xlsx(source: SourceContract) -> FormatFile:
    return FormatFile(_workbook(_rows(source)), 2, 1)


def _workbook(rows: Rows) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("Tiedot")
        for number, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                sheet.write_string(number, place, cell)
    return file.getvalue()


def _ods(source: SourceContract) -> FormatFile:
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    rows = "".join(f"<table:table-row>{''.join(map(_ods_cell, cells))}</table:table-row>" for cells in _rows(source))
    content = (
        f'<office:document-content {names}><office:body><office:spreadsheet><table:table table:name="Tiedot">{rows}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", content)
        packed.writestr("META-INF/manifest.xml", "<manifest/>")
    return FormatFile(file.getvalue(), 2, 1)


def _ods_cell(cell: str) -> str:
    if not cell:
        return "<table:table-cell/>"
    return f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'


def _ytj(_: SourceContract) -> FormatFile:
    company: dict[str, Any] = {
        "businessId": {"value": "9123457-3", "source": "3"},
        "names": [{"name": "Esimerkin Latu ry", "type": "1", "version": 1}],
        "companyForms": [{"type": "6", "version": 1}],
        "registeredEntries": [{"register": "3", "registrationDate": "1997-09-01"}],
        "tradeRegisterStatus": "1",
        "status": "2",
        "lastModified": "2026-08-19T10:04:06",
    }
    faulty = {**company, "businessId": {"value": "9123457-0", "source": "3"}}
    return _json({"totalResults": 2, "companies": [company, faulty]}, 2, 1)


def _ptv(_: SourceContract) -> FormatFile:
    services = [
        {"organizations": [{"roleType": "Responsible", "organization": {"name": name}}], "modified": day}
        for name, day in (("Esimerkin Latu ry", "2026-08-19T10:04:06Z"), ("Esimerkin Kiekko ry", "eilen"))
    ]
    return _json({"pageNumber": 1, "pageCount": 1, "itemList": services}, 2, 1)


def _state_grants(_: SourceContract) -> FormatFile:
    """Write the export of state grants: days as serial numbers, the Y-tunnus behind the name, no kind of grant."""
    header = ["Päätös pvm", "Saajan nimi", "Myöntäjä", "Asianumero", "Haettu", "Myönnetty", "EU-varat"]
    row = ["45414", "Esimerkin Latu ry (9123457-3)", "Valtio", "VN/1/2024", "4000", "2500.5", "Ei"]
    unreadable = [*row[:5], "ei tiedossa", "Ei"]
    return FormatFile(_workbook([["Käytetyt suodattimet: Sektoriluokitus"], header, row, unreadable]), 2, 1)


def _json(document: object, rows: int, faulty: int) -> FormatFile:
    return FormatFile(json.dumps(document, ensure_ascii=False).encode(), rows, faulty)


WRITERS: Mapping[str, Callable[[SourceContract], FormatFile]] = {
    "csv": _csv,
    "xlsx": _xlsx,
    "ods": _ods,
    "ytj_json": _ytj,
    "ptv_json": _ptv,
    "state_grants": _state_grants,
}
"""How a file of a format is written; formats that are not here come from the example town."""
