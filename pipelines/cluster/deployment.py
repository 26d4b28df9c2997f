"""What every machine of a cluster has to know, from environment variables; a password stands in no file of the program.

YHTEISPELI_COUNTRY, the folder of the towns, has the same path on every machine. YHTEISPELI_BROKER is the address of
Redis; Dagster itself reads that of Postgres, YHTEISPELI_POSTGRES, in `dagster.yaml`. YHTEISPELI_LAKE, if it is
set, is a DuckLake to which new editions go too.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipelines.country.folder import Country

LEASE_SECONDS: Final = 600
"""How long a worker has a step for itself; a town of the usual size takes ten to twenty seconds."""

STEP_SECONDS: Final = 540
"""How long a step may take: less than its lease, for the clocks of two machines may differ a little."""

CELERY: Final = {
    "worker_prefetch_multiplier": 1,
    "broker_connection_retry_on_startup": True,
    "broker_transport_options": {
        "visibility_timeout": LEASE_SECONDS,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
    },
}
"""Settings of Celery, the same for those who hand out steps and those who do them.

Every ten seconds a worker looks for steps whose lease is over.
"""


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where a cluster works: the folder of the country, and the lake of its editions if there is one."""

    country: Country
    lake: str | None

    @property
    def lake_files(self) -> Path:
        """Folder with the files of the lake."""
        return self.country.root / "lake"


def from_environment() -> Deployment:
    """Return the deployment that the environment describes.

    Raises
    ------
    RuntimeError
        A variable is missing.
    """
    return Deployment(
        Country(Path(required("YHTEISPELI_COUNTRY")).resolve()),
        os.environ.get("YHTEISPELI_LAKE"),
    )


def required(name: str) -> str:
    """Return an environment variable.

    Raises
    ------
    RuntimeError
        It is missing or empty.
    """
    value = os.environ.get(name)
    if not value:
        raise RuntimeError(f"{name} must be set on every machine of the cluster; see pipelines/cluster/GUIDE.md")
    return value
