"""Running the refresh job of Dagster in this process, and what came of it.

Here belongs: the run, its outcome, and the accounts that are shown after it. Not here: the command line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import polars as pl

from pipelines import contracts, editions, obstacles, receiving
from pipelines.contract_model import Text
from pipelines.contracts import message
from pipelines.refresh import Progress, run_rooms
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace
from warehouse import database

if TYPE_CHECKING:
    import dagster as dg

EXPECTED = {error.__name__ for error in (editions.EmptyEditionError, WorkspaceError)}
"""Errors whose text is a sentence for people; anything else is a fault of the program."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a refresh came to: the edition in force (None when there is none), whether it is new, and why not if not.

    `has_run` is false when another refresh had the workspace, so that there is nothing to account for.
    """

    edition_id: str | None
    is_new: bool
    kept_because: Text | None = None
    has_run: bool = True


def refresh(workspace: Workspace, progress: Progress) -> Outcome:
    """Run the refresh job of Dagster in this process; the run is kept in the history of the workspace.

    `progress` is told the name of each table as its work begins.
    """
    from pipelines.definitions import JOB, build_definitions
    from pipelines.run_log import open_history

    before = editions.current_id(workspace)
    try:
        workspace.make_folders()
        with database.open_build(workspace.build_file):
            pass  # no other process has it, and a damaged one has been made anew
        job = build_definitions(workspace, progress).resolve_job_def(JOB)
        with open_history(workspace) as instance:
            result = _execute(job, instance)
            if not result.success and not workspace.build_file.exists():  # damage came to light and it was discarded
                result = _execute(job, instance)
            if not result.success:
                return Outcome(before, is_new=False, kept_because=why_failed(result.all_events, workspace.root))
    except Exception as error:
        said = obstacles.told(str(error), workspace.root)
        if said is None:
            raise
        return Outcome(before, is_new=False, kept_because=said, has_run=False)
    after = editions.current_id(workspace)
    return Outcome(after, is_new=after != before)


def refresh_rooms(workspace: Workspace) -> Outcome:
    """Refresh without Dagster, for a process that refreshes many workspaces: no history of the run is kept."""
    before = editions.current_id(workspace)
    try:
        workspace.make_folders()
        published = run_rooms(workspace, lambda _table: None)
    except (receiving.BlockingCheckError, editions.EmptyEditionError, WorkspaceError) as error:
        return Outcome(before, is_new=False, kept_because=Text(str(error), str(error), str(error)))
    except Exception as error:  # noqa: BLE001 - whatever stops one workspace is told, and the others go on
        refused = obstacles.told(str(error), workspace.root)
        detail = f"{type(error).__name__}: {' '.join(str(error).split())}"
        return Outcome(before, is_new=False, kept_because=refused or message("cli.fault", detail=detail))
    return Outcome(published.id, is_new=published.id != before)


def why_failed(events: Sequence[dg.DagsterEvent], place: Path) -> Text:
    """Return the first blocking check that failed, else the first error that people can mend, else the fault.

    Parameters
    ----------
    events
        What a run told, in its order; only results of checks and failures of steps are looked at.
    place
        The file or folder to name when the machine refused something and did not say where.
    """
    import dagster as dg

    for event in events:
        if event.event_type != dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            continue
        evaluation = event.asset_check_evaluation_data
        if evaluation.blocking and not evaluation.passed and evaluation.description:
            return Text(evaluation.description, evaluation.description, evaluation.description)
    errors = [event.step_failure_data.error for event in events if event.is_step_failure]
    causes = [error.cause or error for error in errors if error is not None]
    for cause in causes:
        if cause.cls_name in EXPECTED:
            said = cause.message.partition(": ")[2].strip()
            return Text(said, said, said)
        refused = obstacles.told(cause.message, place)
        if refused is not None:
            return refused
    detail = " ".join(causes[0].message.split()) if causes else "Dagster"
    return message("cli.fault", detail=detail)


def accounts(workspace: Workspace) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return `quality.files` and `quality.findings` of the newest run, empty frames when there is none."""
    with database.open_build(workspace.build_file) as connection:
        return _table_or_empty(connection, "quality.files"), _table_or_empty(connection, "quality.findings")


def corrections(workspace: Workspace) -> pl.DataFrame:
    """Return `quality.corrections` of the newest run."""
    with database.open_build(workspace.build_file) as connection:
        return _table_or_empty(connection, "quality.corrections")


def reconciled(workspace: Workspace) -> pl.DataFrame:
    """Return `marts.grant_reconciliation` of the newest run."""
    with database.open_build(workspace.build_file) as connection:
        return _table_or_empty(connection, "marts.grant_reconciliation").sort("year", "granting_body")


def links(workspace: Workspace) -> pl.DataFrame:
    """Return for each source how many mentions of organisations were linked: `source`, `mentions`, `linked`."""
    with database.open_build(workspace.build_file) as connection:
        found = _table_or_empty(connection, "core.organisation_links")
    return (
        found.group_by("source")
        .agg(mentions=pl.len(), linked=pl.col("register_number").is_not_null().sum())
        .sort("source")
    )


_QUIET = {"log_level": "CRITICAL"}


def _execute(job: dg.JobDefinition, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    return job.execute_in_process(
        instance=instance, raise_on_error=False, run_config={"loggers": {"console": {"config": _QUIET}}}
    )


def _table_or_empty(connection: duckdb.DuckDBPyConnection, table: str) -> pl.DataFrame:
    try:
        return database.read_frame(connection, table)
    except duckdb.CatalogException:
        columns = contracts.tables()[table].columns
        return pl.DataFrame(schema={column.name: pl.String for column in columns})
