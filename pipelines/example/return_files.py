"""Files of the yearly returns.

Here belongs: how the exports of each year look. Not here: the answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from pipelines import contracts
from pipelines.example.faults import RETURN_BASE, RETURN_FAULTS, plant
from pipelines.example.headers import drifting_headers, spelling
from pipelines.example.sheets import FILE_PREFIX, Cell, Delivery, Layout, Row, write_table
from pipelines.example.town import FIRST_RETURN_YEAR, YEARS, Return, Town

_SCALE = (
    "1 Täysin eri mieltä",
    "2 Jokseenkin eri mieltä",
    "3 Ei samaa eikä eri mieltä",
    "4 Jokseenkin samaa mieltä",
    "5 Täysin samaa mieltä",
)
_KINDS = ("csv", "xlsx", "csv")
_ENCODINGS = ("utf-8-sig", "utf-8-sig", "cp1252")
_YEARS_IN_WORDS = (2018, 2019, 2023)
_JOINT_WITHIN_EVENTS = "association_returns.joint_within_events"


def write_returns(folder: Path, town: Town) -> Iterator[Delivery]:
    """Write one export a year; the newest has the template's own headers."""
    for year in range(FIRST_RETURN_YEAR, YEARS[-1] + 1):
        drift = YEARS[-1] - year
        rows = [_row(one, drift) for one in town.returns if one.year == year]
        layout = Layout(
            drifting_headers("association_returns", drift), encoding=_ENCODINGS[drift % 3], sheet="Vastaukset"
        )
        planted = plant("association_returns", rows, RETURN_FAULTS.get(year, ()), RETURN_BASE)
        yield write_table(folder / f"{FILE_PREFIX}vuosi-ilmoitukset_{year}.{_KINDS[drift % 3]}", layout, planted)


def _row(answer: Return, drift: int) -> Row:
    codes = contracts.code_lists()
    works: Cell = answer.works
    if answer.works is not None and answer.year in _YEARS_IN_WORDS:
        works = _SCALE[answer.works - 1]
    has_more_joint = (answer.joint_events or 0) > (answer.events if answer.events is not None else 10**6)
    method = answer.counting_method
    cells: dict[str, Cell] = {
        "year": answer.year,
        "association_name": answer.written_as,
        "business_id": answer.business_id,
        "members": answer.members,
        "volunteer_hours": _whole_if_whole(answer.hours),
        "volunteer_persons": answer.persons,
        "counting_method": None if method is None else spelling(codes["counting_method"], method, drift),
        "events": answer.events,
        "joint_events": answer.joint_events,
        "cooperation_grade": answer.grade,
        "cooperation_works": works,
        "volunteer_forms": "; ".join(spelling(codes["volunteer_forms"], form, 0) for form in answer.forms) or None,
        "development_proposal": answer.proposal,
    }
    return Row(cells, warns_of=_JOINT_WITHIN_EVENTS if has_more_joint else None)


def _whole_if_whole(hours: Decimal | None) -> Cell:
    if hours is None:
        return None
    return int(hours) if hours == hours.to_integral_value() else hours
