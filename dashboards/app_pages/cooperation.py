"""Kyselyt: how associations see the co-operation."""

import streamlit as st

from dashboards import components, leads
from dashboards.address import warn_of_unknown
from dashboards.data import edition_of_run
from dashboards.evidence import show_group

edition = edition_of_run()
warn_of_unknown(frozenset())
st.html(components.lead(leads.cooperation(edition)))
show_group(edition, "cooperation", first=("cooperation_grade", "cooperation_works_share"))
