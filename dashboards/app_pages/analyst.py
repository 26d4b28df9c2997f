"""Aineisto ja SQL: the tables of the analysts' file and questions to it, for those with a role."""

import streamlit as st

from dashboards import components, sql_forms
from dashboards.address import warn_of_unknown
from dashboards.closed_page import show_closed
from dashboards.data import edition_of_run
from dashboards.query_link import QUERY
from dashboards.restricted import analyst
from dashboards.restricted.roles import Closed
from dashboards.texts import tr

edition = edition_of_run()
warn_of_unknown(frozenset({QUERY, sql_forms.TABLE}))
try:
    tables = analyst.tables(edition)
    st.html(components.lead(sql_forms.how_much(edition, tables)))
    sql_forms.show_question(edition)
    sql_forms.show_visit()
    sql_forms.show_tables(edition, tables)
except Closed as closed:
    show_closed(closed, "analyst")
else:
    st.button(tr("Log out"), on_click=st.logout)
