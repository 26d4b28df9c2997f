"""The eight measures of the handbook in the chapter: each figure with its reliability, change, chart and years.

Here belongs: which indicators answer a measure in a year, and the evidence for each. Not here: what a measure is
(`measures`), the drawing of a chart (`drawings`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dashboards import sentences, term_words
from dashboards.data import Edition
from dashboards.formats import bare, percent, quantity
from dashboards.measures import Measure, measures
from dashboards.report.document import Block, Facts, Heading, Paragraph, Picture, of_rows
from dashboards.report.drawings import trend
from dashboards.rows import Change, IndicatorCard, Value
from dashboards.texts import say, tr

YEARS_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Told:
    """What an edition tells of an indicator in a year; of surveys of residents, in the newest council term."""

    edition: Edition
    card: IndicatorCard
    value: Value | None
    change: Change | None

    @property
    def is_of_term(self) -> bool:
        """The indicator is asked once a council term."""
        return self.card.basis == "residents"

    @property
    def figure(self) -> str:
        """The figure with its unit and, where it is not of the year, its period; or why there is none."""
        if self.value is None or self.value.number is None:
            return sentences.why_empty(self.edition, self.value)
        amount = sentences.cell(self.edition, self.card, self.value)
        if self.value.shown == "reported":
            return f"{amount} ({sentences.told_word(self.card, self.value).lower()})"
        period = f", {self.value.when}" if self.is_of_term else ""
        return f"{amount}{sentences.estimate_note(self.value)}{period}"

    @property
    def change_in_short(self) -> str:
        """The change with its mark; a dash where none is told."""
        if self.change is None:
            return "–"
        return f"{sentences.change_arrow(self.change)} {sentences.change_words(self.card, self.change)}"

    @property
    def changed(self) -> str:
        """The title within a sentence, with the size of a clear change behind it."""
        title = say(self.card.title)
        title = title[:1].lower() + title[1:]
        if self.change is None or self.change.direction not in {"rose", "fell"}:
            return title
        return f"{title} ({sentences.change_amount(self.card, self.change)})"


def told_of(edition: Edition, indicator_id: str, year: int) -> Told | None:
    """Return what is told of an indicator in a year; None when the edition does not know the indicator."""
    card = edition.indicators.get(indicator_id)
    if card is None:
        return None
    series = edition.series(indicator_id)
    fitting = series if card.basis == "residents" else [value for value in series if value.year == year]
    value = fitting[-1] if fitting else None
    return Told(edition, card, value, edition.change(value) if value is not None else None)


def of_measure(edition: Edition, measure: Measure, year: int) -> list[Told]:
    """Return what is told of the indicators of a measure."""
    told = (told_of(edition, indicator_id, year) for indicator_id in measure.indicators)
    return [item for item in told if item is not None]


def of_measures(edition: Edition, year: int) -> list[Told]:
    """Return what is told of all indicators of the measures, in their order."""
    return [item for measure in measures() for item in of_measure(edition, measure, year)]


def section(edition: Edition, year: int) -> list[Block]:
    """Return the section of the eight measures."""
    blocks: list[Block] = [Heading(tr("The eight measures of the handbook"))]
    for measure in measures():
        items = of_measure(edition, measure, year)
        blocks.append(Heading(measure.title, 2))
        if not items:
            blocks.append(Paragraph(tr("The data has not been delivered yet.")))
        for item in items:
            if len(items) > 1:
                blocks.append(Heading(say(item.card.title), 3))
            blocks += evidence(item, year)
    return blocks


def with_unit(title: str, card: IndicatorCard) -> str:
    """Write a title with the unit behind it in brackets."""
    unit = say(card.unit)
    return f"{title} {unit}" if unit.startswith("(") else f"{title} ({unit})"


def evidence(item: Told, year: int) -> list[Block]:
    """Return the evidence for an indicator: message, facts, chart, its years, where it comes from."""
    edition, card = item.edition, item.card
    series = edition.series(card.indicator_id)[-YEARS_SHOWN:]
    blocks: list[Block] = [Paragraph(_message(item, year)), Facts(tuple(_facts(item)))]
    if sum(value.number is not None for value in series) > 1:
        drawn = trend(edition, card, series)
        blocks.append(Picture(drawn, sentences.alternative(edition, card), with_unit(say(card.title), card)))
    return [*blocks, *_years(edition, card, series), Paragraph(_notes(edition, card, series), "note")]


def _message(item: Told, year: int) -> str:
    headline = f"{sentences.headline(item.edition, item.card)}."
    if item.value is not None and item.value.number is not None:
        return headline
    if item.edition.latest(item.card.indicator_id) is None:
        return headline
    return tr("There is no figure of {year}. The newest: {headline}", year=year, headline=headline)


def _facts(item: Told) -> list[tuple[str, str]]:
    edition, card, value, change = item.edition, item.card, item.value, item.change
    if value is None:
        return [(tr("Figure"), item.figure)]
    told = value.reported if value.is_estimate and card.kind != "share" else None
    facts = [
        (tr("Figure"), item.figure),
        (tr("95% interval"), sentences.bounds(card, value)),
        (tr("Reported by those who answered"), "" if told is None else quantity(told, card)),
        (tr("Coverage"), sentences.told_by(value)),
        (tr("Verdict"), f"{sentences.verdict_marked(value.verdict)}. {edition.message(value.verdict_reason)}"),
        (tr("Change"), "" if change is None else f"{item.change_in_short}. {edition.message(change.reason)}"),
        (tr("Which way is better"), sentences.direction_words(card)),
    ]
    return [(name, text) for name, text in facts if text]


def _years(edition: Edition, card: IndicatorCard, series: Sequence[Value]) -> list[Block]:
    is_sampled = any(value.coverage_share is not None or value.is_of_term for value in series)
    header = [tr("Period") if series and series[0].is_of_term else tr("Year"), tr("Figure")]
    if is_sampled:
        header += [tr("95% interval"), tr("Reported"), tr("Answered"), tr("Coverage")]
    header += [tr("Change"), tr("Verdict")]
    rows = [
        [
            value.when + (f", {sentences.status_word(value.status)}" if value.status != "final" else ""),
            _figure(edition, card, value, is_sampled=is_sampled),
            *(_sample(card, value) if is_sampled else []),
            _change(edition, card, value),
            sentences.verdict_marked(value.verdict),
        ]
        for value in reversed(series)
    ]
    numeric = frozenset(range(1, 6)) if is_sampled else frozenset({1})
    title = say(card.title)
    by_period = (
        tr("{title} by council term", title=title) if card.basis == "residents" else tr("{title} by year", title=title)
    )
    return of_rows(with_unit(by_period, card), header, rows, numeric)


def _figure(edition: Edition, card: IndicatorCard, value: Value, *, is_sampled: bool) -> str:
    if value.shown == "reported" and is_sampled:  # it stands in the column of what was told
        return tr("no estimate")
    return sentences.why_empty(edition, value) if value.number is None else term_words.amount(card, value.number)


def _sample(card: IndicatorCard, value: Value) -> list[str]:
    if value.is_hidden:
        return ["–"] * 4
    answered = "–" if value.n is None else str(value.n)
    if value.n is not None and value.population is not None and not value.is_of_term:
        answered = f"{value.n}/{value.population}"
    return [
        sentences.bounds(card, value) or "–",
        "–" if value.reported is None else bare(value.reported, card),
        answered,
        "–" if value.coverage_share is None else percent(value.coverage_share),
    ]


def _change(edition: Edition, card: IndicatorCard, value: Value) -> str:
    change = edition.change(value)
    return "–" if change is None else f"{sentences.change_arrow(change)} {sentences.change_words(card, change)}"


def _notes(edition: Edition, card: IndicatorCard, series: Sequence[Value]) -> str:
    notes = [say(found.text) for found in edition.breaks_of(card.indicator_id)]
    if any(value.verdict == "not_usable" and value.number is not None for value in series):
        notes.append(tr("Grey dots are figures that are not usable."))
    if any(value.lower is not None for value in series):
        notes.append(tr("The pale bar is the 95% interval of the estimate; figures are rounded to what it allows."))
    notes += sentences.parameters(edition, card)
    return " ".join([*notes, sentences.source_line(edition, card)])
