"""What associations and residents answered, by group.

Here belongs: what the surveys tell beside the measures of the handbook. Not here: those measures (`indicators`).
"""

from __future__ import annotations

from dashboards import leads, sentences
from dashboards.data import Edition
from dashboards.report.document import Block, Heading, Paragraph, of_rows
from dashboards.rows import TOTAL, IndicatorCard
from dashboards.texts import say, tr


def section(edition: Edition) -> list[Block]:
    """Return the section on the surveys."""
    blocks: list[Block] = [Heading(tr("Surveys of residents and associations")), Paragraph(leads.cooperation(edition))]
    for group, title in (("residents", tr("Survey of residents")), ("cooperation", tr("Survey of associations"))):
        cards = [card for card in edition.indicators.values() if card.indicator_group == group]
        told = [block for card in cards for block in (*_message(edition, card), *_parts(edition, card))]
        if not told:
            told = [Paragraph(tr("No answers have been delivered yet."))]
        blocks += [Heading(title, 2), *told]
    return blocks


def _message(edition: Edition, card: IndicatorCard) -> list[Block]:
    value = edition.latest(card.indicator_id)
    if value is None:
        return []
    lines = (sentences.headline(edition, card), sentences.interval(card, value), sentences.told_by(value))
    return [Heading(say(card.title), 3), Paragraph(". ".join(line for line in lines if line) + ".")]


def _parts(edition: Edition, card: IndicatorCard) -> list[Block]:
    """Return the newest answers by each breakdown, under one another in one table."""
    value = edition.latest(card.indicator_id)
    if value is None:
        return []
    rows = [
        [
            sentences.breakdown_word(breakdown),
            edition.breakdown_label(breakdown, code),
            sentences.cell(edition, card, part),
            sentences.bounds(card, part) or "–",
            sentences.verdict_marked(part.verdict),
        ]
        for breakdown in card.breakdowns
        if breakdown != TOTAL
        for code, part in edition.parts(card.indicator_id, breakdown, value.period).items()
    ]
    header = [tr("Breakdown"), tr("Group"), tr("Figure"), tr("95% interval"), tr("Verdict")]
    title = tr("{title} {period} by group", title=say(card.title), period=value.when)
    return of_rows(title, header, rows, frozenset({2, 3}))
