"""What the reader of the front page sees before its script has come: message and three numbers, as plain HTML.

Here belongs: that piece of the page shell. Not here: the shell (`shell`), the overview itself (`tiles`), taking the
piece away when the overview stands (`static/yhteispeli.js`).

The piece is made of the edition that is current when the page is asked for, by the functions of the overview, so it
shows no other figure than the overview. It has no links or buttons: nobody is led away from what disappears.
"""

from __future__ import annotations

from typing import Final
from weakref import WeakKeyDictionary

from dashboards import components, leads, tiles
from dashboards.data import Edition, EditionUnavailable, current_edition
from dashboards.navigation import OVERVIEW, page_title
from dashboards.texts import Language, speaking, tr

_made: Final[WeakKeyDictionary[Edition, dict[Language, str]]] = WeakKeyDictionary()


def first_sight(language: Language) -> str:
    """Return the piece in a language; empty when there is no edition to show: the page then says why."""
    try:
        edition = current_edition()
    except EditionUnavailable:
        return ""
    made = _made.setdefault(edition, {})
    if language not in made:
        with speaking(language):
            made[language] = _piece(edition)
    return made[language]


def _piece(edition: Edition) -> str:
    notice = components.notice(tr("Example data: an invented town. The figures are not real."), "example")
    return (
        f'<main id="yp-first-sight">{notice if edition.facts.is_example else ""}'
        f"{components.masthead(edition.facts.municipality_name, page_title(OVERVIEW))}"
        f"{components.lead(leads.overview(edition))}{tiles.numbers(edition)}</main>"
    )
