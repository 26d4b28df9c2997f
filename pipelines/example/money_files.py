"""Files about money: the grant ledger of each year, what the books say, the State Treasury's answers.

Here belongs: how these files look and drift. Not here: the sums.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.example.classes import class_cells
from pipelines.example.faults import CONTROL_BASE, CONTROL_FAULTS, GRANT_BASE, GRANT_FAULTS, Fault, plant
from pipelines.example.headers import drifting_headers, spelling
from pipelines.example.sheets import FILE_PREFIX, LABEL, Cell, Delivery, Layout, Row, write_table
from pipelines.example.town import YEARS, BudgetVersion, Grant, Town
from pipelines.settings import Settings

ACCOUNT = "4742"
MONEY = ("applied_eur", "awarded_eur", "paid_eur")
OPERATING_EXPENSES, PLAN_NEXT_YEAR = "632", "1476"

_ABOVE = ("Hyvinvointipalvelut, avustukset", "Tulostettu järjestelmästä", "")
_LEDGERS: Mapping[int, tuple[str, Mapping[str, Any]]] = {
    2015: ("csv", {"summed": MONEY}),
    2016: ("xlsx", {"summed": MONEY, "above": _ABOVE, "is_typed": False}),
    2017: ("csv", {"summed": MONEY, "encoding": "utf-8-sig"}),
    2018: ("xlsx", {"summed": MONEY, "above": _ABOVE}),
    2019: ("csv", {"summed": MONEY, "above": ("", "Avustusrekisteri 2019")}),
    2020: ("xlsx", {"summed": MONEY, "notes": ("Summat ovat euroja.",)}),
    2021: ("csv", {"encoding": "utf-8-sig"}),
    2022: ("csv", {"summed": MONEY, "money_suffix": " €"}),
    2023: ("xlsx", {"summed": MONEY, "above": _ABOVE, "is_typed": False}),
    2024: ("csv", {"summed": MONEY, "encoding": "utf-8-sig"}),
    2025: ("xlsx", {"notes": ("Yksi rivi kutakin päätöstä kohti.",)}),
}
"""Kind and look of each year's ledger."""

_WITHOUT_ACCOUNT = (2015, 2016, 2021)
_UNMAPPED_COLUMN = ("remark", "Huom.")
_PLAIN_HEADERS_FROM = 2025

_META_OUTSIDE = (2019,)
"""Years whose answer says beside the list what is common to all figures."""

_META = ("ytunnus", "raportointikokonaisuus", "raportointikausi", "hyvaksymisvaihe", "julkaisupvm")
_BUDGET_FAULTS: Mapping[int, Sequence[Fault]] = {
    2020: (("value_eur_readable", {"tunnusluku": "9001", "arvo": "ei vielä tiedossa"}),),
    2021: (("business_id_check_digit", {"tunnusluku": "9002", "ytunnus": "9000003-7"}),),
    2022: (("one_row_a_figure", None),),
}
"""Rules of the State Treasury's answers broken in the answer of each year."""

_DRAFT = b"%PDF-1.4\n% Esimerkkiaineisto: keksitty kunta\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"
DRAFT_FILE = f"{FILE_PREFIX}avustukset_luonnos.csv"


def write_ledgers(folder: Path, town: Town, settings: Settings) -> Iterator[Delivery]:
    """Write one ledger a year, by the year of decision, each in the shape of its time."""
    for year in YEARS:
        drift = 0 if year >= _PLAIN_HEADERS_FROM else year - YEARS[0] + 1
        rows = [_grant_row(one, settings, drift) for one in town.grants if one.decided_on.year == year]
        kind, look = _LEDGERS[year]
        headers = drifting_headers("grant_ledger", drift, without=("account",) if year in _WITHOUT_ACCOUNT else ())
        layout = Layout(columns=[*headers, _UNMAPPED_COLUMN], sheet=f"Avustukset {year}", **look)
        planted = plant("grant_ledger", rows, GRANT_FAULTS.get(year, ()), GRANT_BASE)
        yield write_table(folder / f"{FILE_PREFIX}avustukset_{year}.{kind}", layout, planted)


def write_draft(folder: Path) -> Path:
    """Write a file that is no table at all, whatever its name says."""
    path = folder / DRAFT_FILE
    path.write_bytes(_DRAFT)
    return path


