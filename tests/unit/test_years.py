"""Years outside 1900–2100 are faults in every column of every source that holds a day, a time or a year."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines import contracts, staging
from pipelines.contract_model import Column, SourceContract
from pipelines.settings import SETTINGS_FILE, parse_settings

SETTINGS = parse_settings(contracts.municipality_settings("esimerkkila"), SETTINGS_FILE)
TIME = " 18:00"
DAYS = ("24.12.25", "31.12.1899", "1.1.2101", "1.1.0025", "0025-12-24", "1899-12-31", "2101-01-01", "99999")
YEARS = ("25", "1899", "2101", "0025", "12024", "20245")
OUTSIDE = {
    "date": DAYS,
    "datetime": (*(f"{day}{TIME}" for day in DAYS), "1899-12-31T21:00:00Z", "2100-12-31T22:30:00Z"),
    "year": YEARS,
}
IN_TEXT = {"population": "period", "municipal_finance": "reporting_period", "price_index": "period"}
"""Columns of text that begin with a year, by source."""


def outside(source: SourceContract) -> list[tuple[Column, str]]:
    return [
        (column, text)
        for column in source.staged_columns
        for text in (YEARS[:4] if IN_TEXT.get(source.name) == column.name else OUTSIDE.get(column.reads, ()))
    ]


def stage(source: SourceContract, changed: list[tuple[Column, str]]) -> staging.Staged:
    """Stage a row of examples and, below it, one for each changed cell."""
    header = [column.header for column in source.columns]
    examples = [column.example for column in source.columns]
    rows = [("f", 1, "", 1, "header", header), ("f", 1, "", 2, "row", examples)]
    for line, (changed_column, text) in enumerate(changed, start=3):
        cells = [text if column == changed_column else column.example for column in source.columns]
        rows.append(("f", 1, "", line, "row", cells))
    return staging.stage(source, pl.DataFrame(rows, schema=staging.RAW_SCHEMA, orient="row"), SETTINGS)


@pytest.mark.parametrize("source", contracts.sources().values(), ids=lambda source: source.name)
def test_a_year_outside_the_bounds_puts_the_row_aside(source: SourceContract) -> None:
    spoilt = outside(source)
    assert spoilt, "every source holds a day or a year"
    staged = stage(source, spoilt)
    assert staged.rows["line"].to_list() == [2], "the row of examples is good, and no other"
    reasons = dict(staged.quarantine.select("line", "rule_ids").iter_rows())
    for line, (column, text) in enumerate(spoilt, start=3):
        assert any(source.rule(rule).column == column.name for rule in reasons[line]), (column.name, text)
