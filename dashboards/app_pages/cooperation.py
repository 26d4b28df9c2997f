"""Kyselyt: how associations see the co-operation, and what residents say of taking part."""

import streamlit as st

from dashboards import components, leads
from dashboards.address import warn_of_unknown
from dashboards.data import edition_of_run
from dashboards.evidence import show_group
from dashboards.one_part import PARAMETERS, choose_part
from dashboards.texts import tr

edition = edition_of_run()
warn_of_unknown(PARAMETERS)
st.html(components.lead(leads.cooperation(edition)))
part = choose_part(edition, "cooperation", "residents")
st.html(components.heading(tr("Survey of associations")))
show_group(edition, "cooperation", ("cooperation_grade", "cooperation_works_share"), *part)
st.html(components.heading(tr("Survey of residents")))
show_group(edition, "residents", ("resident_participation_share", "resident_volunteering_share"), *part)
