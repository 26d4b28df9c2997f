"""From Statistics Finland's ages and sexes to the residents that a survey speaks for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from pipelines import catalogue, contracts, staging
from pipelines.editions import shape_of
from pipelines.example.pyramid import adults, by_age_and_sex
from pipelines.reading import read_file
from pipelines.receiving import raw_frame
from pipelines.settings import Settings, WorkspaceError, parse_settings
from warehouse.models import models

TEXT = contracts.municipality_settings("esimerkkila")
SETTINGS = parse_settings(TEXT, "municipality.toml")
SINGLE_AGES = [f"{age:03}" for age in range(100)] + ["100-"]
FIVE_YEAR_AGES = ["0-17", "18 - 24", "25–29", "30-34", "35-44", "45-64", "65-69", "70-74", "75+"]


@pytest.fixture
def base() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for schema in ("staging", "core", "marts", "meta"):
            connection.execute(f"CREATE SCHEMA {schema}")
        for table in (
            "meta.edition",
            "meta.council_terms",
            "meta.area_residents",
            "meta.codes",
            "core.resident_answers",
        ):
            columns = ", ".join(f"{one.name} {one.duckdb_type}" for one in shape_of(contracts.tables()[table]).columns)
            connection.execute(f"CREATE TABLE {table} ({columns})")
        connection.execute("INSERT INTO meta.edition (municipality_code, data_until) VALUES ('998', DATE '2025-12-31')")
        for row in catalogue.codes(SETTINGS):
            put(connection, "meta.codes", **row)
        for row in catalogue.council_terms(SETTINGS):
            put(connection, "meta.council_terms", **row)
        for row in catalogue.area_residents(SETTINGS):
            put(connection, "meta.area_residents", **row)
        put(connection, "core.resident_answers", term="2021-2025", answered_on=date(2024, 10, 7))
        yield connection


def put(base: duckdb.DuckDBPyConnection, table: str, **values: object) -> None:
    marks = ", ".join("?" * len(values))
    base.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", list(values.values()))


def table(ages: list[str], years: tuple[str, ...] = ("2024",), each: int = 10) -> str:
    """A table of years × ages × sexes, both with their sums, as PxWeb gives it."""
    variables = {
        "Vuosi": list(years),
        "Alue": ["SSS", "KU998"],
        "Ikä": ["SSS", *ages],
        "Sukupuoli": ["SSS", "1", "2"],
        "Tiedot": ["vaesto"],
    }
    values = [
        each * (len(ages) if age == "SSS" else 1) * (2 if sex == "SSS" else 1)
        for _ in years
        for _ in variables["Alue"]
        for age in variables["Ikä"]
        for sex in variables["Sukupuoli"]
    ]
    dimension = {name: {"label": name, "category": {"index": codes}} for name, codes in variables.items()}
    dimension["Tiedot"]["category"]["label"] = {"vaesto": "Väestö 31.12."}  # type: ignore[assignment]
    sizes = [len(codes) for codes in variables.values()]
    document = {"version": "2.0", "class": "dataset", "id": list(variables), "size": sizes, "dimension": dimension}
    return json.dumps({**document, "value": values}, ensure_ascii=False)


def build(base: duckdb.DuckDBPyConnection, *deliveries: str) -> dict[str, int]:
    """Stage the deliveries, build the models, and return the residents of each group of the margins."""
    frames = []
    for number, content in enumerate(deliveries, start=1):
        (read,) = read_file(content.encode(), "a.json", contracts.sources()["population"])
        frames.append(raw_frame(f"file{number}", number, read))
    raw = frames[0].vstack(frames[1]) if len(frames) > 1 else frames[0]
    staged = staging.stage(contracts.sources()["population"], raw, SETTINGS, None, ())
    assert staged.findings.is_empty()
    base.register("given", staged.rows)
    base.execute("CREATE OR REPLACE TABLE staging.population AS SELECT * FROM given")
    for name in ("core.residents", "core.resident_groups", "marts.survey_population"):
        base.execute(f"CREATE OR REPLACE TABLE {name} AS {models()[name].sql}")
    rows = base.execute("SELECT group_code, residents FROM marts.survey_population").fetchall()
    return dict(rows)


AREAS = {"centre": 9800, "malli": 2150, "kokeilu": 1350, "villages": 3800}


def test_single_ages_become_the_age_groups_of_adults(base: duckdb.DuckDBPyConnection) -> None:
    got = build(base, table(SINGLE_AGES))
    spans = {"18-29": 12, "30-44": 15, "45-64": 20, "65-74": 10, "75+": 26}
    expected = {f"{age}/{sex}": 10 * years for age, years in spans.items() for sex in ("male", "female")}
    assert got == expected | AREAS
    total = base.execute("SELECT residents FROM core.residents WHERE year = 2024").fetchone()
    assert total == (10 * 101 * 2,)


def test_ranges_of_ages_are_understood_however_they_are_written(base: duckdb.DuckDBPyConnection) -> None:
    got = build(base, table(FIVE_YEAR_AGES, each=7))
    assert got["18-29/male"] == got["30-44/female"] == got["65-74/male"] == 14
    assert got["45-64/male"] == got["75+/female"] == 7


@pytest.mark.parametrize(
    "ages",
    [
        [*SINGLE_AGES[:60], *SINGLE_AGES[70:]],  # ten years of two age groups are missing
        ["0-14", "15-24", "25-29", *FIVE_YEAR_AGES[3:]],  # 15-24 lies in two age groups
        ["000-"],
    ],
)
def test_ages_that_do_not_make_up_the_town_weight_nothing(base: duckdb.DuckDBPyConnection, ages: list[str]) -> None:
    base.execute("DELETE FROM meta.area_residents")
    parts = json.loads(table(ages))
    cells_of_area = 3 * (len(ages) + 1)
    parts["value"][cells_of_area] = 10 * 101 * 2  # all ages and sexes of the town, the second area
    assert build(base, json.dumps(parts)) == {}


def test_the_newest_delivery_speaks_for_a_year(base: duckdb.DuckDBPyConnection) -> None:
    got = build(base, table(SINGLE_AGES, each=10), table(FIVE_YEAR_AGES, each=7))
    assert got["18-29/male"] == 14
    rows = base.execute("SELECT DISTINCT file_sha256 FROM core.resident_groups").fetchall()
    assert rows == [("file2",)]


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        (("2023", "2024"), 2024),
        (("2022", "2023"), 2023),
        (("2022",), 2022),
        (("2021",), None),
        (("2025", "2023"), 2023),
    ],
)
def test_the_nearest_year_end_counts_at_most_two_years_away(
    base: duckdb.DuckDBPyConnection, years: tuple[str, ...], expected: int | None
) -> None:
    build(base, table(SINGLE_AGES, years))
    found = base.execute("SELECT DISTINCT year FROM marts.survey_population WHERE margin = 'age_sex'").fetchall()
    assert found == ([] if expected is None else [(expected,)])


def test_an_area_without_residents_leaves_all_areas_out(base: duckdb.DuckDBPyConnection) -> None:
    base.execute("DELETE FROM meta.area_residents WHERE area = 'kokeilu'")
    got = build(base, table(SINGLE_AGES))
    assert len(got) == 10
    assert not set(got) & set(AREAS)


def test_residents_of_areas_stand_in_the_settings_and_are_positive() -> None:
    assert {row["area"]: row["residents"] for row in catalogue.area_residents(SETTINGS) if row["year"] == 2024} == AREAS
    with pytest.raises(WorkspaceError, match="areas"):
        parse_settings(TEXT.replace("2024 = 9800", "2024 = -1"), "municipality.toml")


def test_settings_without_residents_of_areas_are_good() -> None:
    blank: Settings = parse_settings(contracts.municipality_settings(contracts.BLANK_MUNICIPALITY), "municipality.toml")
    assert catalogue.area_residents(blank) == []


def test_the_example_parts_its_residents_without_losing_any() -> None:
    parts = by_age_and_sex(17_077)
    assert sum(parts.values()) == 17_077
    grown = adults(17_077, {"a": 2, "b": 1})
    assert sum(grown.values()) == pytest.approx(sum(count for (age, _), count in parts.items() if age >= 18))
    assert sum(count for (*_, area), count in grown.items() if area == "a") == pytest.approx(
        sum(grown.values()) * 2 / 3
    )
