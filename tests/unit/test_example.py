"""The invented town: its numbers, its files and its right answers hold together.

The readers here are small and independent of the pipeline on purpose: they check what is written, not how it is read.
"""

from __future__ import annotations

import csv
import json
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import fastexcel
import pytest

from pipelines import contracts
from pipelines.contract_model import fold
from pipelines.example import MUNICIPALITY, write_example
from pipelines.example.build import build_town
from pipelines.example.returns import PLANTED_PERSONAL_DATA
from pipelines.example.sheets import LABEL
from pipelines.example.town import YEARS, Town
from pipelines.example.truth import indicator_values
from pipelines.settings import WorkspaceError, read_settings
from pipelines.workspace import Workspace

SEED = 1
Cells = list[str | None]

MARKS = {
    "prh_register.business_id_check_digit": "9000123-4",
    "prh_register.registered_on_readable": "31.2.1987",
    "prh_register.status_readable": "hiipunut",
    "prh_register.ended_has_date": "990.104",
    "umbrella_members.umbrella_readable": "Tuntematon Katto ry",
    "umbrella_members.ends_after_start": "31.12.2019",
    "grant_ledger.awarded_eur_readable": "12 oo0",
    "grant_ledger.granting_body_readable": "Avaruuslautakunta",
    "grant_ledger.business_id_check_digit": "9000123-4",
    "grant_ledger.business_id_readable": "puuttuu",
    "grant_ledger.decided_on_readable": "24.12.25",
    "grant_ledger.grant_type_readable": "pikavippi",
    "grant_ledger.is_regrant_readable": "ehkä",
    "grant_ledger.cells_match_header": "ja kahvila",
    "grant_controls.booked_eur_readable": "noin 70 000",
    "association_returns.grade_between_4_and_10": "11",
    "association_returns.hours_not_negative": "-40",
    "association_returns.counting_method_readable": "silloin tällöin",
    "association_returns.year_readable": "2O21",
    "association_returns.business_id_check_digit": "9000123-4",
    "association_returns.members_readable": "noin sata",
    "association_returns.works_between_1_and_5": "7",
    "municipal_finance.value_eur_readable": "ei vielä tiedossa",
    "municipal_finance.business_id_check_digit": "9000003-7",
    "premises_bookings.premises_readable": "Kuutalo",
    "premises_bookings.ends_after_start": "1.1.2018 8:00",
    "premises_bookings.price_eur_readable": "ilmainen",
    "premises_bookings.starts_at_readable": "illalla",
    "city_work.kind_readable": "kahvitauko",
    "city_work.done_on_readable": "31.2.2020",
    "events.participants_not_negative": "-5",
    "meetings.forum_readable": "Torikahvit",
    "annual_clock.is_done_readable": "melkein",
    "directory_listings.directory_readable": "Keltaiset sivut",
    "directory_listings.business_id_check_digit": "9000123-4",
    "resident_survey.satisfaction_between_1_and_5": "9",
    "resident_survey.age_group_readable": "nuori",
    "resident_survey.term_readable": "1990-1994",
}
"""Rule → text that stands in the row planted for it."""

COPIES = {
    "prh_register.one_row_an_association",
    "grant_ledger.no_row_twice",
    "grant_controls.one_row_a_body_and_year",
    "association_returns.no_row_twice",
    "municipal_finance.one_row_a_figure",
    "premises_bookings.no_row_twice",
    "events.no_row_twice",
    "meetings.one_row_a_meeting",
    "annual_clock.one_row_a_task",
    "directory_listings.one_row_a_listing",
}
"""Rules that are broken by a row that stands in its file before."""

