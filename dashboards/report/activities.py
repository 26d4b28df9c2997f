"""What associations and the town did in the year.

Here belongs: the description of activities, from the messages of the pages and a few breakdowns. Not here: the eight
measures (`indicators`), grants by granting body (`grants`).
"""

from __future__ import annotations

from typing import Final

from dashboards import leads, sentences
from dashboards.data import Edition
from dashboards.report.document import Block, Heading, Paragraph, of_rows
from dashboards.report.indicators import told_of
from dashboards.texts import say, tr

BREAKDOWNS: Final = (
    ("registered_associations", "purpose_group"),
    ("forum_meetings", "forum"),
    ("city_staff_hours", "city_unit"),
    ("premises_hours", "premises"),
)
"""Indicators of the field and of the town's work, and by what each is told."""


def section(edition: Edition, year: int) -> list[Block]:
    """Return the description of activities."""
    return [
        Heading(tr("What was done in {year}", year=year)),
        Heading(tr("Associations"), 2),
        Paragraph(leads.associations(edition)),
        *_founded_and_ended(edition, year),
        *_parts(edition, year, *BREAKDOWNS[0]),
        Heading(tr("Volunteering and events"), 2),
        Paragraph(leads.volunteering(edition)),
        Paragraph(leads.events(edition)),
        Heading(tr("Meeting and taking part"), 2),
        Paragraph(leads.participation(edition)),
        *_parts(edition, year, *BREAKDOWNS[1]),
        Heading(tr("What the town gave"), 2),
        Paragraph(leads.city(edition)),
        *(block for breakdown in BREAKDOWNS[2:] for block in _parts(edition, year, *breakdown)),
    ]


def _founded_and_ended(edition: Edition, year: int) -> list[Block]:
    told = [told_of(edition, indicator_id, year) for indicator_id in ("founded", "ended")]
    numbers = [
        tr("{title}: {value}.", title=say(item.card.title), value=item.figure)
        for item in told
        if item is not None and item.value is not None
    ]
    return [Paragraph(" ".join(numbers))] if numbers else []


def _parts(edition: Edition, year: int, indicator_id: str, breakdown: str) -> list[Block]:
    card = edition.indicators.get(indicator_id)
    if card is None:
        return []
    parts = edition.parts(indicator_id, breakdown, str(year))
    ordered = sorted(parts.items(), key=lambda item: -1.0 if item[1].number is None else item[1].number, reverse=True)
    rows = [[edition.breakdown_label(breakdown, code), sentences.cell(edition, card, value)] for code, value in ordered]
    title = f"{say(card.title)} {year} {sentences.by_breakdown(breakdown)}"
    return of_rows(title, [sentences.breakdown_word(breakdown), say(card.title)], rows, frozenset({1}))
