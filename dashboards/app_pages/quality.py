"""Tietojen laatu: what was delivered, what the checks found, which edition this is."""

import streamlit as st

from dashboards import components, edition_choice, leads, quality_tables, revision_tables
from dashboards.address import warn_of_unknown
from dashboards.data import edition_of_run
from dashboards.open_data_list import open_data_link

edition = edition_of_run()
warn_of_unknown(frozenset())
st.html(components.lead(leads.quality(edition)) + components.paragraph(open_data_link()))
st.html(quality_tables.coverage(edition))
st.html(revision_tables.policy())
revision_tables.show_revisions(edition)
st.html(quality_tables.rows_of_sources(edition))
st.html(quality_tables.origin_of_sources(edition))
quality_tables.show_checks(edition)
st.html(
    quality_tables.register_differences(edition)
    + quality_tables.breaks(edition)
    + quality_tables.edition_facts(edition)
)
edition_choice.show_editions(edition)
