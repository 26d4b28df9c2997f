"""The chapter as a tagged PDF (PDF/UA-1), set by Typst.

Here belongs: handing the blocks to the template `report.typ`, and marking the first cell of a row as its heading, which
Typst can't. Not here: the layout (the template). Texts reach the template as JSON, so none of them is read as markup.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from pikepdf import Array, Dictionary, Name, Object, ObjectStreamMode, Pdf

from dashboards.report.document import Block, Document, Table
from dashboards.report.typesetting import typeset

REGION: Final = "FI"

_TEMPLATE: Final = Path(__file__).with_name("report.typ")


def pdf(document: Document) -> bytes:
    """Return the chapter as PDF/UA-1; the same document gives the same bytes."""
    told = asdict(document) | {"region": REGION, "blocks": [_block(block) for block in document.blocks]}
    moment = datetime.combine(date.fromisoformat(document.day), time(), UTC)
    made = typeset(_TEMPLATE, told, format="pdf", pdf_standards="ua-1", timestamp=int(moment.timestamp()))
    return _with_row_headings(made[0])


def _with_row_headings(made: bytes) -> bytes:
    written = BytesIO()
    with Pdf.open(BytesIO(made)) as file:
        for body in _elements(file.Root.StructTreeRoot, Name.TBody):
            for row in _elements(body, Name.TR):
                heading = next(_elements(row, Name.TD))
                heading.S = Name.TH
                next(kind for kind in heading.A if Name.Table == kind.O).Scope = Name.Row
        file.save(written, deterministic_id=True, object_stream_mode=ObjectStreamMode.generate)
    return written.getvalue()


def _elements(above: Object, kind: Name) -> Iterator[Dictionary]:
    """Find the elements of a kind under another one, in reading order."""
    below = above.get(Name.K, Array())
    for element in below if isinstance(below, Array) else [below]:
        if not isinstance(element, Dictionary):
            continue  # content itself, by its number
        if element.get(Name.S) == kind:
            yield element
        else:
            yield from _elements(element, kind)


def _block(block: Block) -> dict[str, Any]:
    told = asdict(block) | {"kind_of_block": type(block).__name__.lower()}
    if isinstance(block, Table):
        told |= {"numeric": sorted(block.numeric), "widths": block.widths}
    return told
