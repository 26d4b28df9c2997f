"""What the page of the comparison shows: which indicators, which period, which municipalities in which order.

Here belongs: choosing from the comparison. Not here: words (`comparison_words`), pictures (`comparison_charts`).
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboards import data
from dashboards.comparison_rows import ComparedFigure, ComparedTown, Comparison
from dashboards.comparison_words import LACKS_FIGURE
from dashboards.data import Edition
from dashboards.rows import IndicatorCard


def choices(edition: Edition, comparison: Comparison) -> dict[str, IndicatorCard]:
    """Return the indicators that some municipality has a value for, in the catalogue's order."""
    return {name: card for name, card in edition.indicators.items() if name in comparison.periods}


def period_to_show(edition: Edition, comparison: Comparison, indicator_id: str) -> str:
    """Return the period of the municipality's newest settled value, else the newest that anybody has."""
    periods = comparison.periods[indicator_id]
    own = edition.latest(indicator_id)
    return own.period if own is not None and own.period in periods else periods[0]


def compared_figures(
    comparison: Comparison, own: ComparedTown, indicator_id: str, period: str, *, is_for_all: bool
) -> list[ComparedFigure]:
    """Return one figure a municipality: the largest first, those without a value last, by name.

    A municipality that tells nothing of the indicator in the period is there without a value.
    """
    told = {figure.municipality_code: figure for figure in data.compared(indicator_id, period)}
    peers = (own.municipality_code, *comparison.peers.get(own.municipality_code, ()))
    codes = tuple(comparison.towns) if is_for_all else peers
    figures = [told.get(code) or _lacking(code, indicator_id, period) for code in codes]
    return sorted(
        figures,
        key=lambda figure: (
            figure.value is None,
            -(figure.value or 0.0),
            comparison.towns[figure.municipality_code].municipality_name,
        ),
    )


def ranked_of(figures: Sequence[ComparedFigure]) -> list[ComparedFigure]:
    """Return those whose value is fit for use; the others stand in the table alone, marked."""
    return [figure for figure in figures if figure.value is not None and figure.verdict != "not_usable"]


def _lacking(code: str, indicator_id: str, period: str) -> ComparedFigure:
    return ComparedFigure(indicator_id, period, code, "as_it_is", None, None, None, "not_usable", LACKS_FIGURE)
