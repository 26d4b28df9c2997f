"""The open data of the example town: equal to the edition, described truly, valid by its standards, hiding what is hidden."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from polars.testing import assert_frame_equal
from pyshacl import validate
from rdflib import RDF, Graph, Namespace
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from pipelines import contracts, editions, open_data
from pipelines.check_digit import has_valid_check_digit
from tests.pipeline.conftest import RefreshedTown

CASES = Path(__file__).resolve().parents[1] / "cases"
ADDRESS = "https://tiedot.esimerkkila.example/open-data/1/dcat.jsonld"
DCAT, DCT, SPDX = (
    Namespace(address)
    for address in ("http://www.w3.org/ns/dcat#", "http://purl.org/dc/terms/", "http://spdx.org/rdf/terms#")
)
FORMATS = FormatChecker()
TABLES = [table.name for table in contracts.open_data().tables]


@FORMATS.checks("date-time", raises=ValueError)
def is_moment(text: object) -> bool:
    """RFC 3339: the schema tells a moment from a day by it, and jsonschema itself does not know it."""
    return "T" in str(text) and datetime.fromisoformat(str(text)).tzinfo is not None


@pytest.fixture(scope="session")
def folder(example_town: RefreshedTown) -> Path:
    return example_town.edition(editions.OPEN_DATA)


@pytest.fixture(scope="session")
def catalogue(folder: Path) -> Graph:
    return Graph().parse(data=(folder / "dcat.jsonld").read_bytes(), format="json-ld", publicID=ADDRESS)


@pytest.fixture(scope="session")
def giving(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "grants_360giving.json").read_text(encoding="utf-8"))


# The tables


@pytest.mark.parametrize("table", TABLES)
def test_files_hold_what_the_public_file_holds(folder: Path, public: duckdb.DuckDBPyConnection, table: str) -> None:
    shown = public.sql(f"SELECT * FROM {table}").pl()
    assert_frame_equal(pl.read_parquet(folder / "parquet" / f"{table}.parquet"), shown)
    with (folder / "csv" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == shown.columns
    floats = {place for place, kind in enumerate(shown.dtypes) if kind == pl.Float64}
    read = [[float(cell) if cell and place in floats else cell for place, cell in enumerate(row)] for row in rows]
    assert read == [[as_cell(value) for value in row] for row in shown.iter_rows()]


def as_cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return value
    if isinstance(value, list):
        return "|".join(map(str, value))
    return str(value)


@pytest.mark.parametrize("table", ["marts.indicator_values", "marts.grant_awards", "meta.indicators"])
def test_common_readers_take_the_csv_as_it_is(folder: Path, table: str) -> None:
    file = folder / "csv" / f"{table}.csv"
    columns = pl.read_parquet(folder / "parquet" / f"{table}.parquet").columns
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    assert pl.read_csv(file, infer_schema_length=None).columns == columns
    assert duckdb.connect().read_csv(str(file)).columns == columns


def test_a_hidden_figure_is_in_no_file(folder: Path, analyst: duckdb.DuckDBPyConnection) -> None:
    keys = ["indicator_id", "period", "breakdown", "breakdown_value"]
    hidden = analyst.sql(f"SELECT {', '.join(keys)} FROM marts.indicator_values WHERE is_hidden").pl()
    assert hidden.height > 100
    told = pl.read_csv(folder / "csv" / "marts.indicator_values.csv", infer_schema_length=None)
    of_hidden = told.with_columns(pl.col("period").cast(pl.String)).join(hidden, on=keys)
    assert of_hidden.height == hidden.height
    for column in ("value", "lower", "upper", "n", "population", "coverage_share", "reported"):
        assert of_hidden[column].null_count() == hidden.height, column
    changes = pl.read_csv(folder / "csv" / "marts.indicator_changes.csv", infer_schema_length=None)
    changed = changes.with_columns(pl.col("period").cast(pl.String)).join(hidden, on=keys)
    assert changed["change"].null_count() == changed.height
    origins = pl.read_csv(folder / "csv" / "marts.value_origins.csv", infer_schema_length=None)
    behind = origins.with_columns(pl.col("period").cast(pl.String)).join(hidden, on=keys)
    assert behind["source_rows"].null_count() == behind.height


def test_restricted_columns_and_tables_stay_where_they_are() -> None:
    assert all(table.table.audience == "public" for table in contracts.open_data().tables)
    for table in contracts.open_data().tables:
        assert {column.column.classification for column in table.columns} == {"public"}


# The catalogues


def test_the_catalogue_keeps_dcat_ap(catalogue: Graph) -> None:
    conforms, _, report = validate(catalogue, shacl_graph=str(CASES / "dcat_ap_shapes.ttl"), inference="none")
    assert conforms, report


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (DCAT.accessURL, DCAT.Distribution),
        (DCAT.theme, DCAT.Dataset),
        (DCT.publisher, DCAT.Catalog),
        (SPDX.checksumValue, SPDX.Checksum),
        (DCAT.byteSize, DCAT.Distribution),
        (DCT.description, DCAT.Dataset),
    ],
)
def test_the_shapes_see_what_is_missing(catalogue: Graph, path: Any, kind: Any) -> None:
    spoilt = Graph() + catalogue
    spoilt.remove((next(spoilt.subjects(RDF.type, kind)), path, None))
    conforms, _, _ = validate(spoilt, shacl_graph=str(CASES / "dcat_ap_shapes.ttl"), inference="none")
    assert not conforms


def test_every_file_is_listed_once_with_its_size_and_checksum(folder: Path, catalogue: Graph) -> None:
    base = ADDRESS.removesuffix("dcat.jsonld")
    listed = {}
    for item in catalogue.subjects(RDF.type, DCAT.Distribution):
        path = str(catalogue.value(item, DCAT.downloadURL)).removeprefix(base)
        checksum = catalogue.value(catalogue.value(item, SPDX.checksum), SPDX.checksumValue)
        listed[path] = (int(str(catalogue.value(item, DCAT.byteSize))), str(checksum).lower())
    assert listed == {
        path: (len(content), sha256(content).hexdigest())
        for path, content in files(folder).items()
        if path not in {"dcat.jsonld", "datapackage.json"}
    }


def files(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_the_data_package_describes_every_file_and_column(folder: Path) -> None:
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    resources = {resource["path"]: resource for resource in package["resources"]}
    there = files(folder)
    assert resources.keys() == there.keys() - {"dcat.jsonld", "datapackage.json"}
    for path, resource in resources.items():
        assert resource["bytes"] == len(there[path])
        assert resource["hash"] == f"sha256:{sha256(there[path]).hexdigest()}"
    for table in TABLES:
        described = resources[f"csv/{table}.csv"]
        frame = pl.read_parquet(folder / "parquet" / f"{table}.parquet")
        assert [field["name"] for field in described["schema"]["fields"]] == frame.columns
        assert described["rows"] == frame.height
        for field in described["schema"]["fields"]:
            assert all(field[name] for name in ("description", "description_fi", "description_sv"))
            if field["constraints"]["required"]:
                assert frame[field["name"]].null_count() == 0


def test_every_column_is_in_the_dictionary_in_each_language(folder: Path) -> None:
    with (folder / "csv" / "dictionary.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = [(table.name, item.column.name) for table in contracts.open_data().tables for item in table.columns]
    assert [(row["table"], row["column"]) for row in rows] == columns
    for language in ("fi", "sv", "en"):
        text = (folder / f"dictionary.{language}.md").read_text(encoding="utf-8")
        assert all(row[f"description_{language}"].replace("|", "\\|") in text for row in rows)


def test_every_file_for_people_says_that_the_town_is_invented(folder: Path) -> None:
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    example = contracts.open_data().example
    assert package["description"].startswith(example.en)
    assert (folder / "dcat.jsonld").read_text(encoding="utf-8").count(example.fi) == len(TABLES) + 3


# 360Giving


def test_grants_keep_the_schema_of_360giving(giving: dict[str, Any], samples: Path) -> None:
    grant, package = (
        json.loads((samples / "360giving" / name).read_text(encoding="utf-8"))
        for name in ("360-giving-schema.json", "360-giving-package-schema.json")
    )
    referred = package["properties"]["grants"]["items"]["$ref"]
    registry: Registry[Any] = Registry().with_resource(referred, DRAFT202012.create_resource(grant))
    validator = Draft202012Validator(package, registry=registry, format_checker=FORMATS)
    assert [error.message for error in validator.iter_errors(giving)] == []
    spoilt = {**giving, "grants": [{**giving["grants"][0], "amountAwarded": "paljon"}]}
    assert not validator.is_valid(spoilt)


def test_grants_keep_the_rules_beyond_the_schema(giving: dict[str, Any], public: duckdb.DuckDBPyConnection) -> None:
    """The checks of the standard's quality tool that this data can be held to."""
    grants = giving["grants"]
    (until,) = public.sql("SELECT data_until FROM meta.edition").fetchone() or ()
    assert max(Counter(grant["id"] for grant in grants).values()) == 1
    for grant in grants:
        assert re.fullmatch(r"360G-[A-Za-z0-9]+-[0-9a-f]{16}", grant["id"])
        assert 0 < len(grant["title"]) <= 140
        assert grant["title"] != grant["description"]
        assert "@" not in json.dumps(grant)
        assert grant["currency"] == "EUR"
        assert grant["amountAwarded"] > 0
        assert date(2000, 1, 1) <= date.fromisoformat(grant["awardDate"]) <= until
        assert datetime.fromisoformat(grant["dateModified"]).tzinfo is not None
        assert grant["grantProgramme"]
        assert len(grant["fundingOrganization"]) == len(grant["recipientOrganization"]) == 1
        assert grant["fundingOrganization"][0]["id"] != grant["recipientOrganization"][0]["id"]
        for organisation in (*grant["fundingOrganization"], *grant["recipientOrganization"]):
            scheme, _, number = organisation["id"].partition("-PRO-")
            assert (scheme == "FI" and has_valid_check_digit(number)) or scheme.startswith("360G-")
    known = [grant for grant in grants if grant["recipientOrganization"][0]["id"].startswith("FI-PRO-")]
    assert len(known) / len(grants) > 0.9


