"""Workbooks as zip archives: what is safe to unpack and to load.

Here belongs: telling XLSX from ODS and from other archives, and refusing those that would fill the memory. Not here:
the rows of a sheet (`pipelines.reading_sheets`).

Formats: Office Open XML (ECMA-376) and OpenDocument 1.3.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.parsers import expat

from pipelines.raw_table import MAX_CELLS, refused

MEBI = 1024 * 1024
MAX_UNPACKED = 300 * MEBI
MAX_RATIO = 200
RATIO_COUNTS_FROM = 50 * MEBI

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    NotImplementedError,
    OSError,
    EOFError,
    ValueError,
    LookupError,
)
_XML_ENDINGS = (".xml", ".rels")
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_XLSX_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_XLSX_CELL = re.compile(rb"""\br=["']([A-Za-z]+)([0-9]+)["'](?!(?:[^>"']|"[^"]*"|'[^']*')*/>)""")
_XLSX_ROW = re.compile(rb"""<(?:\w+:)?row\b(?:[^>]*?\br=["']([0-9]+)["'])?""")
_XLSX_UNPLACED = re.compile(rb"""<(?:\w+:)?c(?=[\s>])(?![^>]*\br=)""")
_ODS_TABLE = re.compile(rb"<table:table(?=[\s>])")
_ODS_ROW = re.compile(rb"<table:table-row(?=[\s>/])")
_ODS_CELL = re.compile(rb"""<table:(?:covered-)?table-cell((?:[^>"']|"[^"]*"|'[^']*')*)>""")
_ODS_REPEATED = re.compile(rb"""table:number-(?:rows|columns)-repeated=["']([0-9]{1,9})["']""")


def format_of(content: bytes) -> str:
    """Tell whether a zip archive is `xlsx` or `ods`, after checking that it is safe to load.

    Raises
    ------
    Refused
        The archive is damaged, encrypted, too large when unpacked, or something else than a workbook.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _format_of(archive, len(content))
    except _BROKEN as error:
        raise refused("refusal.damaged") from error


def _format_of(archive: zipfile.ZipFile, packed: int) -> str:
    members = archive.infolist()
    if any(member.flag_bits & 1 for member in members):
        raise refused("refusal.encrypted")
    _refuse_bomb(sum(member.file_size for member in members), packed)
    names = {member.filename for member in members}
    if "[Content_Types].xml" in names and "xl/workbook.xml" in names:
        kind = "xlsx"
    elif "content.xml" in names and "mimetype" in names and archive.read("mimetype").strip() == _ODS:
        kind = "ods"
    else:
        raise refused("refusal.other_archive")
    if kind == "ods" and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise refused("refusal.encrypted")
    _refuse_untrue(archive, packed)
    for size in _xlsx_sizes(archive) if kind == "xlsx" else _ods_sizes(archive.read("content.xml")):
        if size > MAX_CELLS:
            raise refused("refusal.too_many_cells", count=size, limit=MAX_CELLS)
    return kind


def _refuse_untrue(archive: zipfile.ZipFile, packed: int) -> None:
    """Unpack everything once, piece by piece: a declared size may be a lie, and a checksum is compared at the end.

    The parts must be well-formed XML without a document type: the reader of workbooks never returns from some that are
    cut short, and a document type could grow without bound.
    """
    unpacked = 0
    for member in archive.infolist():
        check = _xml_check() if member.filename.endswith(_XML_ENDINGS) else None
        with archive.open(member) as stream:
            while piece := stream.read(MEBI):
                unpacked += len(piece)
                _refuse_bomb(unpacked, packed)
                if check:
                    check.Parse(piece)
        if check:
            check.Parse(b"", True)


def _xml_check() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_document_type
    return parser


def _refuse_document_type(*_: object) -> None:
    raise refused("refusal.damaged")


def _refuse_bomb(unpacked: int, packed: int) -> None:
    if unpacked > MAX_UNPACKED or (unpacked > RATIO_COUNTS_FROM and unpacked > MAX_RATIO * packed):
        raise refused("refusal.too_large", size=unpacked // MEBI, limit=MAX_UNPACKED // MEBI)


def _xlsx_sizes(archive: zipfile.ZipFile) -> Iterator[int]:
    """Yield the cells of each sheet's rectangle, from A1 to its last filled row and column.

    A place may lie beyond what a spreadsheet can have. A cell that tells no place follows the one before it.
    """
    for name in archive.namelist():
        if not _XLSX_SHEET.fullmatch(name):
            continue
        sheet = archive.read(name)
        places = _XLSX_CELL.findall(sheet)
        rows = max(map(int, {row for _, row in places}), default=0)
        columns = max(map(_column_number, {column for column, _ in places}), default=0)
        if _XLSX_UNPLACED.search(sheet):
            parted = _XLSX_ROW.split(sheet)[1:]
            rows = max(rows, len(parted) // 2, *(int(row or 0) for row in parted[::2]))
            columns = max(columns, *(len(_XLSX_UNPLACED.findall(cells)) for cells in parted[1::2]))
        yield rows * columns


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _ods_sizes(content: bytes) -> Iterator[int]:
    """Yield the cells of each sheet's rectangle; a row and a cell say how often they are repeated."""
    for table in _ODS_TABLE.split(content)[1:]:
        row = rows = columns = 0
        for piece in _ODS_ROW.split(table)[1:]:
            row += _times(piece[: piece.index(b">")])
            width = 0
            for attributes in _ODS_CELL.findall(piece):
                width += _times(attributes)
                if b"office:value" in attributes or not attributes.endswith(b"/"):
                    rows, columns = row, max(columns, width)
        yield rows * columns


def _times(attributes: bytes) -> int:
    found = _ODS_REPEATED.search(attributes)
    return int(found[1]) if found else 1
