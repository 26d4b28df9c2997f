"""The files that have been delivered and what became of them.

Here belongs: that list of the page "Toimita aineisto". Not here: delivering (`delivery_forms`), what is known
(`restricted.deliveries`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import streamlit as st

from dashboards import components
from dashboards.data import Edition
from dashboards.formats import day, number
from dashboards.restricted import deliveries
from dashboards.restricted.deliveries import Delivered
from dashboards.texts import tr

WALL_CLOCK: Final = ZoneInfo("Europe/Helsinki")
SHOWN: Final = 50
"""Deliveries in the list; the log of the workspace keeps them all."""


def show_delivered(edition: Edition) -> None:
    """Show the newest deliveries."""
    st.html(components.heading(tr("What has been delivered")))
    by_all = st.toggle(tr("Show the deliveries of others too"))
    every = deliveries.delivered(by_all=by_all)
    if not every:
        st.html(components.paragraph(tr("Nothing has been delivered through this page yet.")))
        return
    header = [
        tr("File"),
        tr("Source"),
        tr("Sent"),
        tr("By"),
        tr("Rows taken in"),
        tr("Rows set aside"),
        tr("What became of it"),
    ]
    rows = [_row(edition, item) for item in every[:SHOWN]]
    st.html(components.table(tr("Deliveries, the newest first"), header, rows, frozenset({4, 5})))
    if len(every) > SHOWN:
        st.html(components.paragraph(tr("The list shows the newest {count}.", count=number(SHOWN)), "quiet"))


def moment(at: datetime) -> str:
    """Write a moment as the clock on the wall shows it: `24.11.2026 9.05`."""
    local = at.astimezone(WALL_CLOCK)
    return f"{day(local.date())} {local.hour}.{local.minute:02}"


def _row(edition: Edition, item: Delivered) -> list[str]:
    sent = item.delivery
    return [
        sent.name,
        edition.source_title(sent.source),
        moment(sent.at),
        sent.by,
        number(sent.rows_staged),
        number(sent.rows_quarantined),
        _told(item),
    ]


def _told(item: Delivered) -> str:
    return {
        "waiting": tr("Waits for the next refresh."),
        "refused": tr("Could not be read: {reason}", reason=item.reason),
        "counted": tr("In the figures since edition {edition}.", edition=item.first_edition),
        "read": tr("Read; the next edition counts it."),
        "replaced": _replaced(item),
        "gone": tr("Was taken away before it was read."),
    }[item.state]


def _replaced(item: Delivered) -> str:
    if not item.first_edition:
        return tr("Replaced by a newer file.")
    return tr("Was in the figures from edition {edition}; replaced by a newer file.", edition=item.first_edition)
