"""Consumer prices: which cells of a table are read, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import duckdb
import pytest

from pipelines import contracts, receiving, staging
from pipelines.raw_table import Refused
from pipelines.reading import read_file, recognise_source
from pipelines.settings import parse_settings
from pipelines.staging import Staged
from warehouse.models import models

PRICES = contracts.sources()["price_index"]
Dimensions = dict[str, tuple[str, dict[str, str]]]

YEARS: Dimensions = {"Vuosi": ("Vuosi", {"2023": "2023", "2024": "2024"})}
GOODS: Dimensions = {"Hyödyke": ("Hyödyke", {"01": "Elintarvikkeet", "0": "Kuluttajahintaindeksi"})}
MEASURES: Dimensions = {"Tiedot": ("Tiedot", {"pisteluku": "Pisteluku", "muutos": "Vuosimuutos, %"})}


def table(dimensions: Dimensions, values: list[Any], label: str = "Kuluttajahintaindeksi (2015=100)") -> dict[str, Any]:
    return {
        "class": "dataset",
        "label": f"{label} muuttujina {', '.join(dimensions)}",
        "id": list(dimensions),
        "size": [len(labels) for _, labels in dimensions.values()],
        "dimension": {
            code: {
                "label": name,
                "category": {"index": {key: place for place, key in enumerate(labels)}, "label": labels},
            }
            for code, (name, labels) in dimensions.items()
        },
        "value": values,
    }


def staged(document: object) -> Staged:
    settings = parse_settings(contracts.municipality_settings("esimerkkila"), "esimerkkila")
    (read,) = read_file(json.dumps(document).encode(), "hinnat.json", PRICES)
    return staging.stage(PRICES, receiving.raw_frame("f" * 64, 1, read), settings)


def test_the_points_of_all_goods_together_are_read() -> None:
    result = staged(table(YEARS | GOODS | MEASURES, [130.0, 9.1, 120.5, 6.2, 133.0, 2.3, 122.75, 1.9]))
    assert result.quarantine.is_empty()
    assert result.rows.select("index_series", "period", "measure", "index_points").rows() == [
        ("Kuluttajahintaindeksi (2015=100)", "2023", "pisteluku", 120.5),
        ("Kuluttajahintaindeksi (2015=100)", "2024", "pisteluku", 122.75),
    ]


def test_a_table_of_years_alone_is_the_index_itself() -> None:
    result = staged(table(YEARS, [1951.5, 2001.0], "Elinkustannusindeksi (1951:10=100)"))
    assert result.rows["index_points"].to_list() == [1951.5, 2001.0]
    assert set(result.rows["index_series"]) == {"Elinkustannusindeksi (1951:10=100)"}


def test_the_source_of_json_stat_is_told_by_its_title() -> None:
    prices = json.dumps(table(YEARS, [1, 2])).encode()
    people = json.dumps(table(YEARS, [1, 2], "Väestö")).encode()
    assert recognise_source(prices, "a.json").name == "price_index"
    assert recognise_source(people, "a.json").name == "population"


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (table(YEARS, [1, 2], "Väestö"), "ei puhu hinnoista"),
        (table(GOODS, [1, 2]), "ei ole ajankohtia"),
        (table(YEARS | {"Tiedot": ("Tiedot", {"m": "Vuosimuutos, %"})}, [1, 2]), "ei ole pistelukuja"),
        (table(YEARS | {"x": ("Alaryhmä", {"a": "Leipä", "b": "Maito"})}, [1, 2, 3, 4]), "Alaryhmä"),
        (table(YEARS, [1]), "value"),
        ({"label": "Kuluttajahintaindeksi"}, "dimension"),
        ([], "dimension"),
    ],
)
def test_another_table_is_refused_with_one_sentence(document: object, said: str) -> None:
    with pytest.raises(Refused) as refused:
        staged(document)
    assert said in refused.value.text.fi
    assert refused.value.text.fi.endswith(".")


@pytest.mark.parametrize(
    ("values", "rule"),
    [([".", 1], "index_points_readable"), ([None, 1], "index_points_required"), ([0, 1], "points_within_reason")],
)
def test_a_cell_without_a_number_is_set_aside(values: list[Any], rule: str) -> None:
    result = staged(table(YEARS, values))
    assert result.rows.height == 1
    assert result.quarantine["rule_ids"].to_list() == [[f"price_index.{rule}"]]


def yearly(*rows: tuple[str, str, float, int]) -> list[tuple[int, float, str]]:
    """Build `core.price_index` from (series, period, points, delivery)."""
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA staging; CREATE SCHEMA core")
        connection.execute(
            "CREATE TABLE staging.price_index (index_series VARCHAR, period VARCHAR, index_points DOUBLE, "
            "delivery BIGINT, file_sha256 VARCHAR, sheet VARCHAR, line BIGINT)"
        )
        connection.executemany(
            "INSERT INTO staging.price_index VALUES (?, ?, ?, ?, 'f', '', 1)", [list(row) for row in rows]
        )
        return connection.execute(
            f"SELECT year, index_points, index_series FROM ({models()['core.price_index'].sql}) ORDER BY year"
        ).fetchall()


def test_a_year_is_the_mean_of_its_twelve_months_and_no_fewer() -> None:
    months = [("Indeksi", f"2023M{month:02}", 100.0 + month, 1) for month in range(1, 13)]
    assert yearly(*months, ("Indeksi", "2024M01", 120.0, 1)) == [(2023, 106.5, "Indeksi")]


def test_the_yearly_figure_goes_before_the_months_and_the_newest_delivery_before_the_old() -> None:
    months = [("Indeksi", f"2023M{month:02}", 100.0, 1) for month in range(1, 13)]
    rows = [*months, ("Indeksi", "2023", 101.0, 1), ("Indeksi", "2024", 103.0, 1), ("Indeksi", "2024", 104.0, 2)]
    assert yearly(*rows) == [(2023, 101.0, "Indeksi"), (2024, 104.0, "Indeksi")]


def test_indices_of_two_base_years_are_not_mixed() -> None:
    rows = [("2015=100", "2023", 120.0, 1), ("2015=100", "2024", 122.0, 1), ("2025=100", "2024", 98.0, 2)]
    assert yearly(*rows) == [(2024, 98.0, "2025=100")]
