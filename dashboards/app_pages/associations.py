"""Järjestökenttä: how many associations there are, act, begin and end."""

import streamlit as st

from dashboards import components, leads
from dashboards.address import warn_of_unknown
from dashboards.data import edition_of_run
from dashboards.evidence import show_group
from dashboards.one_part import PARAMETERS, choose_part

edition = edition_of_run()
warn_of_unknown(PARAMETERS)
st.html(components.lead(leads.associations(edition)))
part = choose_part(edition, "associations")
first = ("registered_associations", "active_associations", "umbrella_coverage_share")
show_group(edition, "associations", first, *part)
