"""Järjestökenttä: how many associations there are, act, begin and end."""

import streamlit as st

from dashboards import components, leads
from dashboards.address import warn_of_unknown
from dashboards.data import edition_of_run
from dashboards.evidence import show_group

edition = edition_of_run()
warn_of_unknown(frozenset())
st.html(components.lead(leads.associations(edition)))
show_group(edition, "associations", ("registered_associations", "active_associations", "umbrella_coverage_share"))
