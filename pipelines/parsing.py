"""From the text of a cell to a typed value, one function for each way of reading that contracts name.

Here belongs: Polars expressions text → value, null where the text can't be read. Not here: which rows are good.
Every function takes and gives expressions over whole columns; blank text has become null before. Digits are
`[0-9]` only: the class of all digits would let through those of other scripts, which no number can be made of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from pipelines import contracts
from pipelines.contract_model import Column, fold
from pipelines.settings import Settings

FIRST_YEAR, LAST_YEAR = 1900, 2100

POLARS_TYPES: Mapping[str, pl.DataType] = {
    "VARCHAR": pl.String(),
    "VARCHAR[]": pl.List(pl.String()),
    "BIGINT": pl.Int64(),
    "DOUBLE": pl.Float64(),
    "DECIMAL(14,2)": pl.Decimal(14, 2),
    "DATE": pl.Date(),
    "TIMESTAMP": pl.Datetime("us"),
    "BOOLEAN": pl.Boolean(),
}
"""Polars type of each DuckDB type that source contracts use."""

TIME_ZONE = "Europe/Helsinki"
"""Times are told and kept in local time; a time with a zone of its own is turned into it."""

_DATE = r"^([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})$"
_ISO_DATE = r"^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ].*)?$"
_TIME = r"([0-9]{1,2})[.:]([0-9]{2})(?:[.:][0-9]{2})?$"
_LOCAL_TIME = rf"^([0-9]{{1,2}}\.[0-9]{{1,2}}\.[0-9]{{4}})(?:\s*klo)?\s+{_TIME}"
_ISO_TIME = r"^([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(?::[0-9]{2}(?:[.,][0-9]+)?)?"
_ZONED_TIME = rf"{_ISO_TIME}(Z|[+-][0-9]{{2}}:?[0-9]{{2}})$"
_ENDING_BEFORE_COMMA = r"(?i)(\br\.?\s?[yf]\b\.?)\s*,"
_EXCEL_EPOCH = pl.date(1899, 12, 30)
_EXCEL_FIRST_SERIAL, _EXCEL_LAST_SERIAL = 1, 73415  # 1.1.1900 and 31.12.2100


def clean(text: pl.Expr) -> pl.Expr:
    """Compose letters (NFC), strip and collapse white space (no-break space too); blank text becomes null."""
    collapsed = text.str.normalize("NFC").str.replace_all(r"[\s\u00a0\u202f\u2007]+", " ").str.strip_chars()
    return pl.when(collapsed != "").then(collapsed)


def read_column(column: Column, settings: Settings) -> pl.Expr:
    """Return the typed expression of a column of cleaned text; null where it can't be read."""
    text = pl.col(column.name)
    if column.missing_marks:
        text = pl.when(~text.is_in(list(column.missing_marks))).then(text)
    if column.reads in {"code", "codes"}:
        spellings = settings.code_list(str(column.code_list)).spellings()
        return read_codes(text, spellings) if column.reads == "codes" else read_code(text, spellings)
    if column.reads == "municipality":
        return read_municipality(text, settings)
    return _READERS[column.reads](text).cast(POLARS_TYPES[column.duckdb_type])


def read_text(text: pl.Expr) -> pl.Expr:
    """Text as it is."""
    return text


def read_texts(text: pl.Expr) -> pl.Expr:
    """Several texts parted by a vertical bar or a semicolon."""
    parts = text.str.replace_all(r"\s*[|;]\s*", "|").str.split("|")
    return parts.list.eval(pl.element().filter(pl.element() != ""))


def read_number(text: pl.Expr) -> pl.Expr:
    """Give a number with decimal comma or point, blanks or thousands points, the sign `-` or `−`, maybe a euro sign."""
    bare = text.str.replace_all(r"[\s€]|EUR|eur", "").str.replace_all("−", "-", literal=True)
    thousands = bare.str.contains(r"^-?[0-9]{1,3}(\.[0-9]{3})+,[0-9]+$")
    pointed = pl.when(thousands).then(bare.str.replace_all(".", "", literal=True)).otherwise(bare)
    plain = pointed.str.replace(",", ".", literal=True)
    return pl.when(plain.str.contains(r"^-?[0-9]{1,12}(\.[0-9]+)?$")).then(plain).cast(pl.Float64)


