"""Every rule of every contract is built, evaluated and finds the rows that it should, and never passes by silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from pipelines import contracts, parsing, quality
from pipelines.contract_model import Rule, SourceContract
from pipelines.expectations import COMPARING_RULES
from pipelines.quality import QualityError, RuleResult

SOURCES = sorted(contracts.sources())
VALUES: dict[str, Any] = {
    "VARCHAR": "x",
    "VARCHAR[]": ["x"],
    "BIGINT": 1,
    "DOUBLE": 1.0,
    "DECIMAL(14,2)": Decimal("1.00"),
    "DATE": date(2024, 1, 2),
    "TIMESTAMP": datetime(2024, 1, 2, 18),  # noqa: DTZ001 - local time
    "BOOLEAN": True,
}


def frame(contract: SourceContract, *rows: dict[str, Any], files: list[str] | None = None) -> pl.DataFrame:
    """Typed rows of a contract; what a row does not name has some value of the column's type."""
    schema = {"file_sha256": pl.String()} | {
        column.name: parsing.POLARS_TYPES[column.duckdb_type] for column in contract.staged_columns
    }
    default = {column.name: VALUES[column.duckdb_type] for column in contract.staged_columns}
    whole = [{"file_sha256": "f", **default, **row} for row in rows]
    for row, file in zip(whole, files or [], strict=False):
        row["file_sha256"] = file
    return pl.DataFrame(whole, schema=schema)


def failing(results: list[RuleResult], rule: str) -> tuple[int, ...]:
    (found,) = [result for result in results if result.rule.id == rule]
    assert found.passed is (not found.failing)
    return found.failing


def one_rule(contract: SourceContract, rule: Rule) -> SourceContract:
    return replace(contract, rules=(rule,))


@pytest.fixture(scope="module")
def ledger() -> SourceContract:
    return contracts.sources()["grant_ledger"]


@pytest.fixture(scope="module")
def register() -> SourceContract:
    return contracts.sources()["prh_register"]


@pytest.mark.parametrize("source", SOURCES)
def test_every_rule_runs_on_no_rows_and_passes(source: str) -> None:
    contract = contracts.sources()[source]
    results = [*quality.check(contract, frame(contract)), *quality.check_size(contract, frame(contract), None)]
    judged = {rule.id for rule in contract.rules if rule.expectation not in contracts.READING_RULES}
    assert {result.rule.id for result in results} == judged
    assert len(results) == len(judged)
    assert all(result.passed and result.failing == () and result.rows_checked == 0 for result in results)


@pytest.mark.parametrize("source", SOURCES)
def test_every_rule_of_a_required_column_finds_the_one_empty_row(source: str) -> None:
    contract = contracts.sources()[source]
    empty: dict[str, None] = dict.fromkeys(column.name for column in contract.staged_columns)
    results = quality.check(contract, frame(contract, empty))
    required = {f"{source}.{column.name}_required" for column in contract.staged_columns if column.required}
    assert {result.rule.id for result in results if result.rule.implied and result.failing == (0,)} == required


CASES: list[Any] = [
    ("prh_register", "business_id_check_digit", {"business_id": ["9123457-3", "9123457-4", None]}, (1,)),
    ("prh_register", "one_row_an_association", {"register_number": ["1", "2", "1", "1"]}, (2, 3)),
    (
        "prh_register",
        "ended_has_date",
        {"status": ["ended", "ended", "registered", None], "status_date": [None, date(2020, 1, 1), None, None]},
        (0,),
    ),
    (
        "prh_register",
        "registered_on_required",
        {"status": ["pending", "registered", "ended"], "registered_on": [None] * 3},
        (1, 2),
    ),
    ("prh_register", "purpose_class_three_digits", {"purpose_class": ["100", "1", "abc", None]}, (1, 2)),
    (
        "grant_ledger",
        "awarded_not_above_applied",
        {"applied_eur": [10, 10, None], "awarded_eur": [10, Decimal("10.01"), 5]},
        (1,),
    ),
    ("grant_ledger", "paid_not_above_awarded", {"awarded_eur": [10, 10, 10], "paid_eur": [10, 11, None]}, (1,)),
    (
        "grant_ledger",
        "paid_has_date",
        {"paid_eur": [5, 0, None, -5, 5], "paid_on": [None, None, None, None, date(2024, 1, 1)]},
        (0, 3),
    ),
    ("association_returns", "grade_between_4_and_10", {"cooperation_grade": [4, 10, 3, 11, None]}, (2, 3)),
    ("association_returns", "works_between_1_and_5", {"cooperation_works": [1, 5, 0, 6, None]}, (2, 3)),
    ("association_returns", "members_not_negative", {"members": [0, -1, None]}, (1,)),
    ("association_returns", "hours_not_negative", {"volunteer_hours": [0.0, -0.5, None]}, (1,)),
    ("association_returns", "joint_within_events", {"events": [3, 3, None], "joint_events": [3, 4, 1]}, (1,)),
    ("population", "period_is_year_or_month", {"period": ["2024", "2024M09", "24", "syyskuu"]}, (2, 3)),
    ("population", "residents_not_negative", {"residents": [0, -1]}, (1,)),
    (
        "umbrella_members",
        "ends_after_start",
        {"valid_from": [date(2020, 1, 1)] * 3, "valid_to": [date(2020, 1, 1), date(2019, 1, 1), None]},
        (1,),
    ),
]


