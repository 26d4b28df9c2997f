"""The chapter as DOCX, for groups that go on writing it.

Here belongs: blocks as paragraphs of Word's own styles, tables with heading rows, pictures with alternatives. Not here:
what is said (`chapter`). The same document gives the same bytes.
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import api as word_api
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.table import CT_Tc
from docx.shared import Cm, Pt, RGBColor, Twips
from docx.styles.style import ParagraphStyle
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph

from dashboards.report.as_pdf import REGION
from dashboards.report.document import Block, Bullets, Document, Facts, Heading, Paragraph, Picture, Table
from dashboards.report.typesetting import typeset

FONT: Final = "Calibri"
CELL_STYLE: Final = "TableText"
TABLE_STYLE: Final = "Report Table"
DIGIT: Final = Cm(0.15)
"""Width of a digit in a table; letters take less."""
MARGIN: Final = Cm(0.1)
"""Margin of a cell on each side."""

_PICTURES: Final = Path(__file__).with_name("pictures.typ")
_INK, _DARK, _QUIET = RGBColor(0x21, 0x21, 0x21), RGBColor(0x00, 0x35, 0x7A), RGBColor(0x56, 0x5E, 0x63)
_WIDTH: Final = Cm(16.6)
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def docx(document: Document) -> bytes:
    """Return the chapter as DOCX."""
    word = word_api.Document()
    _properties(word, document)
    _page(word, document)
    _styles(word, document)
    word.add_paragraph(document.title, style="Title")
    word.add_paragraph(document.subtitle, style="Subtitle")
    if document.notice:
        word.add_paragraph(document.notice, style="Notice")
    _facts(word, document.facts)
    drawn = iter(_drawn(document))
    for block in document.blocks:
        if isinstance(block, Picture):
            _picture(word, block, next(drawn))
        else:
            _block(word, block)
    written = BytesIO()
    word.save(written)
    return _steady(written)


def _block(word: WordDocument, block: Block) -> None:
    match block:
        case Heading():
            word.add_heading(block.text, block.level)
        case Paragraph():
            word.add_paragraph(block.text, style={"text": "Normal", "lead": "Lead", "note": "Note"}[block.kind])
        case Bullets():
            for item in block.items:
                word.add_paragraph(item, style="List Bullet")
        case Facts():
            _facts(word, block)
        case Table():
            _table(word, block)


def _facts(word: WordDocument, facts: Facts) -> None:
    for name, text in facts.items:
        paragraph = word.add_paragraph(style="Facts")
        paragraph.add_run(f"{name}: ").bold = True
        paragraph.add_run(text)


def _table(word: WordDocument, block: Table) -> None:
    word.add_paragraph(block.caption, style="Caption").paragraph_format.keep_with_next = True
    table = word.add_table(rows=len(block.rows) + 1, cols=len(block.header), style=TABLE_STYLE)
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    table.autofit = False
    _describe(table, block.caption)
    widths = _columns(block)
    for column, width in zip(table._tbl.tblGrid.gridCol_lst, widths, strict=True):
        column.w = Twips(width)
    for line, (row, cells) in enumerate(zip(table._tbl.tr_lst, (block.header, *block.rows), strict=True)):
        is_strong = line == 0 or (block.has_total and line == len(block.rows))
        for column, (cell, text) in enumerate(zip(row.tc_lst, cells, strict=True)):
            cell.width = Twips(widths[column])
            _fill(WordParagraph(cell.p_lst[0], table), text, is_strong=is_strong, is_number=column in block.numeric)
        properties = row.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if line == 0:
            properties.append(OxmlElement("w:tblHeader"))
            for cell in row.tc_lst:
                _shade(cell)
    word.add_paragraph(style="Note")


def _columns(block: Table) -> list[int]:
    """Return the widths of the columns in twips: no word breaks, and the rest of the page goes where more is wanted."""
    least = [_twips(letters) for letters in block.least_widths]
    more = [max(_twips(letters) - low, 0.0) for letters, low in zip(block.widths, least, strict=True)]
    spare = _WIDTH.twips - sum(least)
    if spare <= 0:
        return [round(low * _WIDTH.twips / sum(least)) for low in least]
    given = min(spare / (sum(more) or 1.0), 1.5)
    return [round(low + given * wanted) for low, wanted in zip(least, more, strict=True)]


def _twips(letters: float) -> float:
    return (letters + 0.5) * float(DIGIT.twips) + 2 * float(MARGIN.twips)


def _describe(table: WordTable, caption: str) -> None:
    """Give a table its title for screen readers, and mark its first row and column as headings."""
    properties = table._tbl.tblPr
    look = properties.find(qn("w:tblLook"))
    if look is None:
        look = OxmlElement("w:tblLook")
        properties.append(look)
    for name, value in {"val": "04A0", "firstRow": "1", "firstColumn": "1", "noHBand": "0", "noVBand": "1"}.items():
        look.set(qn(f"w:{name}"), value)
    told = OxmlElement("w:tblCaption")
    told.set(qn("w:val"), caption)
    properties.append(told)


def _shade(cell: CT_Tc) -> None:
    shade = OxmlElement("w:shd")
    for name, value in {"val": "clear", "color": "auto", "fill": "EAF2FA"}.items():
        shade.set(qn(f"w:{name}"), value)
    cell.get_or_add_tcPr().append(shade)


def _fill(paragraph: WordParagraph, text: str, *, is_strong: bool, is_number: bool) -> None:
    paragraph._p.style = CELL_STYLE  # the id itself: looking the name up takes longer than all the rest
    paragraph.add_run(text).bold = is_strong
    if is_number:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _drawn(document: Document) -> list[bytes]:
    """Return the pictures as PNG, in their order: Word has no SVG that older versions show."""
    pictures = [block.svg for block in document.blocks if isinstance(block, Picture)]
    return typeset(_PICTURES, pictures, format="png", ppi=220) if pictures else []


def _picture(word: WordDocument, block: Picture, drawn: bytes) -> None:
    shape = word.add_picture(BytesIO(drawn), width=_WIDTH)
    shape._inline.docPr.set("descr", block.alternative)
    shape._inline.docPr.set("title", block.caption)
    word.paragraphs[-1].paragraph_format.keep_with_next = True
    word.add_paragraph(block.caption, style="Note")


def _properties(word: WordDocument, document: Document) -> None:
    properties = word.core_properties
    properties.title = document.title
    properties.subject = document.subject
    properties.author = document.author
    properties.last_modified_by = document.author
    properties.language = f"{document.language}-{REGION}"
    properties.comments = document.footer
    properties.keywords = ""
    properties.created = properties.modified = datetime.fromisoformat(document.day)
    properties.revision = 1


def _page(word: WordDocument, document: Document) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin = section.bottom_margin = Cm(2.2)
    section.header.paragraphs[0].text = document.running
    foot = section.footer.paragraphs[0]
    foot.add_run(f"{document.footer}  ")
    _field(foot, "PAGE")
    for line in (section.header.paragraphs[0], foot):
        for run in line.runs:
            run.font.size, run.font.color.rgb = Pt(8.5), _QUIET


def _field(paragraph: WordParagraph, code: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    paragraph._p.append(field)


def _styles(word: WordDocument, document: Document) -> None:
    """Set Word's own styles: font, sizes and colours; the language stands in the defaults, for every run."""
    defaults = word.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    spoken = defaults.find(qn("w:lang"))
    spoken.set(qn("w:val"), f"{document.language}-{REGION}")
    spoken.set(qn("w:eastAsia"), f"{document.language}-{REGION}")
    for name, size, colour, above, below in (
        ("Normal", 11.0, _INK, 0, 6),
        ("Title", 26, _DARK, 0, 4),
        ("Subtitle", 14, _INK, 0, 10),
        ("Heading 1", 18, _DARK, 24, 6),
        ("Heading 2", 14, _DARK, 16, 4),
        ("Heading 3", 12, _INK, 12, 3),
        ("List Bullet", 11, _INK, 0, 3),
        ("Caption", 10, _INK, 8, 3),
    ):
        _shape(word.styles[name], size, colour, above, below)
    for name, size, colour, above, below in (
        ("Lead", 12.5, _INK, 0, 8),
        ("Note", 9.5, _QUIET, 0, 8),
        ("Notice", 11, _INK, 4, 10),
        ("Facts", 11, _INK, 0, 2),
        ("Table Text", 8.5, _INK, 1, 1),
    ):
        style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = word.styles["Normal"]
        _shape(style, size, colour, above, below)
    word.styles["Notice"].font.bold = True
    subtitle = word.styles["Subtitle"].element.rPr
    subtitle.remove(subtitle.find(qn("w:spacing")))  # letters as far apart as in the text
    _table_style(word)


def _table_style(word: WordDocument) -> None:
    """Add a style of tables with a line under each row, a stronger one under the header, and no others."""
    style = word.styles.add_style(TABLE_STYLE, WD_STYLE_TYPE.TABLE)
    style.base_style = word.styles["Normal Table"]
    properties = OxmlElement("w:tblPr")
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        line = OxmlElement(f"w:{side}")
        for name, value in {"val": "single", "sz": "4", "space": "0", "color": "C8CDD0"}.items():
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    properties.append(borders)
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(MARGIN.twips))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties.append(margins)
    style.element.append(properties)


def _shape(style: ParagraphStyle, size: float, colour: RGBColor, above: float, below: float) -> None:
    style.font.name, style.font.size, style.font.color.rgb, style.font.italic = FONT, Pt(size), colour, False
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(above), Pt(below)


def _steady(written: BytesIO) -> bytes:
    """Return the package with no moment of writing in it."""
    steady = BytesIO()
    with ZipFile(written) as package, ZipFile(steady, "w", ZIP_DEFLATED) as copy:
        for name in package.namelist():
            copy.writestr(ZipInfo(name, _EPOCH), package.read(name), ZIP_DEFLATED)
    return steady.getvalue()
