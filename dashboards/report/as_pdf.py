"""The chapter as a tagged PDF (PDF/UA-1), set by Typst.

Here belongs: handing the blocks to the template `report.typ`. Not here: the layout (the template). Texts reach the
template as JSON, so none of them is read as markup.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime, time
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import typst

from dashboards.report.document import Block, Document, Table

REGION: Final = "FI"

_TEMPLATE: Final = Path(__file__).with_name("report.typ")
_PICTURE: Final = Path(__file__).with_name("picture.typ")


def pdf(document: Document) -> bytes:
    """Return the chapter as PDF/UA-1; the same document gives the same bytes."""
    told = asdict(document) | {"region": REGION, "blocks": [_block(block) for block in document.blocks]}
    moment = datetime.combine(date.fromisoformat(document.day), time())
    made = typst.compile(
        str(_TEMPLATE),
        font_paths=_fonts(),
        format="pdf",
        pdf_standards="ua-1",
        sys_inputs={"document": json.dumps(told, ensure_ascii=False)},
        timestamp=int(moment.timestamp()),
    )
    return bytes(made)


def png(svg: str) -> bytes:
    """Return a picture as PNG with 220 dots an inch, for files that take no SVG."""
    made = typst.compile(str(_PICTURE), font_paths=_fonts(), format="png", ppi=220, sys_inputs={"svg": svg})
    return bytes(made)


def _block(block: Block) -> dict[str, Any]:
    told = asdict(block) | {"kind_of_block": type(block).__name__.lower()}
    if isinstance(block, Table):
        told |= {"numeric": sorted(block.numeric), "widths": block.widths}
    return told


@cache
def _fonts() -> typst.Fonts:
    """Return the fonts: Source Sans from its package and those of Typst, none of the machine's."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(files("font_source_sans_pro") / "files")])