def test_one_organisation_has_one_id_and_one_name(giving: dict[str, Any]) -> None:
    named = {(org["id"], org["name"]) for grant in giving["grants"] for org in grant["recipientOrganization"]}
    assert max(Counter(identifier for identifier, _ in named).values()) == 1


def test_no_euro_is_lost_between_the_awards_and_360giving(
    giving: dict[str, Any], public: duckdb.DuckDBPyConnection
) -> None:
    total, persons, regranted = public.sql(
        "SELECT sum(awarded_eur) FILTER (WHERE NOT is_regrant),"
        " sum(awarded_eur) FILTER (WHERE NOT is_regrant AND recipient IS NULL),"
        " sum(awarded_eur) FILTER (WHERE is_regrant) FROM marts.grant_awards"
    ).fetchone() or (None, None, None)
    (nothing,) = public.sql(
        "SELECT sum(awarded_eur) FROM marts.grant_decisions WHERE NOT is_regrant AND awarded_eur <= 0"
    ).fetchone() or (None,)
    given = sum(Decimal(str(grant["amountAwarded"])) for grant in giving["grants"])
    assert given + persons + nothing == total
    told = giving["description"].replace("\u00a0", "").replace(" ", "")
    assert f"{persons:.2f}€".replace(".", ",") in told
    assert f"{regranted:.2f}€".replace(".", ",") in told


