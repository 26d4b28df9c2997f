"""The overview: its tiles, as HTML, and how they stand.

Here belongs: the three numbers of the field, one tile a measure, what the verdicts mean. Not here: which measures there
are (`measures`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from dashboards import components, leads, sentences
from dashboards.address import carried_on
from dashboards.components import Markup
from dashboards.data import Edition
from dashboards.drawn import drawn
from dashboards.formats import bare, number, percent, quantity, scale_of
from dashboards.measures import Measure, measures
from dashboards.navigation import page_title
from dashboards.origin_link import origin_address, origin_link, origin_of
from dashboards.pictures import Shape, sparkline
from dashboards.rows import IndicatorCard, Value
from dashboards.texts import say, tr


@drawn
def show(edition: Edition) -> None:
    """Show the message of the overview, the three numbers of the field, and a tile a measure."""
    st.html(components.lead(leads.overview(edition)) + field(edition))
    st.html(components.heading(tr("The eight measures")) + legend(edition))
    with st.container(key="tiles"):
        for number_of_tile, measure in enumerate(measures()):
            with st.container(key=f"tile-{number_of_tile}"):
                st.html(tile(edition, measure))
                st.page_link(measure.page.path, label=page_title(measure.page), query_params=carried_on())


def field(edition: Edition) -> str:
    """Return the three numbers of the field: registered, active, under umbrella organisations."""
    return components.figures(
        (one.number, say(one.card.title), _traced(one.card, one.value, one.below)) for one in _field(edition)
    )


def numbers(edition: Edition) -> str:
    """Return the three numbers of the field without links."""
    return components.figures((one.number, say(one.card.title), one.below) for one in _field(edition))


@dataclass(frozen=True, slots=True)
class _Number:
    """A number of the field as it is written, and what stands below it."""

    number: str
    below: str
    card: IndicatorCard
    value: Value | None


def _field(edition: Edition) -> Iterator[_Number]:
    for indicator_id in ("registered_associations", "active_associations"):
        value = edition.latest(indicator_id)
        card = edition.indicators.get(indicator_id)
        if card is not None:
            yield _Number(_plain(edition, card, value), _day_of(value), card, value)
    umbrella = edition.indicators.get("umbrella_coverage_share")
    value = edition.latest("umbrella_coverage_share")
    if umbrella is not None:
        share = percent(value.number) if value is not None and value.number is not None else ""
        count = sentences.umbrella_count(edition) or _plain(edition, umbrella, value)
        below = tr("{share} of the registered, {day}", share=share, day=_day_of(value)) if share else ""
        yield _Number(count, below, umbrella, value)


def _traced(card: IndicatorCard, value: Value | None, shown: str) -> str:
    """Make what stands under a number the link to its origin; left as it is where there is no number."""
    if value is None or not shown:
        return shown
    return Markup(origin_of(origin_address(card.indicator_id, value.period), shown, say(card.title)))


def legend(edition: Edition) -> str:
    """Say what the three verdicts mean, and that what associations tell is not the whole."""
    meanings = (
        ("usable", tr("the figure speaks for the whole field")),
        ("usable_with_care", tr("the figure shows the scale: read why")),
        ("not_usable", tr("the figure is not enough for conclusions")),
    )
    items = "".join(f"<li>{components.badge(verdict)} {escape(text)}</li>" for verdict, text in meanings)
    told: dict[str, list[str]] = {}
    for measure in measures():
        value = edition.latest(measure.indicators[0])
        if value is not None and value.shown == "reported":
            told.setdefault(value.verdict_reason, []).append(measure.title)
    notes = [f"{', '.join(titles)}: {edition.message(reason)}" for reason, titles in told.items()]
    return f'<ul class="yp-legend">{items}</ul>' + "".join(components.paragraph(note) for note in notes)


def tile(edition: Edition, measure: Measure) -> str:
    """Return the tile of a measure; without data it says so and what is needed."""
    known = [
        (edition.indicators[name], value)
        for name in measure.indicators
        if name in edition.indicators and (value := edition.latest(name)) is not None
    ]
    title = components.heading(measure.title, 3)
    if not known:
        missing = components.paragraph(tr("The data has not been delivered yet."), "missing")
        needs = "".join(f"<li>{escape(need)}</li>" for need in measure.needs)
        needed = components.paragraph(tr("Needed:"), "quiet") + f'<ul class="yp-needs">{needs}</ul>'
        return f'<div class="yp-tile yp-tile-missing">{title}{missing}{needed}</div>'
    (first, value), *others = known
    body = _figure(edition, first, value) + "".join(_second(edition, card, value) for card, value in others)
    return f'<div class="yp-tile">{title}{body}{_evidence(edition, first, value)}</div>'


def _figure(edition: Edition, card: IndicatorCard, value: Value) -> str:
    if value.number is None:
        figure = f"<strong>{escape(sentences.why_empty(edition, value))}</strong>"
    else:
        amount = bare(value.number, card)
        before, _, after = quantity(value.number, card).partition(amount)
        figure = f"{_unit(before)}<strong>{escape(amount)}</strong>{_unit(after)}"
    note = sentences.estimate_note(value)
    if value.shown == "reported":
        note = f", {sentences.told_word(card, value).lower()}"
    status = f", {sentences.status_word(value.status)}" if value.is_preliminary else ""
    return (
        f'<p class="yp-tile-figure">{figure}</p>'
        f'<p class="yp-tile-year">{escape(say(card.title))} {value.when}{escape(note + status)}</p>'
    )


def _unit(words: str) -> str:
    return f'<span class="yp-tile-unit">{escape(words)}</span>' if words else ""


def _second(edition: Edition, card: IndicatorCard, value: Value) -> str:
    if value.number is None:
        return ""
    text = tr(
        "{title} {year}: {value}", title=say(card.title), year=value.when, value=sentences.cell(edition, card, value)
    )
    if value.shown == "reported":
        text = sentences.headline(edition, card)
    return components.paragraph(Markup(origin_of(origin_address(card.indicator_id, value.period), text)))


def _evidence(edition: Edition, card: IndicatorCard, value: Value) -> str:
    series = edition.series(card.indicator_id)
    change = edition.change(value)
    parts = []
    if change is not None:
        parts.append(
            components.paragraph(f"{sentences.change_arrow(change)} {sentences.change_words(card, change)}", "change")
        )
    lines = (sentences.interval(card, value), sentences.told_sum(card, value), sentences.told_by(value))
    parts += [components.paragraph(line, "quiet") for line in lines if line]
    if sum(item.number is not None for item in series) > 1:
        years = range(series[0].year, series[-1].year + 1)
        drawn = sparkline(series, years, _shape(card, series), scale_of(card))
        parts.append(components.picture(drawn, sentences.alternative(edition, card)))
        parts.append(f'<p class="yp-years"><span>{series[0].when}</span><span>{series[-1].when}</span></p>')
    parts.append(components.badge(value.verdict))
    address = origin_address(card.indicator_id, value.period)
    parts.append(origin_link(address, f"{say(card.title)} {value.when}"))
    return "".join(parts)


def _shape(card: IndicatorCard, series: Sequence[Value]) -> Shape:
    if series[0].is_of_term:
        return "points"
    if all(item.shown == "value" for item in series if item.number is not None):
        return "line"
    return "points" if card.unit_code in {"grade", "share"} else "bars"


def _plain(edition: Edition, card: IndicatorCard, value: Value | None) -> str:
    if value is None or value.number is None:
        return sentences.why_empty(edition, value)
    return number(value.number) if card.unit_code == "associations" else sentences.cell(edition, card, value)


def _day_of(value: Value | None) -> str:
    return "" if value is None else tr("31 December {year}", year=value.when)
