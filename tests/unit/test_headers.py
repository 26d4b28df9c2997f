"""Headers of every source: an unknown one is named with the one it is like, and two for one column are an error."""

from __future__ import annotations

import json
from pathlib import Path
from time import monotonic

import polars as pl
import pytest

from pipelines import contracts, staging
from pipelines.checking import Checked, check_file
from pipelines.contract_model import Column, SourceContract
from pipelines.feedback_files import page
from pipelines.raw_table import Refused, near_headers
from pipelines.reading import MIN_HEADERS, read_file
from pipelines.receiving import raw_frame
from pipelines.settings import parse_settings

TABLES = [source for source in contracts.sources().values() if "csv" in source.formats]
JSON_ONLY = [source for source in contracts.sources().values() if "csv" not in source.formats]


def csv(source: SourceContract, headers: dict[str, str] | None = None, *, more: tuple[str, ...] = ()) -> bytes:
    """Write the example of every column under its header, or under another one."""
    named = [(headers or {}).get(column.name, column.header) for column in source.columns]
    examples = [column.example for column in source.columns]
    lines = [[*named, *more], [*examples, *("x" for _ in more)]]
    return "\n".join(";".join(f'"{cell}"' for cell in line) for line in lines).encode()


def misspelt(column: Column) -> str:
    """Leave out the second last letter: like the header, and none that any source accepts."""
    return column.header[:-2] + column.header[-1]


def refusal(content: bytes, source: SourceContract) -> str:
    with pytest.raises(Refused) as told:
        read_file(content, "tiedosto.csv", source)
    return str(told.value)


def checked(content: bytes, source: SourceContract, folder: Path) -> Checked:
    (folder / "municipality.toml").write_text(contracts.municipality_settings("esimerkkila"), encoding="utf-8")
    file = folder / "tiedosto.csv"
    file.write_bytes(content)
    return check_file(file, source.name, None)


@pytest.mark.parametrize("source", TABLES, ids=lambda source: source.name)
def test_two_headers_for_one_column_are_an_error_that_names_both(source: SourceContract) -> None:
    for column in source.columns:
        for second in (column.header.upper(), *column.synonyms):
            said = refusal(csv(source, more=(second,)), source)
            assert f"({column.header})" in said
            assert f"{column.header}, {' '.join(second.split())}" in said


@pytest.mark.parametrize("source", TABLES, ids=lambda source: source.name)
def test_a_misspelt_header_is_named_with_the_one_that_it_is_like(source: SourceContract, tmp_path: Path) -> None:
    stopping = [column for column in source.columns if column.required or column.unit == "EUR"]
    for column in stopping:
        content = csv(source, {column.name: misspelt(column)})
        assert f"{column.header} (tiedostossa on ”{misspelt(column)}”)" in refusal(content, source)
    optional = [column for column in source.columns if column not in stopping]
    optional = optional[max(0, MIN_HEADERS - len(stopping)) :]
    others = {column.name: misspelt(column) for column in optional}
    if not others:
        return
    found = checked(csv(source, others), source, tmp_path)
    (note,) = (note for note in found.notes if note.is_about_headers)
    html = page("tiedosto.csv", found, "fi")
    assert found.not_read == tuple(others.values())
    for column in source.columns:
        if column.name in others:
            assert f"{misspelt(column)} ≈ {column.header}" in note.sentence()
            assert f"{misspelt(column)} ≈ {column.header}" in html


@pytest.mark.parametrize("source", TABLES, ids=lambda source: source.name)
def test_a_header_like_none_is_told_and_is_no_fault(source: SourceContract, tmp_path: Path) -> None:
    found = checked(csv(source, more=("Xyzzy kwyjibo",)), source, tmp_path)
    assert found.not_read == ("Xyzzy kwyjibo",)
    assert not [note for note in found.notes if note.is_about_headers]
    assert found.as_json()["columns_not_read"] == ["Xyzzy kwyjibo"]


