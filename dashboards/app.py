"""The frame of every page: navigation, edition, banner, footer.

Here belongs: what all pages share, in the order of the run. Not here: a page's content (`app_pages/`), the server
(`asgi`, `serving`).
"""

from __future__ import annotations

from html import escape
from pathlib import Path

import streamlit as st

from dashboards import components, data
from dashboards.data import Edition, EditionUnavailable
from dashboards.formats import day
from dashboards.navigation import ACCESSIBILITY, all_pages
from dashboards.navigation import page_title as title_of
from dashboards.report_link import report_link
from dashboards.texts import tr

STATIC = Path(__file__).parent / "static"


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
    }[reason.problem]
    st.html(components.heading(sentence, 1) + components.paragraph(way_on))
    st.button(tr("Try again"), type="primary")


def show_footer(edition: Edition, page_title: str) -> None:
    """Show which edition this is, who answers, and where to report an error."""
    facts = edition.facts
    lines = [
        tr("Edition {edition}. Data until {day}.", edition=facts.edition_id, day=day(facts.data_until)),
        tr("Questions: {contact}.", contact=facts.contact_name),
        tr("Yhteispeli {version}, open source (EUPL-1.2).", version=facts.software_version),
    ]
    paragraphs = "".join(components.paragraph(line, "quiet") for line in lines)
    statement = f'<p class="yp-text"><a href="{ACCESSIBILITY.address}">{escape(title_of(ACCESSIBILITY))}</a></p>'
    st.html(f'<footer class="yp-footer">{paragraphs}{report_link(edition, page_title)}{statement}</footer>')


@st.fragment(run_every=60)
def watch_for_new_edition(shown: str) -> None:
    """Run the page again when another edition is served than the one that is shown."""
    try:
        served = data.current_edition().facts.edition_id
    except EditionUnavailable:
        return
    if served != shown:
        st.rerun()


def run() -> None:
    """Run the page that the address names."""
    st.set_page_config(page_title="Yhteispeli", page_icon=str(STATIC / "icon.png"), layout="wide")
    st.logo(STATIC / "logo.svg", size="large")
    page = st.navigation(all_pages(), position="top")
    try:
        edition = data.current_edition()
    except EditionUnavailable as reason:
        show_unavailable(reason)
        return
    town = edition.facts.municipality_name
    st.set_page_config(page_title=f"{page.title} – {town} – Yhteispeli")
    if edition.facts.is_example:
        st.html(components.notice(tr("Example data: an invented town. The figures are not real."), "example"))
    st.html(f'<p class="yp-town">{escape(town)}</p>{components.heading(page.title, 1)}')
    data.keep_for_run(edition)
    page.run()
    show_footer(edition, page.title)
    watch_for_new_edition(edition.facts.edition_id)


run()
