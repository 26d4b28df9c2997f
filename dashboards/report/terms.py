"""The council term in the chapter: baseline, newest figure, change and target of every indicator.

Here belongs: that section. Not here: its words (`term_words`), what the next council should look at (`handover`).
"""

from __future__ import annotations

from dashboards import handover, term_words
from dashboards.data import Edition
from dashboards.formats import day
from dashboards.report.document import Block, Bullets, Heading, Paragraph, of_rows
from dashboards.rows import CouncilTerm, IndicatorCard, TermValue
from dashboards.term_words import Followed
from dashboards.texts import say, tr


def section(edition: Edition, year: int) -> list[Block]:
    """Return the council term in which the year falls, as the edition tells it."""
    term = next((term for term in edition.terms.values() if term.first_year <= year <= term.last_year), None)
    if term is None:
        heading = Heading(tr("The council term"))
        return [heading, Paragraph(tr("No council term of the settings covers the year {year}.", year=year))]
    rows = term_words.followed(edition, term)
    note = tr(
        "The baseline is the last full year before the term, {year}; of surveys of residents it is the survey of the "
        "term before. The newest figure is the newest that the edition has of the term. The change of figures that "
        "associations report is that of those which answered in both years, so it may differ from the difference of "
        "the two figures.",
        year=term.baseline_year,
    )
    return [
        Heading(tr("The council term {term}", term=term.label)),
        Paragraph(term_words.lead(edition, term), "lead"),
        *_compared(edition, term, rows),
        Paragraph(note, "note"),
        *_targets(edition, term, rows),
        Heading(tr("What to look at next"), 2),
        *_findings(edition, term),
    ]


def _compared(edition: Edition, term: CouncilTerm, rows: list[Followed]) -> list[Block]:
    header = [tr("Indicator"), tr("Baseline"), tr("Newest"), tr("Change"), tr("Target"), tr("Verdict")]
    body = [
        [
            ", ".join(filter(None, (say(card.title), term_words.unit_note(card)))),
            _dated(term_words.amount(card, row.baseline), term_words.when(row.baseline_period)),
            _dated(term_words.amount(card, row.latest), term_words.when(row.latest_period, row.latest_status)),
            _change(edition, card, row),
            _target(card, row),
            term_words.verdict(row) if row.latest is not None else edition.message(row.verdict_reason),
        ]
        for card, row in rows
    ]
    caption = tr("Council term {term}: change from the baseline and against the target", term=term.label)
    return of_rows(caption, header, body, frozenset({1, 2}))


def _dated(written: str, when: str) -> str:
    return f"{written} ({when})" if when else written


def _change(edition: Edition, card: IndicatorCard, row: TermValue) -> str:
    told = f"{term_words.change_mark(row)} {term_words.change_word(card, row)}"
    more = term_words.turn_word(card, row)
    if row.direction == "not_comparable":
        more = term_words.change_reason(edition, row)
    return f"{told}: {more}" if more else told


def _target(card: IndicatorCard, row: TermValue) -> str:
    if row.target is None:
        return "–"
    return f"{term_words.amount(card, row.target)}: {term_words.target_word(row)}"


def _targets(edition: Edition, term: CouncilTerm, rows: list[Followed]) -> list[Block]:
    header = [tr("Indicator"), tr("Target"), tr("Owner"), tr("Set on"), tr("Decision"), tr("State of the target")]
    body = [
        [
            say(card.title),
            term_words.whole(card, row.target),
            row.target_owner or "",
            day(row.target_set_on) if row.target_set_on else "",
            row.target_decided_in or "",
            edition.message(row.target_reason),
        ]
        for card, row in rows
        if row.target is not None
    ]
    return of_rows(tr("Targets of the council term {term}", term=term.label), header, body)


def _findings(edition: Edition, term: CouncilTerm) -> list[Block]:
    found = handover.findings(edition, term)
    if not found:
        return [Paragraph(tr("The rules of the sheet found nothing that needs a closer look."))]
    return [
        block
        for finding in found
        for block in (
            Heading(finding.title, 3),
            Bullets(tuple(f"{titles}: {said}" for titles, said in finding.lines)),
        )
    ]