EMPTIED = {
    "umbrella_members.valid_from_required": "valid_from",
    "grant_ledger.recipient_name_required": "recipient_name",
    "grant_ledger.awarded_eur_required": "awarded_eur",
    "grant_ledger.paid_has_date": "paid_on",
    "association_returns.association_name_required": "association_name",
    "city_work.staff_time_has_hours": "hours",
    "events.held_on_required": "held_on",
}
"""Rules that are broken by an empty cell, and the column of it."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example") / "workspace"
    write_example(folder, SEED)
    return folder


@pytest.fixture(scope="module")
def truth(root: Path) -> dict[str, Any]:
    return json.loads((root / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def town(root: Path) -> Town:
    return build_town(Workspace(root).settings, SEED)


def lines_of(path: Path) -> dict[int, Cells]:
    """Every line or sheet row that is not blank, verbatim, by its number."""
    if path.suffix == ".xlsx":
        sheet = fastexcel.read_excel(path.read_bytes()).load_sheet(0, header_row=None, dtypes="string")
        rows = [list(row) for row in sheet.to_polars().rows()]
        return {number: row for number, row in enumerate(rows, start=1) if any(row)}
    content = path.read_bytes()
    text = content.decode("utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "cp1252")
    found: dict[int, Cells] = {}
    reader = csv.reader(text.splitlines(keepends=True), delimiter=";")
    start = 1
    for row in reader:
        if any(row):
            found[start] = [cell or None for cell in row]
        start = reader.line_num + 1
    return found


def table_of(path: Path, source: str) -> tuple[dict[int, dict[str, str | None]], dict[str, str | None] | None]:
    """Data rows by line and column name, and the total row."""
    spellings = contracts.sources()[source].header_spellings()
    lines = lines_of(path)
    header_line = next(line for line, row in lines.items() if sum(fold(cell or "") in spellings for cell in row) >= 4)
    names = [spellings.get(fold(cell or ""), f"extra {place}") for place, cell in enumerate(lines[header_line])]
    rows = {
        line: dict(zip(names, row, strict=False)) | {"all": "|".join(cell or "" for cell in row)}
        for line, row in lines.items()
        if line > header_line
    }
    last = max(rows)
    total = rows.pop(last) if (rows[last][names[0]] or "").startswith("Yhteensä") else None
    return rows, total


def euros(text: str | None) -> Decimal:
    bare = re.sub(r"[\s€]", "", text or "0").replace(",", ".")
    return Decimal(bare).quantize(Decimal("0.01")) if re.fullmatch(r"-?[\d.]+", bare) else Decimal(0)


def day(text: str | None) -> date:
    assert text is not None
    if match := re.fullmatch(r"(\d+)\.(\d+)\.(\d{4})", text):
        return date(int(match[3]), int(match[2]), int(match[1]))
    return date.fromisoformat(text[:10])


def key(name: str) -> str:
    """A name without case, punctuation, register number and ending."""
    words = re.sub(r"[\W_]+", " ", re.sub(r"\(\d{3}\.\d{3}\)|r\.y\.", "", name.casefold())).split()
    return " ".join(words[:-1] if words[-1] in {"ry", "rf"} else words)


def faulty_lines(truth: dict[str, Any], file: str) -> set[int]:
    return {fault["line"] for fault in truth["faults"] if fault["file"] == file}


def files_of(truth: dict[str, Any], source: str) -> list[str]:
    return [file["file"] for file in truth["files"] if file["source"] == source]


def value_of(truth: dict[str, Any], indicator: str, year: int, breakdown: str = "total", value: str = "total") -> Any:
    return next(
        row["value"]
        for row in truth["indicators"]
        if (row["indicator_id"], row["period"]) == (indicator, str(year))
        and (row["breakdown"], row["breakdown_value"]) == (breakdown, value)
    )


def test_same_seed_gives_same_bytes(root: Path, tmp_path: Path) -> None:
    write_example(tmp_path / "again", SEED)
    write_example(tmp_path / "other", SEED + 1)
    first = {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    again = {path.relative_to(tmp_path / "again"): path for path in (tmp_path / "again").rglob("*") if path.is_file()}
    assert first == {name: path.read_bytes() for name, path in again.items()}
    other = (tmp_path / "other" / "truth.json").read_bytes()
    assert other != first[Path("truth.json")]


def test_is_quick(tmp_path: Path) -> None:
    start = time.process_time()
    write_example(tmp_path / "quick", SEED)
    assert time.process_time() - start < 3


def test_refuses_a_folder_that_is_a_workspace(root: Path) -> None:
    with pytest.raises(WorkspaceError):
        write_example(root, SEED)


@pytest.mark.parametrize("seed", [1, 2, 3, 20, 998])
def test_three_numbers_for_any_seed(tmp_path: Path, seed: int) -> None:
    settings_file = tmp_path / "municipality.toml"
    settings_file.write_text(contracts.municipality_settings(MUNICIPALITY), encoding="utf-8")
    rows = list(indicator_values(build_town(read_settings(settings_file), seed)))
    truth = {"indicators": rows}
    assert value_of(truth, "registered_associations", 2021) == 447
    assert value_of(truth, "umbrella_coverage_share", 2021) == 345 / 447
    assert 200 <= value_of(truth, "active_associations", 2021) <= 240
    assert all(0.55 <= value_of(truth, "return_response_share", year) <= 0.75 for year in range(2016, 2026))
    assert value_of(truth, "ended", 2024, "end_reason", "removed") == 30
    assert all(4 <= value_of(truth, "founded", year) <= 8 for year in YEARS)


def test_register_files_hold_447_registered(root: Path, truth: dict[str, Any]) -> None:
    newest: dict[str, tuple[str, date, str, date | None]] = {}
    for file in sorted(files_of(truth, "prh_register")):
        if file.endswith(".json"):
            for answer in json.loads((root / file).read_text(encoding="utf-8"))["vastaukset"]:
                info = answer["BasicInfoResponse"]
                number = info["RegistrationNumber"].replace(".", "")
                newest[number] = (info["Domicile"], day(info["RegistryDate"]), info["AssociationStatus"], None)
            continue
        rows, _ = table_of(root / file, "prh_register")
        for line, row in rows.items():
            if line not in faulty_lines(truth, file):
                number = str(row["register_number"]).replace(".", "")
                ended = day(row["status_date"]) if row["status"] == "lakannut" else None
                newest[number] = (str(row["domicile_code"]), day(row["registered_on"]), str(row["status"]), ended)
    for year in YEARS:
        last = date(year, 12, 31)
        registered = [
            number
            for number, (domicile, registered_on, status, ended) in newest.items()
            if domicile in {"998", "Esimerkkilä"} and status != "vireillä" and registered_on <= last
            if ended is None or ended > last
        ]
        assert len(registered) == value_of(truth, "registered_associations", year)
    assert value_of(truth, "registered_associations", 2021) == 447


def ledgers_of(truth: dict[str, Any]) -> list[str]:
    """The town's own ledgers: neither open applications nor grants of the state."""
    return [file for file in files_of(truth, "grant_ledger") if "_avustukset_" in file]


