"""How far the chapter can be trusted: quality of the data, what is missing and why, what has been revised.

Here belongs: those sections. Not here: how figures are counted (`method`), the page on quality (`quality_tables`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dashboards import leads, sentences
from dashboards.data import Edition
from dashboards.formats import bare, day, euros, number, percent
from dashboards.report.document import Block, Bullets, Heading, Paragraph, of_rows
from dashboards.report.indicators import told_of
from dashboards.rows import TOTAL, Revision, SourceState, as_written
from dashboards.texts import say, tr, tr_n

CHECKS_SHOWN: Final = 12


def section(edition: Edition, year: int) -> list[Block]:
    """Return the sections on quality, gaps and revisions."""
    return [
        Heading(tr("Quality of the data")),
        Paragraph(leads.quality(edition)),
        *_verdicts(edition, year),
        *_sources(edition),
        *_checks(edition),
        Heading(tr("What is missing and why")),
        *_missing(edition, year),
        Heading(tr("What has changed since the edition before")),
        *_revisions(edition),
    ]


def _verdicts(edition: Edition, year: int) -> list[Block]:
    header = [tr("Indicator"), tr("Period"), tr("Verdict"), tr("Coverage"), tr("Why")]
    rows = [
        [
            say(card.title),
            item.value.when,
            sentences.verdict_marked(item.value.verdict),
            "–" if item.value.coverage_share is None else percent(item.value.coverage_share),
            edition.message(item.value.verdict_reason),
        ]
        for card in edition.indicators.values()
        if (item := told_of(edition, card.indicator_id, year)) is not None and item.value is not None
    ]
    return of_rows(tr("Which figures can be trusted"), header, rows, frozenset({3}))


def _sources(edition: Edition) -> list[Block]:
    header = [tr("Source"), tr("Rows read"), tr("Taken in"), tr("Set aside"), tr("Euros read"), tr("Newest")]
    rows = [
        [
            say(source.title),
            *("–" if count is None else number(count) for count in _counts(source)),
            "–" if source.eur_read is None else euros(source.eur_read, 2),
            tr("not delivered") if source.newest_received_on is None else day(source.newest_received_on),
        ]
        for source in edition.sources
    ]
    return of_rows(tr("Rows and euros of each source"), header, rows, frozenset(range(1, 5)))


def _counts(source: SourceState) -> tuple[int | None, ...]:
    return source.rows_read, source.rows_staged, source.rows_quarantined


def _checks(edition: Edition) -> list[Block]:
    failed = [check for check in edition.checks if not check.passed]
    header = [
        tr("Source"),
        tr("What is looked for"),
        tr("Rows that failed"),
        tr("Rows checked"),
        tr("What to do"),
        tr("Who mends it"),
    ]
    rows = [
        [
            edition.source_title(check.source),
            say(check.message),
            number(check.rows_failed),
            number(check.rows_checked),
            say(check.remedy),
            tr(check.owner),
        ]
        for check in failed[:CHECKS_SHOWN]
    ]
    table = of_rows(tr("Checks that found something to mend"), header, rows, frozenset({2, 3}))
    if len(failed) <= CHECKS_SHOWN:
        return table
    more = tr("The gravest {n} are shown; the page on the quality of the data shows all.", n=CHECKS_SHOWN)
    return [*table, Paragraph(more, "note")]


def _missing(edition: Edition, year: int) -> list[Block]:
    told = [
        *_without_figure(edition, year),
        *_only_told(edition, year),
        *_hidden(edition, year),
        *_not_delivered(edition),
    ]
    if not told:
        return [Paragraph(tr("Nothing is missing: every indicator has a figure of {year}.", year=year))]
    return [Bullets(tuple(told))]


def _without_figure(edition: Edition, year: int) -> list[str]:
    """Say of which indicators the year has no figure, those with the same reason together."""
    titles: dict[str, list[str]] = {}
    for card in edition.indicators.values():
        item = told_of(edition, card.indicator_id, year)
        if item is None or (item.value is not None and item.value.number is not None):
            continue
        is_hidden = item.value is not None and item.value.is_hidden
        reason = tr("The data has not been delivered yet.")
        if item.value is not None:
            reason = (
                sentences.why_empty(edition, item.value) if is_hidden else edition.message(item.value.verdict_reason)
            )
        titles.setdefault(reason, []).append(say(card.title))
    return [f"{', '.join(of_reason)}: {reason}" for reason, of_reason in titles.items()]


def _only_told(edition: Edition, year: int) -> list[str]:
    found = [
        say(card.title)
        for card in edition.indicators.values()
        if (item := told_of(edition, card.indicator_id, year)) is not None
        and item.value is not None
        and item.value.shown == "reported"
    ]
    if not found:
        return []
    return [tr("Reported by those who answered only, no estimate of the whole: {titles}.", titles=", ".join(found))]


def _hidden(edition: Edition, year: int) -> list[str]:
    hidden = sum(
        value.is_hidden
        for series in edition.values.values()
        for value in series
        if value.year == year and not value.is_of_term
    )
    if not hidden:
        return []
    return [
        tr_n(
            "{n} figure of {year} is hidden because it tells of fewer than {k} associations, or would give such a "
            "figure away.",
            "{n} figures of {year} are hidden because they tell of fewer than {k} associations, or would give such a "
            "figure away.",
            hidden,
            n=number(hidden),
            year=year,
            k=edition.facts.disclosure_k,
        )
    ]


def _not_delivered(edition: Edition) -> list[str]:
    titles = [say(source.title) for source in edition.sources if source.newest_received_on is None]
    return [tr("Sources that have not been delivered: {titles}.", titles=", ".join(titles))] if titles else []


def _revisions(edition: Edition) -> list[Block]:
    if not edition.revisions:
        return [Paragraph(tr("In this edition no earlier figure has changed."))]
    wholes = [revision for revision in edition.revisions if revision.breakdown == TOTAL]
    told = tr(
        "{n} figures differ from those of edition {edition}.",
        n=number(len(edition.revisions)),
        edition=edition.revisions[0].previous_edition_id,
    )
    return [Paragraph(told), *_revised(edition, wholes)]


def _revised(edition: Edition, revisions: Sequence[Revision]) -> list[Block]:
    header = [tr("Indicator"), tr("Period"), tr("Before"), tr("Now"), tr("Why")]
    rows = [
        [
            say(card.title),
            as_written(revision.period),
            *("–" if figure is None else bare(figure, card) for figure in (revision.previous_number, revision.number)),
            edition.message(revision.cause),
        ]
        for revision in revisions
        if (card := edition.indicators.get(revision.indicator_id)) is not None
    ]
    return of_rows(tr("Revised figures of the whole"), header, rows, frozenset({2, 3}))
