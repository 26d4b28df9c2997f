"""Rules of the settings that classify records: what they may say, and what they decide."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from pipelines import catalogue, classification, contracts
from pipelines.settings import Settings, WorkspaceError, parse_settings
from warehouse.models import models

EXAMPLE = contracts.municipality_settings("esimerkkila")
RULE = """
[[classification_rules]]
id = "test"
sources = ["events"]
column = "name"
values = ["hiihto"]
kind = "goal"
code = "wellbeing_services"
"""


@pytest.fixture(scope="module")
def settings() -> Settings:
    """Settings of the invented town and one more rule."""
    return parse_settings(EXAMPLE + RULE, "esimerkkila")


@pytest.mark.parametrize("name", ["esimerkkila", *contracts.known_municipalities()])
def test_shipped_rules_can_be_applied(name: str) -> None:
    assert parse_settings(contracts.municipality_settings(name), name).classification_rules


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "goal"', 'kind = "colour"', "Luokitusta colour ei ole"),
        ('"wellbeing_services"', '"happiness"', "Koodia happiness ei ole"),
        ('["events"]', '["prh_register"]', "Lähteessä prh_register"),
        ('column = "name"', 'column = "participants"', "saraketta participants"),
        ('["hiihto"]', '["ski"]', "Sana ski on liian lyhyt"),
        ('column = "name"', 'column = "city_unit"', "ei voi olla koodia hiihto"),
        ('id = "test"', 'id = "lectures"', "sama tunnus"),
        ('values = ["hiihto"]', "values = []", "values"),
        ('id = "test"', 'name = "test"', "classification_rules"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_a_sentence(old: str, new: str, said: str) -> None:
    assert old in RULE
    with pytest.raises(WorkspaceError) as refused:
        parse_settings(EXAMPLE + RULE.replace(old, new), "esimerkkila")
    assert said in str(refused.value)


def test_every_kind_has_one_code_list_in_every_source() -> None:
    names = {"goals": "goal", "volunteer_forms": "volunteer_form", "channels": "channel"}
    seen = set()
    for source in classification.LOOKS_AT:
        for column in contracts.sources()[source].columns:
            kind = names.get(column.name, column.name)
            if kind in classification.KINDS:
                assert column.code_list == classification.KINDS[kind], (source, column.name)
                seen.add(kind)
    assert seen == set(classification.KINDS)


def test_a_rule_looks_at_columns_that_are_staged_and_have_its_code_list() -> None:
    for source, columns in classification.LOOKS_AT.items():
        staged = {column.name: column for column in contracts.sources()[source].staged_columns}
        assert {name: staged[name].code_list for name in columns} == columns, source


def test_each_list_of_classes_has_a_code_for_what_nobody_recorded(settings: Settings) -> None:
    last: dict[str, Any] = {}
    for row in catalogue.codes(settings):
        last[row["list"]] = row
    for name in classification.KINDS.values():
        row = last[settings.code_list(name).id]
        assert (row["code"], row["label_fi"]) == (classification.NOT_RECORDED, "Ei kirjattu")
        assert classification.NOT_RECORDED not in settings.code_list(name).spellings()


PLACE = "'f' AS file_sha256, '' AS sheet"
TABLES = {
    "core.grants": f"SELECT 'g' || line AS grant_id, {PLACE}, line FROM range(1, 5) AS lines(line)",
    "core.city_work": f"SELECT 'w1' AS work_id, {PLACE}, 1 AS line",
    "core.meetings": f"SELECT 'm1' AS meeting_id, {PLACE}, 1 AS line",
    "core.event_tellings": f"SELECT 'e1' AS event_id, 'events' AS source, {PLACE}, line FROM range(1, 3) AS lines(line)",
    "staging.grant_ledger": f"""
        SELECT {PLACE}, line, body AS granting_body, 'operating' AS grant_type, name AS recipient_name, sector,
            NULL::VARCHAR AS area, goals, NULL::VARCHAR[] AS means, NULL::VARCHAR[] AS volunteer_forms
        FROM (VALUES
            (1, 'sport', 'A ry', NULL, NULL),
            (2, 'sport', 'A ry', 'technical', ['openness', 'participation', 'openness']),
            (3, 'board', 'Hiihtäjät ry', NULL, []),
            (4, 'board', NULL, NULL, NULL)
        ) AS rows(line, body, name, sector, goals)""",
    "staging.city_work": f"""SELECT {PLACE}, 1 AS line, 'unit' AS city_unit, 'event' AS kind, NULL::VARCHAR AS sector,
        NULL::VARCHAR AS area, NULL::VARCHAR[] AS goals, NULL::VARCHAR[] AS means""",
    "staging.meetings": f"""SELECT {PLACE}, 1 AS line, 'table' AS forum, NULL::VARCHAR AS sector,
        'centre' AS area, NULL::VARCHAR[] AS goals, NULL::VARCHAR[] AS means""",
    "staging.events": f"""
        SELECT {PLACE}, line, line AS delivery, NULL::VARCHAR AS city_unit, 'Kesäkonsertti' AS name, NULL::VARCHAR AS place, sector,
            NULL::VARCHAR AS area, NULL::VARCHAR[] AS goals, NULL::VARCHAR[] AS means,
            NULL::VARCHAR[] AS volunteer_forms, channels
        FROM (VALUES (1, 'employment', ['library']), (2, 'technical', NULL)) AS rows(line, sector, channels)""",
    "meta.classification_rules": """
        SELECT * FROM (VALUES
            (0, 'sport', 'grant_ledger', 'granting_body', false, 'sport', 'sector', 'culture_leisure'),
            (1, 'skiing', 'grant_ledger', 'recipient_name', true, 'hiihtä', 'sector', 'education_youth'),
            (2, 'boards', 'grant_ledger', 'granting_body', false, 'board', 'sector', 'employment'),
            (3, 'concerts', 'events', 'name', true, 'konsertti', 'volunteer_form', 'events_lectures')
        ) AS rules(position, rule_id, source, column_name, is_word, value, kind, code)""",
}
"""Four grants, a piece of work, a meeting, and an event that two rows tell of, the newer one on line 2."""


@pytest.fixture(scope="module")
def classified() -> Iterator[dict[tuple[str, str], list[tuple[str, str, str | None]]]]:
    """Code, origin and rule by record and kind."""
    with duckdb.connect() as connection:
        for schema in ("core", "staging", "meta"):
            connection.execute(f"CREATE SCHEMA {schema}")
        for table, rows in TABLES.items():
            connection.execute(f"CREATE TABLE {table} AS {rows}")
        for table in ("core.classified_rows", "core.classifications"):
            connection.execute(f"CREATE TABLE {table} AS {models()[table].sql}")
        found: dict[tuple[str, str], list[tuple[str, str, str | None]]] = {}
        for record, kind, *rest in connection.execute(
            "SELECT record_id, kind, code, decided_by, rule_id FROM core.classifications ORDER BY ALL"
        ).fetchall():
            found.setdefault((record, kind), []).append((rest[0], rest[1], rest[2]))
        yield found


Found = dict[tuple[str, str], list[tuple[str, str, str | None]]]


def test_what_is_recorded_goes_before_a_rule(classified: Found) -> None:
    assert classified["g1", "sector"] == [("culture_leisure", "rule", "sport")]
    assert classified["g2", "sector"] == [("technical", "recorded", None)]


def test_a_record_may_serve_several_goals_each_once(classified: Found) -> None:
    assert classified["g2", "goal"] == [("openness", "recorded", None), ("participation", "recorded", None)]
    assert classified["g3", "goal"] == [("not_recorded", "none", None)]


def test_the_first_rule_that_fits_decides_and_a_missing_name_fits_no_word(classified: Found) -> None:
    assert classified["g3", "sector"] == [("education_youth", "rule", "skiing")]
    assert classified["g4", "sector"] == [("employment", "rule", "boards")]


def test_a_word_is_found_inside_a_compound(classified: Found) -> None:
    assert classified["e1", "volunteer_form"] == [("events_lectures", "rule", "concerts")]


def test_the_newest_row_that_records_a_kind_decides_it(classified: Found) -> None:
    assert classified["e1", "sector"] == [("technical", "recorded", None)]
    assert classified["e1", "channel"] == [("library", "recorded", None)]


def test_every_record_has_a_class_of_every_kind_that_its_source_can_bear(classified: Found) -> None:
    kinds = {
        record: {kind for found, kind in classified if found == record} for record in ("g1", "g4", "w1", "m1", "e1")
    }
    bare = {"sector", "area", "goal", "means"}
    assert kinds == {
        "g1": bare | {"volunteer_form"},
        "g4": bare | {"volunteer_form"},
        "w1": bare,
        "m1": bare,
        "e1": set(classification.KINDS),
    }
    assert classified["w1", "sector"] == [("not_recorded", "none", None)]
    assert classified["m1", "area"] == [("centre", "recorded", None)]