def test_ledgers_add_up_to_the_truth(root: Path, truth: dict[str, Any]) -> None:
    sums: dict[tuple[str, int], Decimal] = defaultdict(lambda: Decimal("0.00"))
    for file in ledgers_of(truth):
        rows, _ = table_of(root / file, "grant_ledger")
        for line, row in rows.items():
            if line in faulty_lines(truth, file) or row["is_regrant"] == "kyllä":
                continue
            year = day(row["decided_on"]).year
            sums["grants_awarded_eur", year] += euros(row["awarded_eur"])
            sums["grants_applied_eur", year] += euros(row["applied_eur"])
            if row["paid_on"]:
                sums["grants_paid_eur", day(row["paid_on"]).year] += euros(row["paid_eur"])
    assert {year for _, year in sums} == set(YEARS)
    for (indicator, year), total in sums.items():
        assert value_of(truth, indicator, year) == str(total)


def test_total_rows_add_up_what_stands_above_them(root: Path, truth: dict[str, Any]) -> None:
    with_total = 0
    for file in ledgers_of(truth):
        rows, total = table_of(root / file, "grant_ledger")
        if total is None:
            continue
        with_total += 1
        for name in ("applied_eur", "awarded_eur", "paid_eur"):
            assert euros(total[name]) == sum(euros(row.get(name)) for row in rows.values())
    assert with_total == 9


def test_breakdowns_add_up_to_the_total(truth: dict[str, Any]) -> None:
    adding = ("registered_associations", "founded", "ended", "memberships", "joint_events", "grants_paid_eur")
    for indicator in adding:
        sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for row in truth["indicators"]:
            if row["indicator_id"] == indicator:
                sums[row["period"], row["breakdown"]] += Decimal(str(row["value"]))
        assert sums
        assert all(total == sums[period, "total"] for (period, _), total in sums.items())


def test_returns_add_up_to_the_truth(root: Path, truth: dict[str, Any], town: Town) -> None:
    by_id = {one.business_id: one for one in town.associations.values() if one.business_id}
    by_key = {key(name): one for one in town.associations.values() for name in (one.name, one.old_name) if name}
    for file in files_of(truth, "association_returns"):
        rows, _ = table_of(root / file, "association_returns")
        last: dict[int, dict[str, str | None]] = {}
        for line, row in rows.items():
            if line in faulty_lines(truth, file):
                continue
            one = by_id.get(row["business_id"]) or by_key.get(key(str(row["association_name"])))
            if one and one.domicile == "998" and one.is_registered_on(date(int(str(row["year"])), 12, 31)):
                last[one.register_number] = row
        year = int(file[-8:-4] if file.endswith("csv") else file[-9:-5])
        hours = [
            float(euros(row["volunteer_hours"]))
            * (6 if str(row["counting_method"]).startswith(("kaksi", "2", "maalis")) else 1)
            for row in last.values()
        ]
        assert sum(hours) == value_of(truth, "volunteer_hours", year)
        assert sum(int(row["members"] or 0) for row in last.values()) == value_of(truth, "memberships", year)


