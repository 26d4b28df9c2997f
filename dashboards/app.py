"""The frame of every page: navigation, edition, banner, footer.

Here belongs: what all pages share, in the order of the run. Not here: a page's content (`app_pages/`), the server
(`asgi`, `serving`).
"""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from dashboards import components, data
from dashboards.address import carry_on, page_address, same_page
from dashboards.brand import ICON, LOGO
from dashboards.components import Markup
from dashboards.data import Edition, EditionUnavailable
from dashboards.delivery_tables import WALL_CLOCK
from dashboards.edition_choice import current_id, edition_to_show, links_to_others
from dashboards.formats import day
from dashboards.navigation import ACCESSIBILITY, all_pages
from dashboards.navigation import page_title as title_of
from dashboards.open_data_list import open_data_link
from dashboards.report_link import report_link
from dashboards.sentences import next_update
from dashboards.texts import DEFAULT, OWN_NAMES, language, tr
from dashboards.texts import PARAMETER as LANGUAGE


def show_unavailable(reason: EditionUnavailable) -> None:
    """Say why there is nothing to show, and what can be done."""
    sentence, way_on = {
        "no_workspace": (
            tr("The dashboards do not know which municipality's folder to show."),
            tr("Start them with the command yhteispeli serve FOLDER."),
        ),
        "no_edition": (
            tr("Nothing has been published yet."),
            tr("The figures appear here when the first edition is ready. It is made with yhteispeli refresh FOLDER."),
        ),
        "damaged": (
            tr("The published figures can't be opened."),
            tr("Tell the person who keeps the service. A new edition is made with yhteispeli refresh FOLDER."),
        ),
        "newer": (
            tr("The published figures were made by a newer version of the program, {version}.", version=reason.version),
            tr("Tell the person who keeps the service: update the program to at least that version."),
        ),
        "older": (
            tr(
                "The published figures were made by an older version of the program, {version}.", version=reason.version
            ),
            tr("Tell the person who keeps the service: a new edition is made with yhteispeli refresh FOLDER."),
        ),
    }[reason.problem]
    st.html(components.heading(sentence, 1) + components.paragraph(way_on))
    if reason.problem in {"damaged", "newer", "older"} and (others := links_to_others()):
        st.html(others)
    st.button(tr("Try again"), type="primary")


def show_languages() -> None:
    """Show the languages of the pages; an address in a language that there is not gets a sentence."""
    choices = [
        (code, name, same_page(**{LANGUAGE: None if code == DEFAULT else code})) for code, name in OWN_NAMES.items()
    ]
    st.html(components.languages(tr("Language"), choices, language()))
    asked = st.query_params.get(LANGUAGE, DEFAULT)
    if asked not in OWN_NAMES:
        sentence = tr("There are no pages in the language “{asked}”. They are shown in Finnish.", asked=asked[:20])
        st.html(components.notice(sentence, "problem"))


def show_footer(edition: Edition, page_title: str) -> None:
    """Show which edition this is, when the next data is due, who answers, and where to report an error."""
    facts = edition.facts
    lines = [
        tr("Edition {edition}. Data until {day}.", edition=facts.edition_id, day=day(facts.data_until)),
        next_update(edition, datetime.now(WALL_CLOCK).date()),
        tr("Questions: {contact}.", contact=facts.contact_name),
        tr("Yhteispeli {version}, open source (EUPL-1.2).", version=facts.software_version),
    ]
    paragraphs = "".join(components.paragraph(line, "quiet") for line in lines if line)
    statement = Markup(components.link(page_address(ACCESSIBILITY.address), title_of(ACCESSIBILITY)))
    links = components.paragraph(open_data_link()) + report_link(edition, page_title) + components.paragraph(statement)
    st.html(f'<footer class="yp-footer">{paragraphs}{links}</footer>')


@st.fragment(run_every=60)
def watch_for_new_edition(served: str) -> None:
    """Run the page again when another edition is served than when it was drawn."""
    if current_id() not in {served, ""}:
        st.rerun()


def run() -> None:
    """Run the page that the address names."""
    st.set_page_config(page_title="Yhteispeli", page_icon=ICON, layout="wide")
    st.logo(LOGO, size="large")
    page = st.navigation(all_pages(), position="top")
    carry_on()
    show_languages()
    try:
        edition = edition_to_show()
    except EditionUnavailable as reason:
        show_unavailable(reason)
        return
    town = edition.facts.municipality_name
    st.set_page_config(page_title=f"{page.title} – {town} – Yhteispeli")
    if edition.facts.is_example:
        st.html(components.notice(tr("Example data: an invented town. The figures are not real."), "example"))
    st.html(components.masthead(town, page.title))
    data.keep_for_run(edition)
    page.run()
    show_footer(edition, page.title)
    watch_for_new_edition(current_id())


run()
