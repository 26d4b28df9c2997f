"""Development proposals, for the welfare group: reading them and keeping what is decided.

Here belongs: both behind the door `proposals`, asked at each step. Not here: who may enter (`roles`), where proposals
come from and what a decision may say (`pipelines`), the page (`proposal_forms`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from pydantic import ValidationError

from dashboards.restricted.roles import Closed, person_at
from pipelines.contracts import code_lists
from pipelines.proposal_changes import Change as Change
from pipelines.proposal_changes import Proposal as Proposal
from pipelines.proposal_changes import add_change, standing
from pipelines.settings import WorkspaceError

Kept = Literal["kept", "no_reason", "gone"]


def proposals() -> list[Proposal]:
    """Return every proposal as it stands, the newest first.

    Raises
    ------
    Closed
        As `person_at`, or the store can't be read.
    """
    workspace = person_at("proposals").workspace
    try:
        return standing(workspace)
    except (OSError, WorkspaceError) as error:
        raise Closed("unreadable", str(error) if isinstance(error, WorkspaceError) else "") from error


def labels(list_id: str) -> dict[str, dict[str, str]]:
    """Return the labels of a code list by code, each in every language."""
    person_at("proposals")
    entries = code_lists()[list_id].entries
    return {entry.code: {"fi": entry.label.fi, "sv": entry.label.sv, "en": entry.label.en} for entry in entries}


def decide(proposal: Proposal, state: str, theme: str, reason: str) -> Kept:
    """Keep a decision in the name of the person who looks.

    Returns
    -------
    Kept
        `no_reason`: a proposal is declined only with a reason; `gone`: no file holds the proposal any more.

    Raises
    ------
    Closed
        As `person_at`, or the store or the log can't be read.
    """
    person = person_at("proposals")
    try:
        change = Change(
            proposal_id=proposal.proposal_id,
            state=state,
            theme=theme,
            reason=" ".join(reason.split()),
            by=person.email,
            at=datetime.now(UTC),
        )
    except ValidationError:
        return "no_reason"
    try:
        add_change(person.workspace, change)
    except (OSError, WorkspaceError) as error:
        raise Closed("unreadable", str(error) if isinstance(error, WorkspaceError) else "") from error
    except ValueError:
        return "gone"
    return "kept"
