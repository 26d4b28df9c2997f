"""What a row of an edition looks like once it is read.

Here belongs: one type a query of `queries/`, and what follows from a single row. Not here: reading (`data`) and words
for people (`sentences`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Words = Mapping[str, str]
"""One text in the languages of the contracts: `{"fi": …, "sv": …, "en": …}`."""

TOTAL = "total"

Shown = Literal["value", "reported", "hidden", "missing"]


@dataclass(frozen=True, slots=True)
class EditionFacts:
    """The row of `meta.edition`."""

    edition_id: str
    municipality_code: str
    municipality_name: str
    is_example: bool
    data_until: date
    software_version: str
    disclosure_k: int
    active_within_months: int
    contact_name: str
    contact_email: str | None


@dataclass(frozen=True, slots=True)
class IndicatorCard:
    """A row of `meta.indicators`: the words and rules of an indicator."""

    indicator_id: str
    position: int
    indicator_group: str
    title: Words
    question: Words
    formula: Words
    unit: Words
    method: Words
    limits: Words
    unit_code: str
    direction: str
    kind: str
    basis: str
    sources: Sequence[str]
    handbook: str
    decimals: int
    breakdowns: Sequence[str]


@dataclass(frozen=True, slots=True)
class Value:
    """A row of `marts.indicator_values` of a single year."""

    indicator_id: str
    period: str
    breakdown: str
    breakdown_value: str
    value: float | None
    lower: float | None
    upper: float | None
    n: int | None
    population: int | None
    coverage_share: float | None
    reported: float | None
    method: str
    status: str
    verdict: str
    verdict_reason: str
    break_id: str | None
    is_hidden: bool

    @property
    def shown(self) -> Shown:
        """What may be shown of the row: the value, else the plain sum told, else nothing and why."""
        if self.is_hidden:
            return "hidden"
        if self.value is not None:
            return "value"
        return "missing" if self.reported is None else "reported"

    @property
    def number(self) -> float | None:
        """The number that `shown` speaks of; None where there is none."""
        if self.is_hidden:
            return None
        return self.reported if self.value is None else self.value

    @property
    def year(self) -> int:
        """Year of the value."""
        return int(self.period)

    @property
    def is_preliminary(self) -> bool:
        """The year has not ended, or not all of its data has come."""
        return self.status == "preliminary"


@dataclass(frozen=True, slots=True)
class Change:
    """A row of `marts.indicator_changes`."""

    indicator_id: str
    period: str
    previous_period: str
    breakdown: str
    breakdown_value: str
    change: float | None
    change_share: float | None
    direction: str
    reason: str


@dataclass(frozen=True, slots=True)
class Revision:
    """A row of `meta.revisions`: a figure now and in the edition before, empty where there was none."""

    indicator_id: str
    period: str
    breakdown: str
    breakdown_value: str
    previous_edition_id: str
    previous_status: str
    previous_number: float | None
    number: float | None
    cause: str


@dataclass(frozen=True, slots=True)
class SeriesBreak:
    """A row of `meta.series_breaks`."""

    break_id: str
    indicator_id: str
    breaks_on: date
    text: Words


@dataclass(frozen=True, slots=True)
class Award:
    """A row of `marts.grant_awards`; euros are exact."""

    decision_year: int
    granting_body: str
    grant_type: str
    recipient: str | None
    business_id: str | None
    applied_eur: Decimal | None
    awarded_eur: Decimal
    paid_eur: Decimal | None
    decisions: int
    is_regrant: bool


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """A row of `marts.grant_reconciliation`; euros are exact."""

    year: int
    granting_body: str
    ledger_paid_eur: Decimal
    booked_eur: Decimal | None
    difference_eur: Decimal | None
    state: str


@dataclass(frozen=True, slots=True)
class SourceState:
    """A source with what was delivered: `meta.sources` and `marts.source_status`."""

    source: str
    title: Words
    licence: str
    owner: str
    files_read: int | None
    files_refused: int | None
    rows_read: int | None
    rows_staged: int | None
    rows_quarantined: int | None
    eur_read: Decimal | None
    eur_staged: Decimal | None
    eur_quarantined: Decimal | None
    warnings: int | None
    newest_received_on: date | None
    next_due_on: date | None


@dataclass(frozen=True, slots=True)
class Check:
    """A row of `quality.checks`."""

    source: str
    rule_id: str
    severity: str
    column_name: str | None
    rows_checked: int
    rows_failed: int
    passed: bool
    message: Words
    owner: str
