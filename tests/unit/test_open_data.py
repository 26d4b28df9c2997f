"""Open data in its corners: cells that spreadsheets misread, towns without grants, words that a contract lacks, export."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from pipelines import contracts
from pipelines.contract_model import ContractError
from pipelines.open_data import grants_360giving, tables_csv
from pipelines.open_data.files import indented
from pipelines.open_data.frames import Frames
from pipelines.open_data_cards import open_data_of

CONTRACTS = Path(contracts.__file__).resolve().parents[1] / "data_contracts"

# JSON


@pytest.mark.parametrize(
    "value",
    [
        {"a": [1, 2.5, True, None, 'ä"\n\u2028'], "b": {}, "c": [], "d": {"e": [{"f": -0.0}, [[]]]}},
        {},
        {"tyhjä": ""},
    ],
)
def test_json_for_people_is_what_python_writes(value: dict[str, Any]) -> None:
    assert indented(value) == json.dumps(value, ensure_ascii=False, indent=1)


# CSV


def csv_of(folder: Path, **columns: Any) -> str:
    return tables_csv.write(folder, "a.b", pl.DataFrame(columns)).read_bytes().decode("utf-8")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+358 40", "'+358 40"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\r=1", '"\'\r=1"'),
        ("1=1", "1=1"),
        ("Pulla, kahvi", '"Pulla, kahvi"'),
        ('Kerho "Ilo"', '"Kerho ""Ilo"""'),
        ("rivi\nvaihtuu", '"rivi\nvaihtuu"'),
        ("Ääkkönen", "Ääkkönen"),
    ],
)
def test_text_is_written_so_that_nothing_runs(tmp_path: Path, text: str, cell: str) -> None:
    assert csv_of(tmp_path, a=[text]) == f"\ufeffa\r\n{cell}\r\n"


def test_numbers_days_lists_and_nothing(tmp_path: Path) -> None:
    written = csv_of(
        tmp_path,
        money=[Decimal("-1234.50"), None],
        share=[0.1 + 0.2, -2.0],
        day=[date(2026, 11, 24), None],
        yes=[True, False],
        many=[["a", "=b"], []],
        files=[[1, 2], None],
        text=["", None],
    )
    assert written == (
        "\ufeffmoney,share,day,yes,many,files,text\r\n"
        '-1234.50,0.30000000000000004,2026-11-24,true,a|=b,1|2,""\r\n'
        ',-2.0,,false,"",,\r\n'
    )


# 360Giving


def frames(folder: Path, *decisions: dict[str, Any]) -> Frames:
    """A town with an edition, two labels, and these decisions."""
    decided = {
        "grant_id": "0123456789abcdef",
        "award_year": 2024,
        "decided_on": date(2024, 3, 14),
        "granting_body": "culture",
        "grant_type": "operating",
        "recipient": "Kuviteltu Kuoro ry",
        "register_number": None,
        "business_id": None,
        "applied_eur": None,
        "awarded_eur": Decimal("100.00"),
        "paid_eur": None,
        "decisions": 1,
        "is_regrant": False,
    }
    money = pl.Decimal(14, 2)
    columns: dict[str, Any] = {
        "applied_eur": money,
        "awarded_eur": money,
        "paid_eur": money,
        "register_number": pl.String,
    }
    columns |= {"business_id": pl.String}
    listed = pl.DataFrame([{**decided, **decision} for decision in decisions] or [decided], schema_overrides=columns)
    listed = listed.head(len(decisions))
    edition = {
        "edition_id": "20250101-a",
        "municipality_name": "Esimerkkilä",
        "municipality_business_id": "9000003-8",
        "is_example": True,
        "data_until": date(2025, 1, 1),
    }
    label = {
        "list": "grant_types",
        "code": "operating",
        "label_fi": "toiminta-avustus",
        "label_sv": "v",
        "label_en": "o",
    }
    for name, frame in {
        "marts.grant_decisions": listed,
        "marts.grant_awards": listed.select("recipient", "is_regrant", "decisions", "awarded_eur"),
        "meta.edition": pl.DataFrame([edition]),
        "meta.codes": pl.DataFrame([label]),
    }.items():
        frame.write_parquet(folder / f"{name}.parquet")
    return Frames(folder)