def test_unknown_headers_are_named_when_a_required_one_is_missing() -> None:
    source = contracts.sources()["grant_ledger"]
    said = refusal(csv(source, {"recipient_name": "Kenelle", "awarded_eur": "Myönnety"}), source)
    assert "Hakija" in said
    assert "Myönnetty (tiedostossa on ”Myönnety”)" in said
    assert said.endswith("Tuntemattomia otsikoita: Kenelle.")


def test_a_header_that_is_like_one_that_is_there_is_no_misspelling(tmp_path: Path) -> None:
    source = contracts.sources()["association_returns"]
    found = checked(csv(source, more=("Tapahtumat 2",)), source, tmp_path)
    assert not [note for note in found.notes if note.is_about_headers]


@pytest.mark.parametrize(
    ("source", "header", "near"),
    [
        ("premises_bookings", "Tili", []),
        ("premises_bookings", "Tla", [("Tla", "Tila")]),
        ("resident_survey", "Alueet", []),
        ("resident_survey", "Alu", [("Alu", "Alue")]),
        ("association_returns", "Talkootunnit 2024", [("Talkootunnit 2024", "Talkootunnit")]),
    ],
)
def test_a_short_header_needs_more_likeness(source: str, header: str, near: list[tuple[str, str]]) -> None:
    assert near_headers(contracts.sources()[source], [header]) == near


def test_a_misspelt_header_is_one_warning_a_file_and_keeps_no_row_out() -> None:
    source = contracts.sources()["association_returns"]
    content = csv(source, {"members": "Jäsenmärä", "events": "Tapahtumatt"})
    (table,) = read_file(content, "tiedosto.csv", source)
    settings = parse_settings(contracts.municipality_settings("esimerkkila"), "asetukset")
    staged = staging.stage(source, raw_frame("f", 1, table), settings)
    (finding,) = staged.findings.filter(pl.col("rule_id") == "association_returns.headers_known").to_dicts()
    assert (finding["line"], finding["severity"]) == (1, "warning")
    assert finding["cell"] == "Jäsenmärä ≈ Jäsenmäärä; Tapahtumatt ≈ Tapahtumat"
    assert staged.rows.height == 1
    (result,) = (result for result in staged.results if result.rule.expectation == contracts.HEADERS)
    assert not result.passed


@pytest.mark.parametrize("source", JSON_ONLY, ids=lambda source: source.name)
def test_sources_without_headers_are_those_of_interfaces(source: SourceContract) -> None:
    """Their fields are named by the interface, so nobody misspells them."""
    assert all("json" in name for name in source.formats)


def test_two_fields_of_an_interface_for_one_column_are_an_error() -> None:
    source = contracts.sources()["municipal_finance"]
    rows = [{"ytunnus": "2048903-4", "raportointikokonaisuus": "KTAS", "raportointikausi": "2024", "tunnusluku": "632"}]
    rows[0] |= {"hyvaksymisvaihe": "Lopullinen", "julkaisupvm": "2024-01-01", "arvo": "1", "Arvo": "2"}
    with pytest.raises(Refused) as told:
        read_file(json.dumps(rows).encode(), "ktas.json", source)
    assert "arvo, Arvo" in str(told.value)


def test_endless_headers_are_compared_in_no_time() -> None:
    source = contracts.sources()["grant_ledger"]
    others = {column.name: "käyttö" * 20_000 for column in source.columns if not column.required}
    more = tuple(f"Sarake {number}" for number in range(2_000))
    (table,) = read_file(csv(source, others, more=more), "tiedosto.csv", source)
    started = monotonic()
    assert near_headers(source, table.header) == []
    assert monotonic() - started < 10


def test_many_long_unknown_headers_leave_one_sentence() -> None:
    source = contracts.sources()["grant_ledger"]
    long = tuple(f"{number}{'a' * 500}" for number in range(30))
    said = refusal(csv(source, {"recipient_name": "Kenelle"}, more=long), source)
    assert len(said) < 1000
    assert said.endswith("ja 23 muuta.")
