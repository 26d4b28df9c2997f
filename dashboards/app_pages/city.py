"""Kaupungin panos: the town's time, help, premises and events."""

import streamlit as st

from dashboards import components, leads
from dashboards.address import warn_of_unknown
from dashboards.data import edition_of_run
from dashboards.evidence import show_group
from dashboards.one_part import PARAMETERS, choose_part

edition = edition_of_run()
warn_of_unknown(PARAMETERS)
st.html(components.lead(leads.city(edition)))
part = choose_part(edition, "city")
show_group(edition, "city", ("city_staff_hours", "premises_hours", "premises_support_eur"), *part)
