"""Everything that is generated from the contracts agrees with them, and they agree with each other."""

from __future__ import annotations

from collections.abc import Iterator
from string import Formatter

import duckdb
import polars as pl
import pytest

from pipelines import classification, contracts, parsing, quality
from pipelines.contract_model import Column, SourceContract, TableContract, Text
from pipelines.expectations import COMPARING_RULES
from pipelines.settings import SETTINGS_FILE, Settings, read_settings
from pipelines.sources.formats import JSON_FORMATS, TABLE_LAYOUTS
from warehouse.models import models

SOURCES = contracts.sources().values()
TABLES = contracts.tables().values()
CARDS = contracts.indicators().values()
SOURCE_COLUMNS = [(source, column) for source in SOURCES for column in source.columns]

CODE_LIST_OF_BREAKDOWN = {
    "age_group": "age_groups",
    "city_unit": "settings.city_units",
    **classification.KINDS,
    "directory": "directories",
    "end_reason": "end_reason",
    "forum": "settings.forums",
    "grant_type": "settings.grant_types",
    "granting_body": "settings.granting_bodies",
    "premises": "settings.premises",
    "purpose_group": "purpose_groups",
    "sex": "sexes",
    "support_part": "support_parts",
    "umbrella": "settings.umbrella_organisations",
    "work_kind": "work_kinds",
}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the invented town."""
    file = tmp_path_factory.mktemp("settings") / SETTINGS_FILE
    file.write_text(contracts.municipality_settings("esimerkkila"), encoding="utf-8")
    return read_settings(file)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory."""
    with duckdb.connect() as opened:
        yield opened


def _described(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    return {str(row[0]): str(row[1]) for row in connection.execute(f"DESCRIBE {table}").fetchall()}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.full_name)
def test_duckdb_has_every_type_of_a_table(table: TableContract, connection: duckdb.DuckDBPyConnection) -> None:
    wanted = {column.name: column.duckdb_type for column in table.columns}
    columns = ", ".join(f'"{name}" {duckdb_type}' for name, duckdb_type in wanted.items())
    connection.execute(f"CREATE OR REPLACE TABLE built ({columns})")
    assert _described(connection, "built") == wanted


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.full_name)
def test_a_table_has_a_grain_and_a_key(table: TableContract) -> None:
    assert table.grain.startswith("one row")
    assert table.key or table.grain == "one row"
    assert set(table.key) <= {column.name for column in table.columns}
    assert table.description.endswith(".")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.full_name)
def test_no_published_table_holds_personal_data(table: TableContract) -> None:
    if table.audience == "workspace":
        return
    allowed = {"public"} if table.audience == "public" else {"public", "restricted"}
    assert {column.classification for column in table.columns} <= allowed


def test_every_model_has_a_contract_and_reads_tables_that_exist() -> None:
    staged = {f"staging.{source.name}" for source in SOURCES}
    for name, model in models().items():
        assert name in contracts.tables()
        assert model.reads <= staged | set(contracts.tables()), name


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_staged_source_goes_through_polars_into_duckdb_and_keeps_its_types(
    source: SourceContract, connection: duckdb.DuckDBPyConnection
) -> None:
    schema = {column.name: parsing.POLARS_TYPES[column.duckdb_type] for column in source.staged_columns}
    connection.register("staged", pl.DataFrame(schema=schema))
    assert _described(connection, "staged") == {column.name: column.duckdb_type for column in source.staged_columns}


