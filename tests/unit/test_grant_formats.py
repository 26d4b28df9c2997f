"""Grants that come as messages of an electronic service or as the export of state grants."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from pipelines import contracts, receiving, staging
from pipelines.raw_table import RawTable, Refused, Split
from pipelines.reading import read_file, recognise_source
from pipelines.settings import Settings, parse_settings
from pipelines.sources import state_grants
from pipelines.staging import Staged

LEDGER = contracts.sources()["grant_ledger"]


@pytest.fixture(scope="module")
def settings() -> Settings:
    """Settings of the invented town."""
    return parse_settings(contracts.municipality_settings("esimerkkila"), "esimerkkila")


def leaf(name: str, value: object) -> dict[str, object]:
    return {"ID": name, "label": "Nimi", "value": value, "valueType": "string"}


def message(sums: list[tuple[str, str]], **changed: object) -> dict[str, Any]:
    info = {
        "applicationType": "LIIKUNTA",
        "formTimeStamp": "2024-01-20T10:11:12.000",
        "applicationNumber": "E-1",
        "status": "Vastaanotettu",
    }
    applicant = {"companyNumber": "9123457-3", "communityOfficialName": "Esimerkin Latu ry"}
    return {
        "compensation": {
            "applicationInfoArray": [leaf(key, changed.get(key, value)) for key, value in info.items()],
            "applicantInfoArray": [leaf(key, changed.get(key, value)) for key, value in applicant.items()],
            "applicantOfficialsArray": [[leaf("name", "Testi Esimerkki"), leaf("phone", "050 000 0000")]],
            "bankAccountArray": [leaf("accountNumber", "FI00 0000")],
            "senderInfoArray": [leaf("personID", "010100-0000")],
            "compensationInfo": {
                "generalInfoArray": [leaf("purpose", "Kerhotoiminta")],
                "compensationArray": [[leaf("subventionType", kind), leaf("amount", euros)] for kind, euros in sums],
            },
        },
        "formUpdate": False,
    }


def read(document: object) -> RawTable:
    (table,) = read_file(json.dumps(document).encode(), "hakemus.json", LEDGER)
    return table


def staged(table: RawTable, settings: Settings) -> Staged:
    return staging.stage(LEDGER, receiving.raw_frame("f" * 64, 1, table), settings)


def test_a_message_is_a_row_for_each_grant_asked_for(settings: Settings) -> None:
    result = staged(read(message([("1", "500.00"), ("2.0", "24434.0")])), settings)
    assert result.quarantine.is_empty()
    told = result.rows.select("application_number", "granting_body", "grant_type", "applied_eur", "applied_on").rows()
    assert told == [
        ("E-1", "sport", "operating", Decimal("500.00"), date(2024, 1, 20)),
        ("E-1", "sport", "targeted", Decimal("24434.00"), date(2024, 1, 20)),
    ]
    assert result.rows["business_id"].to_list() == ["9123457-3"] * 2


def test_a_message_has_no_decision_and_none_is_invented(settings: Settings) -> None:
    rows = staged(read(message([("1", "500")])), settings).rows
    assert rows.select("application_state", "awarded_eur", "decided_on", "paid_eur").rows() == [
        ("open", None, None, None)
    ]


def test_a_code_as_a_number_with_a_decimal_is_the_same_code() -> None:
    table = read(message([("38", "1"), ("38.0", "1"), ("3.5", "1")]))
    place = table.columns["grant_type"]
    assert [cells[place] for cells in table.rows] == ["38", "38", "3.5"]


def test_nothing_of_persons_is_read() -> None:
    text = str(read(message([("1", "500")])))
    assert not [word for word in ("Testi Esimerkki", "050 000", "FI00", "010100") if word in text]


@pytest.mark.parametrize("wrap", [lambda one: one, lambda one: [one, one], lambda one: {"meta": 1, "rivit": [one]}])
def test_one_message_or_several(wrap: Any) -> None:
    document = wrap(message([("1", "500")]))
    assert len(read(document).rows) == str(document).count("applicationNumber")
    assert recognise_source(json.dumps(document).encode(), "a.json").name == "grant_ledger"


def test_an_application_without_a_sum_is_still_a_row(settings: Settings) -> None:
    table = read(message([]))
    assert len(table.rows) == 1
    result = staged(table, settings)
    (rules,) = result.quarantine["rule_ids"].to_list()
    assert rules == ["grant_ledger.grant_type_required"]


FAULTS: dict[str, tuple[dict[str, object], str]] = {
    "a body that the town does not have": ({"applicationType": "AVARUUS"}, "granting_body_readable"),
    "no name": ({"communityOfficialName": None}, "recipient_name_required"),
    "no number": ({"applicationNumber": ""}, "application_number_required"),
    "a wrong Y-tunnus": ({"companyNumber": "9123457-4"}, "business_id_check_digit"),
    "a state that nobody knows": ({"status": "Kadonnut"}, "application_state_readable"),
    "a decision that is not told": ({"status": "DONE"}, "awarded_eur_required"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_faulty_message_is_set_aside_with_a_reason(case: str, settings: Settings) -> None:
    changed, rule = FAULTS[case]
    result = staged(read(message([("1", "500.00")], **changed)), settings)
    assert result.rows.is_empty()
    (rules,) = result.quarantine["rule_ids"].to_list()
    assert f"grant_ledger.{rule}" in rules
    assert LEDGER.rule(f"grant_ledger.{rule}").message.fi.endswith(".")
    (account,) = result.accounts.iter_rows(named=True)
    assert (account["rows_read"], account["rows_quarantined"]) == (1, 1)
    assert account["eur_read"] == account["eur_quarantined"] == Decimal("500.00")


@pytest.mark.parametrize(
    "document",
    [{"compensation": {}}, {"compensation": "x"}, [], {}, {"compensation": {"applicationInfoArray": {}}}, [1, None]],
)
def test_other_json_is_refused_with_one_sentence(document: object) -> None:
    with pytest.raises(Refused) as refused:
        read(document)
    assert refused.value.text.fi.endswith(".")


def test_an_empty_ledger_row_still_needs_its_award(settings: Settings) -> None:
    text = (
        "Hakemusnumero;Hakija;Toimielin;Avustuslaji;Haettu;Myönnetty;Päätöspäivä;Hakemuksen tila\n"
        "1;Esimerkin Latu ry;Liikuntatoimi;toiminta-avustus;10;;;avoin\n"
        "2;Esimerkin Latu ry;Liikuntatoimi;toiminta-avustus;20;;;\n"
        "3;Esimerkin Latu ry;Liikuntatoimi;toiminta-avustus;30;;;päätetty\n"
        "4;Esimerkin Latu ry;Liikuntatoimi;toiminta-avustus;40;;;peruttu\n"
    )
    (table,) = read_file(text.encode(), "a.csv", LEDGER)
    result = staged(table, settings)
    assert result.rows["application_number"].to_list() == ["1", "4"]
    assert (
        result.quarantine["rule_ids"].to_list()
        == [["grant_ledger.awarded_eur_required", "grant_ledger.decided_on_required"]] * 2
    )


@pytest.mark.parametrize(
    ("name", "rows"),
    [("56_LIIKUNTAYLEIS", 3), ("60_LIIKUNTATILANKAYTTO", 3), ("64_ASUKASPIEN", 1), ("72_SOTEPEYLEIS", 1)],
)
def test_real_messages_are_read(samples: Path, name: str, rows: int) -> None:
    (file,) = (samples / "helsinki_grants").glob(f"esimerkki_{name}.json")
    (table,) = read_file(file.read_bytes(), file.name, LEDGER)
    assert len(table.rows) == rows
    assert all(cells[table.columns["applied_eur"]] for cells in table.rows)
    assert "Teemu" not in str(table)
    assert recognise_source(file.read_bytes(), file.name).name == "grant_ledger"


def test_every_row_and_euro_of_the_real_messages_is_accounted_for(samples: Path) -> None:
    """Pieksämäki has none of their bodies and types: the rows are set aside, and each says so."""
    town = parse_settings(contracts.municipality_settings("pieksamaki"), "pieksamaki")
    files = sorted((samples / "helsinki_grants").glob("esimerkki_*.json"))
    assert len(files) == 6
    for file in files:
        (table,) = read_file(file.read_bytes(), file.name, LEDGER)
        (account,) = staged(table, town).accounts.iter_rows(named=True)
        assert account["rows_read"] == account["rows_staged"] + account["rows_quarantined"] == len(table.rows)
        assert account["eur_read"] == account["eur_quarantined"] > 0


ODD: dict[str, Any] = {
    "leaves that are none": [1, None, "x", {"label": "no ID"}, {"ID": 5, "value": [1, {"a": 2}]}],
    "no list": {"ID": "amount", "value": "1"},
    "lists in lists": [[[["x"]]]],
    "nothing": None,
}


@pytest.mark.parametrize("part", ["applicantInfoArray", "compensationInfo", "compensationArray", "generalInfoArray"])
@pytest.mark.parametrize("odd", ODD)
def test_a_message_of_another_shape_is_read_or_refused_but_never_breaks(
    part: str, odd: str, settings: Settings
) -> None:
    document = message([("1", "500.00")])
    inner = document["compensation"]
    holder = inner if part in inner else inner["compensationInfo"]
    holder[part] = ODD[odd]
    result = staged(read(document), settings)
    (account,) = result.accounts.iter_rows(named=True)
    assert account["rows_read"] == account["rows_staged"] + account["rows_quarantined"] >= 1


HEADERS = ["Päätös pvm", "Saajan nimi", "Myöntäjä", "Asianumero", "Haettu", "Myönnetty", "EU-varat", "Alueet"]


def workbook(*rows: list[Any], headers: list[str] = HEADERS) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet("Export")
        for line, cells in enumerate([headers, *rows]):
            sheet.write_row(line, 0, cells)
    return content.getvalue()


ROW = [45414, "Esimerkin Latu ry (9123457-3)", "Esimerkkiministeriö", "VN/1/2024", 4000, 2500.5, "Ei", "Koko maa"]


def test_the_export_of_state_grants(settings: Settings) -> None:
    content = workbook(ROW, [45415, "Esimerkin (vanha) seura ry", "Esimerkkiministeriö", "VN/2/2024", "", 0, "Ei", ""])
    assert recognise_source(content, "export.xlsx").name == "grant_ledger"
    (table,) = read_file(content, "export.xlsx", LEDGER)
    result = staged(table, settings)
    assert result.quarantine.is_empty()
    columns = [
        "decided_on",
        "recipient_name",
        "business_id",
        "granting_body",
        "grant_type",
        "applied_eur",
        "awarded_eur",
    ]
    assert result.rows.select(columns).rows() == [
        (date(2024, 5, 2), "Esimerkin Latu ry", "9123457-3", "state", "state_grant", 4000, Decimal("2500.50")),
        (date(2024, 5, 3), "Esimerkin (vanha) seura ry", None, "state", "state_grant", None, Decimal("0.00")),
    ]


def without_references(content: bytes) -> bytes:
    """Rewrite a workbook as the service does: every element with a prefix, no cell says where it stands."""
    changed = io.BytesIO()
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if main in text and "styles" not in name:
                text = re.sub(r'(<c|<row) r="[A-Z]*[0-9]+"', r"\1", text)
                text = re.sub(r"<(/?)([A-Za-z])", r"<\1x:\2", text.replace(main, main.replace("xmlns", "xmlns:x")))
            new.writestr(name, text)
    return changed.getvalue()


def test_the_workbook_as_the_service_writes_it() -> None:
    content = workbook(ROW)
    (plain,), (written,) = (read_file(form, "x.xlsx", LEDGER) for form in (content, without_references(content)))
    assert without_references(content) != content
    assert (written.header, written.rows) == (plain.header, plain.rows)


@pytest.mark.parametrize(
    ("place", "cell", "rule"),
    [
        (0, 99999, "decided_on_readable"),
        (1, "", "recipient_name_required"),
        (1, "Esimerkin Latu ry (9123457-4)", "business_id_check_digit"),
        (2, "Avaruusvirasto", "granting_body_readable"),
        (5, "ei tiedossa", "awarded_eur_readable"),
        (5, "", "awarded_eur_required"),
    ],
)
def test_a_faulty_row_of_the_export_is_set_aside(settings: Settings, place: int, cell: object, rule: str) -> None:
    row = [cell if position == place else value for position, value in enumerate(ROW)]
    (table,) = read_file(workbook(row, ROW), "export.xlsx", LEDGER)
    result = staged(table, settings)
    assert result.rows.height == 1
    assert result.quarantine["rule_ids"].to_list() == [[f"grant_ledger.{rule}"]]


def test_a_ledger_of_a_municipality_is_left_as_it_is() -> None:
    split = Split("", [], (1, ["Hakija", "Y-tunnus", "Toimielin"]), [(2, ["A ry (9123457-3)", None, "Liikunta"])])
    assert state_grants.as_columns(split) is split


def test_a_short_row_stays_short() -> None:
    split = Split("s", [], (1, list(HEADERS)), [(2, ["45414"])])
    whole = state_grants.as_columns(split)
    assert whole.below == [(2, ["45414", None, state_grants.KIND_OF_GRANT])]
    assert len(whole.below[0][1]) < len(whole.header[1])
