"""Classifications and open applications of the example town: they add up, and say how they came."""

from __future__ import annotations

import duckdb
import pytest


def test_a_breakdown_by_sector_or_area_adds_up_to_the_whole(analyst: duckdb.DuckDBPyConnection) -> None:
    rows = analyst.execute(
        "SELECT indicator_id, period, breakdown, sum(part.reported), any_value(whole.reported) "
        "FROM marts.indicator_values AS part "
        "JOIN (SELECT indicator_id, period, reported FROM marts.indicator_values WHERE breakdown = 'total') AS whole "
        "USING (indicator_id, period) "
        "WHERE breakdown IN ('sector', 'area') AND period_type = 'year' GROUP BY ALL"
    ).fetchall()
    assert {row[0] for row in rows} >= {"grants_awarded_eur", "grants_paid_eur", "city_events", "listed_joint_events"}
    for indicator, period, breakdown, parts, whole in rows:
        if indicator == "city_events":  # an event of two sectors is one of each
            assert parts >= whole, (indicator, period, breakdown)
        else:
            assert parts == pytest.approx(whole), (indicator, period, breakdown)


def test_several_goals_count_under_each_and_never_below_the_whole(analyst: duckdb.DuckDBPyConnection) -> None:
    rows = analyst.execute(
        "SELECT period, sum(reported) FILTER (breakdown = 'goal'), any_value(reported) FILTER (breakdown = 'total') "
        "FROM marts.indicator_values WHERE indicator_id = 'listed_joint_events' GROUP BY period"
    ).fetchall()
    assert all(parts >= whole for _, parts, whole in rows)
    assert any(parts > whole for _, parts, whole in rows)


def test_every_assignment_says_how_it_came(analyst: duckdb.DuckDBPyConnection) -> None:
    rows = analyst.execute(
        "SELECT source, decided_by, count(*), count(rule_id), count_if(code = 'not_recorded') "
        "FROM core.classifications GROUP BY ALL"
    ).fetchall()
    assert {(source, how) for source, how, *_ in rows} == {
        (source, how)
        for source in ("grant_ledger", "city_work", "events", "meetings")
        for how in ("recorded", "rule", "none")
    }
    for source, how, count, rules, unknown in rows:
        assert rules == (count if how == "rule" else 0), source
        assert unknown == (count if how == "none" else 0), source


def test_nothing_recorded_is_shown_as_such(public: duckdb.DuckDBPyConnection) -> None:
    row = public.execute(
        "SELECT label_fi, value FROM marts.indicator_values AS figures "
        "JOIN meta.codes ON codes.list = 'city_sectors' AND codes.code = figures.breakdown_value "
        "WHERE indicator_id = 'grants_awarded_eur' AND breakdown = 'sector' AND breakdown_value = 'not_recorded' "
        "AND period = '2019'"
    ).fetchone()
    assert row is not None
    assert row[0] == "Ei kirjattu"
    assert row[1] > 0


def test_open_applications_wait_apart_and_the_states_money_is_not_the_towns(
    analyst: duckdb.DuckDBPyConnection,
) -> None:
    waiting = analyst.execute("SELECT count(*), count(register_number) FROM core.open_applications").fetchone()
    assert waiting == (6, 6)
    state = analyst.execute(
        "SELECT count(*), bool_or(is_own) FROM core.grants WHERE granting_body = 'state'"
    ).fetchone()
    assert state == (5, False)
    told = analyst.execute(
        "SELECT count(*) FROM marts.indicator_values WHERE breakdown_value IN ('state', 'state_grant')"
    ).fetchone()
    assert told == (0,)
