"""One part of the town on the pages of indicators: a purpose group, an area, a body instead of the whole.

Here belongs: choosing the part, kept in the address, and the edition as it looks for that part alone. Not here: what is
shown of it (`evidence`).
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboards import components
from dashboards.address import choose
from dashboards.data import Edition
from dashboards.origin_link import BREAKDOWN, GROUP
from dashboards.rows import LIST_OF_BREAKDOWN, TOTAL
from dashboards.sentences import breakdown_word
from dashboards.texts import OWN_NAMES, say, tr

PARAMETERS = frozenset({BREAKDOWN, GROUP})
"""Names in the address."""

WHOLE = (TOTAL, TOTAL)


def choose_part(edition: Edition, *groups: str) -> tuple[str, str]:
    """Show the choice of a part and return its breakdown and code, `WHOLE` when none is chosen.

    Parameters
    ----------
    edition
        The edition that is shown.
    groups
        Groups of the catalogue that the page shows; their indicators tell which breakdowns there are.
    """
    found: dict[str, set[str]] = {}
    for card in edition.indicators.values():
        for breakdown in card.breakdowns if card.indicator_group in groups else ():
            if breakdown in LIST_OF_BREAKDOWN and (codes := edition.parts_codes(card.indicator_id, breakdown)):
                found.setdefault(breakdown, set()).update(codes)
    if not found:
        return WHOLE
    notices = st.container()
    with st.container(key="filters-part", horizontal=True):
        names = {TOTAL: tr("whole")} | {breakdown: breakdown_word(breakdown) for breakdown in found}
        breakdown = choose(tr("Breakdown"), BREAKDOWN, names, TOTAL, notices)
        if breakdown == TOTAL:
            return WHOLE
        in_order = [code for code in edition.codes[LIST_OF_BREAKDOWN[breakdown]] if code in found[breakdown]]
        labels = {code: edition.breakdown_label(breakdown, code) for code in in_order}
        return breakdown, choose(tr("Group"), GROUP, labels, in_order[0], notices)


def of_part(edition: Edition, breakdown: str, code: str) -> Edition:
    """Return the edition of one part: its figures stand where those of the whole stand.

    Indicators that are not told of the part are left out, as are targets, which are set for the whole.
    """
    words = edition.codes[LIST_OF_BREAKDOWN[breakdown]][code]
    values = {
        (indicator_id, *WHOLE): series
        for (indicator_id, *part), series in edition.values.items()
        if tuple(part) == (breakdown, code)
    }
    cards = {
        name: replace(card, title={language: f"{card.title[language]}, {words[language]}" for language in OWN_NAMES})
        for name, card in edition.indicators.items()
        if (name, *WHOLE) in values
    }
    return replace(edition, indicators=cards, values=values, term_values={})


def untold(edition: Edition, group: str, breakdown: str, code: str) -> str:
    """Return, as HTML, which indicators of a group of the catalogue are not told of the part; empty when all are."""
    titles = [
        say(card.title)
        for card in edition.indicators.values()
        if card.indicator_group == group and not edition.series(card.indicator_id, breakdown, code)
    ]
    if not titles:
        return ""
    label = edition.breakdown_label(breakdown, code)
    return components.paragraph(tr("Not known for “{part}”: {titles}.", part=label, titles=", ".join(titles)), "quiet")
