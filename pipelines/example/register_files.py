"""Files of the register and of the umbrella organisations.

Here belongs: the extract as it was on its day, the update, the YRTTI answers, the member lists. Not here: who is in
them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pipelines import contracts
from pipelines.contract_model import CodeList
from pipelines.example.faults import MEMBERSHIP_FAULTS, REGISTER_FAULTS, plant
from pipelines.example.headers import drifting_headers, spelling
from pipelines.example.sheets import FILE_PREFIX, LABEL, Cell, Delivery, Layout, Row, write_table
from pipelines.example.spelling import written_number
from pipelines.example.town import EXTRACT_DAY, Association, Membership, Town

OWN_FILES = ("liikunta", "kylat")
"""Umbrella organisations that send a list of their own; the others are on one list."""

_YRTTI_STATUS = {"registered": "R", "pending": "V", "ended": "L"}


def write_register(folder: Path, town: Town) -> Iterator[Delivery]:
    """Write the extract, its update and YRTTI answers; by file name the newer sorts after the older."""
    changed = [one for one in town.associations.values() if _changed_later(one)]
    by_interface = [one for one in changed if one.ended_on is None][::3]
    by_update = [one for one in changed if one not in by_interface]
    filed = next(one for one in by_update if one.registered_on > EXTRACT_DAY)
    then = [_as_of_extract(one, filed) for one in town.associations.values()]
    rows = [_row(one, town, place) for place, one in enumerate(one for one in then if one)]
    layout = Layout(drifting_headers("prh_register", 1), above=("Patentti- ja rekisterihallitus, ote 30.9.2025", ""))
    yield write_table(
        folder / f"{FILE_PREFIX}rekisteriote_2025-09.csv", layout, plant("prh_register", rows, REGISTER_FAULTS)
    )
    layout = Layout(drifting_headers("prh_register", 0), sheet="Muutokset", notes=("Muutokset 1.10.–31.12.2025",))
    rows = [_row(one, town, 1, with_dot=False) for one in by_update]
    yield write_table(folder / f"{FILE_PREFIX}rekisteriote_2025-12_muutokset.xlsx", layout, rows)
    yield _write_yrtti(folder / f"{FILE_PREFIX}yrtti_2026-01.json", by_interface)


def _changed_later(association: Association) -> bool:
    days = (association.registered_on, association.renamed_on, association.ended_on)
    return not association.is_pending and any(day is not None and day > EXTRACT_DAY for day in days)


def _as_of_extract(association: Association, filed: Association) -> Association | None:
    """Return what the extract of its day says, None when it says nothing; `filed` was still pending."""
    if association is filed:
        return replace(association, is_pending=True, registered_on=association.registered_on - timedelta(days=60))
    if association.registered_on > EXTRACT_DAY and not association.is_pending:
        return None
    known = association
    if association.renamed_on and association.renamed_on > EXTRACT_DAY:
        known = replace(known, name=association.name_on(EXTRACT_DAY), old_name=None, renamed_on=None)
    if association.ended_on and association.ended_on > EXTRACT_DAY:
        known = replace(known, ended_on=None, end_reason=None)
    return known


def _status(association: Association) -> str:
    if association.is_pending:
        return "pending"
    return "ended" if association.ended_on else "registered"


def _status_date(association: Association) -> date:
    return association.ended_on or association.renamed_on or association.registered_on


def _row(association: Association, town: Town, place: int, *, with_dot: bool = True) -> Row:
    codes = contracts.code_lists()
    is_local = association.domicile == town.municipality_code
    by_name = place % 3 != 0
    name_of = {entry.code: entry.label.fi for entry in codes["municipalities"].entries}
    name_of[town.municipality_code] = town.municipality_name
    cells: dict[str, Cell] = {
        "register_number": written_number(association.register_number) if with_dot else association.register_number,
        "business_id": association.business_id,
        "name": association.name + (" " if place % 40 == 7 else ""),
        "previous_names": association.old_name,
        "domicile_code": name_of[association.domicile] if by_name or not is_local else association.domicile,
        "registered_on": association.registered_on,
        "status": spelling(codes["association_status"], _status(association), 0),
        "status_date": _status_date(association),
        "end_reason": spelling(codes["end_reason"], association.end_reason, place) if association.end_reason else None,
        "purpose_class": association.purpose_class,
        "language": spelling(codes["register_language"], association.language, 0),
    }
    return Row(cells)


def _write_yrtti(path: Path, associations: Sequence[Association]) -> Delivery:
    answers = [{"BasicInfoResponse": _basic_info(one), "faultCode": None, "faultString": None} for one in associations]
    path.write_text(
        json.dumps({"esimerkkiaineisto": LABEL, "vastaukset": answers}, ensure_ascii=False, indent=1), encoding="utf-8"
    )
    rows = [Row({"register_number": one.register_number, "name": one.name}) for one in associations]
    return Delivery(path, rows, range(1, len(rows) + 1))


def _basic_info(association: Association) -> dict[str, Any]:
    """Return an answer in the shape of the YRTTI interface; its address holds a (fictional) person's name, as there."""
    language = association.language.upper()
    registered = _moment(association.registered_on)
    named_on = _moment(association.renamed_on or association.registered_on)
    info: list[tuple[str, str, str | None]] = [("R", association.name, named_on)]
    if association.old_name:
        info.append(("VE", association.old_name, None))
    return {
        "AssociationNameInfo": [
            {
                "AssociationNameType": "P",
                "AssociationName": name,
                "AssociationNameLanguage": language,
                "AssociationIndustry": None,
                "AssociationNameStatus": status,
                "AssociationNameStartDate": start,
            }
            for status, name, start in info
        ],
        "BusinessId": association.business_id,
        "RegistrationNumber": written_number(association.register_number),
        "Domicile": association.domicile,
        "DomicileStartDate": registered,
        "AssociationRegistrationLanguage": language,
        "Address": [{"AddressTypeCode": "YRPO", "StreetName": "Testi Esimerkki\nEsimerkkitie 1", "PostCode": "99990"}],
        "ContactInfo": None,
        "RegistryDate": registered,
        "LastRegistrationPeriod": registered,
        "AssociationStatus": _YRTTI_STATUS[_status(association)],
        "AssociationStatusDate": _moment(_status_date(association)),
        "AssociationSpecialCondition": None,
        "AssociationSpecialConditionDate": None,
        "EndRegistrationReason": None,
        "PurposeClassMain": association.purpose_class,
        "PurposeClassSecondary": association.purpose_class,
    }


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00.000+00:00"


