"""The JSON sources: the register's interface, the population tables, the State Treasury's documents."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines import contracts, reading_json
from pipelines.reading import RawTable, Refused, read_file, recognise_source
from pipelines.sources.json_stat import JsonStat, read_json_stat

STAMP = "T00:00:00.000+00:00"


def read(document: object, of: str) -> RawTable:
    (table,) = read_file(json.dumps(document).encode(), "a.json", contracts.sources()[of])
    return table


def refusal(document: object, of: str) -> str:
    with pytest.raises(Refused) as refused:
        read(document, of)
    return refused.value.text.fi


def rows(table: RawTable) -> list[dict[str, str | None]]:
    """Return the mapped cells of each row."""
    return [{name: cells[place] for name, place in table.columns.items()} for cells in table.rows]


# Register of Associations


def name(text: str, kind: str = "P", status: str = "R", since: str | None = "2007-02-27") -> dict[str, Any]:
    return {
        "AssociationName": text,
        "AssociationNameType": kind,
        "AssociationNameStatus": status,
        "AssociationNameStartDate": since and since + STAMP,
    }


def association(number: str, *names: dict[str, Any], **fields: Any) -> dict[str, Any]:
    record = {
        "RegistrationNumber": number,
        "BusinessId": "9123457-3",
        "Domicile": "998",
        "RegistryDate": "2007-02-27" + STAMP,
        "AssociationStatus": "R",
        "AssociationNameInfo": list(names) or [name("Esimerkin Latu ry")],
        "Address": [{"StreetName": "Elli Esimerkki\nEsimerkkitie 1", "FormattedAddressFI": "Elli Esimerkki"}],
        "ContactInfo": {"Email": "elli@esimerkki.invalid"},
    }
    return {"BasicInfoResponse": {**record, **fields}, "faultCode": None, "faultString": None}


def test_one_answer_of_the_register() -> None:
    answer = association("195.883", name("Vanha Latu ry", status="VE"), name("Latu ry"), name("Latu", kind="A"))
    table = read(answer, "prh_register")
    assert (table.header_line, table.lines) == (0, [1])
    (row,) = rows(table)
    assert row["register_number"] == "195.883"
    assert row["name"] == "Latu ry"
    assert row["previous_names"] == "Vanha Latu ry | Latu"
    assert row["registered_on"] == "2007-02-27T00:00:00.000+00:00"
    assert row["status_date"] is None


def test_addresses_and_contacts_are_not_read() -> None:
    table = read(association("1"), "prh_register")
    assert "Elli" not in str(table)
    assert "invalid" not in str(table)


@pytest.mark.parametrize(
    "document",
    [
        [association("1"), association("2")],
        {"meta": 1, "links": ["a"], "results": [association("1"), association("2")]},
        {"BasicInfoResponse": [association(number)["BasicInfoResponse"] for number in "12"]},
        [association("1")["BasicInfoResponse"], association("2")["BasicInfoResponse"]],
    ],
)
def test_many_answers_of_the_register(document: object) -> None:
    table = read(document, "prh_register")
    assert [row["register_number"] for row in rows(table)] == ["1", "2"]
    assert table.lines == [1, 2]
    assert recognise_source(json.dumps(document).encode(), "").name == "prh_register"


def test_one_error_among_answers_is_a_row_to_mend() -> None:
    table = read([association("1"), {"faultCode": "404", "faultString": "Ei löydy"}, "?"], "prh_register")
    assert [row["register_number"] for row in rows(table)] == ["1", None, None]
    assert table.lines == [1, 2, 3]


def test_a_whole_file_of_errors_is_refused() -> None:
    fault = {"BasicInfoResponse": None, "faultCode": "E12", "faultString": "Palvelu ei vastaa"}
    said = "Rajapinta vastasi virheellä E12: Palvelu ei vastaa. Hae tiedot uudelleen myöhemmin."
    assert refusal(fault, "prh_register") == said
    assert refusal([fault, fault], "prh_register") == said


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        ([name("Uusi", since="2020-01-01"), name("Vanha", since="2001-01-01")], "Uusi"),
        ([name("Lakannut", status="L"), name("Vanha", status="L", since="2001-01-01")], "Lakannut"),
        ([name("Rinnakkainen", kind="A")], None),
        ([name("Tyhjä") | {"AssociationName": None}], None),
    ],
)
def test_principal_name(names: list[dict[str, Any]], chosen: str | None) -> None:
    assert rows(read(association("1", *names), "prh_register"))[0]["name"] == chosen


@pytest.mark.parametrize("document", [[], {}, {"companies": [{"businessId": "1"}]}, [1, 2], "text", None, 5])
def test_something_else_than_the_register(document: object) -> None:
    said = refusal([document], "prh_register")
    assert said.startswith("JSON-tiedostosta puuttuu odotettu kenttä: RegistrationNumber.")


def test_a_source_of_several_formats_is_read_in_the_one_that_fits() -> None:
    register = contracts.sources()["prh_register"]
    both = replace(register, formats=("json_stat", *register.formats))
    (table,) = read_file(json.dumps(association("195.883")).encode(), "a.json", both)
    assert rows(table)[0]["register_number"] == "195.883"
    with pytest.raises(Refused, match="puuttuu odotettu kenttä: dimension"):
        read_file(b"[5]", "a.json", both)


# Population


def json_stat(version: int = 2, **changes: Any) -> dict[str, Any]:
    """Return a table of areas × sexes × years × measures, its indexes in no order."""
    dimension = {
        "alue_1": {"label": "Alue", "category": {"index": {"KU998": 1, "SSS": 0}}},
        "sukup": {
            "label": "Sukupuoli",
            "category": {"index": ["SSS", "1"], "label": {"SSS": "Yhteensä", "1": "Miehet"}},
        },
        "timeperiod_y": {"label": "Vuosi", "category": {"index": {"2024": 1, "2023": 0}}},
        "contentscode": {
            "label": "Tiedot",
            "category": {"index": {"vaesto": 0, "osuus": 1}, "label": {"vaesto": "Väestö 31.12.", "osuus": "Osuus, %"}},
        },
    }
    dataset = {
        "id": list(dimension),
        "size": [2, 2, 2, 2],
        "role": {"time": ["timeperiod_y"], "metric": ["contentscode"], "geo": ["alue_1"]},
        "dimension": dimension,
        "value": list(range(16)),
        "label": "Väestö",
        **changes,
    }
    if version == 2:
        return dataset
    inner = {key: dataset.pop(key) for key in ("id", "size", "role")}
    return {"dataset": {**dataset, "dimension": {**dataset["dimension"], **inner}}}


@pytest.mark.parametrize("version", [1, 2])
def test_population(version: int) -> None:
    document = json_stat(version)
    table = read(document, "population")
    read_rows = rows(table)
    assert len(read_rows) == 8
    assert read_rows[0] == {
        "area_code": "SSS",
        "period": "2023",
        "sex": "SSS",
        "age": None,
        "measure": "vaesto",
        "residents": "0",
    }
    assert {(row["area_code"], row["sex"], row["period"]): row["residents"] for row in read_rows}[
        ("KU998", "1", "2024")
    ] == "14"
    assert table.lines == [1, 3, 5, 7, 9, 11, 13, 15]
    assert recognise_source(json.dumps(document).encode(), "").name == "population"


def test_values_by_position_and_missing_values() -> None:
    sparse = read(json_stat(value={"0": 5, "14": 7, "1": 3}), "population")
    assert [row["residents"] for row in rows(sparse)] == ["5", None, None, None, None, None, None, "7"]
    nulls = read(json_stat(value=[None, *range(15)]), "population")
    assert rows(nulls)[0]["residents"] is None


def test_the_area_is_found_by_its_label_and_by_its_codes() -> None:
    roles = {"metric": ["contentscode"]}
    assert rows(read(json_stat(role=roles), "population"))[1]["area_code"] == "SSS"
    unlabelled = json_stat(role=roles)
    unlabelled["dimension"]["alue_1"]["label"] = "X"
    assert {row["area_code"] for row in rows(read(unlabelled, "population"))} == {"SSS", "KU998"}
    assert {row["period"] for row in rows(read(unlabelled, "population"))} == {"2023", "2024"}


@pytest.mark.parametrize(
    ("label", "unit", "counts"),
    [
        ("Väkiluku", "", True),
        ("Väestö 31.12.", "", True),
        ("Population", "", True),
        ("Population 31 Dec", "", True),
        ("Befolkning 31.12", "", True),
        ("Lukumäärä", "Väestö", True),
        ("Väestönlisäys", "", False),
        ("Väestö, muutos edellisestä vuodesta, %", "", False),
        ("Population growth", "", False),
        ("Population density", "", False),
        ("Asuntoväestö, henkilöä", "henkilöä", False),
    ],
)
def test_which_measure_counts_residents(label: str, unit: str, counts: bool) -> None:
    document = json_stat()
    document["dimension"]["contentscode"]["category"] |= {
        "label": {"vaesto": label, "osuus": "Osuus, %"},
        "unit": {"vaesto": {"base": unit}},
    }
    if counts:
        assert {row["measure"] for row in rows(read(document, "population"))} == {"vaesto"}
    else:
        assert "väkiluku puuttuu" in refusal(document, "population")


def without(document: dict[str, Any], variable: str) -> dict[str, Any]:
    """Return a table without one of its variables."""
    place = document["id"].index(variable)
    kept = [name for name in document["id"] if name != variable]
    document["dimension"].pop(variable)
    document["size"].pop(place)
    return {**document, "id": kept, "value": list(range(8))}


def test_a_table_of_one_measure_is_known_by_its_own_label() -> None:
    table = read(without(json_stat(), "contentscode"), "population")
    assert {row["measure"] for row in rows(table)} == {"Väestö"}
    assert len(table.rows) == 8


@pytest.mark.parametrize(
    ("variable", "says"),
    [("alue_1", "alueet puuttuvat"), ("timeperiod_y", "ajankohta puuttuu")],
)
def test_a_table_that_is_not_of_population_by_area(variable: str, says: str) -> None:
    said = refusal(without(json_stat(), variable), "population")
    assert said.startswith(f"Tiedosto ei ole väestötaulukko kunnittain: {says}.")


def test_another_breakdown_is_refused_and_one_of_a_single_value_is_not() -> None:
    document = json_stat()
    document["dimension"]["sukup"]["label"] = "Kieli"
    assert "ylimääräinen luokittelu Kieli" in refusal(document, "population")
    document["dimension"]["sukup"]["category"] = {"label": {"SSS": "Yhteensä"}}
    table = read({**document, "size": [2, 1, 2, 2], "value": list(range(8))}, "population")
    assert len(table.rows) == 4


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"dimension": None}, "dimension"),
        ({"id": None}, "id, size"),
        ({"size": [2, 2, 2]}, "id, size"),
        ({"size": [2, 2, 2, 3]}, "category.index"),
        ({"value": [1, 2]}, "value"),
        ({"value": None}, "value"),
        ({"id": ["alue_1", "sukup", "timeperiod_y", "x"]}, "dimension.x.category"),
    ],
)
def test_a_broken_table_says_what_it_lacks(changes: dict[str, Any], field: str) -> None:
    said = refusal(json_stat(**changes), "population")
    assert said.startswith(f"JSON-tiedostosta puuttuu odotettu kenttä: {field}.")


@pytest.mark.parametrize("index", [{"KU998": 1, "SSS": 1}, {"KU998": "x", "SSS": 0}, {"KU998": 2, "SSS": 0}, 5])
def test_a_broken_index_is_refused(index: object) -> None:
    document = json_stat()
    document["dimension"]["alue_1"]["category"]["index"] = index
    assert "dimension.alue_1.category.index" in refusal(document, "population")


def test_a_table_without_bounds_is_refused() -> None:
    codes = [str(number) for number in range(200)]
    document = json_stat(size=[200, 200, 200, 2], value={})
    for variable in document["id"][:3]:
        document["dimension"][variable]["category"] = {"index": codes}
    assert refusal(document, "population").startswith("Taulukossa on liian monta solua: 16000000")


def sample(samples: Path, file: str) -> tuple[bytes, JsonStat]:
    content = (samples / "statfin" / file).read_bytes()
    return content, read_json_stat(reading_json.parse(content.decode()))


def test_the_real_table_of_population(samples: Path) -> None:
    content, table = sample(samples, "11s5_subset_jsonstat1.json")
    assert len(list(table.cells())) == 20
    (raw,) = read_file(content, "a.json", contracts.sources()["population"])
    found = {(row["area_code"], row["period"]): row["residents"] for row in rows(raw)}
    assert found[("KU593", "2022M12")] == "17077"
    assert len(raw.rows) == 20


def test_the_real_table_without_areas(samples: Path) -> None:
    content, table = sample(samples, "128c_subset_jsonstat2_2026format.json")
    cells = {codes: value for _, codes, value in table.cells()}
    assert len(cells) == 44
    assert cells[("asuntok", "2024", "SS")] == "2860961"
    assert cells[("kokonum_mean", "2024", "2")] == "1.57"
    assert cells[("bruttotu", "2024", "10")] == "187675"
    with pytest.raises(Refused, match="alueet puuttuvat"):
        read_file(content, "a.json", contracts.sources()["population"])


def test_the_real_answer_of_the_register(samples: Path) -> None:
    content = (samples / "prh" / "yrtti_basicinfo_dummy_redacted.json").read_bytes()
    (table,) = read_file(content, "a.json", contracts.sources()["prh_register"])
    assert rows(table)[0]["register_number"] == "195.883"
    assert "Esimerkki Henkilö" not in str(table)


# Municipal finance


def figure(code: object, value: str, **fields: Any) -> dict[str, Any]:
    return {"tunnusluku": code, "arvo": value, "osakokonaisuus": "", "kieli": "fi", "kommentti": None, **fields}


DOCUMENT = {
    "ytunnus": "9000003-8",
    "raportointikokonaisuus": "KTAS",
    "raportointikausi": 2026,
    "hyvaksymisvaihe": "Lopullinen",
    "julkaisupvm": "2025-12-17T10:33:26.693Z",
}


@pytest.mark.parametrize("key", ["tunnusluvut", "rivit"])
def test_a_document_with_its_fields_beside_the_rows(key: str) -> None:
    document = {**DOCUMENT, "liitteet": ["a"], key: [figure(632, "54233060"), figure("1093", "."), figure("1", "..")]}
    table = read(document, "municipal_finance")
    assert rows(table)[0] == {
        "business_id": "9000003-8",
        "reporting_package": "KTAS",
        "reporting_period": "2026",
        "approval_stage": "Lopullinen",
        "published_at": "2025-12-17T10:33:26.693Z",
        "figure_code": "632",
        "value_eur": "54233060",
    }
    assert [row["value_eur"] for row in rows(table)] == ["54233060", ".", ".."]
    assert recognise_source(json.dumps(document).encode(), "").name == "municipal_finance"


def test_a_bare_list_and_a_row_with_a_value_of_its_own() -> None:
    table = read(
        [figure(1, "1.50", **DOCUMENT), figure(2, "2", **{**DOCUMENT, "hyvaksymisvaihe": "Alustava"})],
        "municipal_finance",
    )
    assert [row["approval_stage"] for row in rows(table)] == ["Lopullinen", "Alustava"]
    assert [row["value_eur"] for row in rows(table)] == ["1.50", "2"]
    mixed = read(
        {**DOCUMENT, "rivit": [figure(1, "1", hyvaksymisvaihe="Alustava"), figure(2, "2")]}, "municipal_finance"
    )
    assert [row["approval_stage"] for row in rows(mixed)] == ["Alustava", "Lopullinen"]


def test_numbers_stay_the_text_that_they_are() -> None:
    content = json.dumps({**DOCUMENT, "rivit": [figure(632, "@")]}).replace('"@"', "7553279.710").encode()
    (table,) = read_file(content, "a.json", contracts.sources()["municipal_finance"])
    assert rows(table)[0]["value_eur"] == "7553279.710"


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ([], "tunnusluku"),
        ({"rivit": []}, "tunnusluku"),
        ([{"tunnusluku": 1}], "tunnusluku"),
        ({**{key: DOCUMENT[key] for key in list(DOCUMENT)[:3]}, "rivit": [figure(1, "1")]}, "hyvaksymisvaihe"),
    ],
)
def test_something_else_than_a_finance_document(document: object, field: str) -> None:
    assert refusal(document, "municipal_finance").startswith(f"JSON-tiedostosta puuttuu odotettu kenttä: {field}.")


def test_the_real_rows_as_an_ordinary_table(samples: Path) -> None:
    content = (samples / "valtiokonttori" / "ktas_2048903-4_2026_core.csv").read_bytes()
    assert recognise_source(content, "a.csv").name == "municipal_finance"
    (table,) = read_file(content, "a.csv", contracts.sources()["municipal_finance"])
    assert len(table.rows) == 32
    assert set(table.columns) == {column.name for column in contracts.sources()["municipal_finance"].columns}
    assert {row["figure_code"]: row["value_eur"] for row in rows(table)}["632"] == "54233060"


# Any JSON


def test_json_in_other_encodings() -> None:
    text = json.dumps(association("1", name("Äänekosken Yö ry")), ensure_ascii=False)
    for encoding in ("utf-8-sig", "utf-16"):
        (table,) = read_file(text.encode(encoding), "a.json", contracts.sources()["prh_register"])
        assert rows(table)[0]["name"] == "Äänekosken Yö ry"


def test_half_a_letter_becomes_a_mark_that_can_be_stored() -> None:
    table = read(association("1", name("\ud800 ry")), "prh_register")
    assert str(rows(table)[0]["name"]).encode().decode() == "\ufffd ry"


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a": 1,}', "{'a': 1}", "[1] [2]"])
def test_what_is_no_json(text: str) -> None:
    with pytest.raises(Refused, match="ei ole kelvollista JSON-muotoa"):
        read_file(text.encode(), "a.json", contracts.sources()["population"])


def service(modified: str | None, *organisations: str) -> dict[str, object]:
    return {
        "id": "x",
        "modified": modified,
        "organizations": [
            {"roleType": "Producer", "organization": {"id": name, "name": name}} for name in organisations
        ],
    }


def test_an_organisation_of_the_service_catalogue_is_listed_once_by_its_newest_service() -> None:
    page = {
        "pageNumber": 1,
        "itemList": [
            service("2023-01-02T08:00:00Z", "Esimerkin Latu ry", "Esimerkkilän kaupunki"),
            service("2024-05-06T08:00:00Z", "Esimerkin Latu ry", "Esimerkin Latu ry"),
            service("2022-01-01T08:00:00Z"),
            service(None, "Mallin seura ry"),
        ],
    }
    (table,) = read_file(json.dumps(page).encode(), "page.json", contracts.sources()["directory_listings"])
    assert table.rows == [
        ["ptv", "Esimerkkilän kaupunki", "2023-01-02"],
        ["ptv", "Esimerkin Latu ry", "2024-05-06"],
        ["ptv", "Mallin seura ry", None],
    ]
    assert [line for line, _ in table.outside] == [1, 3]


def test_a_page_without_organisations_is_refused_with_a_sentence() -> None:
    page = {"itemList": [{"id": "x", "serviceNames": []}]}
    with pytest.raises(Refused) as refusal:
        read_file(json.dumps(page).encode(), "page.json", contracts.sources()["directory_listings"])
    assert "organizations" in refusal.value.text.fi
