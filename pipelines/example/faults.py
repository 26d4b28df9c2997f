"""Rows that are wrong on purpose, so that the checks have something to find.

Here belongs: extra rows, each breaking exactly one rule, made from a good row. No true row is damaged: leaving the
planted rows out gives the truth. Not here: writing them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from pipelines.check_digit import check_digit
from pipelines.example.sheets import SURPLUS, Cell, Row

Fault = tuple[str, Mapping[str, Cell] | None]
"""The rule and the cells that break it; None is an exact copy."""


def _wrong_check_digit(digits: str) -> str:
    right = check_digit(digits)
    return f"{digits}-{(0 if right is None else right + 1) % 10}"


_WRONG_ID = _wrong_check_digit("9000123")
_SAME = None

GRANT_BASE: Mapping[str, Cell] = {
    "application_number": "OIKAISTAVA-1",
    "applied_eur": Decimal("600.00"),
    "awarded_eur": Decimal("500.00"),
    "paid_eur": None,
    "paid_on": None,
    "is_regrant": "ei",
}
RETURN_BASE: Mapping[str, Cell] = {"association_name": "Esimerkkilän Keksityt ry", "business_id": None}
CONTROL_BASE: Mapping[str, Cell] = {"year": 2014}
"""Cells that keep a planted row apart from the row that it copies, so that it breaks its own rule only."""

GRANT_FAULTS: Mapping[int, Sequence[Fault]] = {
    2015: (("awarded_eur_readable", {"awarded_eur": "12 oo0"}), ("no_row_twice", _SAME)),
    2016: (("granting_body_readable", {"granting_body": "Avaruuslautakunta"}),),
    2017: (("business_id_check_digit", {"business_id": _WRONG_ID}),),
    2018: (("recipient_name_required", {"recipient_name": None}),),
    2019: (("decided_on_readable", {"decided_on": "24.12.25"}), ("cells_match_header", {SURPLUS: "ja kahvila"})),
    2020: (("grant_type_readable", {"grant_type": "pikavippi"}),),
    2021: (("paid_has_date", {"paid_eur": Decimal("500.00")}),),
    2022: (("awarded_eur_required", {"awarded_eur": None}),),
    2023: (("is_regrant_readable", {"is_regrant": "ehkä"}),),
    2024: (("business_id_readable", {"business_id": "puuttuu"}), ("no_row_twice", _SAME)),
}
"""Rules of the grant ledger broken in the file of each year, and the cells that break them."""

RETURN_FAULTS: Mapping[int, Sequence[Fault]] = {
    2017: (("grade_between_4_and_10", {"cooperation_grade": 11}),),
    2018: (("hours_not_negative", {"volunteer_hours": Decimal("-40")}),),
    2019: (("counting_method_readable", {"counting_method": "silloin tällöin"}),),
    2020: (("no_row_twice", _SAME),),
    2021: (("year_readable", {"year": "2O21"}), ("business_id_check_digit", {"business_id": _WRONG_ID})),
    2022: (("association_name_required", {"association_name": None}),),
    2023: (("members_readable", {"members": "noin sata"}), ("works_between_1_and_5", {"cooperation_works": 7})),
}

REGISTER_FAULTS: Sequence[Fault] = (
    ("business_id_check_digit", {"register_number": "990.101", "business_id": _WRONG_ID}),
    ("registered_on_readable", {"register_number": "990.102", "registered_on": "31.2.1987"}),
    ("status_readable", {"register_number": "990.103", "status": "hiipunut"}),
    ("ended_has_date", {"register_number": "990.104", "status": "lakannut", "status_date": None}),
    ("one_row_an_association", _SAME),
)

MEMBERSHIP_FAULTS: Sequence[Fault] = (
    ("umbrella_readable", {"umbrella": "Tuntematon Katto ry"}),
    ("ends_after_start", {"valid_from": "1.1.2020", "valid_to": "31.12.2019"}),
    ("valid_from_required", {"valid_from": None}),
)

CONTROL_FAULTS: Sequence[Fault] = (
    ("booked_eur_readable", {"booked_eur": "noin 70 000"}),
    ("one_row_a_body_and_year", _SAME),
)


BOOKING_BASE: Mapping[str, Cell] = {"booker_name": "Esimerkkilän Keksityt ry", "business_id": None}
BOOKING_FAULTS: Mapping[int, Sequence[Fault]] = {
    2018: (("premises_readable", {"premises": "Kuutalo"}),),
    2019: (("ends_after_start", {"ends_at": "1.1.2018 8:00"}),),
    2020: (("no_row_twice", _SAME),),
    2021: (("price_eur_readable", {"price_eur": "ilmainen"}),),
    2022: (("starts_at_readable", {"starts_at": "illalla"}),),
}
WORK_FAULTS: Mapping[int, Sequence[Fault]] = {
    2019: (("kind_readable", {"kind": "kahvitauko"}),),
    2020: (("done_on_readable", {"done_on": "31.2.2020"}),),
    2021: (("staff_time_has_hours", {"kind": "työaika", "hours": None}),),
}
EVENT_FAULTS: Mapping[int, Sequence[Fault]] = {
    2019: (("participants_not_negative", {"participants": -5}),),
    2020: (("no_row_twice", _SAME),),
    2021: (("held_on_required", {"held_on": None}),),
}
MEETING_FAULTS: Sequence[Fault] = (
    ("forum_readable", {"forum": "Torikahvit"}),
    ("one_row_a_meeting", _SAME),
)
TASK_FAULTS: Sequence[Fault] = (
    ("is_done_readable", {"task": "Keksitty tehtävä", "is_done": "melkein"}),
    ("one_row_a_task", _SAME),
)
LISTING_FAULTS: Mapping[int, Sequence[Fault]] = {
    2020: (("directory_readable", {"directory": "Keltaiset sivut"}),),
    2021: (("business_id_check_digit", {"business_id": _WRONG_ID}),),
    2022: (("one_row_a_listing", _SAME),),
}
RESIDENT_FAULTS: Mapping[str, Sequence[Fault]] = {
    "2017-2021": (("satisfaction_between_1_and_5", {"satisfaction": "9"}),),
    "2021-2025": (("age_group_readable", {"age_group": "nuori"}), ("term_readable", {"term": "1990-1994"})),
}


def plant(
    source: str, rows: Sequence[Row], faults: Sequence[Fault], base: Mapping[str, Cell] | None = None
) -> list[Row]:
    """Put each fault among the rows, after the good row that it copies with some cells changed."""
    planted = list(rows)
    step = max(1, len(rows) // (len(faults) + 1))
    for number, (rule, changed) in enumerate(faults, start=1):
        place = min(number * step + number, len(planted))
        model = next(row for row in reversed(planted[:place]) if row.broken_rule is None)
        cells = model.cells if changed is None else {**model.cells, **(base or {}), **changed}
        planted.insert(place, Row(cells, broken_rule=f"{source}.{rule}"))
    return planted
