"""Nothing that tells of a person gets past `raw`: planted names, addresses and numbers are searched for everywhere.

What is planted is invented and stands nowhere else. Tables that repeat delivered cells (quarantine and findings) stay in
the workspace, as the design allows; no edition has them.
"""

from __future__ import annotations

import csv
import io
import json
import re
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest
import survey_forms
from format_files import SURVEY_EXPORTS, put_survey_export

from pipelines import contracts, refresh
from pipelines.contract_model import Column, SourceContract
from pipelines.sources.formats import JSON_FORMATS
from pipelines.workspace import Workspace
from warehouse import database

PERSON = "Vilhelmiina Keksitty-Kuviteltu"
MAIL = "vilhelmiina.keksitty@esimerkki.invalid"
PHONE = "040 7654321"
PLANTED = re.compile(
    rf"vilhelmiina|keksitty-kuviteltu|765\s?4321|{survey_forms.PERSON}|{survey_forms.EMAIL}".casefold()
)

PROPOSED = "sinivalkoinen soutuvene lainattavaksi"
"""Stands in every column of free text."""
WORKSPACE_ONLY = {"inbox", "landing", "build.duckdb", "restricted"}
"""Where the workspace may hold what was proposed."""

REPEATS_CELLS = {"quality.quarantine", "quality.findings"}
PROSE = {"annual_clock": {"task"}, "events": {"name", "place"}, "meetings": {"place"}}
"""Columns that go on and that people write sentences into."""

BAD = {
    "integer": "paljon",
    "date": "eilen",
    "year": "tänä vuonna",
    "money": "kts. liite",
    "code": "??",
    "datetime": "illalla",
}


def cell(source: SourceContract, column: Column) -> str:
    if column.is_personal:
        return f"{PROPOSED}, t. {PERSON}, {MAIL}, {PHONE}, Keksityn Kerho ry"
    if column.reads == "organisation":
        return PERSON
    if column.reads == "organisations":
        return f"{PERSON}; Kuviteltu Latu ry; {MAIL}"
    if column.name in PROSE.get(source.name, ()):
        return f"Kevätjuhla, kysy {MAIL} tai p. {PHONE}"
    return column.example


