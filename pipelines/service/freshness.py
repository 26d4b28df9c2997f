"""How old the data of each source is, against what its contract promises.

Here belongs: when a source was received last and when it is due next. Not here: what is said about it (`status`), the
promise itself (frequency and latency in the contract of the source).
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from pipelines import contracts, landing
from pipelines.contract_model import SourceContract
from pipelines.workspace import Workspace


@dataclass(frozen=True, slots=True)
class SourceAge:
    """A source: when its newest readable file or answer was received (UTC), and the last day for the next one.

    Attributes
    ----------
    state
        `fresh`; `overdue`: the next one should have come; `absent`: nothing has ever come, and nothing is promised
        unless the settings switch its interface on, which makes it `overdue`.
    """

    contract: SourceContract
    state: Literal["fresh", "overdue", "absent"]
    received_at: datetime | None
    due_on: date | None


def ages(workspace: Workspace, today: date) -> list[SourceAge]:
    """Return the age of every source, in the order of the contracts; `today` is a day in UTC."""
    return [_age(workspace, contract, today) for contract in contracts.sources().values()]


def is_asked(workspace: Workspace, source: str) -> bool:
    """Tell whether the settings switch the interface of a source on."""
    interface = getattr(workspace.settings.interfaces, source, None)
    return interface is not None and interface.enabled


def newest_received(workspace: Workspace, source: str) -> datetime | None:
    """Return when the newest file in force of a source was received; one that could not be read does not count."""
    refused = landing.refusals(workspace, source)
    received = [file.received for file in landing.files_in_force(workspace, source) if file.sha256 not in refused]
    return max(received, default=None)


def due_after(received_on: date, contract: SourceContract) -> date:
    """Return the last day on which the next data of a source should come: its frequency and its latency later.

    Months keep the day of the month, or end at the last of a shorter one, as `marts.source_status` counts them.
    """
    months = received_on.month - 1 + contract.frequency_months
    year, month = received_on.year + months // 12, months % 12 + 1
    day = min(received_on.day, monthrange(year, month)[1])
    return date(year, month, day) + timedelta(days=contract.latency_days)


def _age(workspace: Workspace, contract: SourceContract, today: date) -> SourceAge:
    received = newest_received(workspace, contract.name)
    if received is None:
        is_missed = is_asked(workspace, contract.name)
        return SourceAge(contract, "overdue" if is_missed else "absent", None, None)
    due = due_after(received.date(), contract)
    return SourceAge(contract, "fresh" if today <= due else "overdue", received, due)
