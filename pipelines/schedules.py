"""What a workspace does by itself at set times: ask the interfaces, catch up, tell the owners, write the report.

Here belongs: when, and which sources. Not here: the assets, the sensor of the inbox (`inbox`), what is told
(`service.mail`).

A machine that was off does not make up for every time that it missed. Dagster would run the last missed tick of each
schedule; here a tick that comes late asks nothing, and one sensor sees which interfaces were asked too long ago and
asks for all of them in a single run.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import dagster as dg

from pipelines import editions, landing
from pipelines.assets.landing import ASK_TAG
from pipelines.contract_model import LANGUAGES
from pipelines.parsing import TIME_ZONE
from pipelines.service.freshness import is_asked
from pipelines.workspace import Workspace

LATE: Final = timedelta(hours=1)
"""A tick that is evaluated so long after its time was missed."""

GRACE: Final = timedelta(hours=6)
"""What a fetch may take beyond its period (a slow interface, summer time) before it counts as missed."""

CATCH_UP_SECONDS: Final = 600
EACH_MORNING: Final = "0 7 * * *"
WHILE_ACCOUNTS_CLOSE: Final = "0 6 3 2-5 *"
"""The months in which a municipality draws up and audits its financial statement."""
REPORTS: Final = tuple((language, ending) for language in LANGUAGES for ending in ("pdf", "docx"))
LONGEST_REPORT: Final = 600.0
"""Seconds that one file of the report may take."""


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often the interfaces of some sources are asked: by the clock, and how long there is between two times."""

    name: str
    cron: str
    period: timedelta
    sources: tuple[str, ...]


CADENCES: Final = (
    Cadence("register_weekly", "0 5 * * 1", timedelta(days=7), ("ytj_companies", "events", "directory_listings")),
    Cadence(
        "population_and_finance_monthly",
        "0 5 2 * *",
        timedelta(days=31),
        ("population", "price_index", "municipal_finance"),
    ),
)
"""The contracts promise new data less often; asking more often costs little and shows a fault sooner."""


def asking_schedules(job_name: str) -> list[dg.ScheduleDefinition]:
    """Return the schedules that ask the interfaces, one a cadence."""
    return [_schedule(cadence, job_name) for cadence in CADENCES]


def catch_up_sensor(workspace: Workspace, job_name: str) -> dg.SensorDefinition:
    """Return a sensor that asks for one run of all interfaces that were not asked when they should have been.

    The cursor keeps, for each source, the newest answer at the time of asking: as long as nothing newer has come, it
    has been asked for already, and the next time is that of its schedule.
    """

    @dg.sensor(
        name="catch_up",
        job_name=job_name,
        minimum_interval_seconds=CATCH_UP_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Interfaces that were not asked when they should have been are asked once, in one run.",
    )
    def catch_up(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        asked: dict[str, str] = json.loads(context.cursor) if context.cursor else {}
        missed = missed_asks(Workspace(workspace.root), datetime.now(UTC))  # anew: the settings may have changed
        new = {source: newest for source, newest in missed.items() if asked.get(source) != newest}
        if not new:
            return dg.SkipReason("No interface is waiting to be asked.")
        request = dg.RunRequest(tags={ASK_TAG: ",".join(sorted(new))})
        return dg.SensorResult([request], cursor=json.dumps({**asked, **new}))

    return catch_up


def missed_asks(workspace: Workspace, now: datetime) -> Mapping[str, str]:
    """Return the sources whose interface should have been asked since its newest answer, with the time of that.

    The time is ISO 8601 (UTC), empty when the interface has never given anything.
    """
    missed: dict[str, str] = {}
    for cadence in CADENCES:
        for source in filter(lambda source: is_asked(workspace, source), cadence.sources):
            pages = [file.received for file in landing.files_in_force(workspace, source) if file.origin is not None]
            newest = max(pages, default=None)
            if newest is None or now - newest > cadence.period + GRACE:
                missed[source] = newest.isoformat() if newest else ""
    return missed


def _running(name: str, job: dg.JobDefinition, cron: str) -> dg.ScheduleDefinition:
    """Return a schedule of the town's own time that runs without anybody turning it on."""
    return dg.ScheduleDefinition(
        name=name,
        job=job,
        cron_schedule=cron,
        execution_timezone=TIME_ZONE,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )


def mail_schedule(workspace: Workspace) -> dg.ScheduleDefinition:
    """Return the schedule that tells the owners each morning what is overdue or fails and was not told before."""

    @dg.op(name="tell_owners", description="Mail to the owners of overdue or failing data, once a fault.")
    def tell_owners(context: dg.OpExecutionContext) -> None:
        from pipelines.service.mail import PASSWORD, MailFailed, tell
        from pipelines.service.status import status_of

        opened = Workspace(workspace.root)
        try:
            letters = tell(opened, status_of(opened), os.environ.get(PASSWORD, ""))
        except MailFailed as failed:
            raise dg.Failure(str(failed), allow_retries=False) from failed
        context.log.info(f"{letters} letters sent")

    @dg.job(name="tell_owners_job", executor_def=dg.in_process_executor)
    def tell_owners_job() -> None:
        tell_owners()

    return _running("mail_each_morning", tell_owners_job, EACH_MORNING)


def report_schedule(workspace: Workspace) -> dg.ScheduleDefinition:
    """Return the schedule that writes the chapter of the welfare report while the accounts of a year are closed."""

    @dg.op(name="write_report", description="The chapter of last year, from the edition in force, into reports/.")
    def write_report(context: dg.OpExecutionContext) -> None:
        last_year = datetime.now(ZoneInfo(TIME_ZONE)).year - 1
        written = write_reports(Workspace(workspace.root), last_year)
        context.log.info(f"{len(written)} files written")

    @dg.job(name="write_report_job", executor_def=dg.in_process_executor)
    def write_report_job() -> None:
        write_report()

    return _running("report_while_accounts_close", write_report_job, WHILE_ACCOUNTS_CLOSE)


def write_reports(workspace: Workspace, year: int) -> list[Path]:
    """Write the chapter of a year in every language into `reports/`, and return the files that are new.

    A file bears the edition that it was made of and is never written over. Each is made by the command line in a
    process of its own, as a person would: the pipelines know no page.

    Raises
    ------
    dagster.Failure
        There is no report to write; the message is the sentence of the command.
    """
    edition = editions.current_id(workspace)
    workspace.reports.mkdir(exist_ok=True)
    written: list[Path] = []
    for language, ending in REPORTS:
        file = workspace.reports / f"yhteispeli_{year}_{language}_{edition}.{ending}"
        if file.exists():
            continue
        command = ["report", str(workspace.root), "--year", str(year), "--lang", language, "--out", str(file)]
        done = subprocess.run(  # noqa: S603 - our own program, no shell
            [sys.executable, "-c", "from pipelines.cli import main; main()", *command],
            capture_output=True,
            text=True,
            timeout=LONGEST_REPORT,
            check=False,
        )
        if done.returncode != 0:
            raise dg.Failure(" ".join(done.stderr.split()), allow_retries=False)
        written.append(file)
    return written


def _schedule(cadence: Cadence, job_name: str) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=cadence.name,
        job_name=job_name,
        cron_schedule=cadence.cron,
        execution_timezone=TIME_ZONE,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=f"Asks the interfaces of {', '.join(cadence.sources)}.",
    )
    def ask(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        if datetime.now(UTC) - context.scheduled_execution_time > LATE:
            return dg.SkipReason("This time was missed; the sensor catch_up asks for all that was missed at once.")
        return dg.RunRequest(tags={ASK_TAG: ",".join(cadence.sources)})

    return ask
