"""Saavutettavuusseloste: how accessible the pages are, what remains, and where to complain (act 306/2019)."""

import streamlit as st

from dashboards import components, statement
from dashboards.address import warn_of_unknown
from dashboards.data import edition_of_run
from dashboards.texts import tr

edition = edition_of_run()
warn_of_unknown(frozenset())
st.html(components.lead(statement.lead()))
st.html(components.heading(tr("State of conformance")) + statement.conformance())
st.html(components.heading(tr("What remains, and why")) + statement.what_remains())
st.html(components.heading(tr("How it was tested")) + statement.how_tested())
st.html(components.heading(tr("Tell us of a fault")) + statement.feedback(edition))
st.html(components.heading(tr("Supervision")) + statement.supervision())
