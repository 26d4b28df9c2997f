"""Names that wait for a person, each with its candidates and a form to decide.

Here belongs: what the page "Tarkista linkitykset" shows. Not here: who may see it, what is kept (`restricted.links`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboards import components
from dashboards.closed_page import show_closed
from dashboards.data import Edition
from dashboards.formats import percent
from dashboards.restricted import links
from dashboards.restricted.links import OpenName
from dashboards.restricted.roles import Closed
from dashboards.texts import tr, tr_n

SHOWN: Final = 10
"""Names on the page at a time."""
_DECIDED: Final = "review_decided"


def how_many(count: int) -> str:
    """Return how many names wait, as a sentence."""
    if not count:
        return tr("No name waits for a decision.")
    return tr_n("{count} name waits for a decision.", "{count} names wait for a decision.", count, count=count)


def show(edition: Edition, names: Sequence[OpenName]) -> None:
    """Show the commonest names, each with a form."""
    if decided := st.session_state.pop(_DECIDED, ""):
        st.html(components.notice(decided))
    st.html(
        components.paragraph(
            tr(
                "A decision holds for ever, for every row with that name. "
                "It shows in the figures after the next refresh."
            )
        )
    )
    for name in names[:SHOWN]:
        _show_name(edition, name)
    if len(names) > SHOWN:
        st.html(components.paragraph(tr("More names come when these are decided."), "quiet"))
    st.button(tr("Log out"), on_click=st.logout)


def _show_name(edition: Edition, name: OpenName) -> None:
    sources = ", ".join(edition.source_title(source) for source in name.sources)
    told = tr_n("{count} row: {sources}", "{count} rows: {sources}", name.rows, count=name.rows, sources=sources)
    st.html(components.heading(name.mention) + components.paragraph(told, "quiet"))
    numbers = [found.register_number for found in name.candidates]
    labels = {
        found.register_number: tr(
            "{name}, {municipality}, register number {number}, likeness {share}",
            name=found.name,
            municipality=found.municipality,
            number=found.register_number,
            share=percent(found.score),
        )
        for found in name.candidates
    }
    none_of_them = tr("None of the register's associations")
    with st.form(f"{name.mention_key}|{name.business_id}"):
        chosen = st.radio(
            tr("Which association does {name} mean?", name=name.mention),
            [*numbers, ""],
            index=None,
            format_func=lambda number: labels.get(number, none_of_them),
        )
        reason = st.text_input(tr("Reason (need not be given)"), max_chars=300)
        if st.form_submit_button(tr("Keep the decision")):
            _keep(name, chosen, reason)


def _keep(name: OpenName, chosen: str | None, reason: str) -> None:
    if chosen is None:
        st.html(components.notice(tr("Choose one of the answers first."), "problem"))
        return
    try:
        links.decide(name, chosen or None, reason)
    except Closed as closed:
        show_closed(closed, "links")
        return
    st.session_state[_DECIDED] = tr("The decision on {name} is kept.", name=name.mention)
    st.rerun()
