"""The look of charts: the Plotly template and its locale.

Here belongs: what every chart shares. Not here: the page's own style (`static/yhteispeli.css`), single charts
(`charts`), what a colour is (`palette`). Charts are drawn in the light colours; the style of the page makes them dark.
"""

from __future__ import annotations

from typing import Any, Final

import plotly.graph_objects as go  # type: ignore[import-untyped]
from babel.dates import get_day_names, get_month_names

from dashboards.formats import locale_of, separators
from dashboards.palette import LIGHT
from dashboards.texts import language

INK: Final = LIGHT.ink
QUIET: Final = LIGHT.quiet
LINE: Final = LIGHT.line
GRID: Final = LIGHT.grid
ACCENT: Final = LIGHT.accent
ACCENT_DARK: Final = LIGHT.accent_dark
PALE: Final = LIGHT.pale
WHITE: Final = LIGHT.ground

FONT: Final = "'Source Sans 3', 'Helvetica Neue', Arial, sans-serif"

_AXIS: Final[dict[str, Any]] = {
    "fixedrange": True,
    "gridcolor": GRID,
    "linecolor": LINE,
    "tickfont": {"size": 14, "color": QUIET},
    "title": {"text": ""},
    "zeroline": False,
}

TEMPLATE: Final = go.layout.Template(
    layout={
        "colorway": [ACCENT, ACCENT_DARK, PALE, QUIET],
        "dragmode": False,
        "font": {"family": FONT, "size": 14, "color": INK},
        "hoverlabel": {"bgcolor": INK, "bordercolor": INK, "font": {"family": FONT, "size": 14, "color": WHITE}},
        "margin": {"l": 8, "r": 16, "t": 28, "b": 8},
        "paper_bgcolor": "rgba(0, 0, 0, 0)",
        "plot_bgcolor": "rgba(0, 0, 0, 0)",
        "showlegend": False,
        "xaxis": {
            **_AXIS,
            "automargin": True,
            "showgrid": False,
            "tickformat": "d",
            "ticks": "outside",
            "tickcolor": LINE,
        },
        "yaxis": {**_AXIS, "automargin": True, "exponentformat": "none", "nticks": 5, "separatethousands": True},
    }
)


def plotly_config() -> dict[str, Any]:
    """Return what each `st.plotly_chart` is given: no tool bar, and the locale inline, as Plotly's bundle has none."""
    chosen = language()
    written_in = locale_of(chosen)
    decimal, thousands = separators()
    days = get_day_names("wide", "stand-alone", locale=written_in)
    short_days = get_day_names("abbreviated", "stand-alone", locale=written_in)
    months = get_month_names("wide", "stand-alone", locale=written_in)
    short_months = get_month_names("abbreviated", "stand-alone", locale=written_in)
    locale = {
        "dictionary": {},
        "format": {
            "days": [days[(index - 1) % 7] for index in range(7)],  # Plotly's week begins on Sunday
            "shortDays": [short_days[(index - 1) % 7] for index in range(7)],
            "months": [months[index] for index in range(1, 13)],
            "shortMonths": [short_months[index] for index in range(1, 13)],
            "date": "%d.%m.%Y",
            "decimal": decimal,
            "thousands": thousands,
        },
    }
    return {"displayModeBar": False, "locale": chosen, "locales": {chosen: locale}}
