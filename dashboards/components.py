"""Pieces of a page as HTML: headings, badges, figures, tables, bars.

Here belongs: pure functions that return HTML, every text of data escaped. Not here: what is said (`sentences`,
`leads`), colours and spacing (`static/yhteispeli.css`), the calls to Streamlit (`evidence`, the pages).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from dashboards.sentences import verdict_shape, verdict_word


class Markup(str):
    """A cell of a table that is HTML already, such as a link; every other cell is escaped."""

    __slots__ = ()


NOTHING: Final = "–"
"""What a cell says that has nothing to tell."""

_COLUMNS_OF_A_TELEPHONE: Final = 2
"""A table with no more columns than this fits a telephone as it is."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    name: str
    is_numeric: bool

    def css(self, *, is_empty: bool = False) -> str:
        """Return the class attribute of a cell: numbers stand to the right, a card leaves out what is empty."""
        kinds = " ".join(["yp-number"] * self.is_numeric + ["yp-empty"] * is_empty)
        return f' class="{kinds}"' if kinds else ""


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


def masthead(town: str, title: str) -> str:
    """Return whose page this is, and its title."""
    return f'<p class="yp-town">{escape(town)}</p>{heading(title, 1)}'


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

    On a narrow screen each row becomes a card (`yhteispeli.css`): every cell bears the name of its column, and the
    roles are written out, as a browser forgets what is a table when its rows are laid out as blocks.

    Parameters
    ----------
    caption
        Name of the table, also of its scrolling region.
    header, rows, foot
        Texts already written for people; `foot` is a total row.
    numeric
        Indexes of the columns that are set to the right.
    """
    columns = [Column(name, index in numeric) for index, name in enumerate(header)]
    head = "".join(
        f'<th scope="col" role="columnheader"{column.css()}>{escape(column.name)}</th>' for column in columns
    )
    body = "".join(_row(row, columns) for row in rows)
    total = f'<tfoot role="rowgroup">{_row(foot, columns)}</tfoot>' if foot else ""
    kind = "yp-table yp-stacked" if len(header) > _COLUMNS_OF_A_TELEPHONE else "yp-table"
    return (
        f'<div class="yp-scroll" role="region" tabindex="0" aria-label="{escape(caption)}">'
        f'<table class="{kind}" role="table"><caption>{escape(caption)}</caption>'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{body}</tbody>{total}</table></div>'
    )


def _row(row: Sequence[str], columns: Sequence[Column]) -> str:
    first, *others = zip(columns, map(safe, row), strict=True)
    cells = "".join(
        f'<td role="cell" data-name="{escape(column.name)}"{column.css(is_empty=text == NOTHING)}>'
        f"<span>{text}</span></td>"
        for column, text in others
    )
    return f'<tr role="row"><th scope="row" role="rowheader"{first[0].css()}>{first[1]}</th>{cells}</tr>'


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
