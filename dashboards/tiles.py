"""The tiles of the overview, as HTML.

Here belongs: the three numbers of the field, one tile a measure, what the verdicts mean. Not here: which measures there
are (`measures`).
"""

from __future__ import annotations

from html import escape

from dashboards import components, sentences
from dashboards.data import Edition
from dashboards.formats import bare, number, percent
from dashboards.measures import Measure
from dashboards.pictures import sparkline
from dashboards.rows import IndicatorCard, Value
from dashboards.texts import say, tr


def field(edition: Edition) -> str:
    """Return the three numbers of the field: registered, active, under umbrella organisations."""
    items = []
    for indicator_id in ("registered_associations", "active_associations"):
        value = edition.latest(indicator_id)
        card = edition.indicators.get(indicator_id)
        if card is not None:
            items.append((_plain(edition, card, value), say(card.title), _day_of(value)))
    umbrella = edition.indicators.get("umbrella_coverage_share")
    value = edition.latest("umbrella_coverage_share")
    if umbrella is not None:
        share = percent(value.number) if value is not None and value.number is not None else ""
        count = sentences.umbrella_count(edition) or _plain(edition, umbrella, value)
        below = tr("{share} of the registered, {day}", share=share, day=_day_of(value)) if share else ""
        items.append((count, say(umbrella.title), below))
    return components.figures(items)


def legend() -> str:
    """Say what the three verdicts mean."""
    meanings = (
        ("usable", tr("the figure tells of the whole field")),
        ("usable_with_care", tr("the direction is right, the size is not exact")),
        ("not_usable", tr("too few answered: do not draw conclusions")),
    )
    items = "".join(f"<li>{components.badge(verdict)} {escape(text)}</li>" for verdict, text in meanings)
    return f'<ul class="yp-legend">{items}</ul>'


def tile(edition: Edition, measure: Measure) -> str:
    """Return the tile of a measure; without data it says so and what is needed."""
    cards = [edition.indicators[name] for name in measure.indicators if name in edition.indicators]
    title = components.heading(measure.title, 3)
    value = edition.latest(cards[0].indicator_id) if cards else None
    if value is None:
        missing = tr("The data has not been delivered yet.")
        return f'<div class="yp-tile yp-tile-missing">{title}{components.paragraph(missing, "missing")}' + (
            f"{components.paragraph(measure.needs, 'quiet')}</div>"
        )
    body = _figure(edition, cards[0], value) + "".join(_second(edition, card) for card in cards[1:])
    return f'<div class="yp-tile">{title}{body}{_evidence(edition, cards[0], value)}</div>'


def _figure(edition: Edition, card: IndicatorCard, value: Value) -> str:
    if value.number is None:
        figure = f"<strong>{escape(sentences.why_empty(edition, value))}</strong>"
    else:
        unit = escape(say(card.unit))
        figure = f'<strong>{escape(bare(value.number, card))}</strong> <span class="yp-tile-unit">{unit}</span>'
    told = tr("of those who answered") if value.method == "reported_mean" else tr("sum told")
    note = f", {told}" if value.shown == "reported" else ""
    status = f", {sentences.status_word(value.status)}" if value.is_preliminary else ""
    return (
        f'<p class="yp-tile-figure">{figure}</p>'
        f'<p class="yp-tile-year">{escape(say(card.title))} {value.period}{escape(note + status)}</p>'
    )


def _second(edition: Edition, card: IndicatorCard) -> str:
    value = edition.latest(card.indicator_id)
    if value is None or value.number is None:
        return ""
    text = tr(
        "{title} {year}: {value}", title=say(card.title), year=value.period, value=sentences.cell(edition, card, value)
    )
    return components.paragraph(text, "text")


def _evidence(edition: Edition, card: IndicatorCard, value: Value) -> str:
    series = edition.series(card.indicator_id)
    change = edition.change(value)
    parts = []
    if change is not None:
        parts.append(
            components.paragraph(f"{sentences.change_arrow(change)} {sentences.change_words(card, change)}", "change")
        )
    if value.coverage_share is not None:
        parts.append(components.paragraph(sentences.told_by(value), "quiet"))
    if sum(item.number is not None for item in series) > 1:
        joined = all(item.shown == "value" for item in series if item.number is not None)
        years = range(series[0].year, series[-1].year + 1)
        parts.append(components.picture(sparkline(series, years, joined=joined), sentences.alternative(edition, card)))
        parts.append(f'<p class="yp-years"><span>{series[0].period}</span><span>{series[-1].period}</span></p>')
    parts.append(components.badge(value.verdict))
    parts.append(components.paragraph(edition.message(value.verdict_reason), "quiet"))
    return "".join(parts)


def _plain(edition: Edition, card: IndicatorCard, value: Value | None) -> str:
    if value is None or value.number is None:
        return sentences.why_empty(edition, value)
    return number(value.number) if card.unit_code == "associations" else sentences.cell(edition, card, value)


def _day_of(value: Value | None) -> str:
    return "" if value is None else tr("31 December {year}", year=value.period)
