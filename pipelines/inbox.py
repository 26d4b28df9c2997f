"""The sensor that watches the inbox folders and asks for a refresh when files have come or changed.

Here belongs: seeing that something came. Not here: taking it in (`pipelines.landing`).
"""

import json

import dagster as dg

from pipelines.arrivals import fingerprint
from pipelines.workspace import Workspace

EVERY_SECONDS = 30


def inbox_sensor(workspace: Workspace, job_name: str) -> dg.SensorDefinition:
    """Return a sensor that starts the job when the inbox differs from the last run and has stood still for one tick.

    The cursor keeps what was seen on the tick before and what the last run was asked for: a file that is still being
    copied changes between ticks and waits.
    """

    @dg.sensor(
        name="inbox",
        job_name=job_name,
        minimum_interval_seconds=EVERY_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="A file dropped into an inbox folder starts a refresh.",
    )
    def inbox(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        before = json.loads(context.cursor) if context.cursor else {"seen": None, "requested": None}
        now = fingerprint(workspace)
        if now in {None, before["requested"]}:
            return dg.SkipReason("Nothing new in the inbox.")
        if now != before["seen"]:
            context.update_cursor(json.dumps({**before, "seen": now}))
            return dg.SkipReason("The inbox has changed; waiting until it stands still.")
        # no run key: Dagster would pass over a key that it knows, and an older file may be put back
        return dg.SensorResult([dg.RunRequest()], cursor=json.dumps({"seen": now, "requested": now}))

    return inbox
