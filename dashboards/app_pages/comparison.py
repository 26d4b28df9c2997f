"""Vertaa kuntia: how the municipality stands beside others of its size, and beside all of its country or region."""

import streamlit as st

from dashboards import comparison_charts, comparison_words, components, data
from dashboards.address import choose, warn_of_unknown
from dashboards.comparison_page import choices, compared_figures, period_to_show, ranked_of
from dashboards.texts import say, tr
from dashboards.theme import plotly_config

INDICATOR, PERIOD, WHOM = "tunnusluku", "vuosi", "kunnat"

edition = data.edition_of_run()
warn_of_unknown(frozenset({INDICATOR, PERIOD, WHOM}))
comparison = data.comparison()
own = comparison.towns.get(edition.facts.municipality_code) if comparison else None
cards = choices(edition, comparison) if comparison else {}
if comparison is None or own is None or not cards:
    st.html(components.lead(tr("There are no figures of municipalities to compare yet.")))
else:
    lead, notices = st.container(), st.container()
    with st.container(key="filters", horizontal=True):
        titles = {name: say(card.title) for name, card in cards.items()}
        chosen = choose(tr("Indicator"), INDICATOR, titles, next(iter(cards)), notices)
        periods = {period: period.replace("-", "–") for period in comparison.periods[chosen]}
        period = choose(tr("Year"), PERIOD, periods, period_to_show(edition, comparison, chosen), notices)
        groups = {"samankokoiset": tr("Same size"), "kaikki": tr("All municipalities")}
        whom = choose(tr("Municipalities"), WHOM, groups, next(iter(groups)), notices)
    card = comparison_words.as_compared(cards[chosen])
    figures = compared_figures(comparison, own, chosen, period, is_for_all=whom == "kaikki")
    ranked = ranked_of(figures)
    lead.html(components.lead(comparison_words.lead(card, own, ranked, periods[period])))
    st.html(components.heading(f"{titles[chosen]} {periods[period]}") + components.paragraph(say(card.unit), "unit"))
    if ranked:
        draw = comparison_charts.strip if whom == "kaikki" else comparison_charts.bars
        st.plotly_chart(
            draw(card, ranked, comparison.towns, own.municipality_code),
            theme=None,
            config=plotly_config(),
            alt=comparison_words.alternative(card, own, ranked, comparison, periods[period]),
            key="chart-comparison",
        )
    caption = f"{titles[chosen]} {periods[period]} ({say(card.unit)})"
    st.html(
        components.table(
            caption,
            comparison_words.header(),
            comparison_words.rows(edition, card, figures, comparison),
            numeric=frozenset({1, 2, 3}),
        )
    )
    st.html(
        components.heading(tr("How municipalities are compared"))
        + components.paragraph(comparison_words.measured(cards[chosen]))
        + components.paragraph(comparison_words.rule_of_peers(comparison, own))
        + components.paragraph(
            tr(
                "The comparison is made from what each municipality has published. What one has hidden to "
                "protect small groups is hidden here too, and what it has not told is not guessed."
            )
        )
        + components.paragraph(
            tr(
                "A difference within the intervals may be chance. Municipalities keep records in different "
                "ways, so a small difference says little."
            )
        )
        + components.paragraph(
            tr(
                "The municipality's own figure is a link to where it comes from. Where the figures of others "
                "come from is shown on their own pages."
            )
        )
    )
