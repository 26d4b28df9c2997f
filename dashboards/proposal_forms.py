"""Development proposals: how many there are, and each with a form for its state, theme and reason.

Here belongs: what the page "Kehittämisehdotukset" shows. Not here: who may see it, what is kept
(`restricted.proposals`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from dashboards import components
from dashboards.address import choose
from dashboards.closed_page import show_closed
from dashboards.delivery_tables import moment
from dashboards.downloads import proposals_csv
from dashboards.formats import number
from dashboards.restricted import proposals
from dashboards.restricted.proposals import Proposal
from dashboards.restricted.roles import Closed
from dashboards.texts import say, tr, tr_n

PARAMETERS: Final = frozenset({"teema", "tila", "vastaaja"})
"""Filters in the address."""

ON_A_PAGE: Final = 10
_KEPT: Final = "proposal_kept"
_PAGE: Final = "proposal_page"

Labels = Mapping[str, str]


def lead(every: Sequence[Proposal]) -> str:
    """Return how many proposals wait, as a sentence."""
    if not every:
        return tr("There are no development proposals yet.")
    new = sum(one.state == "new" for one in every)
    return tr_n(
        "{new} of {count} proposal waits for the group.",
        "{new} of {count} proposals wait for the group.",
        len(every),
        new=number(new),
        count=number(len(every)),
    )


def show(every: Sequence[Proposal]) -> None:
    """Show counts, filters, the proposals that pass them, and the file to take along."""
    if kept := st.session_state.pop(_KEPT, ""):
        st.html(components.notice(kept))
    st.html(
        components.paragraph(
            tr(
                "Free answers of associations and residents. "
                "Contacts, identity codes and names have been replaced by ***. "
                "Some names can't be recognised: don't pass texts on as they are."
            )
        )
    )
    if not every:
        return
    themes, states, answerers = (_labels(f"proposal_{name}") for name in ("themes", "states", "answerers"))
    st.html(_counted(every, themes, states))
    chosen = _filtered(every, themes, states, answerers)
    st.html(components.heading(_how_many(len(chosen))))
    for one in _of_page(chosen):
        _show(one, themes, states, answerers)
    if chosen:
        st.download_button(
            tr("Download these as CSV"),
            proposals_csv(chosen, themes, states, answerers),
            file_name="kehittamisehdotukset.csv",
            mime="text/csv",
            on_click="ignore",
        )


def _labels(list_id: str) -> Labels:
    return {code: say(words) for code, words in proposals.labels(list_id).items()}


def _counted(every: Sequence[Proposal], themes: Labels, states: Labels) -> str:
    counts = Counter((one.theme, one.state) for one in every)
    rows = [
        [
            label,
            *(number(counts[theme, state]) for state in states),
            number(sum(counts[theme, state] for state in states)),
        ]
        for theme, label in themes.items()
        if any(counts[theme, state] for state in states)
    ]
    by_state = Counter(one.state for one in every)
    foot = [tr("All"), *(number(by_state[state]) for state in states), number(len(every))]
    header = [tr("Theme"), *states.values(), tr("All")]
    return components.table(tr("Proposals by theme and state"), header, rows, frozenset(range(1, len(header))), foot)


def _filtered(every: Sequence[Proposal], themes: Labels, states: Labels, answerers: Labels) -> list[Proposal]:
    notices = st.container()
    everything = {"": tr("All")}
    columns = st.columns(3)
    with columns[0]:
        theme = choose(tr("Theme"), "teema", everything | dict(themes), "", notices)
    with columns[1]:
        state = choose(tr("State"), "tila", everything | dict(states), "", notices)
    with columns[2]:
        answerer = choose(tr("Answerer"), "vastaaja", everything | dict(answerers), "", notices)
    return [
        one
        for one in every
        if one.theme in {theme or one.theme}
        and one.state in {state or one.state}
        and one.answerer in {answerer or one.answerer}
    ]


def _how_many(count: int) -> str:
    if not count:
        return tr("No proposal is like that.")
    return tr_n("{count} proposal", "{count} proposals", count, count=number(count))


def _of_page(chosen: Sequence[Proposal]) -> Sequence[Proposal]:
    """Return a page of the proposals, and a choice of the page when there are several."""
    pages = -(-len(chosen) // ON_A_PAGE)
    if pages <= 1:
        return chosen
    page = st.selectbox(
        tr("Page"),
        range(pages),
        format_func=lambda page: tr("{page} of {pages}", page=page + 1, pages=pages),
        key=f"{_PAGE}_{len(chosen)}",
        filter_mode=None,
    )
    return chosen[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]


def _show(one: Proposal, themes: Labels, states: Labels, answerers: Labels) -> None:
    with st.container(border=True):
        told = [answerers[one.answerer], _years(one), _answers(one), states[one.state]]
        st.html(
            f'<blockquote class="yp-quote">{components.paragraph(one.text)}</blockquote>'
            + components.paragraph(" · ".join(part for part in told if part), "quiet")
        )
        with st.form(f"proposal_{one.proposal_id}", border=False):
            left, right = st.columns(2)
            state = left.selectbox(
                tr("State"),
                list(states),
                list(states).index(one.state),
                format_func=states.__getitem__,
                filter_mode=None,
            )
            theme = right.selectbox(
                tr("Theme"),
                list(themes),
                list(themes).index(one.theme),
                format_func=themes.__getitem__,
                filter_mode=None,
            )
            reason = st.text_input(tr("Reason (needed when declined)"), one.reason, max_chars=1000)
            if st.form_submit_button(tr("Keep the decision")):
                _keep(one, state, theme, reason)
        if one.history:
            with st.expander(tr("What has been decided before")):
                st.html(_history(one, themes, states))


def _keep(one: Proposal, state: str, theme: str, reason: str) -> None:
    try:
        outcome = proposals.decide(one, state, theme, reason)
    except Closed as closed:
        show_closed(closed, "proposals")
        return
    if outcome == "no_reason":
        st.html(components.notice(tr("Tell why the proposal is declined."), "problem"))
        return
    if outcome == "gone":
        st.html(components.notice(tr("No file holds this proposal any more. Nothing was kept."), "problem"))
        return
    st.session_state[_KEPT] = tr("The decision is kept.")
    st.rerun()


def _history(one: Proposal, themes: Labels, states: Labels) -> str:
    header = [tr("When"), tr("State"), tr("Theme"), tr("Reason"), tr("By")]
    rows = [
        [moment(change.at), states[change.state], themes[change.theme], change.reason or "–", change.by]
        for change in one.history
    ]
    return components.table(tr("Decisions, the newest first"), header, rows)


def _years(one: Proposal) -> str:
    if one.last_year is None:
        return ""
    return str(one.last_year) if one.first_year == one.last_year else f"{one.first_year}–{one.last_year}"


def _answers(one: Proposal) -> str:
    return tr_n("{count} answer", "{count} answers", one.answers, count=number(one.answers))
