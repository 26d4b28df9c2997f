"""The link from a figure to the page "Where does the figure come from?", with the figure filled in.

Here belongs: that link and the names of its parameters. Not here: the page (`app_pages/origin.py`).
"""

from __future__ import annotations

from html import escape
from typing import Final

from dashboards.address import page_address
from dashboards.navigation import ORIGIN
from dashboards.rows import TOTAL
from dashboards.texts import tr

FIGURE: Final = "luku"
PERIOD: Final = "kausi"
BREAKDOWN: Final = "jako"
GROUP: Final = "ryhma"


def origin_address(indicator_id: str, period: str, breakdown: str = TOTAL, group: str | None = None) -> str:
    """Return the address of a figure's origin, relative to any page."""
    asked = {FIGURE: indicator_id, PERIOD: period}
    if breakdown != TOTAL:
        asked[BREAKDOWN] = breakdown
    if group is not None and breakdown != TOTAL:
        asked[GROUP] = group
    return page_address(ORIGIN.address, **asked)


def origin_anchor(address: str, subject: str) -> str:
    """Return the link as HTML; `subject` tells a screen reader which figure is meant."""
    words = tr("Where does the figure come from?")
    label = f"{words} {subject}"
    return f'<a class="yp-origin" href="{escape(address)}" aria-label="{escape(label)}">{escape(words)}</a>'


def origin_of(address: str, shown: str, subject: str = "") -> str:
    """Return text that is itself the link, where a link of its own beside every number would be too much.

    A screen reader hears what is shown, then the subject where that is not in it, then the question.
    """
    words = tr("Where does the figure come from?")
    label = " – ".join(part for part in (shown, subject, words) if part)
    return f'<a class="yp-origin" href="{escape(address)}" aria-label="{escape(label)}">{escape(shown)}</a>'


def origin_link(address: str, subject: str) -> str:
    """Return the link as a paragraph of its own."""
    return f'<p class="yp-text yp-ask">{origin_anchor(address, subject)}</p>'
