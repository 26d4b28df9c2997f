"""The example town's marts against its own true answers, to the cent and the head."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from pipelines import contracts, refresh_account
from pipelines.expectations import COMPARING_RULES
from pipelines.refresh import made_of
from pipelines.run import accounts
from tests.pipeline.conftest import RefreshedTown

Cell = tuple[str, str, str, str]


@pytest.fixture(scope="module")
def truth(example_town: RefreshedTown) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((example_town.workspace.root / "truth.json").read_text(encoding="utf-8"))
    return loaded


def test_the_refresh_made_an_edition_and_told_every_step(example_town: RefreshedTown) -> None:
    assert example_town.outcome.kept_because is None
    assert example_town.outcome.is_new
    assert sorted(example_town.progress) == sorted([*made_of(), "edition"])


def test_every_true_value_is_in_the_marts(truth: dict[str, Any], analyst: duckdb.DuckDBPyConnection) -> None:
    rows = analyst.execute(
        "SELECT indicator_id, period, breakdown, breakdown_value, reported FROM marts.indicator_values"
    ).fetchall()
    got: dict[Cell, float | None] = {(row[0], row[1], row[2], row[3]): row[4] for row in rows}
    expected: dict[Cell, Any] = {
        (item["indicator_id"], str(item["period"]), item["breakdown"], item["breakdown_value"]): item["value"]
        for item in truth["indicators"]
    }
    wrong = {
        cell: (value, got.get(cell, "missing")) for cell, value in expected.items() if not _equal(value, got, cell)
    }
    assert not wrong
    invented = {cell: got[cell] for cell in got.keys() - expected.keys() if got[cell]}  # nobody answered: no figure
    assert not invented
    assert len(expected) > 1500


def _equal(value: Any, got: dict[Cell, float | None], cell: Cell) -> bool:
    if cell not in got:
        return False
    found = got[cell]
    if value is None or found is None:
        return value is None and found is None
    if isinstance(value, str):
        return round(Decimal(found), 2) == Decimal(value)
    return found == pytest.approx(value, rel=1e-12, abs=1e-12)


def test_the_three_numbers_of_the_handbook(public: duckdb.DuckDBPyConnection) -> None:
    rows = public.execute(
        "SELECT indicator_id, n FROM marts.indicator_values "
        "WHERE period = '2021' AND breakdown = 'total' AND is_hidden = false"
    ).fetchall()
    n = dict(rows)
    assert n["registered_associations"] == 447
    assert n["umbrella_coverage_share"] == 345
    assert 200 <= n["active_associations"] <= 240


def test_every_planted_fault_is_found_and_nothing_else(example_town: RefreshedTown, truth: dict[str, Any]) -> None:
    files, findings = accounts(example_town.workspace)
    name = dict(files.select("file_sha256", "file_name").iter_rows())
    comparing = {
        rule.id
        for source in contracts.sources().values()
        for rule in source.rules
        if rule.expectation in COMPARING_RULES
    }
    found = {
        (name[row["file_sha256"]], row["line"], row["rule_id"])
        for row in findings.iter_rows(named=True)
        if row["rule_id"] not in comparing
    }
    asked = findings.filter(findings["rule_id"].is_in(list(comparing))).select("file_sha256", "sheet", "line").unique()
    assert asked.height <= 0.02 * files["rows_read"].sum()
    planted = {
        (item["file"].rpartition("/")[2], item["line"], item["rule_id"])
        for item in (*truth["faults"], *truth["warnings"])
    }
    assert found == planted
    refused = set(files.filter(files["state"] == "refused")["file_name"])
    assert refused == {item["file"].rpartition("/")[2] for item in truth["refused"]}


def test_rows_and_euros_of_every_file_are_accounted_for(example_town: RefreshedTown, truth: dict[str, Any]) -> None:
    files, _ = accounts(example_town.workspace)
    assert files.height == len(truth["files"]) + len(truth["refused"])
    by_name = {row["file_name"]: row for row in files.iter_rows(named=True)}
    for item in truth["files"]:
        row = by_name[item["file"].rpartition("/")[2]]
        assert row["rows_read"] == item["rows"], item["file"]
        assert row["rows_quarantined"] == item["faulty_rows"], item["file"]
        assert row["rows_read"] == row["rows_staged"] + row["rows_quarantined"]
        if row["eur_read"] is not None:
            assert row["eur_read"] == row["eur_staged"] + row["eur_quarantined"]


def test_the_summary_of_a_refresh_names_each_difference_without_an_explanation(
    example_town: RefreshedTown, capsys: pytest.CaptureFixture[str]
) -> None:
    refresh_account.print_accounts(example_town.workspace)
    said = " ".join(capsys.readouterr().out.replace("\u00a0", " ").split())
    assert "ero selitetty 2, ero selittämättä 1" in said
    assert "2023, Kaupunginhallitus: ero -1 800,00 €, selitetty 0,00 €, selittämättä -1 800,00 €." in said
    assert said.count("tili 4742, 20") == 1


RECONCILED = ("ledger_paid_eur", "booked_eur", "difference_eur", "unexplained_eur")


def test_the_ledger_is_reconciled_with_the_books(truth: dict[str, Any], public: duckdb.DuckDBPyConnection) -> None:
    rows = public.execute(
        "SELECT year, granting_body, ledger_paid_eur, booked_eur, difference_eur, unexplained_eur "
        "FROM marts.grant_reconciliation WHERE booked_eur IS NOT NULL"
    ).fetchall()
    expected = [
        (
            item["year"],
            item["granting_body"],
            *(Decimal(item[name]) for name in RECONCILED),
        )
        for item in truth["reconciliation"]
    ]
    assert sorted(rows) == sorted(expected)
    assert sum(row[4] != 0 for row in rows) == 3
    assert sum(row[5] != 0 for row in rows) == 1
    states = public.execute("SELECT state, count(*) FROM marts.grant_reconciliation GROUP BY state").fetchall()
    assert {("explained", 2), ("unexplained", 1)} <= set(states)


PLANTED = ("testi.esimerkki@", "050 000 0000", "Testi Esimerkki", "Taiteilija Testi")


@pytest.mark.parametrize("file", ["public.duckdb", "analyst.duckdb"])
def test_no_planted_person_leaves_the_workspace(example_town: RefreshedTown, file: str) -> None:
    content = example_town.edition(file).read_bytes()
    assert not [name for name in PLANTED if name.encode() in content]
    connection = duckdb.connect(str(example_town.edition(file)), read_only=True)
    with connection:
        tables = connection.execute("SELECT table_schema, table_name FROM information_schema.tables").fetchall()
        for schema, table in tables:
            for row in connection.execute(f"SELECT * FROM {schema}.{table}").fetchall():
                assert not [name for name in PLANTED if name in str(row)], (schema, table)


def test_no_person_goes_past_raw(example_town: RefreshedTown) -> None:
    with database_of(example_town) as connection:
        tables = connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables "
            "WHERE table_schema IN ('staging', 'core', 'marts', 'meta')"
        ).fetchall()
        assert len(tables) > 30
        for schema, table in tables:
            for row in connection.execute(f"SELECT * FROM {schema}.{table}").fetchall():
                assert not [name for name in PLANTED if name in str(row)], (schema, table)


def database_of(town: RefreshedTown) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(town.workspace.build_file), read_only=True)


def test_small_groups_are_hidden_in_public_and_told_to_analysts(
    public: duckdb.DuckDBPyConnection, analyst: duckdb.DuckDBPyConnection
) -> None:
    hidden = public.execute(
        "SELECT count(*), count(value), count(reported), count(n) FROM marts.indicator_values WHERE is_hidden"
    ).fetchone()
    assert hidden is not None
    assert hidden[0] > 0
    assert hidden[1:] == (0, 0, 0)
    told = analyst.execute("SELECT count(*), count(n) FROM marts.indicator_values WHERE is_hidden").fetchone()
    assert told == (hidden[0], hidden[0])


def test_figures_of_returns_are_estimates_beside_what_was_told(public: duckdb.DuckDBPyConnection) -> None:
    rows = public.execute(
        "SELECT indicator_id, value, lower, upper, reported, coverage_share, kind, verdict FROM marts.indicator_values "
        "JOIN meta.indicators AS cards USING (indicator_id) "
        "WHERE cards.basis = 'returns' AND breakdown = 'total' ORDER BY ALL"
    ).fetchall()
    assert len(rows) == 7 * 10
    for indicator, value, lower, upper, reported, coverage, kind, verdict in rows:
        assert lower <= value <= upper, indicator
        assert 0 < coverage <= 1
        if kind != "share":
            assert value >= reported, indicator
        assert verdict in {"usable", "usable_with_care"}


def test_figures_of_residents_are_weighted_estimates_beside_what_was_told(analyst: duckdb.DuckDBPyConnection) -> None:
    rows = analyst.execute(
        "SELECT indicator_id, value, lower, upper, reported, population, method, verdict FROM marts.indicator_values "
        "WHERE period_type = 'term' AND breakdown = 'total' ORDER BY ALL"
    ).fetchall()
    assert len(rows) == 4 * 2
    for indicator, value, lower, upper, reported, population, method, verdict in rows:
        assert lower < value < upper, indicator
        assert value != reported
        assert 13_000 < population < 16_500
        assert (method, verdict) in {
            ("raked_by_age_sex_area", "usable"),
            ("raked_by_age_sex_area", "usable_with_care"),
        }


def test_the_truth_of_the_whole_lies_within_most_intervals(
    truth: dict[str, Any], analyst: duckdb.DuckDBPyConnection
) -> None:
    """One town is one draw; how often over many towns `make bench` tells."""
    rows = analyst.execute(
        "SELECT indicator_id, period, breakdown, breakdown_value, lower, upper FROM marts.indicator_values "
        "WHERE lower IS NOT NULL"
    ).fetchall()
    bounds = {(row[0], row[1], row[2], row[3]): (row[4], row[5]) for row in rows}
    whole: dict[Cell, float] = {
        (item["indicator_id"], item["period"], item["breakdown"], item["breakdown_value"]): item["value"]
        for item in truth["whole"]
    }
    estimated = bounds.keys() & whole.keys()
    assert len(estimated) > 600
    assert {breakdown for _, _, breakdown, _ in estimated} == {"total", "purpose_group", "age_group", "sex", "area"}
    within = [bounds[cell][0] <= whole[cell] <= bounds[cell][1] for cell in estimated]
    assert sum(within) / len(within) > 0.85


def test_a_change_of_returns_says_what_its_interval_says(analyst: duckdb.DuckDBPyConnection) -> None:
    rows = analyst.execute(
        "SELECT changes.direction, reason, lower, upper FROM marts.indicator_changes AS changes "
        "JOIN meta.indicators AS cards USING (indicator_id) WHERE cards.basis = 'returns' AND lower IS NOT NULL"
    ).fetchall()
    expected = {
        (True, False): ("rose", "change.rose_in_panel"),
        (False, True): ("fell", "change.fell_in_panel"),
        (False, False): ("no_clear_change", "change.within_interval"),
    }
    assert {row[0] for row in rows} == {"rose", "fell", "no_clear_change"}
    for direction, reason, lower, upper in rows:
        assert (direction, reason) == expected[lower > 0, upper < 0]


@pytest.mark.parametrize(
    ("table", "lower", "upper"),
    [("indicator_changes", "lower", "upper"), ("term_values", "change_lower", "change_upper")],
)
def test_a_published_interval_stands_on_the_side_that_its_word_says(
    table: str, lower: str, upper: str, public: duckdb.DuckDBPyConnection
) -> None:
    """Rose beside an interval that holds no change at all would be read as an error, and as rounded it would."""
    told, contrary = public.execute(
        f"SELECT count(*), count_if(CASE direction WHEN 'rose' THEN {lower} <= 0 WHEN 'fell' THEN {upper} >= 0 "
        f"ELSE {lower} > 0 OR {upper} < 0 END) FROM marts.{table} WHERE {lower} IS NOT NULL"
    ).fetchone() or (0, None)
    assert told > 20
    assert contrary == 0


def test_every_reason_of_the_edition_has_its_sentence(public: duckdb.DuckDBPyConnection) -> None:
    unsaid = public.execute(
        "SELECT reason FROM (SELECT verdict_reason AS reason FROM marts.indicator_values "
        "UNION SELECT reason FROM marts.indicator_changes UNION SELECT verdict_reason FROM marts.term_years "
        "UNION SELECT unnest([change_reason, target_reason, verdict_reason]) FROM marts.term_values) WHERE reason NOT IN (SELECT message_id FROM meta.messages)"
    ).fetchall()
    assert unsaid == []
