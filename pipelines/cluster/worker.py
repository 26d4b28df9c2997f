"""The Celery app of a worker: `celery --app pipelines.cluster.worker worker --queues dagster --concurrency 1`.

Here belongs: how steps are handed to workers, so that a step outlives the worker that does it. Not here: the steps.

A step is taken off the queue when it is done. One whose process dies goes back at once, one whose machine dies when its
lease is over. A step is stopped before its lease is over, so that no two workers ever do the same one.
"""

from __future__ import annotations

from dagster_celery.config import dict_wrapper
from dagster_celery.make_app import make_app
from dagster_celery.tasks import create_task

from pipelines.cluster.deployment import CELERY, STEP_SECONDS, required

_SETTINGS = dict_wrapper(CELERY)  # type: ignore[no-untyped-call]  # Dagster's own has no types
_BROKER = required("YHTEISPELI_BROKER")

app = make_app({"broker": _BROKER, "backend": _BROKER, "config_source": _SETTINGS})  # type: ignore[no-untyped-call]

execute_plan = create_task(app, acks_late=True, reject_on_worker_lost=True, time_limit=STEP_SECONDS)  # type: ignore[no-untyped-call]
