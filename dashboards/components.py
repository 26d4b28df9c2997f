"""Pieces of a page as HTML: headings, badges, figures, tables, bars.

Here belongs: pure functions that return HTML, every text of data escaped. Not here: what is said (`sentences`,
`leads`), colours and spacing (`static/yhteispeli.css`), the calls to Streamlit (`evidence`, the pages).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from dashboards.sentences import verdict_shape, verdict_word


class Markup(str):
    """A cell of a table that is HTML already, such as a link; every other cell is escaped."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of `bars`.

    `share` of the longest, None where there is no number; `text` says the number or why there is none, `note` stands
    under it; a pale bar is one not to draw conclusions from.
    """

    label: str
    share: float | None
    text: str
    note: str
    is_pale: bool


@dataclass(frozen=True, slots=True)
class Multiple:
    """One picture of `multiples`."""

    title: str
    picture: str
    alternative: str
    text: str


def heading(text: str, level: int = 2) -> str:
    """Return a heading."""
    return f'<h{level} class="yp-h{level}">{escape(text)}</h{level}>'


def lead(text: str) -> str:
    """Return the message at the top of a page."""
    return f'<p class="yp-lead">{escape(text)}</p>'


def safe(text: str) -> str:
    """Return text as HTML: escaped, unless it is HTML already."""
    return text if isinstance(text, Markup) else escape(text)


def in_finnish(text: str) -> Markup:
    """Return a text that exists in Finnish only, such as a line of the handbook, marked so for screen readers."""
    return Markup(f'<span lang="fi">{escape(text)}</span>')


def paragraph(text: str, kind: str = "text") -> str:
    """Return a paragraph; kinds: text, quiet, note."""
    return f'<p class="yp-{kind}">{safe(text)}</p>'


def badge(verdict: str) -> str:
    """Return the badge of a verdict: a word, a shape and a colour."""
    shape = f'<span aria-hidden="true">{verdict_shape(verdict)}</span>'
    return f'<span class="yp-badge yp-{verdict}">{shape} {escape(verdict_word(verdict))}</span>'


def notice(text: str, kind: str = "info") -> str:
    """Return a notice; kinds: info, example, old, problem."""
    return f'<div class="yp-notice yp-notice-{kind}" role="note"><p>{safe(text)}</p></div>'


def link(address: str, text: str) -> str:
    """Return a link to another page or another view of this one."""
    return f'<a class="yp-link" href="{escape(address)}">{escape(text)}</a>'


def links(items: Iterable[tuple[str, str, bool]]) -> str:
    """Return a list of links: address, text, and whether it is what is shown now, which is marked."""
    rows = "".join(
        f'<li aria-current="true"><strong>{escape(text)}</strong></li>'
        if is_shown
        else f"<li>{link(address, text)}</li>"
        for address, text, is_shown in items
    )
    return f'<ul class="yp-links">{rows}</ul>'


def figures(items: Iterable[tuple[str, str, str]]) -> str:
    """Return a row of large numbers: number, what it is, and a quiet line below."""
    cells = "".join(
        f'<div class="yp-figure"><dt>{escape(name)}</dt><dd><strong>{escape(number)}</strong>'
        f'<span class="yp-quiet">{safe(below)}</span></dd></div>'
        for number, name, below in items
    )
    return f'<dl class="yp-figures">{cells}</dl>'


def picture(address: str, alternative: str) -> str:
    """Return an image; an empty alternative marks it as decoration."""
    return f'<img class="yp-picture" src="{escape(address)}" alt="{escape(alternative)}">'


def languages(label: str, choices: Sequence[tuple[str, str, str]], current: str) -> str:
    """Return the choice of language: code, name in the language itself and address of each."""
    marked = {code: ' aria-current="true"' if code == current else "" for code, _, _ in choices}
    items = "".join(
        f'<li><a href="{escape(address)}" lang="{code}" hreflang="{code}"{marked[code]}>{escape(name)}</a></li>'
        for code, name, address in choices
    )
    return f'<nav class="yp-languages" aria-label="{escape(label)}"><ul>{items}</ul></nav>'


def definitions(items: Iterable[tuple[str, str]]) -> str:
    """Return pairs of a name and its text."""
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{safe(text)}</dd>" for name, text in items)
    return f'<dl class="yp-definitions">{rows}</dl>'


def code(caption: str, text: str) -> str:
    """Return program text as it is, in a region that scrolls and can be copied."""
    return f'<pre class="yp-code" role="region" tabindex="0" aria-label="{escape(caption)}">{safe(text)}</pre>'


def table(
    caption: str,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    numeric: frozenset[int] = frozenset(),
    foot: Sequence[str] = (),
) -> str:
    """Return a real table; the first column heads its row.

    Parameters
    ----------
    caption
        Name of the table, also of its scrolling region.
    header, rows, foot
        Texts already written for people; `foot` is a total row.
    numeric
        Indexes of the columns that are set to the right.
    """
    classes = [' class="yp-number"' if index in numeric else "" for index in range(len(header))]
    head = "".join(f'<th scope="col"{css}>{escape(text)}</th>' for text, css in zip(header, classes, strict=True))
    body = "".join(_row(row, classes) for row in rows)
    total = f"<tfoot>{_row(foot, classes)}</tfoot>" if foot else ""
    return (
        f'<div class="yp-scroll" role="region" tabindex="0" aria-label="{escape(caption)}">'
        f'<table class="yp-table"><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody>{total}</table></div>"
    )


def _row(row: Sequence[str], classes: Sequence[str]) -> str:
    first, *others = map(safe, row)
    cells = "".join(f"<td{css}>{text}</td>" for text, css in zip(others, classes[1:], strict=True))
    return f'<tr><th scope="row"{classes[0]}>{first}</th>{cells}</tr>'


def bars(caption: str, header: Sequence[str], items: Sequence[Bar]) -> str:
    """Return sorted bars as a table: label, bar and number on each row, so that it reads without the picture."""
    rows = "".join(_bar_row(item) for item in items)
    label, value = (escape(text) for text in header)
    return (
        f'<table class="yp-bars"><caption>{escape(caption)}</caption><thead><tr><th scope="col">{label}</th>'
        f'<td></td><th scope="col" class="yp-number">{value}</th></tr></thead><tbody>{rows}</tbody></table>'
    )


def _bar_row(item: Bar) -> str:
    width = 100 * max(item.share or 0, 0)
    note = f'<span class="yp-note">{escape(item.note)}</span>' if item.note else ""
    return (
        f'<tr><th scope="row">{escape(item.label)}</th><td class="yp-bar-cell" aria-hidden="true">'
        f'<span class="yp-bar{" yp-pale" if item.is_pale else ""}" style="width:{width:.1f}%"></span></td>'
        f'<td class="yp-number{"" if item.share is not None else " yp-why"}">{escape(item.text)}{note}</td></tr>'
    )


def multiples(items: Iterable[Multiple]) -> str:
    """Return small pictures beside each other, each with its title and newest figure."""
    cells = "".join(
        f'<li><span class="yp-multiple-title">{escape(item.title)}</span>{picture(item.picture, item.alternative)}'
        f'<span class="yp-quiet">{escape(item.text)}</span></li>'
        for item in items
    )
    return f'<ul class="yp-multiples">{cells}</ul>'