def read_money(text: pl.Expr) -> pl.Expr:
    """Euros to the cent; a third decimal that is not the noise of a spreadsheet makes the text unreadable.

    `1.234` is unreadable too: it may mean 1,23 or 1 234 euros.
    """
    number = read_number(text)
    cents = number.round(2)
    is_ambiguous = text.str.contains(r"^-?[0-9]{1,3}(\.[0-9]{3})+$")
    return pl.when(((number - cents).abs() < 1e-6) & ~is_ambiguous).then(cents).cast(pl.Decimal(14, 2))


def read_integer(text: pl.Expr) -> pl.Expr:
    """Whole number; decimals are accepted when they are zeros."""
    number = read_number(text)
    return pl.when(number == number.floor()).then(number).cast(pl.Int64)


def read_scale(text: pl.Expr) -> pl.Expr:
    """Answer of a scale: `5`, or the number and its words, `5 Täysin samaa mieltä`."""
    return text.str.extract(r"^(-?[0-9]{1,3})(?:[.,]0+)?(?:\s*[-–=:.)]?\s*\p{L}.*)?$").cast(pl.Int64)


def read_date(text: pl.Expr) -> pl.Expr:
    """Day as `31.12.2024`, ISO 8601 with or without a time, or the serial number of a spreadsheet; 1900–2100."""
    finnish = pl.when(text.str.contains(_DATE)).then(text).str.to_date("%d.%m.%Y", strict=False)
    iso = text.str.extract(_ISO_DATE).str.to_date("%Y-%m-%d", strict=False)
    serial = text.str.extract(r"^([0-9]{5})(?:\.0)?$").cast(pl.Int64)
    in_range = serial.is_between(_EXCEL_FIRST_SERIAL, _EXCEL_LAST_SERIAL)
    counted = pl.when(in_range).then(_EXCEL_EPOCH + pl.duration(days=serial)).cast(pl.Date)
    day = pl.coalesce(finnish, iso, counted)
    return pl.when(day.dt.year().is_between(FIRST_YEAR, LAST_YEAR)).then(day)


def read_datetime(text: pl.Expr) -> pl.Expr:
    """Local time to the minute: `31.12.2024 18:00`, `31.12.2024 klo 18.00`, ISO 8601, or a spreadsheet's serial number.

    A time with a zone (`2024-12-31T16:00:00Z`) becomes local time; a day without a time is unreadable.
    """
    minutes = "%Y-%m-%d %H:%M"
    finnish = pl.concat_str(
        text.str.extract(_LOCAL_TIME, 1).str.to_date("%d.%m.%Y", strict=False).dt.to_string("%Y-%m-%d"),
        pl.lit(" "),
        text.str.extract(_LOCAL_TIME, 2).str.zfill(2),
        pl.lit(":"),
        text.str.extract(_LOCAL_TIME, 3),
    ).str.to_datetime(minutes, strict=False)
    iso = pl.concat_str(text.str.extract(_ISO_TIME, 1), pl.lit(" "), text.str.extract(_ISO_TIME, 2))
    offset = (
        text.str.extract(_ZONED_TIME, 3).str.replace("Z", "+00:00", literal=True).str.replace(":", "", literal=True)
    )
    zoned = pl.concat_str(iso, offset).str.to_datetime(f"{minutes}%z", strict=False)
    local = zoned.dt.convert_time_zone(TIME_ZONE).dt.replace_time_zone(None)
    unzoned = pl.when(text.str.contains(rf"{_ISO_TIME}$")).then(iso).str.to_datetime(minutes, strict=False)
    serial = text.str.extract(r"^([0-9]{5}\.[0-9]+)$").cast(pl.Float64)
    in_range = serial.is_between(_EXCEL_FIRST_SERIAL, _EXCEL_LAST_SERIAL + 1)
    counted = _EXCEL_EPOCH.cast(pl.Datetime("us")) + pl.duration(minutes=(serial * 24 * 60).round().cast(pl.Int64))
    moment = pl.coalesce(finnish, local, unzoned, pl.when(in_range).then(counted))
    return pl.when(moment.dt.year().is_between(FIRST_YEAR, LAST_YEAR)).then(moment)


