"""Tables of the grants page: recipients, re-grants, the ledger against the books.

Here belongs: choosing rows and columns of those tables. Not here: how a table looks (`components`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from dashboards import components
from dashboards.components import Markup
from dashboards.data import Edition
from dashboards.downloads import awards_csv
from dashboards.drawn import download, drawn
from dashboards.formats import number
from dashboards.origin_link import origin_address, origin_link, origin_of
from dashboards.rows import Award, Explanation, Reconciliation
from dashboards.sentences import money, reconciliation_word
from dashboards.texts import tr, tr_n

FIRST_ROWS = 15
PAID, BODY = "grants_paid_eur", "granting_body"
_SUMMED = ("awarded_eur", "paid_eur", "applied_eur")
_MONEY = frozenset({1, 2, 3})


@drawn
def show_year(edition: Edition, year: str, body: str | None) -> None:
    """Show the awards of a year, of one granting body or of all, and whether the books agree."""
    awards = [award for award in edition.awards(int(year)) if body is None or award.granting_body == body]
    show_recipients(edition, awards, year)
    show_regrants(edition, awards, year)
    show_reconciliation(edition, int(year))


def show_recipients(edition: Edition, awards: Sequence[Award], year: str) -> None:
    """Show who received grants: the largest first, all of them when asked for."""
    own = [award for award in awards if not award.is_regrant]
    if not own:
        st.html(components.paragraph(tr("No grants were awarded with this choice.")))
        return
    total = sum((award.awarded_eur for award in own), Decimal(0))
    recipients = len({award.recipient for award in own})
    st.html(
        components.paragraph(
            tr_n(
                "{n} recipient received {total} in all in {year}.",
                "{n} recipients received {total} in all in {year}.",
                recipients,
                n=number(recipients),
                total=money(total),
                year=year,
            )
        )
        + origin_link(origin_address("grants_awarded_eur", year), tr("Recipients {year}", year=year))
    )
    few = len(own) <= FIRST_ROWS
    caption = tr("Recipients {year}", year=year) if few else tr("Largest recipients {year}", year=year)
    st.html(_awards_table(edition, own[:FIRST_ROWS], caption, total=few))
    if not few:
        with st.expander(tr("Show all {n} rows", n=number(len(own)))):
            st.html(_awards_table(edition, own, tr("Recipients {year}", year=year)))
    download(
        tr("Download CSV: recipients {year}", year=year),
        awards_csv(edition, awards),
        f"grant_awards_{year}_{edition.facts.edition_id}.csv",
        "text/csv",
        "csv-awards",
    )


def show_regrants(edition: Edition, awards: Sequence[Award], year: str) -> None:
    """Show money that was passed on: it is counted once, with the one that passed it on."""
    passed_on = [award for award in awards if award.is_regrant]
    if not passed_on:
        return
    st.html(
        components.heading(tr("Passed on"), 3)
        + components.paragraph(
            tr("An association may pass a grant on. These sums are already in the grants above and count once.")
        )
        + _awards_table(edition, passed_on, tr("Passed on in {year}", year=year))
    )


def _awards_table(edition: Edition, awards: Sequence[Award], caption: str, *, total: bool = True) -> str:
    header = [
        tr("Recipient"),
        tr("Awarded"),
        tr("Paid"),
        tr("Applied for"),
        tr("Granting body"),
        tr("Grant type"),
    ]
    rows = [
        [
            award.recipient or tr("Private persons"),
            *(money(getattr(award, field)) for field in _SUMMED),
            edition.label("granting_bodies", award.granting_body),
            edition.label("grant_types", award.grant_type),
        ]
        for award in awards
    ]
    sums = [sum((getattr(award, field) or Decimal(0) for award in awards), Decimal(0)) for field in _SUMMED]
    return components.table(caption, header, rows, _MONEY, [tr("Total"), *map(money, sums), "", ""] if total else [])


def show_reconciliation(edition: Edition, year: int) -> None:
    """Show whether the grant ledger agrees with account 4742 of the books, in the year and over all years."""
    if not edition.reconciliation:
        return
    states = Counter(row.state for row in edition.reconciliation)
    st.html(
        components.heading(tr("The grant ledger and the books"))
        + components.paragraph(
            tr(
                "Paid grants of the ledger are compared with account 4742 for each granting body and year: "
                "{agrees} agree, {explained} differ and are explained, {unexplained} differ unexplained, "
                "for {no_books} the books have not been delivered.",
                agrees=states["agrees"],
                explained=states["explained"],
                unexplained=states["unexplained"],
                no_books=states["no_books"],
            )
        )
    )
    of_year = [row for row in edition.reconciliation if row.year == year]
    if of_year:
        st.html(_reconciliation_table(edition, of_year, tr("Ledger and books {year}", year=year)))
    differing = [row for row in edition.reconciliation if row.state in ("explained", "unexplained")]
    if differing:
        st.html(_reconciliation_table(edition, differing, tr("Differences of all years")))
    if edition.explanations:
        st.html(_explanations_table(edition, edition.explanations))
    with st.expander(tr("Show all years as a table: ledger and books")):
        st.html(_reconciliation_table(edition, edition.reconciliation, tr("Ledger and books")))


def _reconciliation_table(edition: Edition, rows: Sequence[Reconciliation], caption: str) -> str:
    header = [
        tr("Granting body"),
        tr("Year"),
        tr("State"),
        tr("Difference"),
        tr("Not explained"),
        tr("Paid by the ledger"),
        tr("Booked on account 4742"),
    ]
    body = [
        [
            edition.label("granting_bodies", row.granting_body),
            str(row.year),
            reconciliation_word(row.state),
            money(row.difference_eur),
            money(row.unexplained_eur),
            _paid_by_the_ledger(edition, row),
            money(row.booked_eur),
        ]
        for row in rows
    ]
    return components.table(caption, header, body, frozenset({3, 4, 5, 6}))


def _paid_by_the_ledger(edition: Edition, row: Reconciliation) -> str:
    """Return what the ledger says was paid, as the link to its origin where it is a figure of the edition."""
    shown = money(row.ledger_paid_eur)
    if str(row.year) not in {value.period for value in edition.series(PAID, BODY, row.granting_body)}:
        return shown
    subject = f"{edition.label('granting_bodies', row.granting_body)} {row.year}"
    return Markup(origin_of(origin_address(PAID, str(row.year), BODY, row.granting_body), shown, subject))


def _explanations_table(edition: Edition, explanations: Sequence[Explanation]) -> str:
    header = [tr("Granting body"), tr("Year"), tr("Ledger minus books"), tr("Why they differ")]
    body = [
        [
            edition.label("granting_bodies", item.granting_body),
            str(item.year),
            money(item.difference_eur),
            components.in_finnish(item.reason),
        ]
        for item in explanations
    ]
    return components.table(tr("Explanations of the differences"), header, body, frozenset({2}))