@pytest.mark.parametrize(
    ("source", "column"), SOURCE_COLUMNS, ids=[f"{source.name}.{column.name}" for source, column in SOURCE_COLUMNS]
)
def test_the_example_of_a_column_can_be_read(source: SourceContract, column: Column, settings: Settings) -> None:
    assert column.example
    frame = pl.DataFrame({column.name: [column.example, None]}, schema={column.name: pl.String()})
    read = frame.select(parsing.clean(pl.col(column.name))).select(parsing.read_column(column, settings)).to_series()
    assert read.dtype == parsing.POLARS_TYPES[column.duckdb_type]
    assert read.is_not_null().to_list() == [True, False]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_source_names_what_people_need(source: SourceContract) -> None:
    assert source.licence
    assert source.purpose
    assert set(source.formats) <= {"csv", "xlsx", "ods", "icalendar", *JSON_FORMATS}
    assert source.formats
    assert set(source.table_layouts) <= set(TABLE_LAYOUTS)
    assert source.frequency_months > 0
    assert any(column.required for column in source.columns)
    assert source.money_columns == tuple(column for column in source.columns if column.reads == "money")


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_every_rule_is_about_columns_that_are_staged(source: SourceContract) -> None:
    names = {column.name for column in source.staged_columns}
    for rule in source.rules:
        columns = {rule.column} if rule.column else set()
        for argument in ("column", "column_A", "column_B"):
            columns |= {rule.arguments[argument]} if argument in rule.arguments else set()
        columns |= {rule.arguments[argument] for argument in ("who", "when", "per") if argument in rule.arguments}
        columns |= {name for argument in ("column_list", "by", "columns") for name in rule.arguments.get(argument, ())}
        assert columns <= names, rule.id
        assert rule.dimension, rule.id


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_every_rule_becomes_an_expectation_that_bears_its_id(source: SourceContract) -> None:
    for rule in source.rules:
        if rule.expectation in {*contracts.READING_RULES, *COMPARING_RULES}:
            continue
        expectation = quality.build(rule)
        assert expectation.meta == {"rule_id": rule.id}
        assert expectation.expectation_type == rule.expectation


def test_a_code_list_of_a_column_exists(settings: Settings) -> None:
    lists = {column.code_list for _, column in SOURCE_COLUMNS if column.code_list}
    assert lists
    for name in lists:
        assert settings.code_list(name).entries, name


def test_an_indicator_names_sources_that_exist() -> None:
    for card in CARDS:
        assert card.sources, card.id
        assert set(card.sources) <= set(contracts.sources()), card.id


def test_a_breakdown_has_a_code_list_or_is_the_total(settings: Settings) -> None:
    for card in CARDS:
        assert card.breakdowns[0] == "total", card.id
        for breakdown in card.breakdowns[1:]:
            assert settings.code_list(CODE_LIST_OF_BREAKDOWN[breakdown]).entries, (card.id, breakdown)


def test_an_indicator_bears_the_name_of_its_file_and_a_handbook_line_or_its_lack() -> None:
    for card in CARDS:
        assert contracts._load(f"indicators/{card.id}.yaml")["id"] == card.id
        assert isinstance(card.handbook, str), card.id
        assert card.question.fi.endswith("?"), card.id
        assert 0 <= card.materiality < 1, card.id
        assert 0 <= card.decimals <= 4, card.id


def test_series_breaks_of_the_shipped_settings_name_indicators(settings: Settings) -> None:
    for series_break in settings.series_breaks:
        assert set(series_break.indicators) <= set(contracts.indicators()), series_break.id


def _placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def _catalogue_texts() -> Iterator[tuple[str, Text]]:
    yield from contracts.messages().items()
    for card in CARDS:
        for name in ("title", "question", "formula", "method", "limits", "unit"):
            yield f"{card.id}.{name}", getattr(card, name)
    for source in SOURCES:
        yield f"{source.name}.title", source.title


def _rule_texts() -> Iterator[tuple[str, Text]]:
    for source in SOURCES:
        for rule in source.rules:
            yield f"{rule.id}.message", rule.message
            yield f"{rule.id}.remedy", rule.remedy


def test_texts_are_there_in_three_languages_with_equal_placeholders() -> None:
    for key, text in _catalogue_texts():
        assert all(sentence.strip() for sentence in (text.fi, text.sv, text.en)), key
        assert _placeholders(text.fi) == _placeholders(text.sv) == _placeholders(text.en), key


def test_sentences_of_rules_are_whole_and_translated() -> None:
    for key, text in _rule_texts():
        assert len({text.fi, text.sv, text.en}) == 3, key
        for sentence in (text.fi, text.sv, text.en):
            assert sentence.endswith("."), key
            assert not _placeholders(sentence), key


def test_every_way_of_reading_has_its_message_and_remedy() -> None:
    for way in contracts.READS:
        for part in ("message", "remedy"):
            assert f"rule.readable.{way}.{part}" in contracts.messages()


def test_every_way_of_reading_is_used() -> None:
    assert {column.reads for _, column in SOURCE_COLUMNS} == set(contracts.READS)
