"""A small invented edition for tests of the dashboards, made from the contracts of the tables.

Here belongs: plausible figures of Esimerkkilä, simple enough to be known in a test. Not here: making real editions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from pipelines import catalogue, contracts, editions, open_data
from pipelines.contract_model import LANGUAGES
from pipelines.settings import Settings, read_settings
from warehouse import database

EDITION = "2026-03-02-a1b2c3"
YEARS = range(2015, 2026)
K = 3

REGISTERED = {year: 431 + 2 * (year - 2015) for year in YEARS}
ACTIVE = {year: 208 + (year * 7) % 15 for year in YEARS}
AWARDED = {year: 301_250.0 + (year % 4) * 9_800 - (52_000 if year >= 2023 else 0) for year in YEARS}
ANSWERED = {year: 42 + (year * 11) % 61 for year in YEARS}

Row = dict[str, Any]


def build(root: Path, *, example: bool = True, email: str = "jarjestot@esimerkkila.example") -> str:
    """Write a workspace with one edition and return the edition's id."""
    folder = root / "editions" / EDITION
    folder.mkdir(parents=True)
    settings = read_settings(Path(contracts.__file__).parents[1] / "data_contracts/municipalities/esimerkkila.toml")
    rows = _tables(settings, example=example, email=email)
    with duckdb.connect(str(folder / "public.duckdb")) as connection:
        for table in contracts.tables().values():
            if table.audience == "public":
                _write(connection, table, list(rows.get(table.full_name, ())))
        _write_open_data(connection, folder / "open_data")
    described = {"published_at": "2026-03-02T06:00:00.000000+00:00", "software_version": version("yhteispeli")}
    (folder / "edition.json").write_text(json.dumps(described), encoding="utf-8")
    (root / "CURRENT").write_text(EDITION, encoding="utf-8")
    return EDITION