def grants(folder: Path, *decisions: dict[str, Any]) -> list[dict[str, Any]]:
    file = grants_360giving.write(folder, frames(folder, *decisions))
    return [] if file is None else json.loads(file.read_text(encoding="utf-8"))["grants"]


def test_a_town_without_grants_has_no_file(tmp_path: Path) -> None:
    assert grants_360giving.write(tmp_path, frames(tmp_path)) is None
    assert not (tmp_path / grants_360giving.NAME).exists()


@pytest.mark.parametrize(
    ("decision", "identifier"),
    [
        ({"business_id": "2048903-4"}, "FI-PRO-2048903-4"),
        ({"business_id": "2048903-5", "register_number": "100.001"}, "360G-90000038-org-100.001"),
        ({"register_number": "100.001"}, "360G-90000038-org-100.001"),
        ({}, "360G-90000038-org-"),
    ],
)
def test_a_recipient_is_named_by_what_is_known_of_it(tmp_path: Path, decision: dict[str, Any], identifier: str) -> None:
    (grant,) = grants(tmp_path, decision)
    assert grant["recipientOrganization"][0]["id"].startswith(identifier)


def test_a_group_without_a_number_keeps_its_id(tmp_path: Path) -> None:
    twice = [{"grant_id": "a", "recipient": "Kylän väki"}, {"grant_id": "b", "recipient": "kylän Väki"}]
    first, second = (grant["recipientOrganization"][0]["id"] for grant in grants(tmp_path, *twice))
    assert first == second


def test_titles_are_not_too_long_and_amounts_that_nobody_told_are_left_out(tmp_path: Path) -> None:
    (grant,) = grants(tmp_path, {"recipient": "Hyvin pitkä nimi " * 20})
    assert len(grant["title"]) == grants_360giving.LONGEST_TITLE
    assert grant["title"].startswith("Toiminta-avustus 2024: Hyvin")
    assert grant["description"].startswith("culture myönsi, päätös 14.3.2024.")
    assert "amountAppliedFor" not in grant
    assert "amountDisbursed" not in grant


def test_money_passed_on_and_nothing_are_no_grants(tmp_path: Path) -> None:
    others = [{"awarded_eur": Decimal(0)}, {"awarded_eur": Decimal("-5.00")}, {"is_regrant": True}]
    assert len(grants(tmp_path, {}, *others)) == 1


# The contract


def changed(change: Callable[[Any, Any], object]) -> None:
    raw = yaml.safe_load((CONTRACTS / "open_data.yaml").read_text(encoding="utf-8"))
    words = yaml.safe_load((CONTRACTS / "open_data_columns.yaml").read_text(encoding="utf-8"))
    change(raw, words)
    open_data_of(raw, words, contracts.tables())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda raw, _: raw["tables"].pop(0), "marts.indicator_values"),
        (lambda raw, _: raw["left_out"].clear(), "meta.columns"),
        (lambda raw, _: raw["left_out"].append({"table": "meta.codes", "reason": "x"}), "meta.codes|once too often"),
        (lambda raw, _: raw["tables"].append({"table": "core.grants"}), "core.grants"),
        (lambda _, words: words.pop("verdict"), "verdict"),
        (lambda _, words: words["verdict"].pop("sv"), "verdict"),
        (lambda raw, _: raw["tables"][0]["title"].pop("en"), "title"),
        (lambda raw, _: raw["title"].update(sv=""), "title"),
    ],
)
def test_a_contract_that_lacks_something_is_refused(change: Callable[[Any, Any], object], said: str) -> None:
    with pytest.raises(ContractError, match=said):
        changed(change)


def test_no_word_is_left_over() -> None:
    words = yaml.safe_load((CONTRACTS / "open_data_columns.yaml").read_text(encoding="utf-8"))
    columns = [(table.name, column.column.name) for table in contracts.open_data().tables for column in table.columns]
    assert set(words) <= {name for _, name in columns} | {f"{table}.{name}" for table, name in columns}
