"""Kehittämisehdotukset: what associations and residents propose, for the welfare group."""

import streamlit as st

from dashboards import components, proposal_forms
from dashboards.address import warn_of_unknown
from dashboards.closed_page import show_closed
from dashboards.restricted.proposals import proposals
from dashboards.restricted.roles import Closed
from dashboards.texts import tr

warn_of_unknown(proposal_forms.PARAMETERS)
try:
    every = proposals()
    st.html(components.lead(proposal_forms.lead(every)))
    proposal_forms.show(every)
    st.button(tr("Log out"), on_click=st.logout)
except Closed as closed:
    show_closed(closed, "proposals")