def write_memberships(folder: Path, town: Town, umbrellas: CodeList) -> Iterator[Delivery]:
    """Write one list of several umbrella organisations and one list each of those that send their own."""
    for drift, code in enumerate(OWN_FILES, start=1):
        rows = [_membership_row(one, umbrellas) for one in town.memberships if one.umbrella == code]
        layout = Layout(
            drifting_headers("umbrella_members", drift),
            above=("", "Jäsenluettelo"),
            sheet="Jäsenet",
            is_typed=drift == 1,
        )
        yield write_table(folder / f"{FILE_PREFIX}jasenet_{code}.xlsx", layout, rows)
    rows = [_membership_row(one, umbrellas) for one in town.memberships if one.umbrella not in OWN_FILES]
    layout = Layout(drifting_headers("umbrella_members", 0), encoding="utf-8-sig")
    planted = plant("umbrella_members", rows, MEMBERSHIP_FAULTS)
    yield write_table(folder / f"{FILE_PREFIX}jasenet_muut.csv", layout, planted)


def _membership_row(membership: Membership, umbrellas: CodeList) -> Row:
    return Row(
        {
            "umbrella": spelling(umbrellas, membership.umbrella, 0),
            "member_name": membership.written_as,
            "business_id": membership.business_id,
            "valid_from": membership.valid_from,
            "valid_to": membership.valid_to,
        }
    )
