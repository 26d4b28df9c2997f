"""Grants by granting body, and whether the grant ledger agrees with the books.

Here belongs: that section of the chapter. Not here: who received grants (the page of grants tells every award).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from dashboards import leads, sentences
from dashboards.data import Edition
from dashboards.formats import euros
from dashboards.report.document import Block, Heading, Paragraph, Picture, of_rows
from dashboards.report.drawings import bars
from dashboards.rows import Reconciliation, Value
from dashboards.texts import say, tr

YEARS_SHOWN: Final = 5
AWARDED: Final = "grants_awarded_eur"
BODY: Final = "granting_body"


def section(edition: Edition, year: int) -> list[Block]:
    """Return the section on grants."""
    return [
        Heading(tr("Grants by granting body")),
        Paragraph(leads.grants(edition)),
        *_picture(edition, year),
        *_bodies(edition, year),
        *_types(edition, year),
        Heading(tr("The grant ledger and the books"), 2),
        *_reconciled(edition, year),
    ]


def _picture(edition: Edition, year: int) -> list[Block]:
    card = edition.indicators.get(AWARDED)
    parts = edition.parts(AWARDED, BODY, str(year))
    known = [(code, value.number) for code, value in parts.items() if value.number is not None]
    if card is None or len(known) < 2:
        return []
    known.sort(key=lambda item: item[1], reverse=True)
    items = [(edition.breakdown_label(BODY, code), figure, euros(figure)) for code, figure in known]
    told = ", ".join(f"{label} {written}" for label, _, written in items)
    title = f"{say(card.title)} {year} {sentences.by_breakdown(BODY)}"
    return [Picture(bars(items), f"{title}: {told}.", title)]


def _bodies(edition: Edition, year: int) -> list[Block]:
    """Return what each body awarded in the newest years, and the whole."""
    card = edition.indicators.get(AWARDED)
    if card is None:
        return []
    years = range(year - YEARS_SHOWN + 1, year + 1)
    header = [sentences.breakdown_word(BODY), *map(str, years)]
    codes = edition.parts_codes(AWARDED, BODY)
    rows = [
        [edition.breakdown_label(BODY, code), *_cells(edition, years, edition.series(AWARDED, BODY, code))]
        for code in codes
    ]
    rows = [row for row in rows if set(row[1:]) != {"–"}]
    if rows:
        rows.append([tr("Total"), *_cells(edition, years, edition.series(AWARDED))])
    title = f"{say(card.title)} {sentences.by_breakdown(BODY)}"
    return of_rows(title, header, rows, frozenset(range(1, len(header))), total=True)


def _types(edition: Edition, year: int) -> list[Block]:
    card = edition.indicators.get(AWARDED)
    if card is None:
        return []
    parts = edition.parts(AWARDED, "grant_type", str(year))
    ordered = sorted(parts.items(), key=lambda item: item[1].number or 0.0, reverse=True)
    rows = [
        [edition.breakdown_label("grant_type", code), sentences.cell(edition, card, part)] for code, part in ordered
    ]
    title = f"{say(card.title)} {year} {sentences.by_breakdown('grant_type')}"
    return of_rows(title, [sentences.breakdown_word("grant_type"), say(card.title)], rows, frozenset({1}))


def _cells(edition: Edition, years: range, series: Sequence[Value]) -> list[str]:
    card = edition.indicators[AWARDED]
    of_year = {value.year: value for value in series}
    return [sentences.cell(edition, card, of_year[year]) if year in of_year else "–" for year in years]


def _reconciled(edition: Edition, year: int) -> list[Block]:
    rows = [row for row in edition.reconciliation if row.year == year]
    if not rows:
        return [Paragraph(tr("There is nothing to compare of {year}: no books and no paid grants.", year=year))]
    states = Counter(row.state for row in rows)
    told = tr(
        "Paid grants of the ledger are compared with account 4742 for each granting body. In {year} {agrees} agree, "
        "{explained} differ and are explained, {unexplained} differ unexplained, and for {no_books} the books have not "
        "been delivered.",
        year=year,
        agrees=states["agrees"],
        explained=states["explained"],
        unexplained=states["unexplained"],
        no_books=states["no_books"],
    )
    return [Paragraph(told), *_compared(edition, rows, year), *_explained(edition, year)]


def _compared(edition: Edition, rows: Sequence[Reconciliation], year: int) -> list[Block]:
    header = [
        tr("Granting body"),
        tr("Paid by the ledger"),
        tr("Booked on account 4742"),
        tr("Difference"),
        tr("Not explained"),
        tr("State"),
    ]
    body = [
        [
            edition.label("granting_bodies", row.granting_body),
            *map(sentences.money, _sums(row)),
            sentences.reconciliation_word(row.state),
        ]
        for row in rows
    ]
    totals = [
        sum((found or Decimal(0) for found in column), Decimal(0)) for column in zip(*map(_sums, rows), strict=True)
    ]
    body.append([tr("Total"), *map(sentences.money, totals), ""])
    return of_rows(tr("Ledger and books {year}", year=year), header, body, frozenset(range(1, 5)), total=True)


def _sums(row: Reconciliation) -> tuple[Decimal | None, ...]:
    return row.ledger_paid_eur, row.booked_eur, row.difference_eur, row.unexplained_eur


def _explained(edition: Edition, year: int) -> list[Block]:
    rows = [
        [edition.label("granting_bodies", item.granting_body), sentences.money(item.difference_eur), item.reason]
        for item in edition.explanations
        if item.year == year
    ]
    header = [tr("Granting body"), tr("Ledger minus books"), tr("Why they differ")]
    return of_rows(tr("Explanations of the differences"), header, rows, frozenset({1}))