def table(source: SourceContract) -> bytes:
    """A file with a title, a column that nobody knows, a good row, a row for quarantine and a total row."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow([f"Tulostanut {PERSON}, {MAIL}, {PHONE}"])
    writer.writerow([*(column.header for column in source.columns), f"Yhteyshenkilö ({PERSON})"])
    good = [cell(source, column) for column in source.columns]
    writer.writerow([*good, f"{PERSON} {PHONE}"])
    spoilt = next(place for place, column in enumerate(source.columns) if column.reads in BAD)
    bad = [BAD[source.columns[spoilt].reads] if place == spoilt else text for place, text in enumerate(good)]
    writer.writerow([*bad, PERSON])
    for word in source.total_row_words[:1]:
        writer.writerow([f"{word} {PERSON}", *[""] * len(source.columns)])
    return text.getvalue().encode()


def leaf(name: str, value: str) -> dict[str, str]:
    return {"ID": name, "label": name, "value": value, "valueType": "string"}


CONTACT = {"name": PERSON, "email": MAIL, "phone": PHONE}
DOCUMENTS: dict[tuple[str, str], object] = {
    ("prh_register", "yrtti_json"): {
        "BasicInfoResponse": {
            "RegistrationNumber": "100.500",
            "Domicile": "998",
            "RegistryDate": "2001-02-03",
            "AssociationStatus": "R",
            "AssociationNameInfo": [
                {"AssociationName": "Kuviteltu Kerho ry", "AssociationNameType": "P", "AssociationNameStatus": "R"}
            ],
            "Address": [{"StreetName": f"{PERSON}\nEsimerkkitie 1", "FormattedAddressFI": PERSON}],
            "ContactInfo": {"Email": MAIL, "PhoneNumber": PHONE},
        }
    },
    ("premises_bookings", "varaamo_json"): [
        {
            "primary_unit_name": "Yhdistysten talo",
            "reservee_organisation_name": PERSON,
            "reservee_email": MAIL,
            "reservee_phone": PHONE,
            "begin": "2024-06-14T12:00:00+00:00",
            "end": "2024-06-14T14:00:00+00:00",
            "reservation_type": "normal",
            "state": "confirmed",
        }
    ],
    ("ytj_companies", "ytj_json"): {
        "totalResults": 1,
        "companies": [
            {
                "businessId": {"value": "9123457-3"},
                "names": [{"name": "Kuviteltu Latu ry", "type": "1", "version": 1}],
                "registeredEntries": [{"register": "3", "registrationDate": "1997-09-01"}],
                "addresses": [{"type": 2, "co": PERSON, "street": PHONE}],
                "website": {"url": MAIL},
            }
        ],
    },
    ("events", "linked_events_json"): {
        "meta": {"count": 1},
        "data": [
            {
                "start_time": "2024-06-14T12:00:00Z",
                "name": {"fi": f"Juhla, kysy {MAIL} tai {PHONE}"},
                "location": {"name": {"fi": f"Talo, avain: {PHONE}"}},
                "provider": {"fi": PERSON},
                "provider_contact_info": {"fi": f"{PERSON}, {MAIL}"},
                "created_by": CONTACT,
                "short_description": {"fi": f"{PERSON} {PHONE}"},
            }
        ],
    },
    ("directory_listings", "ptv_json"): {
        "pageNumber": 1,
        "pageCount": 1,
        "itemList": [
            {
                "organizations": [{"roleType": "Responsible", "organization": {"name": PERSON, "emails": [MAIL]}}],
                "modified": "2026-08-19T10:04:06Z",
                "contacts": [CONTACT],
            }
        ],
    },
    ("grant_ledger", "grant_application_json"): {
        "compensation": {
            "applicationInfoArray": [
                leaf("applicationType", "LIIKUNTA"),
                leaf("formTimeStamp", "2024-01-20T10:11:12.000"),
                leaf("applicationNumber", "E-1"),
                leaf("status", "Vastaanotettu"),
            ],
            "applicantInfoArray": [leaf("communityOfficialName", PERSON), leaf("email", MAIL)],
            "applicantOfficialsArray": [[leaf("name", PERSON), leaf("phone", PHONE), leaf("email", MAIL)]],
            "currentAddressInfoArray": [leaf("contactPerson", PERSON), leaf("phoneNumber", PHONE)],
            "compensationInfo": {
                "generalInfoArray": [leaf("purpose", f"Kerho, vetäjänä {PERSON}, {MAIL}")],
                "compensationArray": [[leaf("subventionType", "1"), leaf("amount", "500")]],
            },
        }
    },
}
FIGURES_ONLY = {"json_stat", "price_json_stat", "treasury_json"}
"""Formats with no field that a person could stand in."""

CALENDAR = f"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:x
BEGIN:VEVENT
UID:1@esimerkki.invalid
DTSTAMP:20240101T000000Z
DTSTART;VALUE=DATE:20240614
SUMMARY:Juhla\\, kysy {MAIL} tai {PHONE}
ORGANIZER;CN="{PERSON}":mailto:{MAIL}
ATTENDEE;CN="{PERSON}":mailto:{MAIL}
CONTACT:{PERSON} {PHONE}
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = Workspace(tmp_path_factory.mktemp("persons") / "town")
    made.create(contracts.municipality_settings("esimerkkila"))
    for source in contracts.sources().values():
        if "csv" in source.formats:
            (made.inbox / source.name / "taulukko.csv").write_bytes(table(source))
    for (name, kind), document in DOCUMENTS.items():
        path = made.inbox / name / f"{kind}.json"
        path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    for form, export in SURVEY_EXPORTS:
        put_survey_export(made, form, export)
    (made.inbox / "events" / "kalenteri.ics").write_text(CALENDAR, encoding="utf-8")
    refresh.run_rooms(made, lambda _table: None)
    return made


def places(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str]]:
    """Yield the table and the text of each row that holds something planted."""
    tables = connection.execute("SELECT table_schema, table_name FROM information_schema.tables").fetchall()
    for schema, name in tables:
        for row in connection.execute(f'SELECT * FROM "{schema}"."{name}"').fetchall():
            if PLANTED.search(str(row).casefold()):
                yield f"{schema}.{name}", str(row)


def test_what_is_planted_is_in_raw_of_every_source(workspace: Workspace) -> None:
    with database.open_build(workspace.build_file) as build:
        found = {table for table, _ in places(build)}
    expected = {f"raw.{source.name}" for source in contracts.sources().values() if "csv" in source.formats}
    assert expected <= found, "the search below would search for nothing"


def test_nothing_of_a_person_is_beyond_raw(workspace: Workspace) -> None:
    with database.open_build(workspace.build_file) as build:
        beyond = [(table, row) for table, row in places(build) if not table.startswith("raw.")]
        rows = {
            name: build.sql(f"SELECT count(*) FROM staging.{name}").fetchall()[0][0]
            for name in contracts.sources()
            if "csv" in contracts.sources()[name].formats
        }
    assert [place for place in beyond if place[0] not in REPEATS_CELLS] == []
    assert all(rows.values()), f"a good row of each source goes on: {rows}"


def test_every_format_that_can_name_a_person_is_fed_with_one(workspace: Workspace) -> None:
    fed = {kind for _, kind in DOCUMENTS} | FIGURES_ONLY
    assert set(JSON_FORMATS) == fed
    with database.open_build(workspace.build_file) as build:
        states = build.sql("SELECT file_name, state, rows_staged FROM quality.files").fetchall()
    assert [name for name, state, _ in states if state != "read"] == []
    assert [name for name, _, staged in states if not staged] == []


def texts_of(path: Path) -> Iterator[bytes]:
    """Yield what a published file holds, unpacked; a kind of file that nobody can look into here is an error."""
    yield path.name.encode()
    if path.suffix == ".parquet":
        yield str(pl.read_parquet(path).rows()).casefold().encode()
        yield str(pl.read_parquet_metadata(path)).encode()
    elif path.suffix in {".docx", ".xlsx", ".zip"}:
        with zipfile.ZipFile(path) as packed:
            yield from (packed.read(name) for name in packed.namelist())
    elif path.suffix in {".duckdb", ".json", ".jsonld", ".csv", ".md", ".html", ".txt", ".sql", ".svg", ".ttl", ".xml"}:
        yield path.read_bytes()
    else:
        raise AssertionError(f"teach this test to look into {path.name}")


def test_proposals_are_in_the_restricted_store_alone_and_masked(workspace: Workspace) -> None:
    """What associations and residents propose is kept for the welfare group: masked, and in no file that others read."""
    stored = workspace.proposals_file.read_text(encoding="utf-8")
    assert stored.count(PROPOSED) == 2, "one of an association and one of a resident"
    assert not PLANTED.search(stored.casefold())
    assert "Keksityn Kerho" not in stored
    holders = [path for path in workspace.root.rglob("*") if path.is_file() and _holds(path)]
    assert {path.relative_to(workspace.root).parts[0] for path in holders} <= WORKSPACE_ONLY
    assert stat.S_IMODE(workspace.restricted.stat().st_mode) == 0o700
    for path in workspace.editions.rglob("*.duckdb"):
        with database.open_edition(path) as connection:
            tables = connection.execute("SELECT table_schema, table_name FROM information_schema.tables").fetchall()
            assert ("core", "proposals") not in tables
            told = [str(connection.execute(f'SELECT * FROM "{room}"."{name}"').fetchall()) for room, name in tables]
            assert PROPOSED not in " ".join(told)


def _holds(path: Path) -> bool:
    return PROPOSED.encode() in path.read_bytes()


def test_no_edition_holds_anything_of_a_person(workspace: Workspace) -> None:
    (edition,) = workspace.editions.iterdir()
    files = [path for path in edition.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"public.duckdb", "analyst.duckdb"}
    for path in files:
        for text in texts_of(path):
            assert not re.search(PLANTED.pattern.encode(), text.lower()), path.name
        if path.suffix == ".duckdb":
            with database.open_edition(path) as connection:
                assert list(places(connection)) == []
