"""Tables of the page on the quality of the data.

Here belongs: choosing rows and columns of those tables. Not here: how a table looks (`components`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

import streamlit as st

from dashboards import components, leads, revision_tables, sentences
from dashboards.components import Markup
from dashboards.data import Edition
from dashboards.drawn import drawn
from dashboards.formats import day, euros, number, percent
from dashboards.open_data_list import open_data_link
from dashboards.origin_link import origin_address, origin_of
from dashboards.rows import Check
from dashboards.texts import say, tr

_SHOWN_AT_ONCE: Final = 10
"""Checks that are shown unfolded; more would hide what comes after them."""


@drawn
def show(edition: Edition) -> None:
    """Show what was delivered, what the checks found and which edition this is."""
    st.html(components.lead(leads.quality(edition)) + components.paragraph(open_data_link()))
    st.html(coverage(edition))
    st.html(revision_tables.policy())
    revision_tables.show_revisions(edition)
    st.html(rows_of_sources(edition))
    st.html(origin_of_sources(edition))
    show_checks(edition)
    st.html(register_differences(edition) + breaks(edition) + edition_facts(edition))


def coverage(edition: Edition) -> str:
    """Return the verdicts of the newest figures: which may be used."""
    rows = []
    for card in edition.indicators.values():
        value = edition.latest(card.indicator_id)
        if value is None:
            rows.append([say(card.title), "–", tr("no data"), "–", ""])
            continue
        share = "–" if value.coverage_share is None else percent(value.coverage_share)
        verdict = sentences.verdict_marked(value.verdict)
        when = Markup(origin_of(origin_address(card.indicator_id, value.period), value.when, say(card.title)))
        rows.append([say(card.title), when, verdict, share, edition.message(value.verdict_reason)])
    header = [tr("Indicator"), tr("Year"), tr("Verdict"), tr("Coverage"), tr("Why")]
    title = tr("Which figures can be trusted")
    return components.heading(title) + components.table(tr("Newest figures"), header, rows, frozenset({3}))


def rows_of_sources(edition: Edition) -> str:
    """Return what became of the rows and euros of each source: what was read is kept or set aside."""
    header = [
        tr("Source"),
        tr("Rows read"),
        tr("Taken in"),
        tr("Set aside"),
        tr("Euros read"),
        tr("Euros taken in"),
        tr("Euros set aside"),
    ]
    rows = [
        [
            say(source.title),
            _count(source.rows_read),
            _count(source.rows_staged),
            _count(source.rows_quarantined),
            _sum(source.eur_read),
            _sum(source.eur_staged),
            _sum(source.eur_quarantined),
        ]
        for source in edition.sources
    ]
    text = tr("Every row of every file is either taken in or set aside with its reason. Nothing vanishes.")
    return (
        components.heading(tr("What was delivered"))
        + components.paragraph(text)
        + components.table(tr("Rows and euros of each source"), header, rows, frozenset(range(1, 7)))
    )


def origin_of_sources(edition: Edition) -> str:
    """Return how new each source is, when the next delivery is due, and where it comes from."""
    header = [
        tr("Source"),
        tr("Files"),
        tr("Refused files"),
        tr("Newest"),
        tr("Next due"),
        tr("Delivered by"),
        tr("Origin and licence"),
    ]
    rows = [
        [
            say(source.title),
            _count(source.files_read),
            _count(source.files_refused),
            _day(source.newest_received_on),
            _day(source.next_due_on),
            tr(source.owner),
            tr(source.licence),
        ]
        for source in edition.sources
    ]
    return components.table(tr("How up to date the sources are"), header, rows, frozenset({1, 2}))


def show_checks(edition: Edition) -> None:
    """Show the checks that found something, and all of them when asked for."""
    failed = [check for check in edition.checks if not check.passed]
    st.html(components.heading(tr("What the checks found")))
    if failed:
        caption = tr("Checks that found something to mend")
        with st.expander(tr("{caption}: {n}", caption=caption, n=len(failed)), expanded=len(failed) <= _SHOWN_AT_ONCE):
            st.html(_checks_table(edition, failed, caption))
    else:
        st.html(components.paragraph(tr("None of the checks found anything to mend.")))
    with st.expander(tr("Show all {n} checks", n=len(edition.checks))):
        st.html(_checks_table(edition, edition.checks, tr("All checks")))


def _checks_table(edition: Edition, checks: Sequence[Check], caption: str) -> str:
    severities = {
        "critical": tr("stops the edition"),
        "error": tr("row set aside"),
        "warning": tr("remark, the row is counted"),
    }
    header = [
        tr("Source"),
        tr("What is looked for"),
        tr("Rows that failed"),
        tr("Rows checked"),
        tr("What follows"),
        tr("What to do"),
        tr("Who mends it"),
    ]
    rows = [
        [
            edition.source_title(check.source),
            say(check.message),
            number(check.rows_failed),
            number(check.rows_checked),
            tr("nothing to mend") if check.passed else severities[check.severity],
            "–" if check.passed else say(check.remedy),
            tr(check.owner),
        ]
        for check in checks
    ]
    return components.table(caption, header, rows, frozenset({2, 3}))


def register_differences(edition: Edition) -> str:
    """Return the associations whose state in the extract is another than in YTJ; empty when there are none."""
    if not edition.register_differences:
        return ""
    header = [tr("Association"), tr("Business id"), tr("In the extract"), tr("In YTJ"), tr("Since")]
    rows = [
        [
            found.name,
            found.business_id,
            edition.label("association_status", found.extract_status) if found.extract_status else tr("missing"),
            edition.label("association_status", found.ytj_status),
            "–" if found.ytj_status_date is None else day(found.ytj_status_date),
        ]
        for found in edition.register_differences
    ]
    text = tr(
        "The extract is older than YTJ, or lacks these associations. Figures follow the extract: order a new one "
        "when there are many differences. An association that the extract lacks may have its domicile elsewhere."
    )
    return (
        components.heading(tr("The register extract and YTJ"))
        + components.paragraph(text)
        + components.table(tr("States that differ"), header, rows)
    )


def breaks(edition: Edition) -> str:
    """Return the breaks that cut the comparison of a series; empty when there are none."""
    if not edition.breaks:
        return ""
    rows: dict[str, list[str]] = {}
    for found in edition.breaks:
        row = rows.setdefault(found.break_id, [day(found.breaks_on), say(found.text), ""])
        card = edition.indicators.get(found.indicator_id)
        if card is not None:
            row[2] = f"{row[2]}, {say(card.title)}" if row[2] else say(card.title)
    header = [tr("From"), tr("What happened"), tr("Indicators")]
    return components.heading(tr("Breaks in the series")) + components.table(
        tr("Years before and after a break are not compared"), header, list(rows.values())
    )


def edition_facts(edition: Edition) -> str:
    """Return which edition this is and by which rules it was made."""
    facts = edition.facts
    return components.heading(tr("This edition")) + components.definitions(
        [
            (tr("Edition"), facts.edition_id),
            (tr("Data until"), day(facts.data_until)),
            (
                tr("Active association"),
                tr("registered, and evidence of activity within {n} months", n=facts.active_within_months),
            ),
            (
                tr("Protection of small groups"),
                tr(
                    "figures reported by fewer than {k} associations are hidden, and so are others that would give "
                    "them away",
                    k=facts.disclosure_k,
                ),
            ),
            (tr("Software"), f"Yhteispeli {facts.software_version}"),
        ]
    )


def _count(value: int | None) -> str:
    return "–" if value is None else number(value)


def _sum(value: Decimal | None) -> str:
    return "–" if value is None else euros(value, 2)


def _day(value: date | None) -> str:
    return tr("not delivered") if value is None else day(value)