def read_organisations(text: pl.Expr) -> pl.Expr:
    """Several names parted by a semicolon or bar, or by a comma behind an ending: `Latu ry, Kiekko ry`.

    Other commas stay, since names hold them (`Allergia-, Iho- ja Astmayhdistys ry`).
    """
    return read_texts(text.str.replace_all(_ENDING_BEFORE_COMMA, "${1}|"))


def read_year(text: pl.Expr) -> pl.Expr:
    """Year of four digits, 1900–2100."""
    year = text.str.extract(r"^([0-9]{4})(?:[.,]0+)?$").cast(pl.Int64)
    return pl.when(year.is_between(FIRST_YEAR, LAST_YEAR)).then(year)


def read_boolean(text: pl.Expr) -> pl.Expr:
    """Yes or no, in the spellings of the code list `yes_no`."""
    return read_code(text, contracts.code_lists()["yes_no"].spellings()).replace_strict(
        {"yes": True, "no": False}, default=None, return_dtype=pl.Boolean
    )


def read_business_id(text: pl.Expr) -> pl.Expr:
    """Y-tunnus as `1234567-8`; six digits get their zero, `FI12345678` its hyphen. The check digit is a rule."""
    bare = text.str.replace_all(r"\s", "").str.replace(r"^(?i:FI)?([0-9]{7})-?([0-9])$", "${1}-${2}")
    padded = bare.str.replace(r"^([0-9]{6})-([0-9])$", "0${1}-${2}")
    return pl.when(padded.str.contains(r"^[0-9]{7}-[0-9]$")).then(padded)


def read_register_number(text: pl.Expr) -> pl.Expr:
    """Register number as digits; `195.883` and `195 883` lose the mark, `195.88` is unreadable (a lost zero)."""
    bare = text.str.replace_all(r"\s", "")
    is_number = bare.str.contains(r"^([0-9]{1,6}|[0-9]{1,3}\.[0-9]{3})$")
    digits = pl.when(is_number).then(bare.str.replace(".", "", literal=True))
    return digits.str.strip_chars_start("0")


def read_municipality(text: pl.Expr, settings: Settings) -> pl.Expr:
    """Municipality code from a code or a name, the municipality of the settings among them."""
    spellings = contracts.code_lists()["municipalities"].spellings()
    spellings[fold(settings.municipality.name)] = settings.municipality.code
    spellings[settings.municipality.code] = settings.municipality.code
    padded_code = text.str.extract(r"^([0-9]{1,3})(?:\.0)?$").str.zfill(3)
    return read_code(pl.coalesce(padded_code, text), spellings)


def read_area(text: pl.Expr) -> pl.Expr:
    """Area of Statistics Finland: `KU998` becomes `998`, `SSS` is the whole country."""
    return text.str.extract(r"^(?:KU)?([0-9]{3}|SSS)$")


def read_code(text: pl.Expr, spellings: Mapping[str, str]) -> pl.Expr:
    """Code of a spelling, in any case."""
    folded = text.str.strip_chars(" :*").str.to_lowercase()
    return folded.replace_strict(dict(spellings), default=None, return_dtype=pl.String)


def read_codes(text: pl.Expr, spellings: Mapping[str, str]) -> pl.Expr:
    """Codes of several spellings; one unknown spelling makes the whole cell unreadable."""
    codes = read_texts(text).list.eval(read_code(pl.element(), spellings))
    return pl.when(codes.list.eval(pl.element().is_null()).list.any().not_()).then(codes)


_READERS: Mapping[str, Callable[[pl.Expr], pl.Expr]] = {
    "area": read_area,
    "boolean": read_boolean,
    "business_id": read_business_id,
    "date": read_date,
    "datetime": read_datetime,
    "integer": read_integer,
    "money": read_money,
    "number": read_number,
    "organisation": read_text,
    "organisations": read_organisations,
    "register_number": read_register_number,
    "scale": read_scale,
    "text": read_text,
    "texts": read_texts,
    "year": read_year,
}
