"""From every value back to its rows: they exist, they give the value again, and the public file tells none of them."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from pipelines import contracts
from tests.pipeline.conftest import RefreshedTown
from tests.pipeline.test_truth import database_of

ROOT = Path(__file__).resolve().parents[2]

RECOMPUTED = """
SELECT
    indicator_id, period, breakdown, breakdown_value,
    sum(amount) FILTER (role = 'counted') AS counted,
    sum(amount) FILTER (role = 'divisor') AS divisor,
    count(*) FILTER (role = 'counted') AS rows_counted
FROM marts.value_lineage
GROUP BY ALL
"""


def test_every_value_is_given_again_by_the_rows_behind_it(analyst: duckdb.DuckDBPyConnection) -> None:
    rows = analyst.execute(
        f"SELECT indicator_id, period, breakdown, breakdown_value, reported, counted, divisor, coalesce(rows_counted, 0) "
        f"FROM marts.indicator_values LEFT JOIN ({RECOMPUTED}) "
        "USING (indicator_id, period, breakdown, breakdown_value)"
    ).fetchall()
    assert len(rows) > 2000
    wrong = [row for row in rows if not _agrees(*row[4:])]
    assert not wrong


def _agrees(reported: float | None, counted: float | None, divisor: float | None, rows_counted: int) -> bool:
    """A figure without a divisor that it needs is empty; a figure without rows is zero or empty."""
    if rows_counted == 0:
        return not reported and divisor is None
    if reported is None:
        return divisor is None
    return counted is not None and counted / (divisor or 1) == pytest.approx(reported, rel=1e-12, abs=1e-9)


def test_a_figure_without_rows_is_zero_or_says_what_it_lacks_and_only_few_are(
    analyst: duckdb.DuckDBPyConnection,
) -> None:
    without = analyst.execute(
        "SELECT reported, verdict, verdict_reason FROM marts.indicator_values ANTI JOIN marts.value_lineage "
        "USING (indicator_id, period_type, period, breakdown, breakdown_value)"
    ).fetchall()
    zeros = [row for row in without if row[0] is not None]
    assert {reported for reported, _, _ in zeros} == {0}
    assert len(zeros) < 30
    empty = [row[1:] for row in without if row[0] is None]
    assert {verdict for verdict, _ in empty} == {"not_usable"}
    assert {reason.partition("_")[0] for _, reason in empty} == {"verdict.lacks"}
    assert len(empty) < 30


def test_a_number_is_a_number_or_empty_in_every_table(analyst: duckdb.DuckDBPyConnection) -> None:
    columns = analyst.execute(
        "SELECT table_schema || '.' || table_name, column_name FROM information_schema.columns WHERE data_type = 'DOUBLE'"
    ).fetchall()
    assert len(columns) > 30
    broken = [
        (table, column)
        for table, column in columns
        if analyst.execute(f'SELECT count(*) FROM {table} WHERE NOT isfinite("{column}")').fetchone() != (0,)
    ]
    assert not broken


def test_every_row_behind_a_value_lies_in_a_file_and_in_staging(
    example_town: RefreshedTown, analyst: duckdb.DuckDBPyConnection
) -> None:
    strays = analyst.execute(
        "SELECT DISTINCT source, file_sha256 FROM marts.value_lineage ANTI JOIN quality.files USING (source, file_sha256)"
    ).fetchall()
    assert strays == []
    sources = [row[0] for row in analyst.execute("SELECT DISTINCT source FROM marts.value_lineage").fetchall()]
    assert set(sources) <= set(contracts.sources())
    assert len(sources) > 10
    with database_of(example_town) as connection:
        for source in sources:
            missing = connection.execute(
                f"SELECT count(*) FROM marts.value_lineage AS behind WHERE source = ? AND line IS NOT NULL "
                f"AND NOT EXISTS (SELECT 1 FROM staging.{source} AS staged WHERE staged.file_sha256 = behind.file_sha256 "
                "AND staged.sheet IS NOT DISTINCT FROM behind.sheet AND staged.line = behind.line)",
                [source],
            ).fetchone()
            assert missing == (0,), source


def test_single_answers_of_residents_are_not_told_by_line(analyst: duckdb.DuckDBPyConnection) -> None:
    rows = analyst.execute(
        "SELECT count(*), count(line), max(source_rows) FROM marts.value_lineage WHERE source = 'resident_survey'"
    ).fetchone()
    assert rows is not None
    assert rows[0] > 100
    assert rows[1] == 0
    assert rows[2] > 50


def test_the_public_file_tells_origins_but_no_rows_names_or_small_numbers(public: duckdb.DuckDBPyConnection) -> None:
    tables = {row[0] for row in public.execute("SELECT table_name FROM information_schema.tables").fetchall()}
    assert {"value_origins", "source_files"} <= tables
    assert not tables & {"value_lineage", "register_lineage", "file_numbers", "files"}
    columns = {row[0] for row in public.execute("SELECT column_name FROM information_schema.columns").fetchall()}
    assert not columns & {"file_sha256", "file_name", "line", "core_key"}
    hidden, told = public.execute(
        "SELECT count(*), count(source_rows) + count(files) FROM marts.value_origins "
        "JOIN marts.indicator_values USING (indicator_id, period, breakdown, breakdown_value) WHERE is_hidden"
    ).fetchone() or (0, None)
    assert hidden > 100
    assert told == 0


def test_rows_of_an_answered_question_are_as_many_as_its_n(public: duckdb.DuckDBPyConnection) -> None:
    """The number of counted rows tells no more than n does; of premises, n counts the associations behind the rows."""
    differing = public.execute(
        "SELECT indicator_id, period, breakdown_value, source_rows, n FROM marts.value_origins "
        "JOIN marts.indicator_values USING (indicator_id, period, breakdown, breakdown_value) "
        "JOIN meta.indicators AS cards USING (indicator_id) "
        "WHERE role = 'counted' AND disclosure <> 'none' AND NOT starts_with(indicator_id, 'premises_') "
        "AND NOT starts_with(indicator_id, 'total_support_') "
        "AND source_rows IS DISTINCT FROM n AND NOT is_hidden"
    ).fetchall()
    assert differing == []


def test_the_query_that_analysts_paste_runs_and_is_the_one_in_the_readme(analyst: duckdb.DuckDBPyConnection) -> None:
    query = (ROOT / "dashboards/queries/value_rows.sql").read_text(encoding="utf-8").partition("\n")[2]
    cell = {"indicator_id": "grants_awarded_eur", "period": "2024", "breakdown": "total", "breakdown_value": "total"}
    rows = analyst.execute(query, cell).fetchall()
    assert len(rows) > 50
    assert all(row[5] and row[7] for row in rows)
    (shown,) = re.findall(r"```sql\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    filled = query
    for name, told in cell.items():
        filled = filled.replace(f"${name}\n", f"'{told}'\n")
    assert shown == filled
