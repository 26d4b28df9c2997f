"""Osallisuus ja vuosikello: forums, directories of contacts, and the tasks agreed for the year."""

import streamlit as st

from dashboards import components, leads
from dashboards.address import warn_of_unknown
from dashboards.data import edition_of_run
from dashboards.evidence import show_group
from dashboards.one_part import PARAMETERS, choose_part

edition = edition_of_run()
warn_of_unknown(PARAMETERS)
st.html(components.lead(leads.participation(edition)))
part = choose_part(edition, "participation")
show_group(edition, "participation", ("forum_meetings", "forum_attendance", "annual_clock_done_share"), *part)
