"""The `meta` tables say what the contracts and the settings say."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines import catalogue, contracts
from pipelines.classification import NOT_RECORDED
from pipelines.settings import Settings, parse_settings

EXAMPLE = contracts.municipality_settings("esimerkkila")
BLANK = contracts.municipality_settings(contracts.BLANK_MUNICIPALITY)


@pytest.fixture(scope="module")
def settings() -> Settings:
    return parse_settings(EXAMPLE, "municipality.toml")


@pytest.mark.parametrize("table", sorted(catalogue.TABLES))
def test_rows_have_the_columns_of_their_contract_and_a_key_that_is_theirs_alone(table: str, settings: Settings) -> None:
    contract = contracts.tables()[f"meta.{table}"]
    rows = catalogue.TABLES[table](settings)
    assert rows
    for row in rows:
        assert list(row) == [column.name for column in contract.columns]
        assert all(row[column.name] is not None for column in contract.columns if column.required)
    keys = [tuple(row[name] for name in contract.key) for row in rows]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("text", [EXAMPLE, BLANK], ids=["Esimerkkilä", "blank"])
def test_the_edition_row_is_the_settings(text: str) -> None:
    settings = parse_settings(text, "municipality.toml")
    (row,) = catalogue.edition(settings, "20240101-x", date(2024, 1, 1))
    contract = contracts.tables()["meta.edition"]
    assert list(row) == [column.name for column in contract.columns]
    assert (row["edition_id"], row["data_until"]) == ("20240101-x", date(2024, 1, 1))
    assert row["municipality_name"] == settings.municipality.name
    assert row["disclosure_k"] == settings.figures.disclosure_k
    assert row["contact_email"] is None  # empty in both: a page shows no link


def test_every_accepted_spelling_leads_to_a_code_of_its_list(settings: Settings) -> None:
    codes = {(row["list"], row["code"]) for row in catalogue.codes(settings) if row["code"] != NOT_RECORDED}
    spellings = catalogue.code_spellings(settings)
    assert {(row["list"], row["code"]) for row in spellings} == codes
    assert {"list": "granting_bodies", "spelling": "liikuntalautakunta", "code": "sport"} in spellings


def test_no_personal_column_and_no_workspace_table_is_listed(settings: Settings) -> None:
    listed = {(row["table_schema"], row["table_name"], row["column_name"]) for row in catalogue.columns(settings)}
    expected = {
        (table.schema, table.name, column.name)
        for table in contracts.tables().values()
        if table.audience != "workspace"
        for column in table.columns
    }
    assert listed == expected
    assert "personal" not in {row["classification"] for row in catalogue.columns(settings)}


def test_a_break_is_a_row_for_each_indicator_that_it_cuts(settings: Settings) -> None:
    rows = catalogue.series_breaks(settings)
    (item,) = settings.series_breaks
    assert [row["indicator_id"] for row in rows] == list(item.indicators)
    assert {row["breaks_on"] for row in rows} == {date(2023, 1, 1)}
    assert set(item.indicators) <= set(contracts.indicators())


def test_a_break_that_every_municipality_has_comes_from_the_cards() -> None:
    blank = parse_settings(BLANK, "municipality.toml")
    rows = catalogue.series_breaks(blank)
    cut = {card.id for card in contracts.indicators().values() if card.breaks}
    assert {row["indicator_id"] for row in rows} == cut
    assert {(row["break_id"], row["breaks_on"]) for row in rows} == {("wellbeing_counties_2023", date(2023, 1, 1))}


def test_the_words_of_the_settings_go_before_those_of_the_cards(settings: Settings) -> None:
    rows = catalogue.series_breaks(settings)
    assert len({(row["indicator_id"], row["breaks_on"].year) for row in rows}) == len(rows)
    assert {row["text_fi"] for row in rows} == {settings.series_breaks[0].fi}


def test_a_municipality_that_did_not_have_a_break_is_spared() -> None:
    outside = BLANK.replace('code = "000"', 'code = "478"')
    assert catalogue.series_breaks(parse_settings(outside, "municipality.toml")) == []


def test_a_town_without_its_own_choices_has_none(settings: Settings) -> None:
    blank = parse_settings(BLANK, "municipality.toml")
    lists = {row["list"] for row in catalogue.codes(blank)}
    assert set(contracts.code_lists()) <= lists | {
        codes.id for codes in contracts.code_lists().values() if not codes.entries
    }
    own = {row["list"] for row in catalogue.codes(settings)} - set(contracts.code_lists())
    assert own == set(catalogue.OWN_LISTS)
