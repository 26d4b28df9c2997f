"""Yleiskuva: the eight measures of the handbook at a glance."""

import streamlit as st

from dashboards import components, leads, tiles
from dashboards.address import carried_on, warn_of_unknown
from dashboards.data import edition_of_run
from dashboards.measures import measures
from dashboards.navigation import page_title
from dashboards.texts import tr

edition = edition_of_run()
warn_of_unknown(frozenset())
st.html(components.lead(leads.overview(edition)) + tiles.field(edition))
st.html(components.heading(tr("The eight measures")) + tiles.legend(edition))
with st.container(key="tiles"):
    for number, measure in enumerate(measures()):
        with st.container(key=f"tile-{number}"):
            st.html(tiles.tile(edition, measure))
            st.page_link(measure.page.path, label=page_title(measure.page), query_params=carried_on())
