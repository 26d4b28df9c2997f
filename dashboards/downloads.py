"""Files that a reader takes along: CSV that a Finnish spreadsheet opens as it is.

Here belongs: rows of the view as CSV with semicolon, decimal comma and a byte order mark. Not here: the open data of an
edition.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO

from dashboards import sentences, term_words
from dashboards.data import Edition
from dashboards.formats import for_spreadsheet, on_scale
from dashboards.restricted.proposals import Proposal
from dashboards.rows import TOTAL, Award, CouncilTerm, IndicatorCard, TermValue
from dashboards.term_words import Followed
from dashboards.texts import say, tr


def indicator_csv(edition: Edition, card: IndicatorCard) -> bytes:
    """Return all values of an indicator, the whole and its breakdowns."""
    header = [
        tr("Indicator"),
        tr("Breakdown"),
        tr("Group"),
        tr("Year"),
        tr("Value"),
        tr("Lower bound"),
        tr("Upper bound"),
        tr("Reported"),
        tr("Unit"),
        tr("Answered"),
        tr("Of how many"),
        tr("Coverage, %"),
        tr("Verdict"),
        tr("Status"),
        tr("Note"),
        tr("Source"),
        tr("Edition"),
    ]
    sources = ", ".join(edition.source_title(source) for source in card.sources)
    rows = []
    for (indicator_id, *_), series in edition.values.items():
        if indicator_id != card.indicator_id:
            continue
        for value in series:
            whole = value.breakdown == TOTAL
            rows.append(
                [
                    say(card.title),
                    tr("whole") if whole else sentences.breakdown_word(value.breakdown),
                    tr("whole") if whole else edition.breakdown_label(value.breakdown, value.breakdown_value),
                    value.period,
                    *(_scaled(number, card) for number in (value.value, value.lower, value.upper, value.reported)),
                    say(card.unit),
                    value.n,
                    value.population,
                    None if value.coverage_share is None else round(value.coverage_share * 100, 1),
                    sentences.verdict_word(value.verdict),
                    sentences.status_word(value.status),
                    sentences.why_empty(edition, value) if value.number is None else None,
                    sources,
                    edition.facts.edition_id,
                ]
            )
    return _csv(header, rows)


def term_csv(edition: Edition, term: CouncilTerm, rows: Sequence[Followed]) -> bytes:
    """Return a council term, a row an indicator, with the figure of each year of the term at the end."""
    years = range(term.baseline_year, term.last_year + 1)
    header = [
        tr("Council term"),
        tr("Indicator"),
        tr("Unit"),
        tr("Baseline of"),
        tr("Baseline"),
        tr("Newest of"),
        tr("Newest"),
        tr("Lower bound"),
        tr("Upper bound"),
        tr("Status"),
        tr("Change from the baseline"),
        tr("Change, lower bound"),
        tr("Change, upper bound"),
        tr("Change"),
        tr("Why"),
        tr("Target"),
        tr("Newest minus target"),
        tr("State of the target"),
        tr("About the target"),
        tr("Target set by, when and where"),
        tr("Verdict"),
        tr("About the verdict"),
        *(tr("Year {year}", year=year) for year in years),
        tr("Source"),
        tr("Edition"),
    ]
    return _csv(header, [_term_row(edition, term, years, card, row) for card, row in rows])


def _term_row(
    edition: Edition, term: CouncilTerm, years: range, card: IndicatorCard, row: TermValue
) -> Sequence[object]:
    told = {period.period: period.value for period in edition.term_years.get((card.indicator_id, term.term_id), ())}
    return [
        term.label,
        say(card.title),
        say(card.unit),
        row.baseline_period,
        _scaled(row.baseline, card),
        row.latest_period,
        *(_scaled(number, card) for number in (row.latest, row.latest_lower, row.latest_upper)),
        sentences.status_word(row.latest_status) if row.latest_status else None,
        *(_scaled(number, card) for number in (row.change, row.change_lower, row.change_upper)),
        term_words.change_word(card, row),
        term_words.change_reason(edition, row),
        _scaled(row.target, card),
        _scaled(row.target_gap, card),
        term_words.target_word(row),
        edition.message(row.target_reason),
        term_words.target_set(row),
        sentences.verdict_word(row.verdict),
        edition.message(row.verdict_reason),
        *(_scaled(told.get(str(year)), card) for year in years),
        ", ".join(edition.source_title(source) for source in card.sources),
        edition.facts.edition_id,
    ]


def awards_csv(edition: Edition, awards: Sequence[Award]) -> bytes:
    """Return awards, a row a recipient, granting body and grant type."""
    header = [
        tr("Year"),
        tr("Recipient"),
        tr("Business id"),
        tr("Granting body"),
        tr("Grant type"),
        tr("Applied for, €"),
        tr("Awarded, €"),
        tr("Paid, €"),
        tr("Decisions"),
        tr("Re-grant"),
        tr("Edition"),
    ]
    rows = [
        [
            award.decision_year,
            award.recipient or tr("Private persons"),
            award.business_id,
            edition.label("granting_bodies", award.granting_body),
            edition.label("grant_types", award.grant_type),
            award.applied_eur,
            award.awarded_eur,
            award.paid_eur,
            award.decisions,
            tr("yes") if award.is_regrant else tr("no"),
            edition.facts.edition_id,
        ]
        for award in awards
    ]
    return _csv(header, rows)


def proposals_csv(
    proposals: Sequence[Proposal], themes: Mapping[str, str], states: Mapping[str, str], answerers: Mapping[str, str]
) -> bytes:
    """Return development proposals, a row each; what people wrote is never a formula."""
    header = [
        tr("Proposal"),
        tr("Theme"),
        tr("State"),
        tr("Reason"),
        tr("Answerer"),
        tr("Answers"),
        tr("First year"),
        tr("Last year"),
    ]
    rows = [
        [
            _never_formula(one.text),
            themes[one.theme],
            states[one.state],
            _never_formula(one.reason),
            answerers[one.answerer],
            one.answers,
            one.first_year,
            one.last_year,
        ]
        for one in proposals
    ]
    return _csv(header, rows)


def _never_formula(text: str) -> str:
    """Put an apostrophe before what a spreadsheet may run."""
    return f"'{text}" if text.lstrip().startswith(("=", "+", "-", "@")) else text


def rows_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return rows of any kind, such as the answer to a question in SQL."""
    return _csv(header, rows)


def _scaled(number: float | None, card: IndicatorCard) -> float | None:
    return None if number is None else round(on_scale(number, card), 6)


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([for_spreadsheet(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")
