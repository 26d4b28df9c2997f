"""Small pictures made on the server: SVG for tiles and small multiples, no script needed.

Here belongs: pictures without text of their own; the words stand beside them in HTML. Not here: charts that can be
pointed at (`charts`).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence

from dashboards.rows import Value
from dashboards.theme import ACCENT, LINE, PALE

WIDTH = 240
HEIGHT = 48
_EDGE = 5


def sparkline(series: Sequence[Value], years: range, *, joined: bool, top: float | None = None) -> str:
    """Draw a series as an SVG picture and return it as a data address for `<img src>`.

    Parameters
    ----------
    series
        Yearly values; hidden and missing ones leave a gap.
    years
        Years of the horizontal axis, so that pictures beside each other have the same one.
    joined
        True: a line, for what can be compared from year to year; False: bars, pale where the value is not usable.
    top
        Value at the upper edge; by default the largest of the series. The lower edge is 0.
    """
    known = [(value, value.number) for value in series if value.number is not None]
    top = top or max((number for _, number in known), default=1) or 1
    step = (WIDTH - 2 * _EDGE) / max(len(years) - 1, 1)
    points = [
        (_EDGE + (value.year - years.start) * step, HEIGHT - 2 - (HEIGHT - 10) * max(number, 0) / top, value)
        for value, number in known
    ]
    drawn = _line(points) if joined else _bars(points, step)
    base = f'<path d="M0 {HEIGHT - 1}H{WIDTH}" stroke="{LINE}"/>'
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f"{base}{drawn}</svg>"
    )
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


def _line(points: Sequence[tuple[float, float, Value]]) -> str:
    pieces: list[str] = []
    previous: Value | None = None
    for x, y, value in points:
        follows = previous is not None and value.year == previous.year + 1 and value.break_id is None
        pieces.append(f"{'L' if follows else 'M'}{x:.1f} {y:.1f}")
        previous = value
    last = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{ACCENT}"/>' for x, y, _ in points[-1:])
    return f'<path d="{"".join(pieces)}" fill="none" stroke="{ACCENT}" stroke-width="2.5"/>{last}'


def _bars(points: Sequence[tuple[float, float, Value]], step: float) -> str:
    width = min(step * 0.7, 2 * _EDGE + 4)
    return "".join(
        f'<rect x="{max(x - width / 2, 0):.1f}" y="{y:.1f}" width="{width:.1f}" height="{HEIGHT - 1 - y:.1f}" '
        f'fill="{PALE if value.verdict == "not_usable" else ACCENT}"/>'
        for x, y, value in points
    )
