"""Tapahtumat: what associations told of their events."""

import streamlit as st

from dashboards import components, leads
from dashboards.address import warn_of_unknown
from dashboards.data import edition_of_run
from dashboards.evidence import show_group
from dashboards.one_part import PARAMETERS, choose_part

edition = edition_of_run()
warn_of_unknown(PARAMETERS)
st.html(components.lead(leads.events(edition)))
part = choose_part(edition, "events")
show_group(edition, "events", ("association_events", "joint_events"), *part)