def test_a_correction_is_taken_off_the_grant_that_it_corrects(analyst: duckdb.DuckDBPyConnection) -> None:
    corrections = analyst.sql("SELECT count(*) FROM core.grants WHERE is_correction AND is_own").fetchone()
    several = analyst.sql("SELECT count(*) FROM marts.grant_decisions WHERE decisions > 1").fetchone()
    negative = analyst.sql("SELECT count(*) FROM marts.grant_decisions WHERE awarded_eur < 0").fetchone()
    assert corrections != (0,)
    assert several != (0,)
    assert negative == (0,)


def test_private_persons_are_in_no_list_of_decisions(public: duckdb.DuckDBPyConnection) -> None:
    persons = public.sql("SELECT sum(decisions) FROM marts.grant_awards WHERE recipient IS NULL").fetchone()
    listed = public.sql("SELECT sum(decisions) FROM marts.grant_decisions").fetchone()
    everybody = public.sql("SELECT sum(decisions) FROM marts.grant_awards").fetchone()
    assert persons
    assert listed
    assert everybody
    assert persons[0] > 0
    assert listed[0] + persons[0] == everybody[0]


def test_nothing_but_the_named_tables_is_written(folder: Path) -> None:
    assert {file.stem for file in (folder / open_data.PARQUET).iterdir()} == open_data.table_names()
