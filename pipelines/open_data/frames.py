"""The tables of the edition as they are published, and what all formats ask of them.

Here belongs: reading the Parquet files of the open data, the facts of the edition, labels of codes. Not here: writing.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
from babel.dates import format_date
from babel.numbers import format_decimal

from pipelines import contracts
from pipelines.contract_model import LANGUAGES, Text

LOCALES = {"fi": "fi", "sv": "sv_FI", "en": "en_GB"}


class Frames:
    """The published tables by full name, each read when it is asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getitem__(self, table: str) -> pl.DataFrame:
        """Return a table."""
        return pl.read_parquet(self.path(table))

    def path(self, table: str) -> Path:
        """Return the file of a table."""
        return self._folder / f"{table}.parquet"

    @cached_property
    def edition(self) -> dict[str, Any]:
        """The row of `meta.edition`."""
        return self["meta.edition"].row(0, named=True)

    @cached_property
    def labels(self) -> dict[tuple[str, str], Text]:
        """Labels by code list and code."""
        columns = [f"label_{language}" for language in LANGUAGES]
        rows = self["meta.codes"].select("list", "code", *columns).iter_rows()
        return {(codes, code): Text(*label) for codes, code, *label in rows}

    def filled(self, text: Text, **values: object) -> Text:
        """Fill a text of the contract; days and numbers are written as each language does."""
        facts = self.edition
        known = {
            "municipality": facts["municipality_name"],
            "edition": facts["edition_id"],
            "until": facts["data_until"],
            **values,
        }
        said = {
            language: text[language].format(**{name: _written(value, language) for name, value in known.items()})
            for language in LANGUAGES
        }
        return Text(**said)

    def described(self, text: Text, **values: object) -> Text:
        """Fill a description; of an invented town it says first that the data is not real."""
        filled, example = self.filled(text, **values), contracts.open_data().example
        if not self.edition["is_example"]:
            return filled
        return Text(**{language: f"{example[language]} {filled[language]}" for language in LANGUAGES})


def _written(value: object, language: str) -> str:
    locale = LOCALES[language]
    if isinstance(value, date):
        return format_date(value, "long", locale=locale)
    if isinstance(value, Decimal):
        return format_decimal(value, format="#,##0.00", locale=locale)
    return format_decimal(value, locale=locale) if isinstance(value, int) else str(value)