@pytest.mark.parametrize(("source", "rule", "columns", "expected"), CASES, ids=[case[1] for case in CASES])
def test_a_rule_finds_its_rows(
    source: str, rule: str, columns: dict[str, list[Any]], expected: tuple[int, ...]
) -> None:
    contract = contracts.sources()[source]
    rows = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    only = one_rule(contract, contract.rule(f"{source}.{rule}"))
    assert failing(quality.check(only, frame(contract, *rows)), f"{source}.{rule}") == expected


def test_of_equal_rows_the_first_is_kept_file_by_file(register: SourceContract) -> None:
    rows = frame(register, *[{"register_number": "1", "business_id": None}] * 4, files=["a", "b", "a", "b"])
    assert failing(quality.check(register, rows), "prh_register.one_row_an_association") == (2, 3)


def test_empty_cells_are_equal_to_empty_cells(ledger: SourceContract) -> None:
    rows = frame(ledger, *[{"business_id": None, "paid_eur": None, "paid_on": None}] * 2, {"business_id": None})
    assert failing(quality.check(ledger, rows), "grant_ledger.no_row_twice") == (1,)


def test_a_row_that_fails_something_else_is_nobodys_duplicate(register: SourceContract) -> None:
    """Else the first row would go to quarantine for its own fault and the second, good one as its repetition."""
    first, second = {"business_id": "9123457-4"}, {"business_id": None}
    rows = frame(register, first, second, second)
    results = quality.check(register, rows)
    assert failing(results, "prh_register.business_id_check_digit") == (0,)
    assert failing(results, "prh_register.one_row_an_association") == (2,)


def test_a_row_that_could_not_be_read_is_nobodys_duplicate(register: SourceContract) -> None:
    rows = frame(register, *[{"business_id": None}] * 3)
    results = quality.check(register, rows, failed=[0])
    assert failing(results, "prh_register.one_row_an_association") == (2,)


def test_a_warning_does_not_make_a_row_bad(register: SourceContract) -> None:
    rows = frame(register, *[{"business_id": None, "purpose_class": "x"}] * 2)
    assert failing(quality.check(register, rows), "prh_register.one_row_an_association") == (1,)


@pytest.mark.parametrize(
    ("before", "now", "passes"),
    [
        (None, 0, True),
        (0, 0, True),
        (10, 8, True),
        (10, 7, False),
        (15, 12, True),  # 15 * 0.8 is a little above 12 in floating point
        (7, 6, True),
        (7, 5, False),  # five of seven is more than a fifth less
        (1, 0, False),
        (10, 100, True),
    ],
)
def test_the_bound_is_a_share_of_the_edition_before(
    before: int | None, now: int, passes: bool, register: SourceContract
) -> None:
    (result,) = quality.check_size(register, frame(register, *[{}] * now), before)
    assert result.rule.id == "prh_register.does_not_shrink"
    assert (result.passed, result.failing, result.rows_checked) == (passes, (), now)


def test_a_source_without_a_bound_has_no_result_of_size() -> None:
    contract = contracts.sources()["association_returns"]
    assert quality.check_size(contract, frame(contract), 1000) == []


@pytest.mark.parametrize("source", SOURCES)
def test_a_rule_that_names_a_missing_column_never_passes(source: str) -> None:
    """Great Expectations does not raise by itself; each rule is asked of a frame without its column."""
    contract = contracts.sources()[source]
    rule = next(rule for rule in contract.rules if rule.expectation not in contracts.READING_RULES and rule.column)
    lacking = frame(contract, {}).drop(str(rule.column))
    with pytest.raises(QualityError, match=rule.id):
        quality.check(one_rule(contract, rule), lacking)


@pytest.mark.parametrize(
    ("source", "rule", "column"),
    [
        ("grant_ledger", "awarded_not_above_applied", "applied_eur"),
        ("grant_ledger", "paid_has_date", "paid_on"),
        ("grant_ledger", "paid_has_date", "paid_eur"),
        ("grant_ledger", "no_row_twice", "decided_on"),
        ("prh_register", "business_id_check_digit", "business_id"),
        ("prh_register", "purpose_class_three_digits", "purpose_class"),
        ("association_returns", "members_near_own_history", "members"),
        ("association_returns", "members_within_usual_range", "members"),
        ("association_returns", "year_of_its_file", "year"),
        ("association_returns", "one_return_a_year", "association_name"),
    ],
)
def test_no_kind_of_rule_passes_without_its_column(source: str, rule: str, column: str) -> None:
    contract = contracts.sources()[source]
    only = one_rule(contract, contract.rule(f"{source}.{rule}"))
    with pytest.raises(QualityError, match=f"{source}.{rule}"):
        quality.check(only, frame(contract, {}).drop(column))


def test_an_expectation_that_does_not_exist_is_an_error(ledger: SourceContract) -> None:
    rule = replace(ledger.rule("grant_ledger.no_row_twice"), expectation="expect_the_best")
    with pytest.raises(QualityError, match="has no expect_the_best"):
        quality.build(rule)


def test_every_expectation_bears_the_id_of_its_rule(ledger: SourceContract) -> None:
    for rule in ledger.rules:
        if rule.expectation not in {*contracts.READING_RULES, *COMPARING_RULES}:
            assert quality.build(rule).meta == {"rule_id": rule.id}
