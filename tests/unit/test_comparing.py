"""Rules that compare a row with others: what they ask about, and what they leave alone."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pipelines import comparing, contracts, quality
from pipelines.comparing import Known, failing
from pipelines.contract_model import Rule
from pipelines.expectations import COMPARING_RULES

NAMES = ("Kuviteltu Latu ry", "Kuviteltu Kiekko ry", "Kuviteltu Kerho ry")


def test_every_kind_of_rule_that_contracts_may_name_is_there() -> None:
    assert set(comparing._COMPARISONS) == set(COMPARING_RULES)


def rule(rule_id: str) -> Rule:
    source, _, _ = rule_id.partition(".")
    return contracts.sources()[source].rule(rule_id)


def returns(*rows: tuple[str, int, int | None], file: str = "a") -> pl.DataFrame:
    """Rows of name, year and members."""
    return pl.DataFrame(
        [(file, name, None, year, members) for name, year, members in rows],
        schema={
            "file_sha256": pl.String,
            "association_name": pl.String,
            "business_id": pl.String,
            "year": pl.Int64,
            "members": pl.Int64,
        },
        orient="row",
    )


@pytest.mark.parametrize(
    ("members", "is_asked"),
    [(100, False), (390, False), (410, True), (24, True), (26, False), (0, False), (None, False)],
)
def test_a_value_far_from_the_own_history_is_asked_about(members: int | None, is_asked: bool) -> None:
    rows = [(NAMES[0], year, 100) for year in range(2018, 2022)]
    frame = returns(*rows, ("KUVITELTU LATU R.Y.", 2022, members), (NAMES[1], 2022, 5))
    assert failing(rule("association_returns.members_near_own_history"), frame, Known()) == ((4,) if is_asked else ())


def test_a_small_difference_is_no_fault_however_many_times_it_is() -> None:
    frame = returns((NAMES[0], 2021, 2), (NAMES[0], 2022, 20))
    assert failing(rule("association_returns.members_near_own_history"), frame, Known()) == ()


def test_a_year_told_twice_does_not_vouch_for_itself() -> None:
    frame = returns((NAMES[0], 2021, 100), (NAMES[0], 2022, 1000), (NAMES[0], 2022, 1000))
    assert failing(rule("association_returns.members_near_own_history"), frame, Known()) == (0, 1, 2)


def test_what_none_of_its_likes_comes_near_is_asked_about() -> None:
    usual = [(f"Kuviteltu yhdistys {number} ry", 2022, 40 + 5 * number) for number in range(25)]
    asks = rule("association_returns.members_within_usual_range")
    assert failing(asks, returns(*usual, ("Uusi ry", 2022, 17_500)), Known()) == (25,)
    assert failing(asks, returns(*usual[:15], ("Uusi ry", 2022, 17_500)), Known()) == (), "too few to be a measure"
    assert failing(asks, returns(*[(name, 2022, 50) for name, _, _ in usual]), Known()) == (), "all are equal"


def test_the_odd_year_of_a_file_is_asked_about() -> None:
    asks = rule("association_returns.year_of_its_file")
    rows = [(f"Kuviteltu yhdistys {number} ry", 2022, 10) for number in range(12)]
    assert failing(asks, returns(*rows, ("Uusi ry", 2021, 10)), Known()) == (12,)
    mixed = [(name, 2015 + place, 10) for place, (name, _, _) in enumerate(rows)]
    assert failing(asks, returns(*mixed), Known()) == ()


def test_the_same_association_under_two_spellings_is_asked_about_once() -> None:
    asks = rule("association_returns.one_return_a_year")
    frame = returns((NAMES[0], 2022, 10), ("kuviteltu latu r.y.", 2022, 11), (NAMES[0], 2021, 10))
    assert failing(asks, frame, Known()) == (1,)
    assert failing(asks, pl.concat([frame[:1], returns((NAMES[0], 2022, 11), file="b")]), Known()) == ()


def test_an_id_that_the_register_lacks_is_asked_about_when_there_is_a_register() -> None:
    asks = rule("association_returns.business_id_in_register")
    frame = returns((NAMES[0], 2022, 1), (NAMES[1], 2022, 1), (NAMES[2], 2022, 1)).with_columns(
        business_id=pl.Series(["9123457-3", "8000001-1", None])
    )
    assert failing(asks, frame, Known(frozenset({"9123457-3", "kuviteltu latu"}))) == (1,)
    assert failing(asks, frame, Known()) == ()


@pytest.mark.parametrize(("year", "is_asked"), [(2025, False), (2026, False), (2027, True)])
def test_what_happened_after_the_file_came_is_asked_about(year: int, is_asked: bool) -> None:
    known = Known(received={"a": date(2026, 2, 1)})
    frame = returns((NAMES[0], year, 1))
    found = failing(rule("association_returns.year_not_after_receipt"), frame, known)
    assert found == ((0,) if is_asked else ())
    assert failing(rule("association_returns.year_not_after_receipt"), frame, Known()) == ()


def test_a_row_that_is_put_aside_neither_asks_nor_is_a_measure() -> None:
    contract = contracts.sources()["association_returns"]
    empty = pl.DataFrame(
        schema={"file_sha256": pl.String}
        | {
            column.name: {"BIGINT": pl.Int64, "DOUBLE": pl.Float64, "VARCHAR[]": pl.List(pl.String)}.get(
                column.duckdb_type, pl.String
            )
            for column in contract.staged_columns
        }
    )
    rows = returns((NAMES[0], 2021, 100), (NAMES[0], 2022, 1000), (NAMES[0], 2023, 100))
    frame = pl.concat([empty, rows], how="diagonal")
    results = {result.rule.id: result for result in quality.check(contract, frame, failed=[1])}
    assert results["association_returns.members_near_own_history"].failing == ()
    results = {result.rule.id: result for result in quality.check(contract, frame)}
    assert results["association_returns.members_near_own_history"].failing == (1,)
