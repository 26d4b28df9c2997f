"""Numbers, sums and dates as Finns write them: `1 234,5 €`, `24.11.2026`.

Here belongs: writing a single number or day for people or for a CSV file. Not here: sentences (`sentences`).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from babel.dates import format_date
from babel.numbers import format_decimal

from dashboards.rows import IndicatorCard
from dashboards.texts import language, say

NBSP: Final = "\u00a0"

Number = float | int | Decimal


def number(value: Number, decimals: int = 0) -> str:
    """Write a number with a fixed number of decimals: `1 234,5`."""
    pattern = "#,##0" + (f".{'0' * decimals}" if decimals else "")
    written = format_decimal(value, format=pattern, locale=language())
    return written.removeprefix("-") if not written.strip("-0,.") else written  # no minus before a zero


def euros(value: Number, decimals: int = 0) -> str:
    """Write a sum: `1 234 €`."""
    return f"{number(value, decimals)}{NBSP}€"


def percent(share: Number, decimals: int = 0) -> str:
    """Write a share between 0 and 1 as percents: `12,3 %`."""
    return f"{number(share * 100, decimals)}{NBSP}%"


def day(value: date) -> str:
    """Write a day: `24.11.2026`."""
    return format_date(value, format="d.M.yyyy", locale=language())


def on_scale(value: float, card: IndicatorCard) -> float:
    """Return the value on the scale that people see: shares as percents, all else as it is."""
    return value * 100 if card.unit_code == "share" else value


def scale_of(card: IndicatorCard) -> tuple[float, float | None]:
    """Return the ends of an indicator's axis, on the scale that people see; None where the values decide."""
    return {"grade": (4.0, 10.0), "points": (1.0, 5.0)}.get(card.unit_code, (0.0, None))


def bare(value: float, card: IndicatorCard) -> str:
    """Write a value of an indicator without its unit."""
    return number(on_scale(value, card), card.decimals)


def quantity(value: float, card: IndicatorCard) -> str:
    """Write a value of an indicator with its unit: `34 500 tuntia`."""
    return f"{bare(value, card)}{NBSP}{say(card.unit).replace(' ', NBSP)}"


def for_spreadsheet(value: object) -> str:
    """Write a cell of a CSV file for a Finnish spreadsheet: decimal comma, no grouping, ISO days, empty for nothing."""
    if value is None:
        return ""
    if isinstance(value, float):
        return format(Decimal(repr(value)).normalize(), "f").replace(".", ",")
    return format(value, "f").replace(".", ",") if isinstance(value, Decimal) else str(value)
