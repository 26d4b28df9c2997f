"""Which pages there are, in what order, and under which addresses.

Here belongs: the list of pages. Not here: what a page shows (`app_pages/`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st
from streamlit.navigation.page import Page

from dashboards.data import has_comparison
from dashboards.restricted.roles import Door, is_open
from dashboards.texts import tr


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page: its file in `app_pages/` and the last part of its address, which stays; the first page is at the root.

    A page that is not listed is reached by links only; one behind a door is listed for those whom the door lets in.
    """

    file: str
    address: str
    is_listed: bool = True
    door: Door | None = None

    @property
    def path(self) -> str:
        """Path as `st.page_link` takes it."""
        return f"app_pages/{self.file}.py"


OVERVIEW: Final = PageEntry("overview", "")
ASSOCIATIONS: Final = PageEntry("associations", "jarjestokentta")
VOLUNTEERING: Final = PageEntry("volunteering", "talkootyo-ja-jasenet")
EVENTS: Final = PageEntry("events", "tapahtumat")
CITY: Final = PageEntry("city", "kaupungin-panos")
GRANTS: Final = PageEntry("grants", "avustukset")
COOPERATION: Final = PageEntry("cooperation", "kyselyt")
PARTICIPATION: Final = PageEntry("participation", "osallisuus-ja-vuosikello")
TERMS: Final = PageEntry("terms", "valtuustokaudet")
COMPARISON: Final = PageEntry("comparison", "vertaa-kuntia")
"""Not among `PAGES`: it is there only for a municipality that belongs to a country or region."""
REPORT: Final = PageEntry("report", "raportti")
QUALITY: Final = PageEntry("quality", "tietojen-laatu")
OPEN_DATA: Final = PageEntry("open_data", "avoin-data", is_listed=False)
DELIVERIES: Final = PageEntry("deliveries", "toimita-aineisto", door="deliveries")
ANALYST: Final = PageEntry("analyst", "aineisto-ja-sql", door="analyst")
REVIEW: Final = PageEntry("review", "tarkista-linkitykset", door="links")
PROPOSALS: Final = PageEntry("proposals", "kehittamisehdotukset", door="proposals")
ACCESSIBILITY: Final = PageEntry("accessibility", "saavutettavuusseloste", is_listed=False)
ORIGIN: Final = PageEntry("origin", "mista-luku-tulee", is_listed=False)

PAGES: Final = (
    OVERVIEW,
    ASSOCIATIONS,
    VOLUNTEERING,
    EVENTS,
    CITY,
    GRANTS,
    COOPERATION,
    PARTICIPATION,
    TERMS,
    REPORT,
    ANALYST,
    QUALITY,
    OPEN_DATA,
    DELIVERIES,
    REVIEW,
    PROPOSALS,
    ACCESSIBILITY,
    ORIGIN,
)


def page_title(entry: PageEntry) -> str:
    """Return the title of a page, as in the navigation."""
    return {
        OVERVIEW: tr("Overview"),
        ASSOCIATIONS: tr("Associations"),
        VOLUNTEERING: tr("Volunteering and members"),
        EVENTS: tr("Events"),
        CITY: tr("What the town gives"),
        GRANTS: tr("Grants"),
        COOPERATION: tr("Surveys"),
        PARTICIPATION: tr("Taking part and the annual clock"),
        TERMS: tr("Council terms"),
        COMPARISON: tr("Compare municipalities"),
        REPORT: tr("Report"),
        ANALYST: tr("Data and SQL"),
        QUALITY: tr("Quality of the data"),
        OPEN_DATA: tr("Open data"),
        DELIVERIES: tr("Deliver data"),
        REVIEW: tr("Review the links"),
        PROPOSALS: tr("Development proposals"),
        ACCESSIBILITY: tr("Accessibility statement"),
        ORIGIN: tr("Where does the figure come from?"),
    }[entry]


def all_pages() -> list[Page]:
    """Return the pages for `st.navigation`."""
    return [
        st.Page(
            entry.path,
            title=page_title(entry),
            url_path=entry.address or None,
            default=entry is OVERVIEW,
            visibility="visible" if _is_in_navigation(entry) else "hidden",
        )
        for entry in entries()
    ]


def entries() -> Sequence[PageEntry]:
    """Return the pages that the municipality has."""
    if not has_comparison():
        return PAGES
    place = PAGES.index(TERMS) + 1
    return (*PAGES[:place], COMPARISON, *PAGES[place:])


def _is_in_navigation(entry: PageEntry) -> bool:
    return entry.is_listed and (entry.door is None or is_open(entry.door))