def _write_open_data(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    (folder / open_data.PARQUET).mkdir(parents=True)
    shapes = [editions.shape_of(table.table, with_restricted=False) for table in contracts.open_data().tables]
    exports = [database.Export(shape) for shape in shapes]
    database.export_parquet(connection, folder / open_data.PARQUET, exports)
    open_data.write(folder)


def _write(connection: duckdb.DuckDBPyConnection, table: Any, rows: list[Row]) -> None:
    columns = [column for column in table.columns if column.classification == "public"]
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {table.schema}")
    types = ", ".join(f'"{column.name}" {column.duckdb_type}' for column in columns)
    connection.execute(f"CREATE TABLE {table.full_name} ({types})")
    if rows:
        cells = [tuple(row.get(column.name) for column in columns) for row in rows]
        names = [column.name for column in columns]
        frame = pl.DataFrame(cells, schema=names, orient="row", infer_schema_length=None)
        connection.register("rows_to_write", frame)
        connection.execute(f"INSERT INTO {table.full_name} SELECT * FROM rows_to_write")
        connection.unregister("rows_to_write")


def _tables(settings: Settings, *, example: bool, email: str) -> dict[str, Iterator[Row]]:
    return {
        "meta.edition": iter(
            [
                {
                    "edition_id": EDITION,
                    "municipality_code": settings.municipality.code,
                    "municipality_business_id": settings.municipality.business_id,
                    "first_year": min(YEARS),
                    "municipality_name": settings.municipality.name,
                    "is_example": example,
                    "data_until": date(2026, 3, 1),
                    "software_version": version("yhteispeli"),
                    "disclosure_k": K,
                    "active_within_months": 24,
                    "contact_name": settings.contact.name,
                    "contact_email": email or None,
                }
            ]
        ),
        "meta.indicators": iter(catalogue.indicators(settings)),
        "meta.codes": iter(catalogue.codes(settings)),
        "meta.messages": iter(catalogue.messages(settings)),
        "meta.sources": iter(catalogue.sources(settings)),
        "meta.series_breaks": iter(catalogue.series_breaks(settings)),
        "meta.revisions": _revisions(),
        "marts.indicator_values": _values(),
        "marts.indicator_changes": _changes(),
        "meta.council_terms": iter(catalogue.council_terms(settings)),
        "marts.term_years": _term_years(),
        "marts.term_values": _term_values(),
        "marts.grant_awards": _awards(),
        "marts.grant_decisions": _decisions(),
        "marts.grant_explanations": _explanations(),
        "marts.grant_reconciliation": _reconciliation(),
        "marts.register_differences": iter(
            [
                {
                    "business_id": "9123457-3",
                    "name": "Esimerkin Latu ry",
                    "extract_status": "registered",
                    "ytj_status": "ended",
                    "ytj_status_date": date(2025, 3, 31),
                }
            ]
        ),
        "marts.source_status": _source_status(),
        "marts.source_files": _source_files(),
        "marts.value_origins": _origins(),
        "quality.checks": _checks(),
    }


def _value(indicator: str, year: int, value: float | None, **more: Any) -> Row:
    row: Row = {
        "indicator_id": indicator,
        "municipality_code": "998",
        "period_type": "year",
        "period": str(year),
        "breakdown": "total",
        "breakdown_value": "total",
        "value": value,
        "reported": value,
        "method": "full_count",
        "status": "final",
        "verdict": "usable",
        "verdict_reason": "verdict.counted",
        "is_hidden": False,
        "edition_id": EDITION,
    }
    breaks_here = year == 2023 and indicator.startswith("grants_")
    return {**row, "break_id": "wellbeing_counties_2023" if breaks_here else None, **more}


def _values() -> Iterator[Row]:
    for year in YEARS:
        yield from _counted(year)
        yield from _told(year)
        if year >= 2018:
            yield from _recorded(year)
    yield _value("grants_awarded_eur", 2026, 41_000.0, status="preliminary")
    yield from _answered_by_residents()


def _recorded(year: int) -> Iterator[Row]:
    yield _value("city_staff_hours", year, 140.0 + year % 5)
    yield _value("city_staff_hours", year, 90.0, breakdown="work_kind", breakdown_value="staff_time")
    yield _value("premises_hours", year, 300.0 + year % 7)
    yield _value("premises_support_eur", year, 4_900.0 + year % 9)
    yield _value("city_events", year, 14.0)
    yield _value("forum_meetings", year, 10.0 + year % 2)
    yield _value("annual_clock_done_share", year, 0.64, n=7, population=11)


def _answered_by_residents() -> Iterator[Row]:
    told: Row = {"period_type": "term", "method": "reported_mean", "verdict_reason": "verdict.not_weighted"}
    care: Row = {**told, "verdict": "usable_with_care", "n": 278}
    for first, share in ((2017, 0.45), (2021, 0.46)):
        of_term: Row = {**care, "period": f"{first}-{first + 4}", "reported": share}
        yield _value("resident_participation_share", first, None, **of_term)
        other = {"breakdown": "sex", "breakdown_value": "other", "reported": None, "n": None, "is_hidden": True}
        yield _value("resident_participation_share", first, None, **{**of_term, **other})


def _counted(year: int) -> Iterator[Row]:
    registered, awarded = REGISTERED[year], AWARDED[year]
    yield _value("registered_associations", year, registered, n=registered, population=registered)
    yield _value("active_associations", year, ACTIVE[year], n=ACTIVE[year], population=registered)
    yield _value("umbrella_coverage_share", year, 345 / registered, n=345, population=registered)
    yield _value("associations_per_1000", year, registered / 17.4)
    yield _value("founded", year, 4 + year % 5)
    yield _value("ended", year, 2 + year % 4)
    yield _value("grants_awarded_eur", year, awarded)
    yield _value("grants_paid_eur", year, awarded * 0.97)
    yield _value("grants_applied_eur", year, awarded * 1.6)
    yield _value("grants_per_resident_eur", year, awarded / 17_400)
    if year > 2015:
        yield _value("grants_share_of_budget", year, awarded / (142e6 if year < 2023 else 62e6))
    for place, (code, share) in enumerate(_shares("purpose_groups")):
        group = {"breakdown": "purpose_group", "breakdown_value": code}
        yield _value("registered_associations", year, round(registered * share), **group)
        yield _value("active_associations", year, round(ACTIVE[year] * share), **group)
        yield _value("founded", year, (year + place) % 3, **group)
    for code, share in (("dissolved", 0.4), ("removed", 0.6)):
        yield _value("ended", year, (2 + year % 4) * share, breakdown="end_reason", breakdown_value=code)
    for place, code in enumerate(("hyvinvointi", "toimintakeskus", "liikunta", "kotiseutu", "kylat", "nuoriso4h")):
        share = (0.22, 0.17, 0.15, 0.12, 0.1, 0.06)[place]
        yield _value("umbrella_coverage_share", year, share, breakdown="umbrella", breakdown_value=code)
    for code, share in _body_shares(year):
        for indicator, factor in (("grants_awarded_eur", 1), ("grants_paid_eur", 0.97), ("grants_applied_eur", 1.6)):
            group = {"breakdown": "granting_body", "breakdown_value": code}
            yield _value(indicator, year, awarded * share * factor, **group)
    for place, code in enumerate(("operating", "targeted", "sport_place", "sport_activation", "culture_grant")):
        share = (0.5, 0.2, 0.15, 0.05, 0.1)[place]
        yield _value("grants_awarded_eur", year, awarded * share, breakdown="grant_type", breakdown_value=code)


def _shares(list_id: str) -> list[tuple[str, float]]:
    entries = contracts.code_lists()[list_id].entries
    weights = [1 + (index * 5) % 7 for index in range(len(entries))]
    return [(entry.code, weight / sum(weights)) for entry, weight in zip(entries, weights, strict=True)]


def _body_shares(year: int) -> list[tuple[str, float]]:
    with_security = [("sport", 0.42), ("culture", 0.2), ("youth", 0.08), ("basic_security", 0.18), ("city_board", 0.12)]
    return with_security if year < 2023 else [("sport", 0.5), ("culture", 0.22), ("youth", 0.1), ("city_board", 0.18)]


ESTIMATED = "memberships"
"""The indicator of returns that has an estimate for the whole field; the others have only what was told."""


def _told(year: int) -> Iterator[Row]:
    answered, active = ANSWERED[year], ACTIVE[year]
    coverage = answered / active
    not_usable = coverage < 0.3
    told: Row = {
        "n": answered,
        "population": active,
        "coverage_share": coverage,
        "verdict": "not_usable" if not_usable else "usable_with_care",
        "verdict_reason": "verdict.low_coverage" if not_usable else "verdict.too_few_answers",
        "method": "reported_sum",
    }
    amounts = {
        "volunteer_hours": 612.0 * answered,
        "volunteer_persons": 18.0 * answered,
        "memberships": 74.0 * answered,
        "association_events": 7.0 * answered,
        "joint_events": 2.0 * answered,
    }
    for indicator, amount in amounts.items():
        if indicator == ESTIMATED:
            whole = amount / coverage
            bounds = {"lower": 0.9 * whole, "upper": 1.1 * whole, "reported": amount}
            estimate = {"method": "stratified_estimate", "verdict": "usable", "verdict_reason": "verdict.estimated"}
            yield _value(indicator, year, whole, **{**told, **bounds, **estimate})
            continue
        yield _value(indicator, year, None, **{**told, "reported": amount})
        for place, (code, share) in enumerate(_shares("purpose_groups")):
            group = {"breakdown": "purpose_group", "breakdown_value": code, "is_hidden": place in (2, 7)}
            part = None if place in (2, 7) else round(amount * share)
            yield _value(
                indicator, year, None, **{**told, **group, "reported": part, "n": None, "coverage_share": None}
            )
    means = {"cooperation_grade": 7.9 + (year % 5) / 10, "cooperation_works_share": 0.61 + (year % 7) / 50}
    for indicator, mean in means.items():
        yield _value(indicator, year, None, **{**told, "reported": mean, "method": "reported_mean"})
    yield _value("return_response_share", year, coverage, n=answered, population=active)


ROWS = 17
"""Rows of each source behind every value."""


def _origins() -> Iterator[Row]:
    cards = contracts.indicators()
    for value in _values():
        cell = {name: value[name] for name in ("indicator_id", "period_type", "period", "breakdown", "breakdown_value")}
        for place, source in enumerate(cards[value["indicator_id"]].sources):
            is_whole = value["breakdown"] == "total"
            yield {
                **cell,
                "role": "counted" if place == 0 else "basis",
                "core_table": "core.associations",
                "source": source,
                "source_rows": ROWS if not value["is_hidden"] and (is_whole or place == 0) else None,
                "files": [2] if is_whole else None,
            }


def _source_files() -> Iterator[Row]:
    for source in contracts.sources():
        for number, day in ((1, date(2025, 2, 3)), (2, date(2026, 2, 4))):
            yield {
                "source": source,
                "file_number": number,
                "received_on": day,
                "state": "read",
                "rows_read": 600 + number,
                "rows_staged": 599,
                "rows_quarantined": number + 1,
                "cells_corrected": number,
            }


def _revisions() -> Iterator[Row]:
    for breakdown, code in (("total", "total"), ("granting_body", "sport")):
        yield {
            "indicator_id": "grants_awarded_eur",
            "period_type": "year",
            "period": "2024",
            "breakdown": breakdown,
            "breakdown_value": code,
            "previous_edition_id": "2026-02-02-d4e5f6",
            "previous_status": "final",
            "previous_value": 123_456.0,
            "value": AWARDED[2024],
            "previous_reported": 123_456.0,
            "reported": AWARDED[2024],
            "cause": "revision.correction",
        }


def _changes() -> Iterator[Row]:
    series: dict[tuple[str, str, str], dict[int, Row]] = {}
    for row in _values():
        key = (row["indicator_id"], row["breakdown"], row["breakdown_value"])
        if row["period_type"] == "year":
            series.setdefault(key, {})[int(row["period"])] = row
    for (indicator, breakdown, code), by_year in series.items():
        for year, row in by_year.items():
            if year - 1 in by_year:
                before = by_year[year - 1]["value"]
                yield _change(indicator, breakdown, code, row, before, contracts.indicators()[indicator].materiality)


def _change(indicator: str, breakdown: str, code: str, row: Row, before: float | None, materiality: float) -> Row:
    year = int(row["period"])
    comparable = row["value"] is not None and before and row["break_id"] is None
    change = row["value"] - before if comparable else None
    share = change / before if comparable else None
    reason = "change.too_few_pairs" if row["value"] is None else "change.break"
    direction = "not_comparable"
    if share is not None:
        direction = ("rose" if share > 0 else "fell") if abs(share) >= materiality else "no_clear_change"
        reason = {"rose": "change.rose", "fell": "change.fell"}.get(direction, "change.small")
    return {
        "indicator_id": indicator,
        "period": str(year),
        "previous_period": str(year - 1),
        "breakdown": breakdown,
        "breakdown_value": code,
        "change": change,
        "change_share": share,
        "direction": direction,
        "reason": reason,
    }


TERM = "2021-2025"
"""The council term that has figures; the one before and the one after have none."""


def _term_years() -> Iterator[Row]:
    usable: Row = {"term_id": TERM, "status": "final", "verdict": "usable", "verdict_reason": "verdict.counted"}
    for year in range(2020, 2025):
        of_year: Row = {**usable, "period": str(year), "is_baseline": year == 2020, "is_hidden": False}
        yield {**of_year, "indicator_id": "registered_associations", "value": float(REGISTERED[year])}
        yield {**of_year, "indicator_id": "grants_awarded_eur", "value": AWARDED[year]}
        members = 74.0 * ACTIVE[year]
        yield {**of_year, "indicator_id": ESTIMATED, "value": members, "lower": 0.9 * members, "upper": 1.1 * members}
        grade = 7.5 - (year - 2020) / 10
        yield {
            **of_year,
            "indicator_id": "cooperation_grade",
            "value": grade,
            "lower": grade - 0.1,
            "upper": grade + 0.1,
        }
    for term, share in (("2017-2021", 0.42), (TERM, 0.47)):
        survey: Row = {**usable, "indicator_id": "resident_participation_share", "is_baseline": term != TERM}
        yield {**survey, "period": term, "value": share, "is_hidden": False}


def _term_values() -> Iterator[Row]:
    def row(indicator: str, baseline: float | None, latest: float | None, reason: str, **more: Any) -> Row:
        rose, fell = reason.startswith("term.rose"), reason.startswith("term.fell")
        change = latest - baseline if latest is not None and baseline is not None and (rose or fell) else None
        return {
            "indicator_id": indicator,
            "term_id": TERM,
            "baseline_period": "2020",
            "baseline": baseline,
            "latest_period": None if latest is None else "2024",
            "latest": latest,
            "latest_status": None if latest is None else "final",
            "change": change,
            "change_share": change / baseline if change and baseline else None,
            "direction": "rose" if rose else "fell" if fell else "not_comparable",
            "change_reason": reason,
            "target_state": "none",
            "target_reason": "target.none",
            "verdict": "not_usable" if latest is None else "usable",
            "verdict_reason": "verdict.no_data" if latest is None else "verdict.counted",
            **more,
        }

    aim: Row = {
        "target_owner": "Esimerkkityöryhmä",
        "target_set_on": date(2021, 12, 13),
        "target_decided_in": "Valtuusto",
    }
    missed: Row = {**aim, "target": 8.0, "target_gap": -0.9, "target_state": "missed", "target_reason": "target.missed"}
    unknown: Row = {**aim, "target": 300_000.0, "target_state": "unknown", "target_reason": "target.break"}
    reached: Row = {**aim, "target": 0.45, "target_gap": 0.02, "target_state": "reached"}
    members = [74.0 * ACTIVE[year] for year in (2020, 2024)]
    yield row("registered_associations", REGISTERED[2020], REGISTERED[2024], "term.rose")
    yield row(ESTIMATED, members[0], members[1], "term.rose_in_panel", latest_lower=15_000.0, latest_upper=17_000.0)
    yield row("grants_awarded_eur", AWARDED[2020], AWARDED[2024], "term.break", broken_on=date(2023, 1, 1), **unknown)
    yield row("cooperation_grade", 7.5, 7.1, "term.fell_in_panel", **missed)
    yield row("volunteer_hours", None, None, "term.no_latest")
    survey = row("resident_participation_share", 0.42, 0.47, "term.rose", **reached)
    yield {**survey, "baseline_period": "2017-2021", "latest_period": TERM, "target_reason": "target.reached"}


def _awards() -> Iterator[Row]:
    types = {"sport": "sport_place", "culture": "culture_grant"}
    for year in YEARS:
        for body, share in _body_shares(year):
            for place in range(9):
                amount = Decimal(str(round(AWARDED[year] * share * (9 - place) / 45, 2)))
                yield {
                    "decision_year": year,
                    "granting_body": body,
                    "grant_type": types.get(body, "operating"),
                    "recipient_key": f"{body}-{place}",
                    "recipient": None
                    if body == "culture" and place == 8
                    else f"Esimerkkiyhdistys {body} {place + 1} ry",
                    "business_id": None,
                    "applied_eur": amount * 2,
                    "awarded_eur": amount,
                    "paid_eur": None if place == 3 else amount,
                    "decisions": 1,
                    "is_regrant": False,
                }
        yield {
            "decision_year": year,
            "granting_body": "sport",
            "grant_type": "targeted",
            "recipient_key": "r-1",
            "recipient": "Esimerkkiseuran nuoret ry",
            "awarded_eur": Decimal("1500.00"),
            "paid_eur": Decimal("1500.00"),
            "decisions": 1,
            "is_regrant": True,
        }


def _decisions() -> Iterator[Row]:
    """The awards again, one decision each: those to organisations."""
    for number, award in enumerate(row for row in _awards() if row["recipient"]):
        yield {
            **award,
            "grant_id": f"{number:016x}",
            "award_year": award["decision_year"],
            "decided_on": date(award["decision_year"], 3, 14),
            "decisions": 1,
        }


def _reconciliation() -> Iterator[Row]:
    for year in YEARS:
        for body, share in _body_shares(year):
            paid = Decimal(str(round(AWARDED[year] * share * 0.97, 2)))
            difference = Decimal("250.00") if (year, body) == (2021, "youth") else Decimal(0)
            booked = None if year == 2025 else paid - difference
            yield {
                "year": year,
                "granting_body": body,
                "ledger_paid_eur": paid,
                "booked_eur": booked,
                "difference_eur": None if booked is None else difference,
                "explained_eur": difference,
                "unexplained_eur": None if booked is None else Decimal(0),
                "state": "no_books" if booked is None else "explained" if difference else "agrees",
            }


def _explanations() -> Iterator[Row]:
    yield {
        "year": 2021,
        "granting_body": "youth",
        "position": 1,
        "difference_eur": Decimal("250.00"),
        "reason": "Maksu kirjattiin vasta seuraavalle vuodelle.",
    }


def _source_status() -> Iterator[Row]:
    for place, name in enumerate(contracts.sources()):
        if name == "population":
            continue
        money = name.startswith("grant")
        yield {
            "source": name,
            "files_read": 1 + place,
            "files_refused": int(name == "grant_ledger"),
            "rows_read": 1200 + 10 * place,
            "rows_staged": 1190 + 10 * place,
            "rows_quarantined": 10,
            "eur_read": Decimal("1234567.89") if money else None,
            "eur_staged": Decimal("1230000.00") if money else None,
            "eur_quarantined": Decimal("4567.89") if money else None,
            "warnings": place,
            "newest_received_on": date(2026, 3, 1),
            "next_due_on": date(2027, 1, 31),
        }


def _checks() -> Iterator[Row]:
    for name, source in contracts.sources().items():
        for place, rule in enumerate(source.rules):
            failed = 4 if place % 11 == 3 else 0
            yield {
                "source": name,
                "rule_id": rule.id,
                "dimension": rule.dimension,
                "severity": rule.severity,
                "column_name": rule.column,
                "rows_checked": 1200,
                "rows_failed": failed,
                "passed": not failed,
                **{f"message_{language}": rule.message[language] for language in LANGUAGES},
                **{f"remedy_{language}": rule.remedy[language] for language in LANGUAGES},
                "owner": rule.owner,
            }
