"""Grants that come in other shapes than a ledger: messages of an electronic service, the export of state grants.

Here belongs: how these files look. Not here: the ledgers (`money_files`). Open applications and the state's money are
in no figure of the town, so the right answers know nothing of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipelines.example.returns import PLANTED_PERSONAL_DATA
from pipelines.example.sheets import FILE_PREFIX, LABEL, Cell, Delivery, Layout, Row, write_table
from pipelines.example.town import Grant, Town

APPLICATION_YEAR, STATE_YEAR = 2026, 2024
UNKNOWN_BODY = "Avaruuslautakunta"
_APPLICATIONS, _STATE_GRANTS = 6, 5
_EXCEL_EPOCH = date(1899, 12, 30)
_STATE_HEADERS = (
    ("decided_on", "Päätös pvm"),
    ("recipient_name", "Saajan nimi"),
    ("granting_body", "Myöntäjä"),
    ("application_number", "Asianumero"),
    ("applied_eur", "Haettu"),
    ("awarded_eur", "Myönnetty"),
    ("is_eu", "EU-varat"),
    ("purpose", "Hyväksytty käyttötarkoitus"),
    ("call", "Haun nimi (asianumero)"),
    ("regions", "Alueet"),
)
_BODIES = ("LIIKUNTA", "NUORISO")
_TYPE_NUMBERS = ("1", "1.0", "2")
"""Grant types as the service writes them; one of them as a number with a decimal."""


def write_applications(folder: Path, town: Town) -> Delivery:
    """Write the messages of one round of applications, all of them open; the last is for a body that nobody knows."""
    asked = _of_associations(town, APPLICATION_YEAR - 1)[:_APPLICATIONS]
    messages = [_message(one, place, _BODIES[place % 2]) for place, one in enumerate(asked)]
    rows = [Row({"recipient_name": one.written_as}) for one in asked]
    messages.append(_message(asked[0], len(asked), UNKNOWN_BODY))
    rows.append(Row({}, broken_rule="grant_ledger.granting_body_readable"))
    path = folder / f"{FILE_PREFIX}hakemukset_{APPLICATION_YEAR}.json"
    content = {"esimerkkiaineisto": LABEL, "hakemukset": messages}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    return Delivery(path, rows, range(1, len(rows) + 1))


def write_state_export(folder: Path, town: Town) -> Delivery:
    """Write grants of the state to associations of the town; the last row is of an authority that nobody knows."""
    chosen = _of_associations(town, STATE_YEAR)[:_STATE_GRANTS]
    rows = [Row(_state_cells(one, place)) for place, one in enumerate(chosen)]
    unknown = {**_state_cells(chosen[0], len(chosen)), "granting_body": UNKNOWN_BODY}
    rows.append(Row(unknown, broken_rule="grant_ledger.granting_body_readable"))
    layout = Layout(_STATE_HEADERS, sheet="Export", above=("Käytetyt suodattimet: Sektoriluokitus",))
    return write_table(folder / f"{FILE_PREFIX}valtionavustukset_{STATE_YEAR}.xlsx", layout, rows)


def _of_associations(town: Town, year: int) -> Sequence[Grant]:
    """Return grants of a year to associations, whose names a name alone tells apart."""
    return [
        one
        for one in town.grants
        if one.decided_on.year == year and one.register_number and one.business_id and not one.is_regrant
    ]


def _state_cells(grant: Grant, place: int) -> Mapping[str, Cell]:
    decided_on = date(STATE_YEAR, 5, 2 + place)
    return {
        "decided_on": (decided_on - _EXCEL_EPOCH).days,
        "recipient_name": f"{' '.join(grant.written_as.split())} ({grant.business_id})",
        "granting_body": "Esimerkkiministeriö",
        "application_number": f"VN/{place + 1}/{STATE_YEAR}",
        "applied_eur": Decimal(40_000 + 1000 * place),
        "awarded_eur": Decimal(25_000 + 500 * place),
        "is_eu": "Ei",
        "purpose": "Keksitty hanke",
        "call": "Keksitty haku (VN/0/2024)",
        "regions": "Koko maa",
    }


def _message(grant: Grant, place: int, body: str) -> dict[str, Any]:
    return {
        "compensation": {
            "applicationInfoArray": [
                _leaf("applicationType", body),
                _leaf("formTimeStamp", f"{APPLICATION_YEAR}-01-{10 + place}T10:11:12.000", "datetime"),
                _leaf("applicationNumber", f"ESIM-{APPLICATION_YEAR}-{place + 1}"),
                _leaf("status", "Vastaanotettu"),
            ],
            "applicantInfoArray": [
                _leaf("companyNumber", grant.business_id),
                _leaf("communityOfficialName", " ".join(grant.written_as.split())),
                _leaf("email", PLANTED_PERSONAL_DATA),
            ],
            "compensationInfo": {
                "generalInfoArray": [_leaf("purpose", f"Keksitty toiminta, {PLANTED_PERSONAL_DATA}")],
                "compensationArray": [
                    [
                        _leaf("subventionType", _TYPE_NUMBERS[place % len(_TYPE_NUMBERS)]),
                        _leaf("amount", f"{grant.awarded + 500:.2f}", "double"),
                    ]
                ],
            },
        },
        "formUpdate": False,
    }


def _leaf(name: str, value: str | None, kind: str = "string") -> dict[str, str | None]:
    return {"ID": name, "label": name, "value": value, "valueType": kind}
