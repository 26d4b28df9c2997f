"""Avustukset: what was applied for, awarded and paid, to whom, and whether the books agree."""

import streamlit as st

from dashboards import components, grant_tables, leads
from dashboards.address import choose, warn_of_unknown
from dashboards.data import edition_of_run
from dashboards.evidence import show_group
from dashboards.one_part import PARAMETERS, choose_part
from dashboards.texts import tr

YEAR, BODY, ALL_BODIES = "vuosi", "toimielin", "kaikki"

edition = edition_of_run()
warn_of_unknown(PARAMETERS | {YEAR, BODY})
st.html(components.lead(leads.grants(edition)))
part = choose_part(edition, "grants")
show_group(edition, "grants", ("grants_awarded_eur", "grants_share_of_budget", "grants_per_resident_eur"), *part)

years = {str(year): str(year) for year in edition.award_years}
if years:
    st.html(components.heading(tr("Who received grants")))
    notices = st.container()
    with st.container(key="filters", horizontal=True):
        year = choose(tr("Year"), YEAR, years, next(iter(years)), notices)
        bodies = {ALL_BODIES: tr("All granting bodies")}
        own = edition.parts_codes("grants_awarded_eur", "granting_body")
        bodies |= {code: edition.breakdown_label("granting_body", code) for code in own}
        body = choose(tr("Granting body"), BODY, bodies, ALL_BODIES, notices)
    grant_tables.show_year(edition, year, None if body == ALL_BODIES else body)
