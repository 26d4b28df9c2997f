"""What Dagster's history of a workspace tells: how the last refresh ended, and which interfaces did not answer.

Here belongs: reading that history. Not here: running a refresh (`pipelines.run`), judging what it means (`status`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from pipelines import run
from pipelines.assets.landing import INTERFACES
from pipelines.contract_model import Text
from pipelines.contracts import message
from pipelines.definitions import JOB
from pipelines.run_log import open_history
from pipelines.workspace import Workspace

if TYPE_CHECKING:
    import dagster as dg

LONGEST_RUN: Final = timedelta(hours=6)
"""A run that began longer ago and has not ended was cut off: a refresh takes minutes, of a whole country too."""

_ASKED_BACK: Final = 50  # runs that are looked through for the last time that each interface was asked


@dataclass(frozen=True, slots=True)
class LastRun:
    """The newest refresh: how it ended (`running` while it has not), when, and why it failed if it did."""

    state: Literal["succeeded", "failed", "running"]
    at: datetime
    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """An interface that did not answer when it was asked last: its source, when, and why."""

    source: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class History:
    """What the history tells; `last_run` is None when there has been none."""

    last_run: LastRun | None
    unanswered: tuple[Unanswered, ...]


def history_of(workspace: Workspace, now: datetime) -> History:
    """Read the history of a workspace; `now` is in UTC."""
    with _instance(workspace) as instance:
        if instance is None:
            return History(None, ())
        return History(_last_run(instance, now, workspace), tuple(_unanswered(instance)))


@contextmanager
def _instance(workspace: Workspace) -> Iterator[dg.DagsterInstance | None]:
    if not (workspace.dagster_home / "dagster.yaml").is_file():
        yield None
        return
    with open_history(workspace) as instance:
        yield instance


def _last_run(instance: dg.DagsterInstance, now: datetime, workspace: Workspace) -> LastRun | None:
    import dagster as dg

    records = instance.get_run_records(dg.RunsFilter(job_name=JOB), limit=1)
    if not records:
        return None
    record = records[0]
    began = record.create_timestamp
    if record.dagster_run.is_finished:
        ended = datetime.fromtimestamp(record.end_time, UTC) if record.end_time else began
        if record.dagster_run.is_success:
            return LastRun("succeeded", ended)
        return LastRun("failed", ended, _reason(instance, record.dagster_run.run_id, workspace))
    if now - began > LONGEST_RUN:
        return LastRun("failed", began, message("status.run.cut_off"))
    return LastRun("running", began)


def _reason(instance: dg.DagsterInstance, run_id: str, workspace: Workspace) -> Text:
    import dagster as dg

    kinds = {dg.DagsterEventType.ASSET_CHECK_EVALUATION, dg.DagsterEventType.STEP_FAILURE}
    events = [entry.dagster_event for entry in instance.all_logs(run_id, of_type=kinds)]
    return run.why_failed([event for event in events if event is not None], workspace.root)


def _unanswered(instance: dg.DagsterInstance) -> Iterator[Unanswered]:
    """Yield the interfaces whose newest outcome is a sentence instead of a number of pages."""
    seen: set[str] = set()
    for record in instance.fetch_materializations(INTERFACES, limit=_ASKED_BACK).records:
        told = record.asset_materialization.metadata if record.asset_materialization else {}
        for source, outcome in told.items():
            if source not in seen and isinstance(outcome.value, str):
                yield Unanswered(source, datetime.fromtimestamp(record.timestamp, UTC), outcome.value)
            seen.add(source)
