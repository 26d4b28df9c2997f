"""Numbers, sums and dates as they are written in the language of the page: `1 234,5 €` and `24.11.2026` in Finnish.

Here belongs: writing a single number or day for people or for a CSV file, and the locale of each language. Not here:
sentences (`sentences`).
Swedish is that of Finland and writes numbers and days as Finnish does; English is British: `€1,234.5`, `24 Nov 2026`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Final

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent, get_decimal_symbol, get_group_symbol

from dashboards.rows import IndicatorCard
from dashboards.texts import Language, language, say

NBSP: Final = "\u00a0"

_LOCALES: Final[Mapping[Language, str]] = {"fi": "fi_FI", "sv": "sv_FI", "en": "en_GB"}
_DAYS: Final[Mapping[Language, str]] = {"fi": "d.M.yyyy", "sv": "d.M.yyyy", "en": "d MMM yyyy"}
_PLAIN: Final = "#,##0"
"""The whole part of a number in the patterns of Unicode's locale data."""

Number = float | int | Decimal


@cache
def locale_of(chosen: Language) -> Locale:
    """Return the locale of a language."""
    return Locale.parse(_LOCALES[chosen])


def separators() -> tuple[str, str]:
    """Return the decimal mark and the mark between thousands."""
    locale = locale_of(language())
    return get_decimal_symbol(locale), get_group_symbol(locale)


def number(value: Number, decimals: int = 0) -> str:
    """Write a number with a fixed number of decimals: `1 234,5`."""
    return format_decimal(_not_minus_zero(value, decimals), format=_digits(decimals), locale=locale_of(language()))


def euros(value: Number, decimals: int = 0) -> str:
    """Write a sum: `1 234 €`."""
    locale = locale_of(language())
    pattern = locale.currency_formats["standard"].pattern.replace(f"{_PLAIN}.00", _digits(decimals))
    shown = _not_minus_zero(value, decimals)
    return format_currency(shown, "EUR", format=pattern, locale=locale, currency_digits=False)


def percent(share: Number, decimals: int = 0) -> str:
    """Write a share between 0 and 1 as percents: `12,3 %`."""
    locale = locale_of(language())
    pattern = locale.percent_formats[None].pattern.replace(_PLAIN, _digits(decimals))
    return format_percent(_not_minus_zero(share, decimals + 2), format=pattern, locale=locale)


def day(value: date) -> str:
    """Write a day: `24.11.2026`."""
    chosen = language()
    return format_date(value, format=_DAYS[chosen], locale=locale_of(chosen))


def _digits(decimals: int) -> str:
    return _PLAIN + (f".{'0' * decimals}" if decimals else "")


def _not_minus_zero(value: Number, decimals: int) -> Number:
    """Return zero for what rounds to zero, so that no minus stands before it."""
    return value if round(value, decimals) else 0


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
    """Write a value of an indicator with its unit: `34 500 tuntia`.

    A one stands alone: the catalogue has its units in the plural, which in Finnish is another case too.
    """
    if card.unit_code == "EUR":
        return euros(value, card.decimals)
    if card.unit_code == "share":
        return percent(value, card.decimals)
    written = bare(value, card)
    return written if written == "1" else f"{written}{NBSP}{say(card.unit).replace(' ', NBSP)}"


def unit_marks(card: IndicatorCard) -> tuple[str, str]:
    """Return what stands before and after a number on an axis: the sign of euros or percents, else nothing."""
    if card.unit_code not in {"EUR", "share"}:
        return "", ""
    before, _, after = (euros(1) if card.unit_code == "EUR" else percent(0.01)).partition("1")
    return before, after


def span(lower: float, upper: float, card: IndicatorCard) -> str:
    """Write an interval in running text: `44–56 %`; without the unit where that is a word."""
    before, after = unit_marks(card)
    return f"{before}{bare(lower, card)}–{bare(upper, card)}{after}"


def for_spreadsheet(value: object) -> str:
    """Write a cell of a CSV file for a Finnish spreadsheet: decimal comma, no grouping, ISO days, empty for nothing.

    The same in every language: the spreadsheets of readers in Finland expect it.
    """
    if value is None:
        return ""
    if isinstance(value, float):
        return format(Decimal(repr(value)).normalize(), "f").replace(".", ",")
    return format(value, "f").replace(".", ",") if isinstance(value, Decimal) else str(value)
