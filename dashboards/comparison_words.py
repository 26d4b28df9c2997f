"""The words of the comparison of municipalities.

Here belongs: sentences, cells of its table, and the card of an indicator as it is compared. Not here: pictures
(`comparison_charts`), reading (`data`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dashboards.comparison_rows import ComparedFigure, ComparedTown, Comparison
from dashboards.components import Markup
from dashboards.data import Edition
from dashboards.formats import bare, number, quantity
from dashboards.origin_link import origin_address, origin_of
from dashboards.rows import IndicatorCard
from dashboards.sentences import verdict_marked
from dashboards.texts import language, say, tr

LACKS_FIGURE = "comparison.no_figure"


def as_compared(card: IndicatorCard) -> IndicatorCard:
    """Return the card with the unit (in the language that is spoken) and the decimals of the comparison."""
    if card.kind == "share":
        return card
    unit: dict[str, str] = {language(): tr("{unit} / 1,000 residents", unit=say(card.unit))}
    return replace(card, unit=unit, decimals=max(card.decimals, 0 if card.unit_code == "EUR" else 1))


def measured(card: IndicatorCard) -> str:
    """Say how an indicator is made comparable."""
    if card.kind == "share":
        return tr("The figure is a share, a mean or a sum per resident already, so it is compared as it is.")
    return tr(
        "The figure is divided by the residents of the municipality on 31 December of the year, and "
        "told per 1,000 residents."
    )


def rule_of_peers(comparison: Comparison, own: ComparedTown) -> str:
    """Say who the peers are."""
    count = len(comparison.peers.get(own.municipality_code, ()))
    if own.residents is None:
        return tr(
            "The residents of {town} are not known, so no municipalities of the same size can be named.",
            town=own.municipality_name,
        )
    return tr(
        "Same size: the {n} municipalities whose number of residents is nearest to that of {town} "
        "({residents} at the end of {year}).",
        n=count,
        town=own.municipality_name,
        residents=number(own.residents),
        year=own.residents_year,
    )


def lead(card: IndicatorCard, own: ComparedTown, ranked: Sequence[ComparedFigure], period: str) -> str:
    """Say where the municipality stands among those that have a value, largest first."""
    title = say(card.title)
    places = [figure.municipality_code for figure in ranked]
    if own.municipality_code not in places:
        return tr(
            "{title} {period}: there is no figure of {town} that could be compared.",
            title=title,
            period=period,
            town=own.municipality_name,
        )
    place = places.index(own.municipality_code)
    return tr(
        "{title} {period}: {town} has {value}. "
        "It is number {place} of the {count} whose figure can be used, the largest first.",
        title=title,
        period=period,
        town=own.municipality_name,
        value=quantity(ranked[place].value or 0.0, card),
        place=place + 1,
        count=len(ranked),
    )


def alternative(
    card: IndicatorCard, own: ComparedTown, ranked: Sequence[ComparedFigure], comparison: Comparison, period: str
) -> str:
    """Say in words what the picture shows."""
    first, last = ranked[0], ranked[-1]
    ends = tr(
        "Largest {first} {high}, smallest {last} {low}.",
        first=comparison.towns[first.municipality_code].municipality_name,
        high=quantity(first.value or 0.0, card),
        last=comparison.towns[last.municipality_code].municipality_name,
        low=quantity(last.value or 0.0, card),
    )
    return f"{lead(card, own, ranked, period)} {ends}"


def rows(
    edition: Edition, card: IndicatorCard, figures: Sequence[ComparedFigure], comparison: Comparison
) -> list[list[str]]:
    """Return the rows of the table: municipality, residents, value or why there is none, interval, reliability."""
    return [_row(edition, card, figure, comparison.towns[figure.municipality_code]) for figure in figures]


def header() -> list[str]:
    """Return the heads of the columns."""
    return [tr("Municipality"), tr("Residents"), tr("Value"), tr("95% interval"), tr("Reliability")]


def _row(edition: Edition, card: IndicatorCard, figure: ComparedFigure, town: ComparedTown) -> list[str]:
    has_interval = figure.lower is not None and figure.upper is not None
    return [
        town.municipality_name,
        "–" if town.residents is None else number(town.residents),
        _value(edition, card, figure),
        f"{bare(figure.lower or 0.0, card)}–{bare(figure.upper or 0.0, card)}" if has_interval else "–",
        "–" if figure.value is None else verdict_marked(figure.verdict),
    ]


def _value(edition: Edition, card: IndicatorCard, figure: ComparedFigure) -> str:
    """Return the figure, which leads to its origin where it is the municipality's own, or why there is none."""
    if figure.value is None:
        return edition.message(figure.reason or LACKS_FIGURE)
    shown = quantity(figure.value, card)
    if figure.municipality_code != edition.facts.municipality_code:
        return shown
    return Markup(origin_of(origin_address(card.indicator_id, figure.period), shown, say(card.title)))
