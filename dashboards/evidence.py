"""The evidence for one indicator: what is seen, the chart, its table, how it was counted.

Here belongs: the block that every group page repeats, and its breakdowns. Not here: HTML (`components`), words
(`sentences`), what a single page adds.
"""

from __future__ import annotations

import plotly.graph_objects as go  # type: ignore[import-untyped]
import streamlit as st

from dashboards import components, sentences
from dashboards.charts import trend
from dashboards.components import Bar, Markup, Multiple
from dashboards.data import Edition
from dashboards.downloads import indicator_csv
from dashboards.drawn import download, drawn
from dashboards.formats import bare, percent, scale_of
from dashboards.one_part import of_part, untold
from dashboards.origin_link import origin_address, origin_anchor, origin_link
from dashboards.pictures import sparkline
from dashboards.report_link import report_link
from dashboards.rows import NOT_RECORDED, TOTAL, IndicatorCard, Value, as_written
from dashboards.texts import say, tr
from dashboards.theme import plotly_config


@drawn
def show_group(edition: Edition, group: str, first: tuple[str, ...], breakdown: str, code: str) -> None:
    """Show every indicator of a group of the catalogue, of the whole or of one part.

    Parameters
    ----------
    edition
        The edition that is shown.
    group
        Group of the catalogue.
    first
        Indicators that come first, in this order and with their breakdowns open; the others follow in the catalogue's
        order with the breakdowns folded.
    breakdown, code
        The part, as `one_part.choose_part` returns it.
    """
    if breakdown != TOTAL:
        if left_out := untold(edition, group, breakdown, code):
            st.html(left_out)
        edition = of_part(edition, breakdown, code)
    cards = [card for card in edition.indicators.values() if card.indicator_group == group]
    leading = [card for name in first for card in cards if card.indicator_id == name]
    for card in leading:
        show(edition, card, folded=False)
    for card in cards:
        if card not in leading:
            show(edition, card, folded=True)


def show(edition: Edition, card: IndicatorCard, *, folded: bool) -> None:
    """Show an indicator: headline, key figure, chart, breakdowns (perhaps folded), table, method."""
    value = edition.latest(card.indicator_id)
    breakdowns = _breakdowns(edition, card, value)
    with st.container(key=f"evidence-{card.indicator_id}"):
        st.html(components.heading(sentences.headline(edition, card)))
        aside, main = st.columns([1, 2], gap="large")
        with aside:
            st.html(key_figure(edition, card, value) + _notes(edition, card))
        with main:
            _chart(edition, card)
        if breakdowns and folded:
            with st.expander(tr("Breakdowns: {title}", title=say(card.title))):
                st.html(breakdowns)
        elif breakdowns:
            st.html(breakdowns)
        _table(edition, card)
        _method(edition, card)


def key_figure(edition: Edition, card: IndicatorCard, value: Value | None) -> str:
    """Return the newest figure with its change, coverage, verdict and the link to its origin, as HTML."""
    if value is None:
        reasons = [edition.message(empty.verdict_reason) for empty in edition.series(card.indicator_id)[-1:]]
        said = (sentences.cell(edition, card, value), *reasons)
        return "".join(components.paragraph(sentence) for sentence in said)
    address = origin_address(card.indicator_id, value.period, value.breakdown, value.breakdown_value)
    return judged_figure(edition, card, value) + origin_link(address, f"{say(card.title)} {value.when}")


def judged_figure(edition: Edition, card: IndicatorCard, value: Value) -> str:
    """Return a figure with its change, coverage and verdict, as HTML."""
    label = f"{say(card.title)}{sentences.estimate_note(value)}"
    if value.shown == "reported":
        label = sentences.told_word(card, value)
    year = value.when if value.status == "final" else f"{value.when}, {sentences.status_word(value.status)}"
    parts = [
        components.figures([(sentences.cell(edition, card, value), f"{label} {year}", sentences.told_by(value))]),
        _change(edition, card, value),
        components.paragraph(sentences.interval(card, value)) if value.lower is not None else "",
        components.paragraph(sentences.told_sum(card, value)) if sentences.told_sum(card, value) else "",
        components.badge(value.verdict),
        components.paragraph(edition.message(value.verdict_reason), "quiet"),
    ]
    return "".join(parts)


