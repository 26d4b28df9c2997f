"""When a figure is preliminary, final or revised, and which ones this edition has revised.

Here belongs: that part of the page on the quality of the data. Not here: how a table looks (`components`).
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboards import components, sentences
from dashboards.components import Markup
from dashboards.data import Edition
from dashboards.formats import bare
from dashboards.origin_link import origin_address, origin_of
from dashboards.rows import LIST_OF_BREAKDOWN, TOTAL, IndicatorCard, Revision, as_written
from dashboards.texts import say, tr


def policy() -> str:
    """Return what the states of a figure mean, and when they change."""
    return components.heading(tr("When is a figure preliminary, final or revised?")) + components.definitions(
        [
            (
                sentences.status_word("preliminary").capitalize(),
                tr("The year or the council term is not over. The figure will still change."),
            ),
            (
                sentences.status_word("final").capitalize(),
                tr("The year or the council term is over. The figure changes only for a reason, which is told."),
            ),
            (
                sentences.status_word("revised").capitalize(),
                tr("A final figure is not the same as in an earlier edition. The list tells what changed and why."),
            ),
            (
                tr("Earlier editions"),
                tr("An edition is never changed afterwards. A correction is published as a new edition."),
            ),
        ]
    )


def show_revisions(edition: Edition) -> None:
    """Show which wholes changed since the edition before, and every figure when asked for."""
    if not edition.revisions:
        st.html(components.paragraph(tr("In this edition no earlier figure has changed.")))
        return
    wholes = [revision for revision in edition.revisions if revision.breakdown == TOTAL]
    st.html(
        components.paragraph(
            tr(
                "{n} figures differ from those of edition {edition}.",
                n=len(edition.revisions),
                edition=edition.revisions[0].previous_edition_id,
            )
        )
    )
    if wholes:
        st.html(_table(edition, wholes, tr("Revised figures of the whole")))
    if len(wholes) < len(edition.revisions):
        with st.expander(tr("Show all {n} revised figures", n=len(edition.revisions))):
            st.html(_table(edition, edition.revisions, tr("All revised figures")))


def _table(edition: Edition, revisions: Sequence[Revision], caption: str) -> str:
    header = [tr("Indicator"), tr("Year"), tr("Group"), tr("Before"), tr("Now"), tr("Why")]
    rows = [
        [
            say(card.title),
            _when(card, revision),
            _group(edition, revision),
            _number(card, revision.previous_number),
            _number(card, revision.number),
            edition.message(revision.cause),
        ]
        for revision in revisions
        if (card := edition.indicators.get(revision.indicator_id)) is not None
    ]
    return components.table(caption, header, rows, frozenset({3, 4}))


def _group(edition: Edition, revision: Revision) -> str:
    if revision.breakdown == TOTAL:
        return tr("whole")
    codes = LIST_OF_BREAKDOWN.get(revision.breakdown, revision.breakdown)
    return edition.label(codes, revision.breakdown_value)


def _when(card: IndicatorCard, revision: Revision) -> Markup:
    """Return when a figure is of, as the link to its origin."""
    address = origin_address(revision.indicator_id, revision.period, revision.breakdown, revision.breakdown_value)
    return Markup(origin_of(address, as_written(revision.period), say(card.title)))


def _number(card: IndicatorCard, value: float | None) -> str:
    return "–" if value is None else bare(value, card)
