"""Raportti: the yearly chapter of the welfare report, to read here and to take along."""

from functools import partial

import streamlit as st

from dashboards import components
from dashboards.address import choose, warn_of_unknown
from dashboards.components import Markup
from dashboards.data import Edition, edition_of_run
from dashboards.origin_link import origin_address, origin_of
from dashboards.report import as_html, making
from dashboards.report.chapter import chapter
from dashboards.report.indicators import told_of
from dashboards.texts import LANGUAGES, Language, language, say, tr

YEAR = "vuosi"


def show_downloads(edition: Edition, year: int) -> None:
    """Show a button for each language and format; a file is made when it is asked for."""
    spoken = {"fi": tr("in Finnish"), "sv": tr("in Swedish"), "en": tr("in English")}
    for code in LANGUAGES:
        with st.container(key=f"report-{code}", horizontal=True):
            for file_format, media_type in making.MEDIA_TYPES.items():
                st.download_button(
                    f"{file_format.upper()} {spoken[code]}",
                    data=partial(made, edition, edition.facts.edition_id, year, code, file_format),
                    file_name=making.file_name(edition, year, code, file_format),
                    mime=media_type,
                    key=f"report-{code}-{file_format}",
                    on_click="ignore",
                )


@st.cache_data(max_entries=18, show_spinner=False)
def made(_edition: Edition, edition_id: str, year: int, spoken: Language, file_format: str) -> bytes:
    """Return a report as a file; kept for each edition, year, language and format."""
    return making.report(_edition, year, spoken, file_format)


@st.cache_data(max_entries=12, show_spinner=False)
def preview(_edition: Edition, edition_id: str, year: int, spoken: Language) -> str:
    """Return the chapter as HTML in the language of the page; kept for each edition, year and language."""
    return as_html.part(chapter(_edition, year))


def origins(edition: Edition, year: int) -> str:
    """Return the figures of a year that the chapter tells, each leading to its origin."""
    rows = []
    for indicator_id, card in edition.indicators.items():
        told = told_of(edition, indicator_id, year)
        if told is not None and told.value is not None:
            address = origin_address(indicator_id, told.value.period)
            rows.append([say(card.title), Markup(origin_of(address, told.figure, say(card.title)))])
    header = [tr("Indicator"), tr("Figure")]
    return components.table(tr("Figures of the chapter, {year}", year=year), header, rows)


edition = edition_of_run()
warn_of_unknown(frozenset({YEAR}))
years = {str(year): str(year) for year in edition.finished_years()}
if not years:
    st.html(components.lead(tr("The report can be made when a year that is over has figures.")))
else:
    st.html(
        components.lead(
            tr(
                "The chapter of the welfare report on associations, ready to be attached to the financial statement: "
                "PDF for the meeting, DOCX to go on writing, HTML for the web. Its figures are those of this edition."
            )
        )
    )
    notices = st.container()
    with st.container(key="filters", horizontal=True):
        chosen = int(choose(tr("Year"), YEAR, years, next(iter(years)), notices))
    with st.container(key="downloads"):
        st.html(components.heading(tr("Download")))
        show_downloads(edition, chosen)
    st.html(components.heading(tr("Preview")))
    st.html(preview(edition, edition.facts.edition_id, chosen, language()))
    st.html(components.heading(tr("Where do the figures come from?")))
    with st.expander(tr("Show the figures of the chapter")):
        st.html(origins(edition, chosen))
