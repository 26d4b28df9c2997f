"""Toimita aineisto: an official delivers a file, after seeing what is wrong with it."""

import streamlit as st

from dashboards import components, delivery_forms, delivery_tables
from dashboards.address import warn_of_unknown
from dashboards.closed_page import show_closed
from dashboards.data import edition_of_run
from dashboards.restricted.roles import Closed, person_at
from dashboards.texts import tr

edition = edition_of_run()
warn_of_unknown(frozenset())
try:
    person_at("deliveries")
    st.html(components.lead(tr("A file is checked first. It is taken in only when you accept it.")))
    delivery_forms.show(edition)
    delivery_tables.show_delivered(edition)
    delivery_forms.show_templates(edition)
    st.button(tr("Log out"), on_click=st.logout)
except Closed as closed:
    show_closed(closed, "deliveries")
