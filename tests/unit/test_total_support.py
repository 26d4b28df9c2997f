"""The total support, with values computed by hand."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pytest

from warehouse.models import models

GRANTS, PREMISES, HOURS = "grants_awarded_eur", "premises_support_eur", "city_staff_hours"
Facts = Mapping[str, tuple[float | None, int]]
FULL: Facts = {GRANTS: (1000.0, 9), PREMISES: (250.5, 4), HOURS: (10.0, 6)}
TABLES = (
    "marts.staff_rates",
    "marts.support_parts",
    "marts.support_totals",
    "marts.support_figures",
    "marts.figure_gaps",
)
Row = dict[tuple[str, int, str], tuple[float | None, int]]
Gaps = dict[tuple[str, int, str], str]

LAYOUT = """
CREATE SCHEMA core; CREATE SCHEMA marts; CREATE SCHEMA meta;
CREATE TABLE marts.grant_figures (year BIGINT, indicator_id VARCHAR, breakdown VARCHAR, reported DOUBLE, n BIGINT);
CREATE TABLE marts.city_figures AS FROM marts.grant_figures;
CREATE TABLE marts.register_figures AS FROM marts.grant_figures;
CREATE TABLE meta.staff_hour_rates (name VARCHAR, eur_per_hour DECIMAL(14,2), valid_from DATE, source VARCHAR);
CREATE TABLE core.residents (year BIGINT, residents BIGINT);
CREATE TABLE core.price_index (year BIGINT, index_points DOUBLE);
CREATE TABLE core.years (year BIGINT, is_complete BOOLEAN);
INSERT INTO core.years VALUES (2022, true), (2023, true), (2024, false);
"""


def support(
    facts: Mapping[int, Facts],
    *,
    rates: Mapping[str, float] | None = None,
    residents: int | None = 500,
    active: int | None = 5,
    prices: Mapping[int, float] | None = None,
) -> tuple[Row, Gaps]:
    """Return values with n, and gaps, by indicator, year and breakdown value."""
    with duckdb.connect() as connection:
        connection.execute(LAYOUT)
        for year, told in facts.items():
            for indicator, (value, n) in told.items():
                table = "grant_figures" if indicator == GRANTS else "city_figures"
                connection.execute(
                    f"INSERT INTO marts.{table} VALUES (?, ?, 'total', ?, ?)", [year, indicator, value, n]
                )
            if active is not None:
                connection.execute(
                    "INSERT INTO marts.register_figures VALUES (?, 'active_associations', 'total', ?, ?)",
                    [year, active, active],
                )
            if residents is not None:
                connection.execute("INSERT INTO core.residents VALUES (?, ?)", [year, residents])
        for day, euros in (rates or {}).items():
            connection.execute("INSERT INTO meta.staff_hour_rates VALUES ('x', ?, ?, 'y')", [euros, day])
        for year, points in (prices or {}).items():
            connection.execute("INSERT INTO core.price_index VALUES (?, ?)", [year, points])
        for table in TABLES:
            connection.execute(f"CREATE TABLE {table} AS {models()[table].sql}")
        values = connection.execute(
            "SELECT indicator_id, year, breakdown_value, reported, n FROM marts.support_figures"
        ).fetchall()
        gaps = connection.execute(
            "SELECT indicator_id, year, breakdown_value, reason FROM marts.figure_gaps"
        ).fetchall()
    return {(row[0], row[1], row[2]): (row[3], row[4]) for row in values}, {row[:3]: row[3] for row in gaps}


def test_the_parts_add_up() -> None:
    values, gaps = support({2023: FULL}, rates={"2020-01-01": 30.25})
    assert values["total_support_eur", 2023, "total"] == (1000 + 250.5 + 302.5, 4)
    assert values["total_support_eur", 2023, "staff"] == (302.5, 6)
    assert values["total_support_per_association_eur", 2023, "total"][0] == 1553 / 5
    assert values["total_support_per_resident_eur", 2023, "total"][0] == 1553 / 500
    assert not gaps


def test_the_rate_in_force_at_the_end_of_the_year_counts() -> None:
    rates = {"2022-06-01": 20.0, "2023-12-31": 40.0, "2024-01-01": 99.0}
    values, _ = support({2022: FULL, 2023: FULL}, rates=rates)
    assert values["total_support_eur", 2022, "staff"][0] == 200
    assert values["total_support_eur", 2023, "staff"][0] == 400


@pytest.mark.parametrize(
    ("facts", "rates", "reason", "part"),
    [
        (FULL, {}, "lacks_staff_rate", "staff"),
        (FULL, {"2024-01-01": 30.0}, "lacks_staff_rate", "staff"),
        ({GRANTS: FULL[GRANTS], HOURS: FULL[HOURS]}, {"2020-01-01": 30.0}, "lacks_premises", "premises"),
        ({GRANTS: FULL[GRANTS], PREMISES: FULL[PREMISES]}, {"2020-01-01": 30.0}, "lacks_staff_hours", "staff"),
        ({PREMISES: FULL[PREMISES], HOURS: FULL[HOURS]}, {"2020-01-01": 30.0}, "lacks_grants", "grants"),
    ],
)
def test_a_missing_part_makes_no_smaller_total(
    facts: Facts, rates: Mapping[str, float], reason: str, part: str
) -> None:
    values, gaps = support({2023: facts}, rates=rates)
    assert values["total_support_eur", 2023, "total"][0] is None
    assert values["total_support_eur", 2023, part][0] is None
    assert gaps["total_support_eur", 2023, part] == reason
    totals = {reason for (_, _, value), reason in gaps.items() if value == "total"}
    assert totals == {reason}
    known = {"grants", "premises", "staff"} - {part}
    assert all(values["total_support_eur", 2023, other][0] is not None for other in known)


def test_several_missing_parts_are_told_as_such() -> None:
    _, gaps = support({2023: {GRANTS: (10.0, 1)}})
    assert gaps["total_support_eur", 2023, "total"] == "lacks_several"
    assert gaps["total_support_eur", 2023, "premises"] == "lacks_premises"


def test_the_divisor_that_is_missing_is_named() -> None:
    values, gaps = support({2023: FULL}, rates={"2020-01-01": 1.0}, residents=None, active=None)
    assert values["total_support_per_resident_eur", 2023, "total"][0] is None
    assert gaps["total_support_per_resident_eur", 2023, "total"] == "lacks_residents"
    assert gaps["total_support_per_association_eur", 2023, "total"] == "lacks_associations"
    assert ("total_support_eur", 2023, "total") not in gaps


def test_a_divisor_of_zero_gives_no_value() -> None:
    values, gaps = support({2023: FULL}, rates={"2020-01-01": 1.0}, residents=0, active=0)
    assert values["total_support_per_resident_eur", 2023, "total"][0] is None
    assert gaps["total_support_per_association_eur", 2023, "total"] == "lacks_associations"


def test_sums_are_told_in_the_money_of_the_newest_complete_year_with_an_index() -> None:
    prices = {2022: 110.0, 2023: 121.0, 2024: 130.0}
    values, _ = support({2022: FULL, 2023: FULL}, rates={"2020-01-01": 30.25}, prices=prices)
    assert values["total_support_real_eur", 2022, "total"][0] == pytest.approx(1553 * 1.1)
    assert values["total_support_real_eur", 2023, "total"][0] == pytest.approx(1553)


def test_without_an_index_there_is_no_figure_and_a_year_without_one_says_so() -> None:
    values, _ = support({2023: FULL}, rates={"2020-01-01": 1.0})
    assert not [key for key in values if key[0] == "total_support_real_eur"]
    values, gaps = support({2022: FULL, 2023: FULL}, rates={"2020-01-01": 1.0}, prices={2023: 121.0})
    assert values["total_support_real_eur", 2022, "total"][0] is None
    assert gaps["total_support_real_eur", 2022, "total"] == "lacks_price_index"


def test_the_total_is_as_revealing_as_its_smallest_part() -> None:
    values, _ = support({2023: {**FULL, PREMISES: (250.5, 2)}}, rates={"2020-01-01": 1.0})
    assert {values[name, 2023, "total"][1] for name, _, value in values if value == "total"} == {2}
