"""Talkootyö ja jäsenet: what associations told of their volunteers and members."""

import streamlit as st

from dashboards import components, leads
from dashboards.address import warn_of_unknown
from dashboards.data import edition_of_run
from dashboards.evidence import show_group

edition = edition_of_run()
warn_of_unknown(frozenset())
st.html(components.lead(leads.volunteering(edition)))
show_group(edition, "volunteering", ("volunteer_hours", "memberships"))