def _change(edition: Edition, card: IndicatorCard, value: Value) -> str:
    change = edition.change(value)
    if change is None:
        return ""
    words = f"{sentences.change_arrow(change)} {sentences.change_words(card, change)}"
    says_more = change.direction == "not_comparable" or value.is_estimate
    reason = components.paragraph(edition.message(change.reason), "quiet") if says_more else ""
    return components.paragraph(words, "change") + reason


def _chart(edition: Edition, card: IndicatorCard) -> None:
    series = edition.series(card.indicator_id)
    if sum(value.number is not None for value in series) < 2:
        return
    if card.unit_code not in {"EUR", "share"}:  # these stand on the axis
        st.html(components.paragraph(say(card.unit), "unit"))
    st.plotly_chart(
        _figure(edition, card),
        theme=None,
        config=plotly_config(),
        alt=sentences.alternative(edition, card),
        key=f"chart-{card.indicator_id}",
    )


def _figure(edition: Edition, card: IndicatorCard) -> go.Figure:
    return trend(
        card,
        edition.series(card.indicator_id),
        edition.breaks_of(card.indicator_id),
        lambda value: sentences.pointed_at(edition, card, value),
        edition.targets_of(card.indicator_id),
    )


def _notes(edition: Edition, card: IndicatorCard) -> str:
    series = edition.series(card.indicator_id)
    notes = [say(found.text) for found in edition.breaks_of(card.indicator_id)]
    if any(value.shown == "reported" and value.verdict == "not_usable" for value in series):
        notes.append(tr("Grey bars and crosses are years whose figure is not usable: too few associations answered."))
    if any(value.lower is not None for value in series):
        notes.append(tr("The line on a bar or the pale band is the 95% interval of the estimate."))
        notes.append(tr("Estimates are rounded to what their interval allows; the CSV file has all digits."))
    if any(value.is_preliminary for value in series):
        notes.append(tr("Dotted bars and open circles are preliminary: the year has not ended."))
    notes += sentences.parameters(edition, card)
    return components.paragraph(" ".join([*notes, sentences.source_line(edition, card)]), "quiet")


def _breakdowns(edition: Edition, card: IndicatorCard, value: Value | None) -> str:
    if value is None:
        return ""
    pieces = []
    for breakdown in card.breakdowns:
        if breakdown == TOTAL or not edition.parts(card.indicator_id, breakdown, value.period):
            continue
        over_years = card.unit_code == "EUR"
        piece = parts_multiples if over_years else parts_bars
        pieces.append(piece(edition, card, breakdown, value.period))
    return "".join(pieces)


def parts_bars(edition: Edition, card: IndicatorCard, breakdown: str, period: str) -> str:
    """Return a breakdown of one year as sorted bars, those without a number and what was not recorded last."""
    parts = edition.parts(card.indicator_id, breakdown, period)
    floor, ceiling = scale_of(card)
    top = ceiling or max((part.number or 0 for part in parts.values()), default=0) or 1
    ranked = sorted(parts.items(), key=lambda part: _rank(*part), reverse=True)
    items = [
        Bar(
            label=edition.breakdown_label(breakdown, code),
            share=None if part.number is None else (part.number - floor) / (top - floor),
            text=sentences.cell(edition, card, part),
            note=sentences.bounds(card, part),
            is_pale=part.verdict == "not_usable",
        )
        for code, part in ranked
    ]
    title = f"{say(card.title)} {as_written(period)} {sentences.by_breakdown(breakdown)}"
    drawn = components.bars(title, (sentences.breakdown_word(breakdown), say(card.title)), items)
    drawn += origin_link(origin_address(card.indicator_id, period, breakdown), title)
    if not any(item.note for item in items):
        return drawn
    return drawn + components.paragraph(tr("Under each estimate is its 95% interval."), "quiet")


def parts_multiples(edition: Edition, card: IndicatorCard, breakdown: str, period: str) -> str:
    """Return a breakdown over the years as small pictures on one scale, largest figure of the year first."""
    whole = edition.series(card.indicator_id)
    years = range(whole[0].year, whole[-1].year + 1)
    codes = edition.parts_codes(card.indicator_id, breakdown)
    series = {code: edition.series(card.indicator_id, breakdown, code) for code in codes}
    top = max((value.number or 0 for values in series.values() for value in values), default=0) or 1
    of_year = edition.parts(card.indicator_id, breakdown, period)
    ordered = sorted(series, key=lambda code: _rank(code, of_year.get(code)), reverse=True)
    pictures = [_multiple(edition, card, breakdown, code, series[code], years, top) for code in ordered]
    title = f"{say(card.title)} {sentences.by_breakdown(breakdown)}"
    link = origin_link(origin_address(card.indicator_id, period, breakdown), f"{title} {as_written(period)}")
    return components.heading(title, 3) + components.multiples(pictures) + link


