"""Tarkista linkitykset: names that wait for a person, for those with a role."""

import streamlit as st

from dashboards import components, review_forms
from dashboards.address import warn_of_unknown
from dashboards.closed_page import show_closed
from dashboards.data import edition_of_run
from dashboards.restricted.links import names_that_wait
from dashboards.restricted.roles import Closed

edition = edition_of_run()
warn_of_unknown(frozenset())
try:
    names = names_that_wait(edition)
except Closed as closed:
    show_closed(closed, "links")
else:
    st.html(components.lead(review_forms.how_many(len(names))))
    review_forms.show(edition, names)
