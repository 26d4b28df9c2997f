"""The link to the page "Aineisto ja SQL" with a query filled in.

Here belongs: that link and the name of its parameter. Not here: asking and answering (`sql_forms`).
"""

from __future__ import annotations

from typing import Final

from dashboards import components
from dashboards.address import page_address
from dashboards.components import Markup
from dashboards.navigation import ANALYST
from dashboards.texts import tr

QUERY: Final = "kysely"


def query_link(sql: str) -> str:
    """Return the link as a paragraph of its own; a printed page leaves it out."""
    link = components.link(page_address(ANALYST.address, **{QUERY: sql}), tr("Open the query on the page Data and SQL"))
    return components.paragraph(Markup(link), "ask")