def test_names_without_a_business_id_mean_one_association(town: Town) -> None:
    meaning: dict[str, set[int]] = defaultdict(set)
    for one in town.associations.values():
        for name in (one.name, one.old_name):
            if name:
                meaning[key(name)].add(one.register_number)
    assert all(len(numbers) == 1 for numbers in meaning.values())
    civic = town.civic
    written = [*town.grants, *town.returns, *town.memberships, *(one.booker for one in civic.bookings)]
    written += [one for gathering in civic.tellings for one in gathering.organisers]
    written += [one for meeting in civic.meetings for one in meeting.associations]
    written += [listing.association for listing in civic.listings]
    for row in written:
        expected = {row.register_number} if row.register_number else set()
        if row.business_id is None:
            assert meaning.get(key(row.written_as), set()) == expected
    spellings = {row.written_as for row in written if row.business_id is None and row.register_number}
    assert len(spellings) > 100


def texts_of(record: object) -> Iterator[str]:
    """Every text of a JSON record, however deep."""
    if isinstance(record, str):
        yield record
    elif isinstance(record, dict | list):
        for part in record.values() if isinstance(record, dict) else record:
            yield from texts_of(part)


def test_every_fault_stands_where_the_truth_says(root: Path, truth: dict[str, Any]) -> None:
    assert len(truth["faults"]) >= 25
    for fault in truth["faults"]:
        path, line, rule = root / fault["file"], fault["line"], fault["rule_id"]
        source = path.parent.name
        if path.suffix == ".json":
            records = next(
                part for part in json.loads(path.read_text(encoding="utf-8")).values() if isinstance(part, list)
            )
            rows = {place: {"all": "|".join(texts_of(record))} for place, record in enumerate(records, start=1)}
        else:
            rows, _ = table_of(path, source)
        if rule in COPIES:
            assert rows[line]["all"] in {row["all"] for before, row in rows.items() if before < line}
        elif rule in EMPTIED:
            assert rows[line][EMPTIED[rule]] is None
        else:
            assert MARKS[rule] in str(rows[line]["all"]).split("|")


def test_rules_of_faults_and_warnings_exist(truth: dict[str, Any]) -> None:
    severities = {rule.id: rule.severity for source in contracts.sources().values() for rule in source.rules}
    severities["grant_ledger.cells_match_header"] = "error"
    assert {severities[fault["rule_id"]] for fault in truth["faults"]} == {"error"}
    assert {severities[warning["rule_id"]] for warning in truth["warnings"]} == {"warning"}


def test_row_counts(root: Path, truth: dict[str, Any]) -> None:
    rows: dict[str, int] = defaultdict(int)
    for file in truth["files"]:
        rows[file["source"]] += file["rows"]
        assert file["faulty_rows"] == len(faulty_lines(truth, file["file"]))
        if not file["file"].endswith((".json", ".ics")):
            found, _ = table_of(root / file["file"], file["source"])
            assert len(found) == file["rows"]
    assert 560 <= rows["prh_register"] <= 620
    assert 1_000 <= rows["grant_ledger"] <= 1_700
    assert 1_300 <= rows["association_returns"] <= 1_700
    assert 450 <= rows["umbrella_members"] <= 600
    assert rows["population"] == 22 + 2 * 3 * 102
    assert 900 <= rows["premises_bookings"] <= 1_300
    assert 350 <= rows["events"] <= 500
    assert rows["resident_survey"] == 244 + 312 + 3
    assert {file["source"] for file in truth["files"]} == set(contracts.sources()) - {"ytj_companies"}


