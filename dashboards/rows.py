"""What a row of an edition looks like once it is read.

Here belongs: one type a query of `queries/`, and what follows from a single row. Not here: reading (`data`) and words
for people (`sentences`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

Words = Mapping[str, str]
"""One text in the languages of the contracts: `{"fi": …, "sv": …, "en": …}`."""

TOTAL = "total"
NOT_RECORDED = "not_recorded"

LIST_OF_BREAKDOWN: Final = {
    "purpose_group": "purpose_groups",
    "granting_body": "granting_bodies",
    "grant_type": "grant_types",
    "umbrella": "umbrella_organisations",
    "support_part": "support_parts",
    "sector": "city_sectors",
    "goal": "common_goals",
    "means": "participation_means",
    "volunteer_form": "volunteer_forms",
    "channel": "information_channels",
    "end_reason": "end_reason",
    "city_unit": "city_units",
    "work_kind": "work_kinds",
    "premises": "premises",
    "forum": "forums",
    "directory": "directories",
    "age_group": "age_groups",
    "sex": "sexes",
    "area": "areas",
}
"""Code list whose codes a breakdown has."""

Shown = Literal["value", "reported", "hidden", "missing"]


def as_written(period: str) -> str:
    """Write a period with the dash of a range: `2021-2025` becomes `2021–2025`, a year stays."""
    return period.replace("-", "–")


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


@dataclass(frozen=True, slots=True, eq=False)
class IndicatorCard:
    """A row of `meta.indicators`: the words and rules of an indicator; equal to itself alone, as its edition is."""

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
    disclosure: str
    materiality: float
    decimals: int
    breakdowns: Sequence[str]
    counted_in: Sequence[str]


@dataclass(frozen=True, slots=True)
class Value:
    """A row of `marts.indicator_values`: of a year or of a council term."""

    indicator_id: str
    period_type: str
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
        """Year of the value; of a council term the year in which it began."""
        return int(self.period[:4])

    @property
    def when(self) -> str:
        """The year, or the term as people write it: `2021–2025`."""
        return as_written(self.period)

    @property
    def is_of_term(self) -> bool:
        """The value is of a council term, not of a year."""
        return self.period_type == "term"

    @property
    def is_estimate(self) -> bool:
        """The value speaks of more units than those that answered."""
        return self.value is not None and self.method != "full_count"

    @property
    def is_preliminary(self) -> bool:
        """The year has not ended, or not all of its data has come."""
        return self.status == "preliminary"


@dataclass(frozen=True, slots=True)
class Origin:
    """A row of `marts.value_origins`: rows of one source behind a value, as far as they may be told."""

    role: str
    core_table: str
    source: str
    source_rows: int | None
    files: Sequence[int] | None


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A row of `marts.source_files`: a received file, without its name."""

    source: str
    file_number: int
    received_on: date
    state: str
    rows_read: int
    rows_staged: int
    rows_quarantined: int
    cells_corrected: int


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

    @property
    def is_of_term(self) -> bool:
        """The change is from one council term to the next, not from year to year."""
        return "-" in self.previous_period

    @property
    def since(self) -> str:
        """The year or term compared with, as people write it."""
        return as_written(self.previous_period)


@dataclass(frozen=True, slots=True)
class CouncilTerm:
    """A row of `meta.council_terms`; its years are those at whose end its council sits."""

    term_id: str
    starts: date
    ends: date
    baseline_year: int
    first_year: int
    last_year: int

    @property
    def label(self) -> str:
        """The term as people write it: `2021–2025`."""
        return self.term_id.replace("-", "–")


@dataclass(frozen=True, slots=True)
class TermYear:
    """A row of `marts.term_years`: the baseline of a term or a period of it."""

    indicator_id: str
    term_id: str
    period: str
    is_baseline: bool
    value: float | None
    lower: float | None
    upper: float | None
    status: str | None
    verdict: str
    verdict_reason: str


@dataclass(frozen=True, slots=True)
class TermValue:
    """A row of `marts.term_values`: an indicator over a council term."""

    indicator_id: str
    term_id: str
    baseline_period: str | None
    baseline: float | None
    baseline_lower: float | None
    baseline_upper: float | None
    latest_period: str | None
    latest: float | None
    latest_lower: float | None
    latest_upper: float | None
    latest_status: str | None
    change: float | None
    change_lower: float | None
    change_upper: float | None
    change_share: float | None
    direction: str
    change_reason: str
    broken_on: date | None
    target: float | None
    target_owner: str | None
    target_set_on: date | None
    target_decided_in: str | None
    target_gap: float | None
    target_state: str
    target_reason: str
    verdict: str
    verdict_reason: str

    @property
    def against_baseline(self) -> Change:
        """The change over the term, as a change of the yearly kind."""
        return Change(
            self.indicator_id,
            self.latest_period or "",
            self.baseline_period or "",
            TOTAL,
            TOTAL,
            self.change,
            self.change_share,
            self.direction,
            self.change_reason,
        )


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
class Parameter:
    """A row of `marts.figure_parameters`."""

    indicator_id: str
    parameter: str
    name: str
    value: float
    valid_from: date
    source: str


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
class Explanation:
    """A row of `marts.grant_explanations`: why ledger and books differ; `difference_eur` is ledger minus books."""

    year: int
    granting_body: str
    difference_eur: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """A row of `marts.grant_reconciliation`; euros are exact."""

    year: int
    granting_body: str
    ledger_paid_eur: Decimal
    booked_eur: Decimal | None
    difference_eur: Decimal | None
    explained_eur: Decimal
    unexplained_eur: Decimal | None
    state: str


@dataclass(frozen=True, slots=True)
class RegisterDifference:
    """A row of `marts.register_differences`."""

    business_id: str
    name: str
    extract_status: str | None
    ytj_status: str
    ytj_status_date: date | None


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
    remedy: Words
    owner: str
