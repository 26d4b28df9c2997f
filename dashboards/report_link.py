"""The link by which a reader reports an error, with page, figure and edition filled in.

Here belongs: that link. Not here: the address (the edition's `contact_email` holds it).
"""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from dashboards.data import Edition
from dashboards.texts import tr


def report_link(edition: Edition, subject: str) -> str:
    """Return a mail link as HTML; empty when the municipality has set no address.

    Parameters
    ----------
    edition
        The edition that is shown.
    subject
        Page or figure that the report is about.
    """
    address = edition.facts.contact_email
    if not address:
        return ""
    title = tr("Error in a figure: {subject}", subject=subject)
    body = tr(
        "Figure or page: {subject}\nEdition: {edition}\n\nWhat is wrong:\n",
        subject=subject,
        edition=edition.facts.edition_id,
    )
    target = f"mailto:{quote(address, safe='@')}?subject={quote(title)}&body={quote(body)}"
    words = tr("Report an error: {subject}", subject=subject)
    return f'<p class="yp-text"><a href="{escape(target)}">{escape(words)}</a></p>'