def _grant_row(grant: Grant, settings: Settings, drift: int) -> Row:
    bodies, types = settings.code_list("settings.granting_bodies"), settings.code_list("settings.grant_types")
    cells: dict[str, Cell] = {
        "application_number": grant.application_number,
        "recipient_name": grant.written_as,
        "business_id": grant.business_id,
        "granting_body": spelling(bodies, grant.body, drift),
        "grant_type": spelling(types, grant.grant_type, drift),
        "purpose": grant.purpose,
        "applied_eur": grant.applied,
        "awarded_eur": grant.awarded,
        "paid_eur": grant.paid,
        "decided_on": grant.decided_on,
        "paid_on": grant.paid_on,
        "account": ACCOUNT,
        "is_regrant": "kyllä" if grant.is_regrant else ("ei" if drift % 2 else None),
        "remark": "Oikaisu" if grant.awarded < 0 else None,
        **class_cells(grant, settings, drift),
    }
    return Row(cells)


def write_controls(folder: Path, town: Town, settings: Settings) -> Delivery:
    """Write what the books say of account 4742, with a total row."""
    bodies = settings.code_list("settings.granting_bodies")
    rows = [
        Row({"year": year, "granting_body": spelling(bodies, body, 0), "account": ACCOUNT, "booked_eur": booked})
        for (year, body), booked in town.booked.items()
    ]
    layout = Layout(drifting_headers("grant_controls", 1), above=("Kirjanpito, tili 4742", ""), summed=("booked_eur",))
    planted = plant("grant_controls", rows, CONTROL_FAULTS, CONTROL_BASE)
    return write_table(folder / f"{FILE_PREFIX}kirjanpito_4742.xlsx", layout, planted)


def write_budgets(folder: Path, town: Town) -> Iterator[Delivery]:
    """Write one answer of the State Treasury for each version of a budget."""
    for version in town.budgets:
        rows = list(_figures(version, town.business_id))
        planted = plant("municipal_finance", rows, _BUDGET_FAULTS.get(version.year, ()))
        path = folder / f"{FILE_PREFIX}ktas_{version.year}_{_ascii(version.stage)}.json"
        answer = _wrapped(version, town, planted) if version.year in _META_OUTSIDE else {"rivit": _records(planted)}
        path.write_text(
            json.dumps({"esimerkkiaineisto": LABEL, **answer}, ensure_ascii=False, indent=1), encoding="utf-8"
        )
        yield Delivery(path, planted, range(1, len(planted) + 1))


def _figures(version: BudgetVersion, business_id: str) -> Iterator[Row]:
    """Yield the figures of a budget; values are texts and `..` is a missing one, as in the real answers."""
    expenses = ".." if version.operating_expenses is None else str(version.operating_expenses)
    figures = (
        ("1093", "Vuosikate", f"{version.plan_next_year // 14}.71"),
        (OPERATING_EXPENSES, "Toimintamenot", expenses),
        ("1260", "Toimintamenot", str(version.plan_next_year - 1_000_000)),
        (PLAN_NEXT_YEAR, "Toimintamenot", str(version.plan_next_year)),
        ("1482", "Toimintamenot", str(version.plan_next_year + 350_000)),
        ("328", "Vuosikate", "."),
    )
    for code, label, value in figures:
        yield Row(
            {
                "ytunnus": business_id,
                "raportointikokonaisuus": "KTAS",
                "raportointikausi": str(version.year),
                "hyvaksymisvaihe": version.stage,
                "julkaisupvm": version.published_at,
                "tunnusluku": code,
                "tunnusluku_lab": label,
                "arvo": value,
            }
        )


def _records(rows: list[Row]) -> list[dict[str, Any]]:
    return [dict(row.cells) for row in rows]


def _wrapped(version: BudgetVersion, town: Town, rows: list[Row]) -> dict[str, Any]:
    """Put what is common to all figures beside the list."""
    meta = {name: rows[0].cells[name] for name in _META}
    return {
        **meta,
        "tunnusluvut": [{name: cell for name, cell in row.items() if name not in _META} for row in _records(rows)],
    }


def _ascii(stage: str) -> str:
    return stage.lower().replace("ä", "a")
