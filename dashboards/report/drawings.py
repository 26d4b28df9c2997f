"""Charts of the chapter: SVG with its own axis and labels, since paper can't be pointed at.

Here belongs: the years of an indicator, and sorted bars. Not here: charts of pages (`charts`), pictures whose words
stand beside them in HTML (`pictures`, `term_pictures`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

from dashboards.data import Edition
from dashboards.formats import bare, number, on_scale, percent, scale_of
from dashboards.rows import IndicatorCard, Value
from dashboards.theme import ACCENT, GRID, INK, LINE, PALE, QUIET, WHITE

WIDTH = 640
FONT = "'Source Sans Pro', 'Source Sans 3', Arial, sans-serif"
_TOP, _HEIGHT = 26, 116
_LEFT, _RIGHT = 62, 24
_BASE = _TOP + _HEIGHT


@dataclass(frozen=True, slots=True)
class Axis:
    """The axis of the figures, from its floor to its top in equal steps."""

    floor: float
    top: float
    step: float

    def y(self, figure: float) -> float:
        """Height of a figure, in pixels from above."""
        share = (min(max(figure, self.floor), self.top) - self.floor) / (self.top - self.floor)
        return _BASE - _HEIGHT * share

    @property
    def marks(self) -> list[float]:
        """Figures at the lines of the grid."""
        return [self.floor + self.step * i for i in range(round((self.top - self.floor) / self.step) + 1)]


def trend(edition: Edition, card: IndicatorCard, series: Sequence[Value]) -> str:
    """Draw the years or terms of an indicator: figures, 95% intervals, breaks; pale where a figure is not usable."""
    axis = _axis(card, series)
    step = (WIDTH - _LEFT - _RIGHT) / len(series)
    places = [(_LEFT + step * (index + 0.5), value) for index, value in enumerate(series)]
    breaks = {found.breaks_on.year for found in edition.breaks_of(card.indicator_id)}
    drawn = [
        *(_grid(axis, card, mark) for mark in axis.marks),
        *(_label(x, _BASE + 20, value.when) for x, value in places),
        *(_break_line(x - step / 2) for x, value in places[1:] if value.year in breaks),
        *(_whisker(axis, card, x, value) for x, value in places),
        _line(axis, card, places, breaks),
        *(_dot(axis, card, x, value) for x, value in places),
        *_told_figures(axis, card, places),
    ]
    return _svg(_BASE + 30, drawn)


def bars(items: Sequence[tuple[str, float, str]]) -> str:
    """Draw sorted bars: label, figure and the figure as written."""
    longest = max((figure for _, figure, _ in items), default=0) or 1
    label_width, row, full = 210, 26, WIDTH - 210 - 120
    drawn = []
    for index, (label, figure, written) in enumerate(items):
        y, width = 4 + index * row, max(full * max(figure, 0) / longest, 1)
        drawn.append(_text(label_width - 10, y + 15, label, "end"))
        drawn.append(f'<rect x="{label_width}" y="{y}" width="{width:.1f}" height="{row - 8}" fill="{ACCENT}"/>')
        drawn.append(_text(label_width + width + 8, y + 15, written, "start"))
    return _svg(len(items) * row + 6, drawn)


def _axis(card: IndicatorCard, series: Sequence[Value]) -> Axis:
    lowest, ceiling = scale_of(card)
    shown = [on_scale(found, card) for value in series for found in (value.number, value.upper) if found is not None]
    highest = ceiling or max(shown, default=0) or 1
    rough = (highest - lowest) / 3
    size = 10.0 ** floor(log10(rough))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= rough * 0.999)
    return Axis(lowest, lowest + step * ceil((highest - lowest) / step - 1e-9), step)


def _grid(axis: Axis, card: IndicatorCard, mark: float) -> str:
    y = axis.y(mark)
    decimals = 0 if axis.step >= 1 else (1 if axis.step * 10 % 1 < 1e-9 else 2)
    written = percent(mark / 100, decimals) if card.unit_code == "share" else number(mark, decimals)
    colour = LINE if mark == axis.floor else GRID
    line = f'<path d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}" stroke="{colour}"/>'
    return line + _text(_LEFT - 8, y + 4, written, "end", QUIET)


def _break_line(x: float) -> str:
    return f'<path d="M{x:.1f} {_TOP - 10}V{_BASE}" stroke="{QUIET}" stroke-width="1.5" stroke-dasharray="2 3"/>'


def _whisker(axis: Axis, card: IndicatorCard, x: float, value: Value) -> str:
    if value.is_hidden or value.lower is None or value.upper is None:
        return ""
    low, high = (axis.y(on_scale(bound, card)) for bound in (value.lower, value.upper))
    return f'<path d="M{x:.1f} {low:.1f}V{high:.1f}" stroke="{_colour(value)}" stroke-width="7" stroke-opacity="0.28"/>'


def _line(axis: Axis, card: IndicatorCard, places: Sequence[tuple[float, Value]], breaks: set[int]) -> str:
    steps, before = "", None
    for x, value in places:
        if value.number is None:
            before = None
            continue
        joins = (
            before is not None
            and before.shown == value.shown == "value"
            and not value.is_of_term
            and value.year == before.year + 1
            and value.year not in breaks
        )
        steps += f"{'L' if joins else 'M'}{x:.1f} {axis.y(on_scale(value.number, card)):.1f}"
        before = value
    return f'<path d="{steps}" fill="none" stroke="{ACCENT}" stroke-width="2"/>' if steps else ""


def _dot(axis: Axis, card: IndicatorCard, x: float, value: Value) -> str:
    if value.number is None:
        return ""
    fill = WHITE if value.is_preliminary else _colour(value)
    y = axis.y(on_scale(value.number, card))
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{fill}" stroke="{_colour(value)}" stroke-width="1.5"/>'


def _told_figures(axis: Axis, card: IndicatorCard, places: Sequence[tuple[float, Value]]) -> list[str]:
    """Write the first and the newest figure above their dots, or above the interval."""
    known = [(x, value) for x, value in places if value.number is not None]
    ends = known[:1] + known[-1:] if len(known) > 1 else known
    written = []
    for x, value in ends:
        figure = value.number or 0.0
        top = axis.y(on_scale(max(figure, value.upper or figure), card))
        written.append(_text(x, max(top - 9, 12), bare(figure, card), "middle", INK, bold=True))
    return written


def _label(x: float, y: float, text: str) -> str:
    return _text(x, y, text, "middle", QUIET)


def _text(x: float, y: float, text: str, anchor: str, colour: str = INK, *, bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"{weight}>{escape(text)}</text>'


def _colour(value: Value) -> str:
    return PALE if value.verdict == "not_usable" else ACCENT


def _svg(height: float, drawn: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" '
        f'height="{height:.0f}" font-family="{FONT}" font-size="14">{"".join(drawn)}</svg>'
    )
