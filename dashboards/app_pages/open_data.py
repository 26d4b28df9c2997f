"""Avoin data: the tables of the edition as files, and how they may be used."""

import streamlit as st

from dashboards import components, data, open_data_list
from dashboards.address import warn_of_unknown
from dashboards.data import edition_of_run
from dashboards.texts import tr

edition = edition_of_run()
warn_of_unknown(frozenset())
opened = data.open_data(edition.facts.edition_id)
if opened is None:
    st.html(components.notice(tr("This edition has no open data, because an older program made it."), "problem"))
else:
    st.html(components.lead(open_data_list.lead(opened)))
    for section in open_data_list.sections(edition, opened, root=""):
        st.html(section)
