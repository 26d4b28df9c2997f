"""Sentences about files: what is wrong, what to do, how many rows, and where."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest

from pipelines import contracts, feedback
from pipelines.staging import FINDINGS_SCHEMA

RULE = "grant_ledger.awarded_eur_readable"


def findings(*places: tuple[str, int, str | None], rule: str = RULE, file: str = "f") -> pl.DataFrame:
    rows = [(file, sheet, line, rule, "error", "awarded_eur", cell) for sheet, line, cell in places]
    return pl.DataFrame(rows, schema=FINDINGS_SCHEMA, orient="row")


def one_note(*places: tuple[str, int, str | None], rows_read: int = 40) -> feedback.Note:
    (note,) = feedback.notes(findings(*places), {"f": rows_read})
    return note


def test_a_sentence_says_what_is_wrong_what_to_do_how_many_and_where() -> None:
    said = one_note(("", 17, "sata")).sentence()
    assert said == (
        "Sarakkeessa Myönnetty ei ole euromäärä. "
        "Anna summa euroina ja enintään kahdella desimaalilla, esimerkiksi 1 234,50. 1/40 riviä: rivi 17 (sata)."
    )


def test_a_place_on_a_sheet_names_the_sheet_and_an_empty_cell_is_not_quoted() -> None:
    said = one_note(("Taulukko1", 3, None), ("Taulukko1", 9, "x")).sentence()
    assert said.endswith("2/40 riviä: taulukko Taulukko1, rivi 3, taulukko Taulukko1, rivi 9 (x).")


@pytest.mark.parametrize(("count", "named", "more"), [(5, 5, None), (6, 5, 1), (1200, 5, 1195)])
def test_five_places_are_named_and_the_rest_counted(count: int, named: int, more: int | None) -> None:
    said = one_note(*[("", line, None) for line in range(1, count + 1)], rows_read=2000).sentence()
    assert said.count("rivi ") == named
    assert said.endswith(f"rivi 5, ja {more} muuta." if more else "rivi 5.")
    assert f" {count}/2000 riviä: " in said


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_every_language_says_the_place_and_the_cell(language: str) -> None:
    said = one_note(("", 17, "sata")).sentence(language)
    assert "17" in said
    assert "(sata)" in said


def test_a_long_cell_is_cut_and_braces_and_percents_stay_as_they_are() -> None:
    assert f"({'x' * 39}…)" in one_note(("", 1, "x" * 500)).sentence()
    assert f"({'x' * 40})" in one_note(("", 1, "x" * 40)).sentence()
    assert "({0} %s {line})" in one_note(("", 1, "{0} %s {line}")).sentence()


def test_there_is_a_note_for_each_file_and_rule() -> None:
    found = pl.concat(
        [
            findings(("", 1, None), ("", 2, None), file="a"),
            findings(("", 1, None), file="b"),
            findings(("", 1, None), file="a", rule="grant_ledger.no_row_twice"),
        ]
    )
    notes = list(feedback.notes(found, {"a": 7, "b": 8}))
    told = {(note.file_sha256, note.rule.id, note.rows_failed, note.rows_checked) for note in notes}
    assert told == {("a", RULE, 2, 7), ("b", RULE, 1, 8), ("a", "grant_ledger.no_row_twice", 1, 7)}


def test_no_findings_give_no_notes() -> None:
    assert list(feedback.notes(findings(), {})) == []


def test_programs_get_every_place() -> None:
    note: dict[str, Any] = json.loads(json.dumps(one_note(*[("S", line, "x") for line in range(1, 21)]).as_json()))
    assert [place["line"] for place in note["places"]] == list(range(1, 21))
    assert note["places"][0] == {"sheet": "S", "line": 1, "cell": "x"}
    assert (note["rule"], note["severity"], note["column"]) == (RULE, "error", "awarded_eur")
    assert (note["rows_failed"], note["rows_checked"]) == (20, 40)


@pytest.mark.parametrize(
    "rule", [rule for source in contracts.sources().values() for rule in source.rules], ids=lambda rule: rule.id
)
def test_every_rule_has_a_sentence_and_a_remedy_without_holes(rule: Any) -> None:
    note = feedback.Note("f", rule, 1, 1, (feedback.Place("", 2, None),))
    for language in ("fi", "sv", "en"):
        said = note.sentence(language)
        assert "{" not in said
        assert rule.message[language].endswith((".", "?"))
        assert rule.remedy[language].endswith(".")
