"""What stands in a report that has been written, read back from each format without the code that wrote it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO

import lxml.html
import pypdfium2
from docx import Document
from docx.table import Table
from docx.text.paragraph import Paragraph

Rows = list[list[str]]


@dataclass(frozen=True)
class Read:
    """Headings and tables in their order; of a PDF only its text, without blanks and hyphens."""

    headings: list[str]
    tables: list[tuple[str, Rows]]
    text: str

    def table(self, caption: str) -> Rows:
        """The rows of the table of that name, its header first."""
        found = [rows for name, rows in self.tables if name == caption]
        assert len(found) == 1, (caption, [name for name, _ in self.tables])
        return found[0]


def read(content: bytes, file_format: str) -> Read:
    """Read a report back."""
    return {"html": _html, "docx": _docx, "pdf": _pdf}[file_format](content)


def squeezed(text: str) -> str:
    """Text without blanks and hyphens, which the end of a line may add or take away."""
    return re.sub(r"[\s\u00a0\u00ad\u2010\ufffe\x02-]+", "", text)


def _words(element: lxml.html.HtmlElement) -> str:
    return element.text_content()


def _html(content: bytes) -> Read:
    page = lxml.html.fromstring(content.decode())
    tables = [
        (_words(table.find("caption")), [[_words(cell) for cell in row.iter("th", "td")] for row in table.iter("tr")])
        for table in page.iter("table")
    ]
    headings = [_words(heading) for heading in page.find("body/main").iter("h2", "h3", "h4")]
    return Read(headings, tables, squeezed(_words(page.find("body"))))


def _docx(content: bytes) -> Read:
    headings, tables, text, before = [], [], [], None
    for piece in Document(BytesIO(content)).iter_inner_content():
        if isinstance(piece, Table):
            assert before.style.name == "Caption"
            rows = [[Paragraph(cell.p_lst[0], piece).text for cell in row.tc_lst] for row in piece._tbl.tr_lst]
            tables.append((before.text, rows))
            text += [cell for row in rows for cell in row]
            continue
        if piece.style.name.startswith("Heading"):
            headings.append(piece.text)
        text.append(piece.text)
        before = piece
    return Read(headings, tables, squeezed("".join(text)))


def _pdf(content: bytes) -> Read:
    with pypdfium2.PdfDocument(content) as file:
        text = "".join(page.get_textpage().get_text_range() for page in file)
    return Read([], [], squeezed(text))
