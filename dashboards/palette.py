"""The colours of the pages in light and in dark, and the style rules that follow from them.

Here belongs: each colour once, what of the page's style depends on light and dark. Not here: the rest of the style
(`static/yhteispeli.css`), the look of charts (`theme`).
The light colours are those of the Suomi.fi design tokens (suomifi-design-tokens, MIT). The tokens have no dark set: the
dark colours keep their hues, each as light as its contrast asks (`tests/dashboards/test_palette.py` computes it).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as `#rrggbb`, named by what they are for; `shade` and the `…_pale` are grounds of text and marks."""

    ground: str
    soft: str
    shade: str
    ink: str
    quiet: str
    line: str
    grid: str
    frame: str
    pale: str
    accent: str
    accent_dark: str
    link: str
    good: str
    good_pale: str
    care: str
    care_pale: str
    bad: str
    bad_pale: str


LIGHT: Final = Palette(
    ground="#ffffff",
    soft="#f7f7f8",
    shade="#eaf2fa",
    ink="#212121",
    quiet="#5f686d",
    line="#c8cdd0",
    grid="#ecedee",
    frame="#7a858b",
    pale="#7a858b",
    accent="#2a6ebb",
    accent_dark="#00357a",
    link="#235a9a",
    good="#07684f",
    good_pale="#e3f5f0",
    care="#6b4a00",
    care_pale="#fff6e0",
    bad="#ae332d",
    bad_pale="#fbefef",
)

DARK: Final = Palette(
    ground="#14181c",
    soft="#1d2328",
    shade="#182c42",
    ink="#f2f4f5",
    quiet="#b3bcc2",
    line="#4a555d",
    grid="#2c343b",
    frame="#8a959c",
    pale="#84909a",
    accent="#5b9fe8",
    accent_dark="#a9cdf5",
    link="#8fc1f7",
    good="#63d3b0",
    good_pale="#0f2b23",
    care="#f2c14e",
    care_pale="#2f2609",
    bad="#ff9d94",
    bad_pale="#3a1917",
)

IN_DARK: Final = "@media screen and (prefers-color-scheme: dark)"
"""Where the dark colours hold: on a screen whose reader's system is dark, never on paper."""

_DRAWN: Final = ("ground", "shade", "ink", "quiet", "line", "grid", "pale", "accent", "accent_dark")
"""Colours that charts are drawn with."""


def variable(name: str) -> str:
    """Return the CSS variable of a colour: `accent_dark` is `--accent-dark`."""
    return f"--{name.replace('_', '-')}"


def stylesheet() -> str:
    """Return the variables of both palettes, and the rules that turn Plotly's charts dark.

    Plotly writes its colours into each shape. A rule for each colour puts that of the dark palette in its place, so
    that a chart follows the reader's system and the printer without being drawn anew.
    """
    names = list(asdict(LIGHT))
    light = f":root{{color-scheme:light;{_variables(LIGHT, names)}}}"
    dark = f":root{{color-scheme:dark;{_variables(DARK, names)}}}"
    return f"{light}{IN_DARK}{{{dark}{_redrawn()}}}"


def picture_style() -> str:
    """Return the style element of an SVG picture, whose shapes then say `var(--accent)`."""
    light, dark = (_variables(palette, _DRAWN) for palette in (LIGHT, DARK))
    return f"<style>:root{{{light}}}{IN_DARK}{{:root{{{dark}}}}}</style>"


def _variables(palette: Palette, names: Iterable[str]) -> str:
    return ";".join(f"{variable(name)}:{getattr(palette, name)}" for name in names)


def _redrawn() -> str:
    rules = []
    for name in _DRAWN:
        red, green, blue = (int(getattr(LIGHT, name)[start : start + 2], 16) for start in (1, 3, 5))
        written = f"rgb({red}, {green}, {blue})"
        rules += [
            f'.js-plotly-plot [style*="{kind}: {written}"]{{{kind}:var({variable(name)})!important}}'
            for kind in ("fill", "stroke")
        ]
    return "".join(rules)
