"""The handover sheet of a council term: what it began with, what it reached, what to look at next.

Here belongs: the rules that choose what the next council should look at, and the sheet as a page of its own that can be
printed. Not here: the words of single figures (`term_words`), the tables of the page (`term_tables`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import streamlit as st

from dashboards import components, term_words
from dashboards.data import Edition
from dashboards.drawn import download, drawn
from dashboards.formats import day
from dashboards.origin_link import origin_address, origin_of
from dashboards.rows import CouncilTerm, IndicatorCard, TermValue
from dashboards.term_words import Followed
from dashboards.texts import language, say, tr

Rule = tuple[str, Callable[[IndicatorCard, TermValue], bool], Callable[[IndicatorCard, TermValue], str]]
"""Heading, which indicators it concerns, and what is said of each."""

_STYLE = Path(__file__).parent / "static" / "handover.css"


@dataclass(frozen=True, slots=True)
class Finding:
    """What to look at; each line names indicators and says what is known of them."""

    title: str
    lines: tuple[tuple[str, str], ...]


@drawn
def show(edition: Edition, term: CouncilTerm) -> None:
    """Show what to look at next, and the whole sheet as a file to print."""
    st.html(components.heading(tr("What to look at next")) + _listed(findings(edition, term), _origins(edition, term)))
    download(
        tr("Download the handover sheet (HTML, to be printed)"),
        sheet(edition, term).encode("utf-8"),
        f"handover_{term.term_id}_{edition.facts.edition_id}.html",
        "text/html",
        "handover",
    )


def findings(edition: Edition, term: CouncilTerm) -> list[Finding]:
    """Return what the next council should look at, the gravest first; what concerns no indicator is left out."""
    rows = term_words.followed(edition, term)
    rules: tuple[Rule, ...] = (
        (tr("Changed for the worse"), lambda card, row: term_words.turn(card, row) == "worse", _change_of),
        (tr("The target was missed"), lambda _, row: row.target_state == "missed", _distance_from_target),
        (tr("The target has not been reached yet"), lambda _, row: row.target_state == "open", _distance_from_target),
        (
            tr("Whether the target was reached can't be told"),
            lambda _, row: row.target_state == "unknown",
            lambda _, row: edition.message(row.target_reason),
        ),
        (
            tr("The series breaks: compare with the years after the break"),
            lambda _, row: row.broken_on is not None,
            lambda _, row: term_words.change_reason(edition, row),
        ),
        (
            tr("The data is not enough for conclusions"),
            lambda _, row: row.verdict == "not_usable",
            lambda _, row: edition.message(row.verdict_reason),
        ),
        (
            tr("There is no baseline to compare with"),
            lambda _, row: row.latest is not None and row.baseline is None,
            term_words.path,
        ),
    )
    found = (
        Finding(title, _lines([(say(card.title), tell(card, row)) for card, row in rows if concerns(card, row)]))
        for title, concerns, tell in rules
    )
    return [finding for finding in found if finding.lines]


def _lines(told: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Put the indicators of which the same is said on one line, in the order in which it was said first."""
    titles: dict[str, list[str]] = {}
    for title, said in told:
        titles.setdefault(said, []).append(title)
    return tuple((", ".join(of_line), said) for said, of_line in titles.items())


def _change_of(card: IndicatorCard, row: TermValue) -> str:
    return f"{term_words.path(card, row)}, {term_words.change_word(card, row)}"


def _distance_from_target(card: IndicatorCard, row: TermValue) -> str:
    aim = tr("target {value}", value=term_words.amount(card, row.target))
    return f"{term_words.path(card, row)}, {aim} ({row.target_owner})"


def _origins(edition: Edition, term: CouncilTerm) -> dict[str, str]:
    """Return where the newest figure of each indicator comes from, by its title."""
    return {
        say(card.title): origin_address(card.indicator_id, row.latest_period)
        for card, row in term_words.followed(edition, term)
        if row.latest_period is not None
    }


def _listed(found: Sequence[Finding], origins: Mapping[str, str]) -> str:
    if not found:
        return components.paragraph(tr("The rules of the sheet found nothing that needs a closer look."))
    return "".join(f"{components.heading(finding.title, 3)}{_lines_as_list(finding, origins)}" for finding in found)


def _lines_as_list(finding: Finding, origins: Mapping[str, str]) -> str:
    """Return the lines; what is said of one indicator is the link to its origin, several share words, not figures."""
    items = "".join(
        f"<li><strong>{escape(titles)}</strong>: "
        f"{origin_of(origins[titles], said, titles) if titles in origins else escape(said)}</li>"
        for titles, said in finding.lines
    )
    return f'<ul class="yp-findings">{items}</ul>'


def sheet(edition: Edition, term: CouncilTerm) -> str:
    """Return the sheet as a whole HTML page that needs nothing from outside."""
    town = edition.facts.municipality_name
    title = tr("{town}, council term {term}", town=town, term=term.label)
    example = tr("Example data: an invented town. The figures are not real.") if edition.facts.is_example else ""
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="notice">{escape(example)}</p>' if example else "",
        f'<p class="lead">{escape(term_words.lead(edition, term))}</p>',
        components.heading(tr("What the term began with")),
        _began(term_words.followed(edition, term)),
        components.heading(tr("What the term reached")),
        _reached(edition, term_words.followed(edition, term)),
        components.heading(tr("What to look at next")),
        _listed(findings(edition, term), {}),  # a printed sheet has no pages to lead to
        f"<footer>{''.join(components.paragraph(line) for line in _origin(edition))}</footer>",
    ]
    return (
        f'<!DOCTYPE html><html lang="{language()}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE.read_text(encoding='utf-8')}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>"
    )


def _began(rows: Sequence[Followed]) -> str:
    known = [
        (say(card.title), f"{term_words.whole(card, row.baseline)} ({term_words.when(row.baseline_period)})")
        for card, row in rows
        if row.baseline is not None
    ]
    missing = ", ".join(say(card.title) for card, row in rows if row.baseline is None)
    told = "".join(f"<dt>{escape(title)}</dt><dd>{escape(figure)}</dd>" for title, figure in known)
    listed = f'<dl class="began">{told}</dl>' if told else ""
    return listed + (components.paragraph(tr("No baseline: {titles}.", titles=missing)) if missing else "")


def _reached(edition: Edition, rows: Sequence[Followed]) -> str:
    header = [tr("Indicator"), tr("Newest"), tr("Change from the baseline"), tr("Target"), tr("Verdict")]
    body = [
        [
            say(card.title),
            f"{term_words.whole(card, row.latest)} ({term_words.when(row.latest_period, row.latest_status)})",
            f"{term_words.change_mark(row)} {term_words.change_word(card, row)}",
            _aim(card, row),
            edition.message(row.verdict_reason) if row.verdict == "not_usable" else term_words.verdict(row),
        ]
        for card, row in rows
        if row.latest is not None
    ]
    caption = tr("Newest figures of the term, against the baseline and the targets")
    return components.table(caption, header, body) if body else ""


def _aim(card: IndicatorCard, row: TermValue) -> str:
    if row.target is None:
        return "–"
    return f"{term_words.amount(card, row.target)}: {term_words.target_word(row)}"


def _origin(edition: Edition) -> list[str]:
    facts = edition.facts
    return [
        tr("Changes of figures that associations report are those of the associations that answered in both years."),
        tr("Edition {edition}. Data until {day}.", edition=facts.edition_id, day=day(facts.data_until)),
        tr("Questions: {contact}.", contact=facts.contact_name),
    ]
