"""Council terms of the example town: the same figures as in the yearly ones, nothing left out."""

from __future__ import annotations

import duckdb
import pytest

from pipelines import contracts

TERMS = ("2017-2021", "2021-2025", "2025-2029")


def test_every_indicator_has_a_row_in_every_term(public: duckdb.DuckDBPyConnection) -> None:
    rows = public.execute("SELECT indicator_id, term_id FROM marts.term_values").fetchall()
    assert sorted(rows) == sorted((name, term) for name in contracts.indicators() for term in TERMS)


def test_both_ends_are_the_figures_of_their_periods(public: duckdb.DuckDBPyConnection) -> None:
    for end in ("baseline", "latest"):
        compared, differing = public.execute(
            f"SELECT count(terms.{end}), count_if(terms.{end} IS DISTINCT FROM figures.value) FROM marts.term_values AS terms "
            "JOIN marts.indicator_values AS figures ON figures.indicator_id = terms.indicator_id "
            f"AND figures.period = terms.{end}_period AND figures.breakdown = 'total'"
        ).fetchone() or (0, 0)
        assert compared > len(contracts.indicators())
        assert differing == 0


def test_what_is_counted_changes_by_the_difference_and_what_is_sampled_by_its_interval(
    analyst: duckdb.DuckDBPyConnection,
) -> None:
    rows = analyst.execute(
        "SELECT cards.basis, latest - baseline, change, change_lower, change_upper, terms.direction FROM marts.term_values AS terms "
        "JOIN meta.indicators AS cards USING (indicator_id) WHERE change IS NOT NULL"
    ).fetchall()
    assert {row[0] for row in rows} >= {"register", "ledger", "evidence", "returns"}
    for basis, difference, change, lower, upper, direction in rows:
        if basis not in {"returns", "residents"}:
            assert change == pytest.approx(difference)
            continue
        assert lower <= change <= upper
        assert direction == ("rose" if lower > 0 else "fell" if upper < 0 else "no_clear_change")


def test_the_wellbeing_counties_cut_the_grants_of_their_term_only(public: duckdb.DuckDBPyConnection) -> None:
    cut = public.execute(
        "SELECT DISTINCT indicator_id, term_id FROM marts.term_values WHERE change_reason = 'term.break'"
    ).fetchall()
    broken = [card.id for card in contracts.indicators().values() if "wellbeing_counties_2023" in card.breaks]
    assert sorted(cut) == sorted((name, "2021-2025") for name in broken)


def test_targets_are_those_of_the_settings_and_each_is_judged(public: duckdb.DuckDBPyConnection) -> None:
    set_in_settings = public.execute("SELECT indicator_id, term_id, target FROM meta.targets ORDER BY ALL").fetchall()
    judged = public.execute(
        "SELECT indicator_id, term_id, target FROM marts.term_values WHERE target_state <> 'none' ORDER BY ALL"
    ).fetchall()
    assert judged == set_in_settings
    assert len(judged) > 10


def test_no_year_is_in_two_terms(public: duckdb.DuckDBPyConnection) -> None:
    twice = public.execute(
        "SELECT indicator_id, period FROM marts.term_years WHERE NOT is_baseline GROUP BY ALL HAVING count(*) > 1"
    ).fetchall()
    assert twice == []
