"""The town's own sources: calendars, an events interface, booking statistics, and what core makes of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from pipelines import contracts, staging
from pipelines.classification import LOOKS_AT
from pipelines.event_tellings import event_tellings
from pipelines.linking import MENTION_KEY
from pipelines.raw_table import RawTable, Refused
from pipelines.reading import read_file, recognise_source
from pipelines.receiving import raw_frame
from pipelines.settings import Settings, parse_settings
from warehouse.models import models

SETTINGS = parse_settings(contracts.municipality_settings("esimerkkila"), "municipality.toml")


def read(content: str, name: str, of: str) -> RawTable:
    (table,) = read_file(content.encode(), name, contracts.sources()[of])
    return table


def staged(of: str, *tables: RawTable, settings: Settings = SETTINGS, known: tuple[str, ...] = ()) -> staging.Staged:
    raw = pl.concat(raw_frame(f"file{number}", number, table) for number, table in enumerate(tables, start=1))
    return staging.stage(contracts.sources()[of], raw, settings, None, known)


def csv(of: str, *rows: str) -> RawTable:
    return read("\n".join([HEADERS[of], *rows]), "a.csv", of)


CLASSES = {"sector", "area", "goals", "means", "volunteer_forms", "channels"}
HEADERS = {
    name: ";".join(column.header for column in source.columns if name not in LOOKS_AT or column.name not in CLASSES)
    for name, source in contracts.sources().items()
}
"""Headers of each source, without the optional columns of what a record is about."""


# Calendars


def calendar(*events: str) -> str:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//FI", *events, "END:VCALENDAR", ""])


def event(*lines: str, uid: str = "1", name: str = "Kyläjuhla") -> str:
    return "\r\n".join(
        ["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20240101T000000Z", *lines, f"SUMMARY:{name}", "END:VEVENT"]
    )


def days(text: str) -> list[str | None]:
    table = read(text, "a.ics", "events")
    return [row[table.columns["held_on"]] for row in table.rows]


@pytest.mark.parametrize(
    ("start", "day"),
    [
        ("DTSTART;VALUE=DATE:20240614", "2024-06-14"),
        ("DTSTART;TZID=Europe/Helsinki:20240614T233000", "2024-06-14"),
        ("DTSTART:20240614T213000Z", "2024-06-15"),
        ("DTSTART:20241231T220000Z", "2025-01-01"),
        ("DTSTART;TZID=America/New_York:20240614T180000", "2024-06-15"),
        ("DTSTART:20240614T180000", "2024-06-14"),
    ],
)
def test_the_day_of_an_event_is_the_day_in_finland(start: str, day: str) -> None:
    assert days(calendar(event(start))) == [day]


def test_a_series_counts_as_its_occurrences_with_exceptions() -> None:
    rule = ("DTSTART;TZID=Europe/Helsinki:20240104T180000", "RRULE:FREQ=WEEKLY;COUNT=4")
    without = "EXDATE;TZID=Europe/Helsinki:20240111T180000"
    assert days(calendar(event(*rule, without))) == ["2024-01-04", "2024-01-18", "2024-01-25"]


def test_a_series_without_end_goes_on_to_the_end_of_the_year_in_which_it_was_written() -> None:
    found = days(calendar(event("DTSTART;VALUE=DATE:20231101", "RRULE:FREQ=MONTHLY")))
    assert found[0] == "2023-11-01"
    assert found[-1] == "2024-12-01"
    assert len(found) == 14


def test_a_cancelled_event_is_kept_outside() -> None:
    held = event("DTSTART;VALUE=DATE:20240614")
    table = read(calendar(held, event("DTSTART;VALUE=DATE:20240615", "STATUS:CANCELLED", uid="2")), "a.ics", "events")
    assert (len(table.rows), len(table.outside)) == (1, 1)


def test_a_calendar_is_recognised_and_its_addresses_are_not_read() -> None:
    organiser = 'ORGANIZER;CN="Esimerkin Latu ry":mailto:elli@esimerkki.invalid'
    text = calendar(event("DTSTART;VALUE=DATE:20240614", organiser, "ATTENDEE:mailto:testi@esimerkki.invalid"))
    assert recognise_source(text.encode(), "kalenteri.txt").name == "events"
    table = read(text, "a.ics", "events")
    assert table.rows[0][table.columns["organisers"]] == "Esimerkin Latu ry"
    assert "esimerkki.invalid" not in str(table.rows)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (calendar(), "ei ole yhtään tapahtumaa"),
        (calendar(event("DTSTART:eilen")), "ei ole yhtään tapahtumaa|ei voi lukea"),
        ("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "ei ole yhtään tapahtumaa|ei voi lukea"),
        (calendar(event("DTSTART:20240614T180000Z", "RRULE:FREQ=SECONDLY")), "useammin kuin kerran päivässä"),
        (calendar(event("DTSTART:20240614T180000Z", "RRULE:FREQ=DAILY;BYHOUR=1,2,3")), "useammin kuin kerran"),
    ],
)
def test_a_bad_calendar_is_refused_with_a_sentence(text: str, part: str) -> None:
    with pytest.raises(Refused, match=part):
        read(text, "a.ics", "events")


def test_a_calendar_of_another_source_is_refused() -> None:
    with pytest.raises(Refused, match="ei ota vastaan"):
        read(calendar(event("DTSTART;VALUE=DATE:20240614")), "a.ics", "meetings")


# Linked Events


def linked(**fields: Any) -> dict[str, Any]:
    start = {"start_time": "2024-06-14T21:30:00Z", "name": {"sv": "Byfest", "fi": "Kyläjuhla"}, "sub_events": []}
    return {**start, "super_event_type": None, "provider": {"sv": "Latu ry"}, **fields}


def test_an_event_of_the_interface_is_read_in_finnish_first_and_on_its_local_day() -> None:
    page = {"meta": {"count": 1}, "data": [linked(location={"name": {"fi": "Tori"}})]}
    (row,) = staged("events", read(json.dumps(page), "a.json", "events")).rows.to_dicts()
    assert str(row["held_on"]) == "2024-06-15"
    assert (row["name"], row["place"], row["organisers"]) == ("Kyläjuhla", "Tori", ["Latu ry"])


def test_what_holds_others_together_and_what_was_cancelled_stay_outside() -> None:
    page = [
        linked(),
        linked(super_event_type="recurring", sub_events=["a"]),
        linked(super_event_type="umbrella", sub_events=["b"]),
        linked(super_event_type="umbrella", sub_events=[]),
        linked(event_status="EventCancelled"),
    ]
    table = read(json.dumps(page), "a.json", "events")
    assert (table.lines, [line for line, _ in table.outside]) == ([1, 4], [2, 3, 5])


def test_a_real_page_of_the_interface(samples: Path) -> None:
    content = (samples / "linkedevents" / "event_page_trimmed.json").read_bytes()
    assert recognise_source(content, "a.json").name == "events"
    (table,) = read_file(content, "a.json", contracts.sources()["events"])
    rows = staged("events", table).rows
    assert rows["held_on"].cast(str).to_list() == ["2018-12-14"]
    assert rows["name"][0].startswith("Kaunotar vai Hirviö")


# Bookings


def reservation(**fields: Any) -> dict[str, Any]:
    own = {"primary_unit_name": "Yhdistysten talo", "reservee_organisation_name": "Esimerkin Latu ry"}
    times = {"begin": "2024-03-14T16:00:00+00:00", "end": "2024-03-14T18:30:00+00:00"}
    prices = {"price": 10.0, "non_subsidised_price": 45.5}
    return {**own, **times, **prices, "reservee_id": "", "state": "CONFIRMED", "reservation_type": "NORMAL", **fields}


def test_booking_statistics_are_read_in_local_time_and_the_towns_own_blocks_stay_outside() -> None:
    text = json.dumps({"results": [reservation(), reservation(reservation_type="BLOCKED")]})
    assert recognise_source(text.encode(), "a.json").name == "premises_bookings"
    table = read(text, "a.json", "premises_bookings")
    assert len(table.outside) == 1
    (row,) = staged("premises_bookings", table).rows.to_dicts()
    assert (str(row["starts_at"]), str(row["ends_at"])) == ("2024-03-14 18:00:00", "2024-03-14 20:30:00")
    assert (row["premises"], row["state"], str(row["list_price_eur"])) == ("association_house", "confirmed", "45.50")


def test_the_fields_of_the_real_statistics_are_those_that_are_read(samples: Path) -> None:
    keys = set(json.loads((samples / "bookings" / "varaamo_reservation_statistics_keys.json").read_text("utf-8")))
    assert set(reservation()) <= keys


def test_a_booker_that_may_be_a_person_is_masked_and_a_group_is_not() -> None:
    table = csv(
        "premises_bookings",
        "Yhdistysten talo;Testi Esimerkki;;14.3.2024 18:00;14.3.2024 20:00;0;10;",
        "Yhdistysten talo;Esimerkin talkooryhmä;;15.3.2024 18:00;15.3.2024 20:00;0;10;",
        "Yhdistysten talo;;;16.3.2024 18:00;16.3.2024 20:00;0;10;",
    )
    assert staged("premises_bookings", table).rows["booker_name"].to_list() == ["***", "Esimerkin talkooryhmä", None]


def test_a_booking_that_ends_before_it_starts_is_set_aside() -> None:
    table = csv("premises_bookings", "Yhdistysten talo;Latu ry;;14.3.2024 18:00;14.3.2024 17:00;0;10;vahvistettu")
    assert staged("premises_bookings", table).findings["rule_id"].to_list() == ["premises_bookings.ends_after_start"]


# Lists in a cell, answers, terms


def test_persons_among_organisers_are_masked_one_by_one() -> None:
    table = csv("events", "14.6.2024;Kyläjuhla;Tori;Esimerkin Latu ry; Testi Esimerkki;;".replace("ry; ", "ry| "))
    assert staged("events", table).rows["organisers"].to_list() == [["Esimerkin Latu ry", "***"]]


def test_free_text_of_the_town_and_of_residents_stops_at_raw() -> None:
    secret = "Testi Esimerkki 050 000 0000"
    work = csv("city_work", f"14.3.2024;Tekninen toimi;apu;;{secret};Latu ry")
    answer = csv("resident_survey", f"2021–2025;14.10.2024;18–29;nainen;Keskusta;kyllä;ei;4;eos;{secret}")
    clock = csv("annual_clock", f"2024;14.3.2024;Kokous;{secret};kyllä")
    for of, table in (("city_work", work), ("resident_survey", answer), ("annual_clock", clock)):
        done = staged(of, table)
        assert done.rows.height == 1, done.findings
        assert "Testi" not in str(done.rows.to_dicts())


def test_cannot_say_is_no_answer_to_a_scale_and_an_answer_to_where_to_ask() -> None:
    table = csv("resident_survey", "2021-2025;;;;;En osaa sanoa;ei;En osaa sanoa;En osaa sanoa;")
    (row,) = staged("resident_survey", table).rows.to_dicts()
    assert row["participated"] is None
    assert row["volunteered"] is False
    assert row["satisfaction"] is None
    assert row["knows_where_to_ask"] == "cannot_say"


def test_a_term_that_the_settings_do_not_know_is_set_aside() -> None:
    table = csv("resident_survey", "1990-1994;;;;;kyllä;ei;4;kyllä;")
    assert staged("resident_survey", table).findings["rule_id"].to_list() == ["resident_survey.term_readable"]


# Core models


@pytest.fixture
def base() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for schema in ("staging", "core", "marts", "meta"):
            connection.execute(f"CREATE SCHEMA {schema}")
        yield connection


def put(base: duckdb.DuckDBPyConnection, of: str, *tables: RawTable) -> None:
    base.register("given", staged(of, *tables, known=("latu", "kiekko", "kylät")).rows)
    base.execute(f"CREATE OR REPLACE TABLE staging.{of} AS SELECT * FROM given")


def link(base: duckdb.DuckDBPyConnection, of: str, column: str, numbers: dict[str, str]) -> None:
    """Every name of the column as a mention; those in `numbers` are linked."""
    rows = base.sql(f"SELECT file_sha256, sheet, line, {column} AS mention FROM staging.{of}").pl()
    listed = rows if rows.schema["mention"] == pl.List(pl.String) else rows.with_columns(pl.concat_list("mention"))
    mentions = (
        listed.filter(pl.col("mention").is_not_null())
        .with_columns(source=pl.lit(of), part=pl.int_ranges(pl.col("mention").list.len(), dtype=pl.Int64))
        .explode("mention", "part")
    )
    links = mentions.with_columns(
        register_number=pl.col("mention").replace_strict(numbers, default=None, return_dtype=pl.String)
    )
    assert set(MENTION_KEY) <= set(links.columns)
    base.register("links", links)
    base.execute("CREATE OR REPLACE TABLE core.organisation_links AS SELECT * FROM links")


def build(base: duckdb.DuckDBPyConnection, table: str) -> list[dict[str, Any]]:
    base.execute(f"CREATE OR REPLACE TABLE {table} AS {models()[table].sql}")
    return base.sql(f"SELECT * FROM {table}").pl().to_dicts()


def test_an_event_of_several_tellers_is_one_event_with_all_its_partners(base: duckdb.DuckDBPyConnection) -> None:
    town = csv("events", '14.6.2024;Kyläjuhla;Tori;"Latu ry; Kylän talkooryhmä";Tekninen toimi;100')
    other = csv("events", "14.6.2024;KYLÄJUHLA!;tori;Kiekko ry;;120", "15.6.2024;Kyläjuhla;Tori;Latu ry;;")
    put(base, "events", town, other)
    link(base, "events", "organisers", {"Latu ry": "1", "Kiekko ry": "2"})
    put(base, "city_work", csv("city_work", "14.6.2024;Kulttuuri- ja vapaa-aikapalvelut;tapahtuma;;;Latu ry"))
    base.execute(
        "CREATE TABLE core.city_work AS SELECT *, 'w1' AS work_id, '1' AS register_number FROM staging.city_work"
    )
    listed, work = base.sql("FROM staging.events").pl(), base.sql("FROM core.city_work").pl()
    tellings = event_tellings(listed, base.sql("FROM core.organisation_links").pl(), work)
    base.register("tellings", tellings)
    base.execute("CREATE TABLE core.event_tellings AS FROM tellings")
    first, second = sorted(build(base, "core.events"), key=lambda row: row["held_on"])
    assert (first["participants"], first["name"], first["tellings"]) == (120, "KYLÄJUHLA!", 3)
    assert second["tellings"] == 1
    partners = build(base, "core.event_partners")
    of_first = {(row["partner_kind"], row["partner_key"]) for row in partners if row["event_id"] == first["event_id"]}
    assert of_first == {
        ("association", "1"),
        ("association", "2"),
        ("other", "kylän talkooryhmä"),
        ("city", "technical"),
        ("city", "culture_leisure"),
    }


def test_the_newest_delivery_of_a_booking_counts(base: duckdb.DuckDBPyConnection) -> None:
    row = "Yhdistysten talo;Latu ry;;14.3.2024 18:00;14.3.2024 20:30;10;45;{state}"
    put(
        base,
        "premises_bookings",
        csv("premises_bookings", row.format(state="vahvistettu")),
        csv("premises_bookings", row.format(state="peruttu")),
    )
    link(base, "premises_bookings", "booker_name", {"Latu ry": "1"})
    (booking,) = build(base, "core.bookings")
    assert (booking["state"], booking["hours"], str(booking["support_eur"])) == ("cancelled", 2.5, "35.00")


def test_work_told_in_two_files_counts_once_and_twice_in_one_file_twice(base: duckdb.DuckDBPyConnection) -> None:
    row = "14.3.2024;Tekninen toimi;apu;1,5;;Latu ry"
    put(base, "city_work", csv("city_work", row, row), csv("city_work", row))
    link(base, "city_work", "association_name", {"Latu ry": "1"})
    assert len(build(base, "core.city_work")) == 2


def test_a_meeting_lists_each_association_once(base: duckdb.DuckDBPyConnection) -> None:
    put(base, "meetings", csv("meetings", '14.3.2024;Järjestöilta;Kirjasto;20;"Latu ry; LATU RY; Kylän talkooryhmä"'))
    link(base, "meetings", "associations", {"Latu ry": "1", "LATU RY": "1"})
    assert len(build(base, "core.meetings")) == 1
    present = {row["association_key"] for row in build(base, "core.meeting_associations")}
    assert present == {"1", "kylän talkooryhmä"}


def test_figures_of_residents_leave_out_who_did_not_answer(base: duckdb.DuckDBPyConnection) -> None:
    rows = ["2021-2025;;18–29;nainen;Keskusta;kyllä;ei;4;kyllä;", "2021-2025;;18–29;mies;;ei;ei;;eos;"]
    put(base, "resident_survey", csv("resident_survey", *rows, "2021-2025;;;;;;;;;"))
    build(base, "core.resident_answers")
    base.execute("CREATE TABLE marts.survey_population (term TEXT, margin TEXT, age_group TEXT, sex TEXT, area TEXT)")
    base.execute("INSERT INTO marts.survey_population VALUES ('2021-2025', 'age_sex', '75+', 'male', NULL)")
    found = {
        (row["indicator_id"], row["breakdown"], row["breakdown_value"]): (row["reported"], row["n"])
        for row in build(base, "marts.resident_figures")
    }
    assert found["resident_participation_share", "total", "total"] == (0.5, 2)
    assert found["resident_satisfaction", "total", "total"] == (4.0, 1)
    assert found["residents_know_where_to_ask_share", "age_group", "18-29"] == (0.5, 2)
    assert found["resident_satisfaction", "sex", "male"] == (None, 0)  # there are men, and none of them said
    assert found["resident_participation_share", "age_group", "75+"] == (None, 0)
    assert ("resident_participation_share", "age_group", "45-64") not in found  # nor any residents known of


# The register extract and YTJ


def test_an_extract_that_ytj_has_overtaken_is_told(base: duckdb.DuckDBPyConnection) -> None:
    def company(business_id: str, register_end: str | None) -> dict[str, Any]:
        entry = {"register": "3", "registrationDate": "1990-01-01", "endDate": register_end}
        return {
            "businessId": {"value": business_id},
            "names": [{"type": "1", "version": 1, "name": f"Seura {business_id} ry"}],
            "registeredEntries": [{name: value for name, value in entry.items() if value}],
        }

    same, ended, lacking, gone = "9123457-3", "9000003-8", "9000005-4", "9000007-0"
    page = {
        "totalResults": 4,
        "companies": [
            company(same, None),
            company(ended, "2025-03-31"),
            company(lacking, None),
            company(gone, "2001-01-01"),
        ],
    }
    put(base, "ytj_companies", read(json.dumps(page), "page-1.json", "ytj_companies"))
    base.execute(
        "CREATE TABLE core.associations (register_number VARCHAR, business_id VARCHAR, name VARCHAR, status VARCHAR)"
    )
    for number, business_id in enumerate((same, ended), start=1):
        base.execute(
            "INSERT INTO core.associations VALUES (?, ?, 'Esimerkin seura ry', 'registered')",
            [str(number), business_id],
        )
    assert len(build(base, "core.company_records")) == 4
    told = {row["business_id"]: row for row in build(base, "marts.register_differences")}
    assert set(told) == {ended, lacking}
    assert (told[ended]["ytj_status"], str(told[ended]["ytj_status_date"])) == ("ended", "2025-03-31")
    assert told[lacking]["extract_status"] is None
