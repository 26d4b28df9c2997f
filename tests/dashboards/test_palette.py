"""The colours of both themes: text at 4.5, marks and frames at 3, as WCAG 2.1 counts contrast."""

from __future__ import annotations

import re
import tomllib
from dataclasses import asdict
from itertools import product
from pathlib import Path

import pytest

from dashboards import charts, palette, theme
from dashboards.palette import DARK, LIGHT, Palette

DASHBOARDS = Path(palette.__file__).parent
TEXT = ("ink", "quiet", "accent", "accent_dark", "link", "good", "care", "bad")
MARKS = ("accent", "accent_dark", "quiet", "pale", "ink")
GROUNDS = ("ground", "soft", "shade")
BOTH = pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2.1."""
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.1."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_counted_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@BOTH
def test_text_can_be_read_on_every_ground(colours: Palette) -> None:
    seen = asdict(colours)
    low = {(text, on) for text, on in product(TEXT, GROUNDS) if contrast(seen[text], seen[on]) < 4.5}
    assert low == set()
    for name in ("good", "care", "bad"):
        for text in (name, "ink"):
            assert contrast(seen[text], seen[f"{name}_pale"]) >= 4.5


@BOTH
def test_marks_and_frames_stand_out(colours: Palette) -> None:
    seen = asdict(colours)
    low = {(mark, on) for mark, on in product(MARKS, GROUNDS) if contrast(seen[mark], seen[on]) < 3}
    assert low == set()
    assert contrast(colours.frame, colours.ground) >= 3
    assert contrast(colours.frame, colours.soft) >= 3


@pytest.mark.parametrize(("name", "colours"), [("light", LIGHT), ("dark", DARK)])
def test_streamlit_is_given_the_same_colours(name: str, colours: Palette) -> None:
    settings = tomllib.loads((DASHBOARDS / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"][name]
    assert settings == {
        "primaryColor": colours.accent,
        "backgroundColor": colours.ground,
        "secondaryBackgroundColor": colours.soft,
        "textColor": colours.ink,
        "linkColor": colours.link,
        "borderColor": colours.frame,
    }


def test_the_style_names_colours_and_knows_none_itself() -> None:
    style = (DASHBOARDS / "static" / "yhteispeli.css").read_text(encoding="utf-8")
    used = set(re.findall(r"var\((--[a-z-]+)\)", style))
    assert used <= {palette.variable(name) for name in asdict(LIGHT)}
    assert set(re.findall(r"#[0-9a-f]{3,6}\b(?=[^{]*})", style)) <= {"#fff"}  # paper


def test_every_colour_of_a_chart_has_its_dark_one() -> None:
    drawn = {theme.INK, theme.QUIET, theme.LINE, theme.GRID, theme.ACCENT, theme.ACCENT_DARK, theme.PALE, theme.WHITE}
    light = asdict(LIGHT)
    assert drawn <= {light[name] for name in palette._DRAWN}
    written = Path(charts.__file__).read_text(encoding="utf-8") + Path(theme.__file__).read_text(encoding="utf-8")
    assert re.findall(r"#[0-9a-f]{6}", written) == []


def test_dark_holds_on_screens_only() -> None:
    assert "@media screen and (prefers-color-scheme: dark)" in palette.stylesheet()
    assert palette.picture_style().count(LIGHT.accent) == palette.picture_style().count(DARK.accent) == 1
