"""The chapter as HTML: a page of its own, and the same as a part of a page of the dashboards.

Here belongs: blocks as HTML. Not here: how a heading or a table is marked up (`components`), the look (`report.css`,
`static/yhteispeli.css`).
"""

from __future__ import annotations

from base64 import b64encode
from html import escape
from pathlib import Path
from typing import Final

from dashboards import components
from dashboards.report.document import Block, Bullets, Document, Facts, Heading, Paragraph, Picture, Table

NARROW: Final = 60
"""Letters across, under which a table is not stretched over the whole page."""

_HERE: Final = Path(__file__).parent
_FONT: Final = _HERE.parent / "static" / "source-sans-3-latin.woff2"


def page(document: Document) -> bytes:
    """Return the chapter as a whole page that needs nothing from outside."""
    sections = "".join(
        f'<li><a href="#{_anchor(index)}">{escape(block.text)}</a></li>'
        for index, block in enumerate(document.blocks)
        if isinstance(block, Heading) and block.level == 1
    )
    contents = (
        f'<nav aria-labelledby="contents"><h2 id="contents">{escape(document.contents)}</h2><ul>{sections}</ul></nav>'
    )
    title = f"<header><h1>{escape(document.title)}</h1>{_opening(document)}</header>"
    return (
        f'<!DOCTYPE html><html lang="{document.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(document.title)}</title><style>{_style()}</style></head>"
        f"<body>{title}{contents}<main>{_blocks(document.blocks, 1)}</main></body></html>"
    ).encode()


def part(document: Document) -> str:
    """Return the chapter as a region that scrolls, for a page that has a heading of its own: headings a level lower."""
    title = components.heading(document.title, 2)
    told = f"{title}{_opening(document)}{_blocks(document.blocks, 2)}"
    name = f'aria-label="{escape(document.title)}"'
    return f'<div class="yp-report" lang="{document.language}" role="region" tabindex="0" {name}>{told}</div>'


def _opening(document: Document) -> str:
    notice = components.notice(document.notice, "example") if document.notice else ""
    return components.paragraph(document.subtitle, "lead") + notice + components.definitions(document.facts.items)


def _blocks(blocks: tuple[Block, ...], above: int) -> str:
    return "".join(_block(block, index, above) for index, block in enumerate(blocks))


def _block(block: Block, index: int, above: int) -> str:
    match block:
        case Heading():
            level = block.level + above
            anchor = f' id="{_anchor(index)}"' if block.level == 1 else ""
            return f'<h{level} class="yp-h{level}"{anchor}>{escape(block.text)}</h{level}>'
        case Paragraph():
            return components.paragraph(block.text, {"text": "text", "lead": "lead", "note": "quiet"}[block.kind])
        case Bullets():
            return f'<ul class="yp-findings">{"".join(f"<li>{escape(item)}</li>" for item in block.items)}</ul>'
        case Facts():
            return components.definitions(block.items)
        case Table():
            rows, foot = (block.rows[:-1], block.rows[-1]) if block.has_total else (block.rows, ())
            table = components.table(block.caption, block.header, rows, block.numeric, foot)
            return f'<div class="yp-narrow">{table}</div>' if sum(block.widths) < NARROW else table
        case Picture():
            address = "data:image/svg+xml;base64," + b64encode(block.svg.encode()).decode()
            drawn = f'<img src="{address}" alt="{escape(block.alternative)}">'
            return f'<figure class="yp-chart">{drawn}<figcaption>{escape(block.caption)}</figcaption></figure>'


def _anchor(index: int) -> str:
    return f"section-{index}"


def _style() -> str:
    font = b64encode(_FONT.read_bytes()).decode()
    source = f'url(data:font/woff2;base64,{font}) format("woff2")'
    face = f'@font-face{{font-family:"Source Sans 3";font-weight:200 900;src:{source}}}'
    return face + (_HERE / "report.css").read_text(encoding="utf-8")
