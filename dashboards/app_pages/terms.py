"""Valtuustokaudet: what a council term began with, what it reached, what to look at next."""

import streamlit as st

from dashboards import components, handover, term_tables, term_words
from dashboards.address import choose, warn_of_unknown
from dashboards.data import edition_of_run
from dashboards.texts import tr

TERM = "kausi"

edition = edition_of_run()
warn_of_unknown(frozenset({TERM}))
terms = {term.term_id: term.label for term in edition.terms.values()}
if not terms:
    st.html(components.lead(tr("No council terms stand in the settings of the municipality.")))
else:
    lead = st.container()
    notices = st.container()
    with st.container(key="filters", horizontal=True):
        chosen = choose(tr("Council term"), TERM, terms, term_words.term_to_show(edition), notices)
    term = edition.terms[chosen]
    lead.html(components.lead(term_words.lead(edition, term)))
    handover.show(edition, term)
    term_tables.show_comparison(edition, term)
    term_tables.show_pictures(edition, term)
