"""Pictures of municipalities beside each other.

Here belongs: sorted bars of a few, a strip of many. Not here: words (`comparison_words`), charts of years (`charts`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go  # type: ignore[import-untyped]

from dashboards.comparison_rows import ComparedFigure, ComparedTown
from dashboards.formats import on_scale, quantity, separators, unit_marks
from dashboards.rows import IndicatorCard
from dashboards.theme import ACCENT, ACCENT_DARK, INK, LINE, PALE, TEMPLATE

_BAR, _EDGES, _STRIP = 34, 60, 140
"""Height in pixels of a bar, of the axis and the margins, and of the strip."""


def bars(
    card: IndicatorCard, figures: Sequence[ComparedFigure], towns: Mapping[str, ComparedTown], own: str
) -> go.Figure:
    """Draw figures that have a value as bars, in their order from above, with their intervals; `own` is darker."""
    shown = list(reversed(figures))
    values = [on_scale(figure.value or 0.0, card) for figure in shown]
    figure = _frame(card, _EDGES + _BAR * len(shown))
    figure.add_bar(
        orientation="h",
        x=values,
        y=[towns[item.municipality_code].municipality_name for item in shown],
        marker={"color": [ACCENT_DARK if item.municipality_code == own else ACCENT for item in shown]},
        error_x=_intervals(card, shown, values),
        hovertext=[_pointed_at(card, item, towns) for item in shown],
        hoverinfo="text",
    )
    figure.update_yaxes(ticks="", tickfont={"size": 14, "color": INK}, type="category")
    figure.update_xaxes(rangemode="tozero")
    return figure


def strip(
    card: IndicatorCard, figures: Sequence[ComparedFigure], towns: Mapping[str, ComparedTown], own: str
) -> go.Figure:
    """Draw figures that have a value as marks on one line, `own` as a dot on it."""
    figure = _frame(card, _STRIP)
    for is_own in (False, True):
        shown = [item for item in figures if (item.municipality_code == own) is is_own]
        figure.add_scatter(
            x=[on_scale(item.value or 0.0, card) for item in shown],
            y=[0] * len(shown),
            mode="markers",
            marker={
                "symbol": "circle" if is_own else "line-ns",
                "size": 16,
                "color": ACCENT_DARK if is_own else PALE,
                "line": {"width": 2, "color": ACCENT_DARK if is_own else ACCENT},
            },
            hovertext=[_pointed_at(card, item, towns) for item in shown],
            hoverinfo="text",
            cliponaxis=False,
        )
    figure.update_yaxes(visible=False, range=[-1, 1])
    return figure


def _frame(card: IndicatorCard, height: int) -> go.Figure:
    before, after = unit_marks(card)
    figure = go.Figure(layout={"template": TEMPLATE, "height": height, "separators": "".join(separators())})
    figure.update_xaxes(
        tickprefix=before,
        ticksuffix=after,
        tickformat="",
        exponentformat="none",  # 10 000, not 10k
        separatethousands=True,
        showgrid=True,
        gridcolor=LINE,
        nticks=5,
    )
    return figure


def _intervals(card: IndicatorCard, shown: Sequence[ComparedFigure], values: Sequence[float]) -> dict[str, object]:
    """Draw the 95 % interval of each estimate; nothing where nothing is estimated."""
    if all(item.lower is None for item in shown):
        return {"visible": False}
    ends = list(zip(shown, values, strict=True))
    above = [0.0 if item.upper is None else on_scale(item.upper, card) - value for item, value in ends]
    below = [0.0 if item.lower is None else value - on_scale(item.lower, card) for item, value in ends]
    look = {"color": INK, "thickness": 1.5, "width": 5}
    return {"type": "data", "symmetric": False, "array": above, "arrayminus": below, **look}


def _pointed_at(card: IndicatorCard, item: ComparedFigure, towns: Mapping[str, ComparedTown]) -> str:
    return f"<b>{towns[item.municipality_code].municipality_name}</b><br>{quantity(item.value or 0.0, card)}"
