"""Which figures a question means.

Here belongs: filters. Not here: parameters (`models`), the form of the answer (`answers`).
"""

from __future__ import annotations

from fastapi import HTTPException

from dashboards.api.models import ValuesQuestion
from dashboards.data import Edition
from dashboards.rows import CouncilTerm, IndicatorCard, Value
from dashboards.texts import tr


def indicator(edition: Edition, indicator_id: str) -> IndicatorCard:
    """Return an indicator.

    Raises
    ------
    HTTPException
        404: the edition has none of that id.
    """
    card = edition.indicators.get(indicator_id)
    if card is None:
        raise HTTPException(404, tr("This edition has no indicator {name}.", name=indicator_id[:60]))
    return card


def term(edition: Edition, term_id: str) -> CouncilTerm:
    """Return a council term.

    Raises
    ------
    HTTPException
        404: the edition has none of that id.
    """
    found = edition.terms.get(term_id)
    if found is None:
        raise HTTPException(404, tr("This edition has no council term {name}.", name=term_id[:60]))
    return found


def values(edition: Edition, question: ValuesQuestion) -> list[Value]:
    """Return the figures that fit all filters, by indicator, breakdown, group and period.

    Raises
    ------
    HTTPException
        404: an indicator or the council term is not there.
    """
    indicators = {indicator(edition, name).indicator_id for name in question.indicator} or set(edition.indicators)
    of_term = None if question.term is None else term(edition, question.term)
    breakdowns, groups, periods = map(set, (question.breakdown, question.breakdown_value, question.period))
    return [
        value
        for (indicator_id, breakdown, group), series in edition.values.items()
        if indicator_id in indicators
        and (not breakdowns or breakdown in breakdowns)
        and (not groups or group in groups)
        for value in series
        if (not periods or value.period in periods)
        and (question.period_type is None or value.period_type == question.period_type)
        and (of_term is None or _falls_in(value, of_term))
    ]


def _falls_in(value: Value, of_term: CouncilTerm) -> bool:
    if value.is_of_term:
        return value.period == of_term.term_id
    return of_term.first_year <= value.year <= of_term.last_year
