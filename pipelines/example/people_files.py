"""Files of the directories and of the survey of residents.

Here belongs: how these files look. Not here: who is listed and what is answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pipelines import contracts
from pipelines.contract_model import CodeList
from pipelines.example.faults import LISTING_FAULTS, RESIDENT_FAULTS, plant
from pipelines.example.headers import drifting_headers, spelling
from pipelines.example.listings import LIST_YEARS
from pipelines.example.residents import CANNOT_SAY, SURVEYS
from pipelines.example.sheets import FILE_PREFIX, Cell, Delivery, Layout, Row, write_table
from pipelines.example.town import Listing, Resident, Town
from pipelines.settings import Settings

_YES_NO: Mapping[object, str | None] = {True: "kyllä", False: "ei", CANNOT_SAY: "En osaa sanoa", None: None}
_SATISFACTION = {1: "Erittäin tyytymätön", 4: "Melko tyytyväinen", 5: "Erittäin tyytyväinen"}


def write_listings(folder: Path, town: Town) -> Iterator[Delivery]:
    """Write the list of each year."""
    for year in LIST_YEARS:
        rows = [_listing_row(one, year % 2) for one in town.civic.listings if one.list_year == year]
        planted = plant("directory_listings", rows, LISTING_FAULTS.get(year, ()))
        layout = Layout(drifting_headers("directory_listings", year % 3), encoding="utf-8-sig", sheet="Hakemistot")
        kind = "csv" if year % 2 else "xlsx"
        yield write_table(folder / f"{FILE_PREFIX}hakemistot_{year}.{kind}", layout, planted)


def _listing_row(listing: Listing, drift: int) -> Row:
    return Row(
        {
            "directory": spelling(contracts.code_lists()["directories"], listing.directory, drift),
            "association_name": listing.association.written_as,
            "business_id": listing.association.business_id,
            "updated_on": listing.updated_on,
        }
    )


def write_residents(folder: Path, town: Town, settings: Settings) -> Iterator[Delivery]:
    """Write the answers of each survey."""
    for place, (term, (first, _)) in enumerate(SURVEYS.items()):
        rows = [_resident_row(one, settings, place) for one in town.civic.residents if one.term == term]
        planted = plant("resident_survey", rows, RESIDENT_FAULTS[term])
        layout = Layout(drifting_headers("resident_survey", place), encoding="utf-8-sig", sheet="Vastaukset")
        kind = "csv" if place else "xlsx"
        yield write_table(folder / f"{FILE_PREFIX}kuntalaiskysely_{first.year}.{kind}", layout, planted)


def _resident_row(resident: Resident, settings: Settings, drift: int) -> Row:
    codes = contracts.code_lists()
    cells: dict[str, Cell] = {
        "term": resident.term if drift else resident.term.replace("-", "–"),
        "answered_on": resident.answered_on,
        "age_group": _label(codes["age_groups"], resident.age_group),
        "sex": _label(codes["sexes"], resident.sex),
        "area": _label(settings.code_list("settings.areas"), resident.area),
        "participated": _YES_NO[resident.participated],
        "volunteered": _YES_NO[resident.volunteered],
        "satisfaction": _satisfaction(resident.satisfaction),
        "knows_where_to_ask": _label(codes["knows_answers"], resident.knows),
        "feedback": resident.feedback,
    }
    return Row(cells)


def _label(codes: CodeList, code: str | None) -> str | None:
    return None if code is None else spelling(codes, code, 0)


def _satisfaction(answer: int | str | None) -> str | None:
    if answer is None or answer == CANNOT_SAY:
        return _YES_NO[answer]
    return f"{answer} {_SATISFACTION[int(answer)]}" if answer in _SATISFACTION else str(answer)