def _rank(code: str, part: Value | None) -> tuple[bool, float]:
    """Return how far up a part stands: by its figure; what was not recorded is no class, so it is the last."""
    number = None if part is None else part.number
    return code != NOT_RECORDED, float("-inf") if number is None else number


def _multiple(
    edition: Edition,
    card: IndicatorCard,
    breakdown: str,
    code: str,
    series: tuple[Value, ...],
    years: range,
    top: float,
) -> Multiple:
    label = edition.breakdown_label(breakdown, code)
    newest = f"{series[-1].when}: {sentences.cell(edition, card, series[-1])}"
    first = f"{series[0].when}: {sentences.cell(edition, card, series[0])}"
    return Multiple(
        title=label,
        picture=sparkline(series, years, "bars", (0.0, top)),
        alternative=f"{label}, {first}, {newest}",
        text=newest,
    )


def _table(edition: Edition, card: IndicatorCard) -> None:
    title = say(card.title)
    with st.expander(tr("Show as a table: {title}", title=title)):
        st.html(_written_table(edition, card))
        download(
            tr("Download CSV: {title}", title=title),
            indicator_csv(edition, card),
            f"{card.indicator_id}_{edition.facts.edition_id}.csv",
            "text/csv",
            f"csv-{card.indicator_id}",
        )


def _written_table(edition: Edition, card: IndicatorCard) -> str:
    series = edition.series(card.indicator_id)
    title = say(card.title)
    sampled = any(value.coverage_share is not None for value in series)
    header = [tr("Year"), title, tr("Change"), tr("Verdict"), tr("Status"), tr("Origin")]
    header[2:2] = [tr("95% interval"), tr("Reported"), tr("Answered"), tr("Coverage")] if sampled else []
    rows = [_table_row(edition, card, value, sampled=sampled) for value in reversed(series)]
    numeric = frozenset(range(1, 6)) if sampled else frozenset({1})
    return components.table(f"{title} ({say(card.unit)})", header, rows, numeric)


def _table_row(edition: Edition, card: IndicatorCard, value: Value, *, sampled: bool) -> list[str]:
    change = edition.change(value)
    address = origin_address(card.indicator_id, value.period, value.breakdown, value.breakdown_value)
    origin = origin_anchor(address, f"{say(card.title)} {value.when}")
    row: list[str] = [
        value.when,
        _table_figure(edition, card, value),
        f"{sentences.change_arrow(change)} {sentences.change_words(card, change)}" if change else "–",
        sentences.verdict_word(value.verdict),
        sentences.status_word(value.status),
        Markup(origin),
    ]
    if sampled:
        row[2:2] = [
            sentences.bounds(card, value) or "–",
            "–" if value.reported is None else bare(value.reported, card),
            "–" if value.n is None or value.population is None else f"{value.n}/{value.population}",
            "–" if value.coverage_share is None else percent(value.coverage_share),
        ]
    return row


def _table_figure(edition: Edition, card: IndicatorCard, value: Value) -> str:
    if value.shown == "reported":  # it stands in the column of what was told
        return tr("no estimate")
    return sentences.cell(edition, card, value)


def _method(edition: Edition, card: IndicatorCard) -> None:
    title = say(card.title)
    with st.expander(tr("Method and limits: {title}", title=title)):
        st.html(
            components.definitions(
                [
                    (tr("Question"), say(card.question)),
                    (tr("How it is counted"), say(card.formula)),
                    (tr("Method"), say(card.method)),
                    (tr("Limits"), say(card.limits)),
                    (tr("Which way is better"), sentences.direction_words(card)),
                    (tr("What is called a change"), sentences.least_change(card)),
                    (tr("Small groups"), sentences.protection(edition, card)),
                    (tr("In the handbook"), components.in_finnish(card.handbook)),
                    (tr("Sources"), ", ".join(edition.source_title(source) for source in card.sources)),
                ]
            )
            + report_link(edition, title)
        )
