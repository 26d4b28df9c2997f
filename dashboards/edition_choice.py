"""Which edition the pages show: the current one, or the earlier one that the address names.

Here belongs: finding it, saying that it is an old one, the list of editions to choose from. Not here: reading editions
(`data`), what is said when there is none to show (`app`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from dashboards import components, data
from dashboards.address import EDITION, same_page
from dashboards.components import Markup
from dashboards.data import Edition, EditionUnavailable
from dashboards.formats import day
from dashboards.published import PublishedEdition
from dashboards.texts import tr

FIRST_EDITIONS = 8
"""Editions that are listed without asking for all of them."""


def edition_to_show() -> Edition:
    """Return the edition that the address names, with a notice that it is an old one; else the current one.

    An edition that is not kept or can't be read gets a notice, and the current one is shown.

    Raises
    ------
    EditionUnavailable
        As `data.current_edition`.
    """
    asked = st.query_params.get(EDITION)
    if not asked:
        return data.current_edition()
    try:
        edition = data.published_edition(asked)
    except EditionUnavailable:
        return _current_instead(
            tr("The edition {edition} can't be opened. The current one is shown.", edition=asked[:40])
        )
    if edition is None:
        return _current_instead(tr("There is no edition {edition}. The current one is shown.", edition=asked[:40]))
    if asked != current_id():
        st.html(components.notice(_old(edition), "old"))
    return edition


def current_id() -> str:
    """Return the id of the edition that is served now, empty when there is none."""
    try:
        return data.current_id(data.workspace_root())
    except EditionUnavailable:
        return ""


def _old(edition: Edition) -> str:
    facts = edition.facts
    said = tr(
        "This is an earlier edition, {edition}, with data until {day}. Figures may have changed since.",
        edition=facts.edition_id,
        day=day(facts.data_until),
    )
    way_back = components.link(same_page(edition=None), tr("Show the current edition"))
    return Markup(f"{components.safe(said)} {way_back}")


def _current_instead(why: str) -> Edition:
    current = data.current_edition()
    st.html(components.notice(why, "problem"))
    return current


def show_editions(shown: Edition) -> None:
    """Show the editions that can be opened, the newest first."""
    kept = data.published_editions()
    st.html(
        components.heading(tr("Earlier editions"))
        + components.paragraph(
            tr("Every page can be seen as it was in an earlier edition: what did the council see in June?")
        )
        + _links(kept[:FIRST_EDITIONS], shown)
    )
    if len(kept) > FIRST_EDITIONS:
        with st.expander(tr("Show all {n} editions", n=len(kept))):
            st.html(_links(kept, shown))


def links_to_others() -> str:
    """Return links to the newest editions but the current one, as a way on where that can't be shown."""
    others = [item for item in data.published_editions() if not item.is_current][:FIRST_EDITIONS]
    if not others:
        return ""
    items = [(same_page(edition=item.edition_id), _name(item), False) for item in others]
    return components.paragraph(tr("Editions that may be opened meanwhile:")) + components.links(items)


def _links(kept: Sequence[PublishedEdition], shown: Edition) -> str:
    items = [
        (
            same_page(edition=None if item.is_current else item.edition_id),
            _name(item),
            item.edition_id == shown.facts.edition_id,
        )
        for item in kept
    ]
    return components.links(items)


def _name(item: PublishedEdition) -> str:
    words = [item.edition_id]
    if item.published_at:
        words.append(tr("published on {day}", day=day(datetime.fromisoformat(item.published_at).date())))
    if item.is_current:
        words.append(tr("current"))
    return ", ".join(words)
