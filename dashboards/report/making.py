"""A report from an edition: year, language and format chosen.

Here belongs: the choices there are and what they give. Not here: what the chapter says (`chapter`), how a format is
written (`as_pdf`, `as_docx`, `as_html`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from dashboards.data import Edition
from dashboards.report.as_docx import docx
from dashboards.report.as_html import page
from dashboards.report.as_pdf import pdf
from dashboards.report.chapter import chapter
from dashboards.report.document import Document, printable
from dashboards.texts import Language, speaking

WRITERS: Final[Mapping[str, Callable[[Document], bytes]]] = {"pdf": pdf, "docx": docx, "html": page}
MEDIA_TYPES: Final = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html",
}


def report(edition: Edition, year: int, language: Language, file_format: str) -> bytes:
    """Return the chapter of a finished year as a file.

    Parameters
    ----------
    edition
        The edition; the same one gives the same bytes.
    year
        One of `edition.finished_years()`.
    language
        Of all its words, numbers and days.
    file_format
        One of `WRITERS`.
    """
    with speaking(language):
        return WRITERS[file_format](printable(chapter(edition, year)))


def file_name(edition: Edition, year: int, language: Language, file_format: str) -> str:
    """Return the name under which a report is taken along."""
    return f"yhteispeli_{year}_{language}_{edition.facts.edition_id}.{file_format}"
