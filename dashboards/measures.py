"""The eight measures of the handbook and which indicators answer them.

Here belongs: the overview's list of tiles. Not here: what an indicator means (the catalogue says) and how a tile looks.
"""

from __future__ import annotations

from dataclasses import dataclass

from dashboards import navigation
from dashboards.navigation import PageEntry
from dashboards.texts import tr


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: indicators that answer it, the first one large; `needs` says what is missing if there are none."""

    title: str
    indicators: tuple[str, ...]
    page: PageEntry
    needs: tuple[str, ...] = ()


def measures() -> tuple[Measure, ...]:
    """Return the measures in the handbook's order."""
    return (
        Measure(tr("Volunteer work"), ("volunteer_hours",), navigation.VOLUNTEERING),
        Measure(tr("Memberships"), ("memberships",), navigation.VOLUNTEERING),
        Measure(tr("Events of associations"), ("association_events",), navigation.EVENTS),
        Measure(tr("Joint events"), ("joint_events",), navigation.EVENTS),
        Measure(
            tr("The town's time, help, premises and events"),
            ("city_staff_hours", "city_assistance", "premises_hours", "premises_support_eur", "city_events"),
            navigation.CITY,
            (
                tr("working time for associations"),
                tr("help given to associations"),
                tr("bookings of the town's premises"),
                tr("the town's events"),
            ),
        ),
        Measure(tr("Grants"), ("grants_awarded_eur", "grants_share_of_budget"), navigation.GRANTS),
        Measure(
            tr("Survey of residents"),
            (
                "resident_participation_share",
                "resident_volunteering_share",
                "resident_satisfaction",
                "residents_know_where_to_ask_share",
            ),
            navigation.COOPERATION,
            (tr("answers of the residents' survey, once a council term"),),
        ),
        Measure(tr("Survey of associations"), ("cooperation_grade",), navigation.COOPERATION),
    )
