"""Tables and pictures of the page of council terms.

Here belongs: rows and columns of that page, as HTML. Not here: the words (`term_words`), the handover sheet
(`handover`), pieces that other pages share (`components`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby

import streamlit as st

from dashboards import components, term_words
from dashboards.components import Markup
from dashboards.data import Edition
from dashboards.downloads import term_csv
from dashboards.drawn import download, drawn
from dashboards.formats import day
from dashboards.origin_link import origin_address, origin_of
from dashboards.rows import CouncilTerm, IndicatorCard, TermValue, TermYear, as_written
from dashboards.term_pictures import term_picture, years_shown
from dashboards.term_words import Followed
from dashboards.texts import say, tr

_NOTHING = '<span class="yp-figure-cell">–</span>'
"""A cell with nothing to tell; a card leaves it out."""


@drawn
def show_comparison(edition: Edition, term: CouncilTerm) -> None:
    """Show baseline, newest figure, change, target and verdict of every indicator, and the file to take along."""
    rows = term_words.followed(edition, term)
    st.html(components.heading(tr("From the baseline to the newest figure")) + comparison(edition, term, rows))
    st.html(components.paragraph(_how_compared(term), "quiet"))
    if any(row.target is not None for _, row in rows):
        with st.expander(tr("Targets: who set them, when and where")):
            st.html(targets(edition, term, rows))
    download(
        tr("Download CSV: council term {term}", term=term.label),
        term_csv(edition, term, rows),
        f"council_term_{term.term_id}_{edition.facts.edition_id}.csv",
        "text/csv",
        "csv-term",
    )


@drawn
def show_pictures(edition: Edition, term: CouncilTerm) -> None:
    """Show a small picture of each indicator that has figures in the term, and the same as a table."""
    rows = [(card, row) for card, row in term_words.followed(edition, term) if row.latest is not None]
    if not rows:
        return
    years = years_shown(edition, term)
    legend = tr(
        "Each picture shows the years {first}–{last}. The shaded part is the council term, the thick dashed line its "
        "target, the upright line through a point its 95% interval and the thin dotted line a break of the series. "
        "Grey is not usable. A survey of residents stands in the middle of its term.",
        first=years.start,
        last=years.stop - 1,
    )
    st.html(components.heading(tr("Year by year")) + components.paragraph(legend, "quiet"))
    for group, of_group in _by_group(rows):
        st.html(components.heading(term_words.group_title(group), 3) + pictures(edition, term, of_group))
    with st.expander(tr("Show as a table: years of the council term {term}", term=term.label)):
        st.html(years_table(edition, term))


def comparison(edition: Edition, term: CouncilTerm, rows: Sequence[Followed]) -> str:
    """Return the table of a term; on a narrow screen each row becomes a card (`yhteispeli.css`)."""
    names = [
        tr("Indicator"),
        tr("Baseline"),
        tr("Newest"),
        tr("Change"),
        tr("Target"),
        tr("Verdict"),
    ]
    head = "".join(f'<th scope="col" role="columnheader">{escape(name)}</th>' for name in names)
    bodies = "".join(
        f'<tbody role="rowgroup"><tr role="row" class="yp-group"><th colspan="{len(names)}" scope="rowgroup" '
        f'role="rowheader">{escape(term_words.group_title(group))}</th></tr>'
        f"{''.join(_row(edition, names, *item) for item in of_group)}</tbody>"
        for group, of_group in _by_group(rows)
    )
    caption = tr("Council term {term}: change from the baseline and against the target", term=term.label)
    return (
        f'<table class="yp-table yp-cards" role="table"><caption>{escape(caption)}</caption>'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>{bodies}</table>'
    )


def _row(edition: Edition, names: Sequence[str], card: IndicatorCard, row: TermValue) -> str:
    cells = [
        _figure(term_words.amount(card, row.baseline), _when(card, row.baseline_period)),
        _figure(
            term_words.amount(card, row.latest),
            _when(card, row.latest_period, row.latest_status),
            term_words.bounds(card, row.latest_lower, row.latest_upper),
        ),
        _change(edition, card, row),
        _target(edition, card, row),
        components.badge(row.verdict) + _note(edition.message(row.verdict_reason) if row.latest is None else ""),
    ]
    named = zip(names[1:], cells, strict=True)
    rest = "".join(_cell(name, cell) for name, cell in named)
    title = f"{escape(say(card.title))}{_note(term_words.unit_note(card))}"
    return f'<tr role="row"><th scope="row" role="rowheader">{title}</th>{rest}</tr>'


def _cell(name: str, content: str) -> str:
    empty = ' class="yp-empty"' if content == _NOTHING else ""
    return f'<td role="cell" data-name="{escape(name)}"{empty}><div>{content}</div></td>'


def _figure(written: str, *notes: str) -> str:
    return f'<span class="yp-figure-cell">{escape(written)}</span>{"".join(map(_note, notes))}'


def _when(card: IndicatorCard, period: str | None, status: str | None = None) -> Markup:
    """Return when a figure is of, as the link to its origin; empty where there is no figure."""
    if period is None:
        return Markup("")
    shown = term_words.when(period, status)
    return Markup(origin_of(origin_address(card.indicator_id, period), shown, say(card.title)))


def _note(text: str) -> str:
    return f'<span class="yp-note">{components.safe(text)}</span>' if text else ""


def _marked(kind: str, mark: str, word: str) -> str:
    return f'<span class="yp-turn yp-{kind}"><span aria-hidden="true">{mark}</span> {escape(word)}</span>'


def _change(edition: Edition, card: IndicatorCard, row: TermValue) -> str:
    word = _change_in_short(card, row)
    if row.direction == "not_comparable":
        return word + _note(term_words.change_reason(edition, row))
    return word + _note(term_words.turn_word(card, row))


def _target(edition: Edition, card: IndicatorCard, row: TermValue) -> str:
    if row.target is None:
        return _NOTHING
    word = _marked(f"target-{row.target_state}", term_words.target_mark(row), term_words.target_word(row))
    reason = edition.message(row.target_reason) if row.target_state == "unknown" else ""
    return _figure(term_words.amount(card, row.target)) + " " + word + _note(reason)


def pictures(edition: Edition, term: CouncilTerm, rows: Iterable[Followed]) -> str:
    """Return a small picture of each indicator with its first and last year and its change below."""
    years = years_shown(edition, term)
    axis = f'<p class="yp-years" aria-hidden="true"><span>{years.start}</span><span>{years.stop - 1}</span></p>'
    cells = "".join(_picture(edition, term, axis, card, row) for card, row in rows)
    return f'<ul class="yp-multiples">{cells}</ul>'


def _picture(edition: Edition, term: CouncilTerm, axis: str, card: IndicatorCard, row: TermValue) -> str:
    drawn = components.picture(term_picture(edition, card, term, row), term_words.alternative(edition, card, term, row))
    below = f"{_path(card, row)}<br>{_change_in_short(card, row)}"
    title = f'<span class="yp-multiple-title">{escape(say(card.title))}</span>'
    return f'<li>{title}{drawn}{axis}<span class="yp-quiet">{below}</span></li>'


def _path(card: IndicatorCard, row: TermValue) -> str:
    """Return the way from the baseline to the newest figure, as the link to the origin of the newest."""
    if row.latest_period is None:
        return ""
    address = origin_address(card.indicator_id, row.latest_period)
    return origin_of(address, term_words.path(card, row), say(card.title))


def _change_in_short(card: IndicatorCard, row: TermValue) -> str:
    return _marked(term_words.turn(card, row), term_words.change_mark(row), term_words.change_word(card, row))


def years_table(edition: Edition, term: CouncilTerm) -> str:
    """Return the figures of the baseline and of each year of the term; surveys of residents in a table of their own."""
    cards = [card for card, _ in term_words.followed(edition, term)]
    yearly = [card for card in cards if card.basis != "residents"]
    surveyed = [card for card in cards if card.basis == "residents"]
    return "".join(
        _periods_table(edition, term, of_kind, caption)
        for of_kind, caption in (
            (yearly, tr("Years of the council term {term}", term=term.label)),
            (surveyed, tr("Surveys of residents by council term")),
        )
        if of_kind
    )


def _periods_table(edition: Edition, term: CouncilTerm, cards: Sequence[IndicatorCard], caption: str) -> str:
    told = {card.indicator_id: _periods(edition, card, term) for card in cards}
    periods = sorted({period for of_card in told.values() for period in of_card})
    header = [tr("Indicator"), *map(term_words.when, periods)]
    rows = [
        [say(card.title), *(_told(card, told[card.indicator_id].get(period)) for period in periods)] for card in cards
    ]
    return components.table(caption, header, rows, frozenset(range(1, len(header))))


def _periods(edition: Edition, card: IndicatorCard, term: CouncilTerm) -> dict[str, TermYear]:
    return {period.period: period for period in edition.term_years.get((card.indicator_id, term.term_id), ())}


def _told(card: IndicatorCard, period: TermYear | None) -> str:
    shown = term_words.amount(card, period.value if period else None)
    if period is None or period.value is None:
        return shown
    address = origin_address(card.indicator_id, period.period)
    return Markup(origin_of(address, shown, f"{say(card.title)} {as_written(period.period)}"))


def targets(edition: Edition, term: CouncilTerm, rows: Sequence[Followed]) -> str:
    """Return the targets of a term with who set each, when and where, and what became of it."""
    header = [tr("Indicator"), tr("Target"), tr("Owner"), tr("Set on"), tr("Decision"), tr("State of the target")]
    body = [
        [
            say(card.title),
            term_words.whole(card, row.target),
            row.target_owner or "",
            day(row.target_set_on) if row.target_set_on else "",
            row.target_decided_in or "",
            edition.message(row.target_reason),
        ]
        for card, row in rows
        if row.target is not None
    ]
    return components.table(tr("Targets of the council term {term}", term=term.label), header, body)


def _how_compared(term: CouncilTerm) -> str:
    return tr(
        "The baseline is the last full year before the term, {year}; of surveys of residents it is the survey of the "
        "term before. A year belongs to the term whose council sits at its end. The change of figures that "
        "associations report is that of those which answered in both years, so it may differ from the difference of "
        "the two figures.",
        year=term.baseline_year,
    )


def _by_group(rows: Sequence[Followed]) -> Iterator[tuple[str, list[Followed]]]:
    for group, of_group in groupby(rows, key=lambda item: item[0].indicator_group):
        yield group, list(of_group)
