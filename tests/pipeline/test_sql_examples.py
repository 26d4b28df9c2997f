"""The examples of the page of questions are answered, within its limits, by the analysts' file of a real edition."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

import dashboards.restricted
from warehouse.questions import ask

EXAMPLES = sorted((Path(dashboards.restricted.__file__).parent / "examples").glob("*.sql"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_gives_rows(example: Path, example_town) -> None:
    answer = ask(example_town.edition("analyst.duckdb"), example.read_text(encoding="utf-8"))
    assert answer.rows > 0
    assert answer.is_whole


def test_the_rows_behind_a_figure_add_up_to_it(example_town) -> None:
    files = {file.stem: file.read_text(encoding="utf-8") for file in EXAMPLES}
    file = example_town.edition("analyst.duckdb")
    newest = next(row for row in ask(file, files["awarded"]).frame.iter_rows(named=True) if row["status"] == "final")
    assert ask(file, files["rows_behind"]).frame["amount"].sum() == pytest.approx(newest["awarded_eur"])


def test_every_table_and_column_of_the_file_is_described(analyst: duckdb.DuckDBPyConnection) -> None:
    undescribed = analyst.sql(
        """
        SELECT table_name FROM duckdb_tables() WHERE NOT internal AND comment IS NULL
        UNION ALL
        SELECT column_name FROM duckdb_columns() WHERE NOT internal AND comment IS NULL
        """
    ).fetchall()
    assert undescribed == []
