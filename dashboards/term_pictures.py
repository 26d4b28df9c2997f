"""Pictures of a council term: a whole series with the term shaded, its target and the breaks.

Here belongs: SVG without text of its own. Not here: the words beside it (`term_words`), pictures of other pages
(`pictures`).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.data import Edition
from dashboards.formats import scale_of
from dashboards.palette import picture_style
from dashboards.rows import CouncilTerm, IndicatorCard, TermValue, TermYear

WIDTH = 320
HEIGHT = 96
_EDGE = 8


@dataclass(frozen=True, slots=True)
class Dot:
    """A figure at its place on the axis of years; `joins` it to the dot before."""

    at: float
    value: float
    lower: float | None
    upper: float | None
    is_pale: bool
    is_open: bool
    joins: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """The ends of both axes."""

    first: float
    last: float
    floor: float
    top: float

    def x(self, year: float) -> float:
        """Place of a year, in pixels."""
        return _EDGE + (WIDTH - 2 * _EDGE) * (year - self.first) / (self.last - self.first)

    def y(self, value: float) -> float:
        """Height of a value, in pixels from above."""
        share = (min(max(value, self.floor), self.top) - self.floor) / (self.top - self.floor)
        return HEIGHT - _EDGE - (HEIGHT - 2 * _EDGE) * share


def years_shown(edition: Edition, term: CouncilTerm) -> range:
    """Return the years of the axis, the same for every picture of a term: all that the edition tells, and the term."""
    years = [
        int(period.period)
        for periods in edition.term_years.values()
        for period in periods
        if period.value is not None and period.period.isdigit()
    ]
    return range(min([*years, term.baseline_year]), max([*years, term.last_year]) + 1)


def term_picture(edition: Edition, card: IndicatorCard, term: CouncilTerm, row: TermValue) -> str:
    """Draw an indicator over all terms, one of them shaded; return the picture as a data address for `<img src>`."""
    dots = _dots(edition, card)
    if not dots:
        return ""
    years = years_shown(edition, term)
    floor, ceiling = scale_of(card)
    highest = max([*(dot.upper or dot.value for dot in dots), row.target or 0])
    frame = Frame(years.start - 0.5, years.stop - 0.5, floor, ceiling or highest * 1.05 or 1)
    drawn = [
        _shade(frame, term),
        f'<path d="M0 {HEIGHT - 0.5}H{WIDTH}" stroke="var(--line)"/>',
        *(_break(frame, found.breaks_on.year) for found in edition.breaks_of(card.indicator_id)),
        *([] if row.target is None else [_target(frame, term, row.target)]),
        *(_whisker(frame, dot) for dot in dots),
        _line(frame, dots),
        *(_dot(frame, dot) for dot in dots),
    ]
    shapes = picture_style() + "".join(drawn)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">{shapes}</svg>'
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


def _dots(edition: Edition, card: IndicatorCard) -> list[Dot]:
    """Return the figures of all terms: of a year at the year, of a survey of residents in the middle of its term."""
    places: dict[float, TermYear] = {}
    for term in edition.terms.values():
        for period in edition.term_years.get((card.indicator_id, term.term_id), ()):
            if period.value is None or (period.period not in edition.terms and not period.period.isdigit()):
                continue
            places[_place(edition, period.period)] = period
    breaks = {found.breaks_on.year for found in edition.breaks_of(card.indicator_id)}
    return [
        Dot(
            at=at,
            value=places[at].value or 0.0,
            lower=places[at].lower,
            upper=places[at].upper,
            is_pale=places[at].verdict == "not_usable",
            is_open=places[at].status == "preliminary",
            joins=at - 1 in places and at not in breaks and card.basis != "residents",
        )
        for at in sorted(places)
    ]


def _place(edition: Edition, period: str) -> float:
    if period.isdigit():
        return float(period)
    term = edition.terms[period]
    return (term.first_year + term.last_year) / 2


def _shade(frame: Frame, term: CouncilTerm) -> str:
    left, right = frame.x(term.first_year - 0.5), frame.x(term.last_year + 0.5)
    return f'<rect x="{left:.1f}" y="0" width="{right - left:.1f}" height="{HEIGHT}" fill="var(--shade)"/>'


def _break(frame: Frame, year: int) -> str:
    if not frame.first < year - 0.5 < frame.last:
        return ""
    line = f"M{frame.x(year - 0.5):.1f} 0V{HEIGHT}"
    return f'<path d="{line}" stroke="var(--quiet)" stroke-width="1.5" stroke-dasharray="2 3"/>'


def _target(frame: Frame, term: CouncilTerm, target: float) -> str:
    left, right = frame.x(term.first_year - 0.5), frame.x(term.last_year + 0.5)
    return (
        f'<path d="M{left:.1f} {frame.y(target):.1f}H{right:.1f}" stroke="var(--accent-dark)" stroke-width="2" '
        'stroke-dasharray="7 4"/>'
    )


def _whisker(frame: Frame, dot: Dot) -> str:
    if dot.lower is None or dot.upper is None:
        return ""
    x, lower, upper = frame.x(dot.at), frame.y(dot.lower), frame.y(dot.upper)
    ends = f"M{x - 3:.1f} {lower:.1f}h6M{x - 3:.1f} {upper:.1f}h6"
    return f'<path d="M{x:.1f} {lower:.1f}V{upper:.1f}{ends}" stroke="{_colour(dot)}" stroke-width="1.5"/>'


def _line(frame: Frame, dots: Sequence[Dot]) -> str:
    steps = "".join(f"{'L' if dot.joins else 'M'}{frame.x(dot.at):.1f} {frame.y(dot.value):.1f}" for dot in dots)
    return f'<path d="{steps}" fill="none" stroke="var(--accent)" stroke-width="2"/>'


def _dot(frame: Frame, dot: Dot) -> str:
    fill = "var(--ground)" if dot.is_open else _colour(dot)
    return (
        f'<circle cx="{frame.x(dot.at):.1f}" cy="{frame.y(dot.value):.1f}" r="3.5" fill="{fill}" '
        f'stroke="{_colour(dot)}" stroke-width="1.5"/>'
    )


def _colour(dot: Dot) -> str:
    return "var(--pale)" if dot.is_pale else "var(--accent)"
