"""Who delivered which file through the upload page, and when.

Here belongs: the record of a delivery, reading the log and adding to it. Not here: taking a file in
(`pipelines.deliveries`), the manifest of landing, which repeats the sender of each landed file.

The log holds e-mail addresses of officials: it lies in the restricted folder of the workspace and is in no edition.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines import journal
from pipelines.contracts import message
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace


class Delivery(BaseModel):
    """A file that a person delivered: its place in the inbox, what the check found, who, and when (UTC).

    `replaces` is true when it took the place of a file that had been read before.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str = Field(min_length=1)
    name: str = Field(min_length=1)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=0)
    replaces: bool
    rows_read: int = Field(ge=0)
    rows_staged: int = Field(ge=0)
    rows_quarantined: int = Field(ge=0)
    by: str = Field(min_length=1)
    at: datetime


def deliveries(workspace: Workspace) -> Iterator[Delivery]:
    """Yield the deliveries, the oldest first.

    Raises
    ------
    WorkspaceError
        A line of the log can't be read.
    """
    try:
        yield from map(Delivery.model_validate, journal.records(workspace.deliveries_file))
    except (ValueError, ValidationError) as error:
        raise WorkspaceError(message("delivery.log_unreadable", file=workspace.deliveries_file.name).fi) from error


def note(workspace: Workspace, delivery: Delivery) -> None:
    """Add a delivery to the log."""
    workspace.make_restricted()
    journal.add(workspace.deliveries_file, delivery.model_dump(mode="json"))
