"""Each way of reading a cell, against the cases in `tests/cases/parsing.yaml`."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from pipelines import contracts, parsing
from pipelines.contract_model import Column
from pipelines.settings import Settings, read_settings

CASES = yaml.safe_load((Path(__file__).parent.parent / "cases" / "parsing.yaml").read_text(encoding="utf-8"))
DUCKDB_TYPES = {
    "money": "DECIMAL(14,2)",
    "number": "DOUBLE",
    "date": "DATE",
    "datetime": "TIMESTAMP",
    "boolean": "BOOLEAN",
} | dict.fromkeys(("integer", "scale", "year"), "BIGINT")


@pytest.fixture(scope="module")
def settings() -> Settings:
    return read_settings(Path(contracts.__file__).parents[1] / "data_contracts" / "municipalities" / "esimerkkila.toml")


@pytest.mark.parametrize(
    ("reads", "text", "expected"),
    [(reads, case[0], case[1]) for reads, cases in CASES.items() for case in cases],
)
def test_cell(reads: str, text: str, expected: Any, settings: Settings) -> None:
    kind, _, code_list = reads.partition(" ")
    many = kind in {"texts", "codes", "organisations"}
    column = Column(
        name="cell",
        duckdb_type="VARCHAR[]" if many else DUCKDB_TYPES.get(kind, "VARCHAR"),
        required=False,
        classification="public",
        description="",
        reads=kind,
        code_list=code_list or None,
    )
    frame = pl.DataFrame({"cell": [text]}, schema={"cell": pl.String})
    cleaned = frame.select(parsing.clean(pl.col("cell")).alias("cell"))
    value = cleaned.select(parsing.read_column(column, settings)).to_series()[0]
    if isinstance(value, pl.Series):
        value = value.to_list()
    if isinstance(expected, str) and kind == "money":
        expected = Decimal(expected)
    if isinstance(expected, date):
        assert value == expected
        return
    assert value == expected


def test_every_way_of_reading_has_cases() -> None:
    assert {reads.partition(" ")[0] for reads in CASES} == set(contracts.READS)
