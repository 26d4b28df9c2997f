"""How long what is no longer used is kept: files of landing that newer ones replaced, and old editions.

Here belongs: what is past its time. Not here: the time itself (`[retention]` of the settings), how a file leaves
landing (`landing`) and an edition the workspace (`editions`).

No figure rests on anything that is removed here: a file in force is never past its time, and an edition that the next
one is held against stays.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pipelines import editions, landing
from pipelines.workspace import Workspace


def remove_expired(workspace: Workspace, now: datetime) -> None:
    """Remove what is past its time at `now` (UTC); the manifest of landing is told of each removal first."""
    kept_for = timedelta(days=workspace.settings.retention.replaced_files_days)
    landing.remove(workspace, landing.replaced_before(workspace, now - kept_for), now)
    for edition_id in expired_editions(workspace, now):
        landing.note_edition_removed(workspace, edition_id, now)
        editions.remove(workspace, edition_id)


def expired_editions(workspace: Workspace, now: datetime) -> list[str]:
    """Return the editions that are past their time, the oldest first.

    Whatever their age stay the edition in force, the one published last (disclosure control holds a new one against
    it), and the last one of each council term, which a council hands over to the next.
    """
    published = editions.published(workspace)
    needed = {editions.current_id(workspace), *list(published)[-1:]}
    for term in workspace.settings.council_terms:
        needed.update([name for name, at in published.items() if at.date() <= term.ends][-1:])
    since = now - timedelta(days=365.25 * workspace.settings.retention.editions_years)
    return [name for name, at in published.items() if at < since and name not in needed]
