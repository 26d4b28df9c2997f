"""The build database keeps its contracts, and an edition can be read and nothing else."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest

from warehouse import database
from warehouse.database import ColumnShape, Export, TableError, TableShape

SHAPE = TableShape(
    "core.things",
    (
        ColumnShape("id", "VARCHAR", required=True, comment="The thing's number."),
        ColumnShape("size", "BIGINT", required=False, comment="How large; it's ''quoted''."),
        ColumnShape("is_secret", "BOOLEAN", required=True, comment="Hidden."),
    ),
    key=("id",),
    comment="Things. Grain: one row a thing's id.",
)


@pytest.fixture
def build(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    with database.open_build(tmp_path / "build.duckdb") as connection:
        yield connection


@pytest.fixture
def published(build: duckdb.DuckDBPyConnection, tmp_path: Path) -> Path:
    things(build)
    file = tmp_path / "it's public.duckdb"
    database.export(build, file, [Export(SHAPE, masked={"size": None}, flag="is_secret")])
    return file


def things(build: duckdb.DuckDBPyConnection) -> None:
    frame = pl.DataFrame({"id": ["b", "a"], "size": [2, 1], "is_secret": [True, False]})
    assert database.build_from_frame(build, SHAPE, frame) == 2


def rows(connection: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    return connection.sql("SELECT * FROM core.things").fetchall()


def test_a_table_is_stored_in_the_order_of_its_key(build: duckdb.DuckDBPyConnection) -> None:
    things(build)
    assert database.read_frame(build, "core.things").rows() == [("a", 1, False), ("b", 2, True)]
    assert database.count(build, "core.things") == 2


def test_keys_of_one_hash_are_compared_by_what_they_are(build: duckdb.DuckDBPyConnection) -> None:
    build.execute("CREATE MACRO main.hash(thing) AS 1")
    assert build.sql("SELECT hash('a')").fetchone() == (1,)
    things(build)
    with pytest.raises(TableError, match="repeated"):
        database.build_from_sql(
            build, SHAPE, "SELECT 'a' AS id, n AS size, false AS is_secret FROM range(2) AS two (n)"
        )


def test_one_of_several_builds_takes_its_share_of_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_BUILDING", dict(database._BUILDING))
    database.share_machine("500MB")
    with database.open_build(tmp_path / "shared.duckdb") as connection:
        asked = "SELECT current_setting('threads'), current_setting('memory_limit')"
        assert connection.sql(asked).fetchone() == (1, "476.8 MiB")


def test_values_take_the_types_of_the_contract(build: duckdb.DuckDBPyConnection) -> None:
    frame = pl.DataFrame({"id": [7], "size": ["12"], "is_secret": [None]}, schema_overrides={"is_secret": pl.Boolean})
    loose = TableShape(SHAPE.name, (*SHAPE.columns[:2], ColumnShape("is_secret", "BOOLEAN", False, "")), (), "")
    database.build_from_frame(build, loose, frame)
    assert rows(build) == [("7", 12, None)]


BROKEN = {
    "a repeated key": ("SELECT 'a' AS id, 1 AS size, true AS is_secret FROM range(2)", r"the key \(id\) is repeated"),
    "an empty required column": ("SELECT 'a' AS id, 1 AS size, NULL AS is_secret", "1 rows have no is_secret"),
    "other columns": ("SELECT 'a' AS id, 1 AS size", "has columns"),
    "columns in another order": ("SELECT 1 AS size, 'a' AS id, true AS is_secret", "has columns"),
}


@pytest.mark.parametrize(("sql", "said"), BROKEN.values(), ids=BROKEN.keys())
def test_a_table_that_breaks_its_contract_is_left_as_it_was(
    sql: str, said: str, build: duckdb.DuckDBPyConnection
) -> None:
    things(build)
    before = rows(build)
    with pytest.raises(TableError, match=said) as caught:
        database.build_from_sql(build, SHAPE, sql)
    assert SHAPE.name in str(caught.value)
    assert rows(build) == before
    things(build)  # no transaction was left open


def test_a_value_that_does_not_fit_is_an_error_and_leaves_the_table(build: duckdb.DuckDBPyConnection) -> None:
    things(build)
    with pytest.raises(duckdb.ConversionException):
        database.build_from_sql(build, SHAPE, "SELECT 'c' AS id, 'many' AS size, true AS is_secret")
    assert len(rows(build)) == 2


def slice_of(ids: list[str], secret: bool) -> pl.DataFrame:
    return pl.DataFrame(
        {"id": ids, "size": [1] * len(ids), "is_secret": [secret] * len(ids)},
        schema_overrides={"id": pl.String, "size": pl.Int64},
    )


def test_a_slice_replaces_its_own_rows_only(build: duckdb.DuckDBPyConnection) -> None:
    database.replace_slices(build, "is_secret", "true", [(SHAPE, slice_of(["a", "b"], secret=True))])
    database.replace_slices(build, "is_secret", "false", [(SHAPE, slice_of(["c"], secret=False))])
    database.replace_slices(build, "is_secret", "true", [(SHAPE, slice_of(["d"], secret=True))])
    assert sorted(row[0] for row in rows(build)) == ["c", "d"]
    database.replace_slices(build, "is_secret", "true", [(SHAPE, slice_of([], secret=True))])
    assert [row[0] for row in rows(build)] == ["c"]


def test_a_slice_that_breaks_the_contract_leaves_the_rows_of_before(build: duckdb.DuckDBPyConnection) -> None:
    database.replace_slices(build, "is_secret", "true", [(SHAPE, slice_of(["a"], secret=True))])
    with pytest.raises(TableError):
        database.replace_slices(build, "is_secret", "true", [(SHAPE, slice_of(["b", "b"], secret=True))])
    assert [row[0] for row in rows(build)] == ["a"]


def test_slices_of_several_tables_are_replaced_together_or_not_at_all(build: duckdb.DuckDBPyConnection) -> None:
    other = TableShape("marts.others", SHAPE.columns, SHAPE.key, SHAPE.comment)
    database.replace_slices(
        build, "is_secret", "true", [(SHAPE, slice_of(["a"], secret=True)), (other, slice_of(["b"], secret=True))]
    )
    broken = [(SHAPE, slice_of([], secret=True)), (other, slice_of(["c", "c"], secret=True))]
    with pytest.raises(TableError):
        database.replace_slices(build, "is_secret", "true", broken)
    assert [row[0] for row in rows(build)] == ["a"]
    assert database.read_frame(build, "marts.others")["id"].to_list() == ["b"]


def test_a_slice_takes_columns_by_name_and_leaves_out_what_the_contract_lacks(build: duckdb.DuckDBPyConnection) -> None:
    frame = slice_of(["a"], secret=True).select("is_secret", "size", "id", extra=pl.lit(1))
    database.replace_slices(build, "is_secret", "true", [(SHAPE, frame)])
    assert rows(build) == [("a", 1, True)]


def test_a_table_of_an_older_version_is_made_anew(build: duckdb.DuckDBPyConnection) -> None:
    """A build file outlives an upgrade of the program that gives a table another column."""
    older = TableShape(SHAPE.name, (SHAPE.columns[0], SHAPE.columns[2]), SHAPE.key, SHAPE.comment)
    database.replace_slices(build, "is_secret", "true", [(older, slice_of(["old"], secret=True))])
    database.replace_slices(build, "is_secret", "false", [(SHAPE, slice_of(["new"], secret=False))])
    assert rows(build) == [("new", 1, False)]


def test_an_export_masks_what_is_flagged_and_keeps_the_comments(published: Path) -> None:
    with database.open_edition(published) as edition:
        assert rows(edition) == [("a", 1, False), ("b", None, True)]
        (said,) = edition.sql("SELECT comment FROM duckdb_tables() WHERE table_name = 'things'").fetchone() or ()
        assert said == SHAPE.comment
        comments = edition.sql("SELECT comment FROM duckdb_columns() WHERE table_name = 'things' ORDER BY column_index")
        assert [row[0] for row in comments.fetchall()] == [column.comment for column in SHAPE.columns]


def test_an_export_holds_only_what_it_was_asked_for(build: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    things(build)
    database.write_frame(build, "raw.secrets", pl.DataFrame({"name": ["Testi Henkilö"]}))
    slim = TableShape(SHAPE.name, SHAPE.columns[:1], SHAPE.key, SHAPE.comment)
    database.export(build, tmp_path / "slim.duckdb", [Export(slim)])
    with database.open_edition(tmp_path / "slim.duckdb") as edition:
        assert rows(edition) == [("a",), ("b",)]
        tables = edition.sql("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
        assert tables == [("core.things",)]
    assert "Henkilö".encode() not in (tmp_path / "slim.duckdb").read_bytes()
    assert [file.name for file in tmp_path.glob("slim*")] == ["slim.duckdb"]  # no write-ahead log is left beside it


def test_a_failed_export_lets_go_of_its_file(build: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    missing = TableShape("core.missing", SHAPE.columns, SHAPE.key, "")
    with pytest.raises(duckdb.CatalogException):
        database.export(build, tmp_path / "one.duckdb", [Export(missing)])
    things(build)
    database.export(build, tmp_path / "two.duckdb", [Export(SHAPE)])


FORBIDDEN = [
    "INSERT INTO core.things VALUES ('c', 1, false)",
    "CREATE TABLE core.mine (id INTEGER)",
    "DROP TABLE core.things",
    "COPY core.things TO '{folder}/out.csv'",
    "COPY (SELECT 1) TO '{folder}/out.parquet'",
    "EXPORT DATABASE '{folder}/out'",
    "ATTACH '{folder}/other.duckdb'",
    "SELECT * FROM read_csv('{folder}/secret.csv')",
    "SELECT * FROM '{folder}/secret.csv'",
    "SELECT * FROM read_text('{folder}/secret.csv')",
    "SELECT * FROM glob('{folder}/*')",
    "SET enable_external_access = true",
    "RESET enable_external_access",
    "SET memory_limit = '1TB'",
    "SET TimeZone = 'Europe/Helsinki'",
    "INSTALL httpfs",
    "LOAD '{folder}/x.duckdb_extension'",
]


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_an_edition_can_be_read_and_nothing_else(sql: str, published: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n", encoding="utf-8")
    with database.open_edition(published) as edition:
        with pytest.raises(duckdb.Error):
            edition.execute(sql.format(folder=tmp_path)).fetchall()
        assert len(rows(edition)) == 2
    assert not [file for file in tmp_path.iterdir() if file.name.startswith(("out", "other"))]


def test_an_edition_has_many_readers(published: Path) -> None:
    with database.open_edition(published) as one, database.open_edition(published) as other:
        assert rows(one) == rows(other)


def test_one_thread_builds(build: duckdb.DuckDBPyConnection) -> None:
    assert build.sql("SELECT current_setting('threads')").fetchone() == (1,)
