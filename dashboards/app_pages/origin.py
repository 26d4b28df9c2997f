"""Mistä luku tulee?: the files, rows, rules and tables behind one figure."""

import streamlit as st

from dashboards import components, evidence, leads, origin
from dashboards.address import choose, warn_of_unknown
from dashboards.data import edition_of_run
from dashboards.origin_link import BREAKDOWN, FIGURE, GROUP, PERIOD
from dashboards.rows import LIST_OF_BREAKDOWN, TOTAL
from dashboards.sentences import breakdown_word
from dashboards.texts import say, tr

edition = edition_of_run()
warn_of_unknown(frozenset({FIGURE, PERIOD, BREAKDOWN, GROUP}))
lead = st.container()
notices = st.container()
titles = {name: say(card.title) for name, card in edition.indicators.items() if edition.series(name)}
if not titles:
    st.html(components.paragraph(tr("The edition holds no figures.")))
else:
    with st.container(key="filters", horizontal=True):
        card = edition.indicators[choose(tr("Figure"), FIGURE, titles, next(iter(titles)), notices)]
        whole = edition.series(card.indicator_id)
        newest = edition.latest(card.indicator_id) or whole[-1]
        periods = {value.period: value.when for value in reversed(whole)}
        period = choose(tr("Period"), PERIOD, periods, newest.period, notices)
        breakdowns = {TOTAL: tr("whole")}
        breakdowns |= {
            name: breakdown_word(name)
            for name in card.breakdowns
            if name in LIST_OF_BREAKDOWN and edition.parts(card.indicator_id, name, period)
        }
        breakdown = choose(tr("Breakdown"), BREAKDOWN, breakdowns, TOTAL, notices)
        value = next(item for item in whole if item.period == period)
        if breakdown != TOTAL:
            parts = edition.parts(card.indicator_id, breakdown, period)
            groups = {code: edition.breakdown_label(breakdown, code) for code in parts}
            value = parts[choose(tr("Group"), GROUP, groups, next(iter(groups)), notices)]
    # a permalink names its figure and period even when they are the newest: tomorrow they may not be
    st.query_params[FIGURE], st.query_params[PERIOD] = card.indicator_id, period
    origins = edition.origins(value)
    lead.html(components.lead(leads.origin(edition, origin.figure_name(edition, card, value), value, origins)))
    st.html(evidence.judged_figure(edition, card, value))
    st.html(origin.files(edition, card, origins))
    st.html(origin.rows_behind(edition, value, origins))
    origin.show_rules(edition, card, origins)
    st.html(origin.tables(card, origins))
    st.html(origin.query(edition, value))
