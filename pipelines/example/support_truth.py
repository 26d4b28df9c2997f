"""The right answers about the town's whole support to associations, counted from the invention.

Here belongs: plain adding up of grants, premises and staff time. Not here: the sums of each (`truth`, `civic_truth`).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pipelines.example.civic_truth import TOTAL, Figure
from pipelines.example.price_files import INDEX_POINTS
from pipelines.example.town import YEARS, Town

_RATES = ((2023, Decimal("34.20")), (2019, Decimal("31.50")))
"""The rates of the example's settings, told once more: first year and euros an hour."""


def figures(town: Town, year: int, active: int) -> Iterator[Figure]:
    """Yield the support of a year and its parts; None where a part of it is not known."""
    parts = {"grants": _grants(town, year), "premises": _premises(town, year), "staff": _staff(town, year)}
    known = [euros for euros in parts.values() if euros is not None]
    total = sum(known, Decimal(0)) if len(known) == len(parts) else None
    for part, euros in parts.items():
        yield "total_support_eur", str(year), "support_part", part, _to_cents(euros)
    yield "total_support_eur", str(year), TOTAL, TOTAL, _to_cents(total)
    divided = {
        "total_support_per_association_eur": Decimal(active),
        "total_support_per_resident_eur": Decimal(town.residents[year]),
        "total_support_real_eur": Decimal(str(INDEX_POINTS[year])) / Decimal(str(INDEX_POINTS[YEARS[-1]])),
    }
    for indicator, divisor in divided.items():
        yield indicator, str(year), TOTAL, TOTAL, None if total is None else float(total / divisor)


def _to_cents(euros: Decimal | None) -> str | None:
    return None if euros is None else f"{euros:.2f}"


def _grants(town: Town, year: int) -> Decimal:
    own = [one.awarded for one in town.grants if one.decided_on.year == year and not one.is_regrant]
    return sum(own, Decimal(0))


def _premises(town: Town, year: int) -> Decimal | None:
    support = [
        one.list_price - one.price
        for one in town.civic.bookings
        if one.starts_at.year == year and one.state == "confirmed" and one.booker.register_number is not None
        if one.list_price is not None and one.price is not None
    ]
    return sum(support, Decimal(0)) if support else None


def _staff(town: Town, year: int) -> Decimal | None:
    hours = [one.hours for one in town.civic.work if one.done_on.year == year and one.hours is not None]
    rate = next((euros for first_year, euros in _RATES if year >= first_year), None)
    return None if rate is None or not hours else sum(hours, Decimal(0)) * rate
