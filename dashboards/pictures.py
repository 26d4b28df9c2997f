"""Small pictures made on the server: SVG for tiles and small multiples, no script needed.

Here belongs: pictures without text of their own; the words stand beside them in HTML. Not here: charts that can be
pointed at (`charts`).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Literal

from dashboards.palette import picture_style
from dashboards.rows import Value

ACCENT, LINE, PALE = "var(--accent)", "var(--line)", "var(--pale)"
WIDTH = 240
HEIGHT = 48
_EDGE = 6


Shape = Literal["line", "bars", "points"]


def sparkline(series: Sequence[Value], years: range, shape: Shape, ends: tuple[float, float | None]) -> str:
    """Draw a series as an SVG picture and return it as a data address for `<img src>`.

    Parameters
    ----------
    series
        Yearly values; hidden and missing ones leave a gap.
    years
        Years of the horizontal axis, so that pictures beside each other have the same one.
    shape
        A line joins what can be compared from year to year; bars and points are pale where the value is not usable.
    ends
        Values at the lower and upper edge; None: the largest of the series.
    """
    known = [(value, value.number) for value in series if value.number is not None]
    floor, ceiling = ends
    top = ceiling or max((number for _, number in known), default=1) or 1
    step = (WIDTH - 2 * _EDGE) / max(len(years) - 1, 1)
    points = [
        (_EDGE + (value.year - years.start) * step, _height(number, floor, top), value) for value, number in known
    ]
    drawn = {"line": _line, "bars": _bars, "points": _points}[shape](points)
    base = f'<path d="M0 {HEIGHT - 1}H{WIDTH}" stroke="{LINE}"/>'
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f"{picture_style()}{base}{drawn}</svg>"
    )
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


def _height(number: float, floor: float, top: float) -> float:
    return HEIGHT - 2 - (HEIGHT - 10) * max(number - floor, 0) / (top - floor)


def _line(points: Sequence[tuple[float, float, Value]]) -> str:
    pieces: list[str] = []
    previous: Value | None = None
    for x, y, value in points:
        follows = previous is not None and value.year == previous.year + 1 and value.break_id is None
        pieces.append(f"{'L' if follows else 'M'}{x:.1f} {y:.1f}")
        previous = value
    last = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{ACCENT}"/>' for x, y, _ in points[-1:])
    return f'<path d="{"".join(pieces)}" fill="none" stroke="{ACCENT}" stroke-width="2.5"/>{last}'


def _points(points: Sequence[tuple[float, float, Value]]) -> str:
    return "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{_fill(value)}"/>' for x, y, value in points)


def _bars(points: Sequence[tuple[float, float, Value]]) -> str:
    width = 2 * _EDGE + 4
    return "".join(
        f'<rect x="{max(x - width / 2, 0):.1f}" y="{y:.1f}" width="{width:.1f}" height="{HEIGHT - 1 - y:.1f}" '
        f'fill="{_fill(value)}"/>'
        for x, y, value in points
    )


def _fill(value: Value) -> str:
    return PALE if value.verdict == "not_usable" else ACCENT