def test_every_file_says_that_it_is_an_example(root: Path) -> None:
    files = [path for path in (root / "inbox").rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert path.name.startswith("esimerkkiaineisto_")
        if path.suffix == ".json":
            assert json.loads(path.read_text(encoding="utf-8"))["esimerkkiaineisto"] == LABEL
        elif path.suffix == ".ics":
            assert f"X-WR-CALNAME:{LABEL}" in path.read_text(encoding="utf-8")
        elif not path.read_bytes().startswith(b"%PDF"):
            assert lines_of(path)[1][0] == LABEL


def test_no_name_is_that_of_a_real_town(town: Town) -> None:
    real = {entry.label.fi.casefold() for entry in contracts.code_lists()["municipalities"].entries}
    names = [one.name for one in town.associations.values()] + [row.written_as for row in town.grants]
    words = {word for name in names for word in re.findall(r"\w+", name.casefold())}
    assert words
    assert not words & real


def test_dirt_is_there(root: Path, truth: dict[str, Any], town: Town) -> None:
    returns = "".join(
        str(cell)
        for file in files_of(truth, "association_returns")
        for row in lines_of(root / file).values()
        for cell in row
    )
    assert PLANTED_PERSONAL_DATA in returns
    contents = [(root / file).read_bytes() for file in files_of(truth, "grant_ledger")]
    assert {content[:3] for content in contents} >= {b"Esi", b"\xef\xbb\xbf", b"PK\x03"}
    assert any(grant.awarded < 0 for grant in town.grants)
    assert any(grant.awarded == 0 for grant in town.grants)
    assert any(grant.is_regrant for grant in town.grants)
    assert any(grant.written_as.startswith("Taiteilija Testi") for grant in town.grants)
    assert {one.domicile for one in town.associations.values()} > {"998"}
    assert any(one.is_pending for one in town.associations.values())


def test_books_differ_from_the_ledger_only_where_planted(truth: dict[str, Any]) -> None:
    differing = {
        (row["year"], row["granting_body"]): row["difference_eur"]
        for row in truth["reconciliation"]
        if Decimal(row["difference_eur"]) != 0
    }
    assert differing == {(2018, "culture"): "-350.00", (2021, "sport"): "120.50", (2023, "city_board"): "-1800.00"}


def test_missing_budget_gives_no_share(truth: dict[str, Any]) -> None:
    missing = [year for year in YEARS if value_of(truth, "grants_share_of_budget", year) is None]
    assert missing == [2017]
    assert value_of(truth, "grants_share_of_budget", 2023) > 2 * value_of(truth, "grants_share_of_budget", 2022)


def test_activity_needs_evidence_within_24_months(truth: dict[str, Any], town: Town) -> None:
    last, first = date(2021, 12, 31), date(2019, 12, 31)
    evidence = {row.register_number for row in town.returns if row.year in {2020, 2021}}
    evidence |= {
        row.register_number
        for row in town.grants
        if not row.is_regrant and row.awarded >= 0 and first < row.decided_on <= last
    }
    evidence |= {row.register_number for row in town.memberships if first + timedelta(days=1) <= row.valid_from <= last}
    days = [(one.booker, one.starts_at.date()) for one in town.civic.bookings if one.state == "confirmed"]
    days += [(organiser, one.held_on) for one in town.civic.tellings for organiser in one.organisers]
    days += [(present, one.held_on) for one in town.civic.meetings for present in one.associations]
    days += [(one.association, one.updated_on) for one in town.civic.listings]
    evidence |= {named.register_number for named, held_on in days if first < held_on <= last}
    active = [
        one
        for one in town.associations.values()
        if one.domicile == "998" and one.is_registered_on(last) and one.register_number in evidence
    ]
    assert len(active) == value_of(truth, "active_associations", 2021) == truth["three_numbers"]["active"]


def test_refused_file_is_no_table(root: Path, truth: dict[str, Any]) -> None:
    (refused,) = truth["refused"]
    assert refused["file"].endswith(".csv")
    assert (root / refused["file"]).read_bytes().startswith(b"%PDF")


def test_events_told_twice_are_one_in_the_truth(truth: dict[str, Any], town: Town) -> None:
    with_association = [one for one in town.civic.tellings if any(who.register_number for who in one.organisers)]
    for year in (2023, 2024):
        told = [one for one in with_association if one.held_on.year == year]
        assert len(told) - 8 > value_of(truth, "listed_events", year) > 20
    alone = [one for one in with_association if one.held_on.year == 2022]
    assert len(alone) == value_of(truth, "listed_events", 2022)


def test_support_in_premises_is_list_price_less_price(truth: dict[str, Any], town: Town) -> None:
    for year in range(2018, 2026):
        support = sum(
            (one.list_price or one.price or Decimal(0)) - (one.price or Decimal(0))
            for one in town.civic.bookings
            if one.starts_at.year == year and one.state == "confirmed" and one.booker.register_number
        )
        assert value_of(truth, "premises_support_eur", year) == f"{support:.2f}"
        assert support > 1_000


def test_answers_of_residents_are_shares_by_council_term(truth: dict[str, Any]) -> None:
    rows = [row for row in truth["indicators"] if row["indicator_id"] == "resident_participation_share"]
    assert {row["period"] for row in rows} == {"2017-2021", "2021-2025"}
    assert all(0 <= row["value"] <= 1 for row in rows)
    assert {row["breakdown"] for row in rows} == {"total", "age_group", "sex", "area"}
