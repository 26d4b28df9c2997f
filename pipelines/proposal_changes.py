"""What people decided on development proposals: state, theme and reason, in a log that is only ever added to.

Here belongs: the record of a decision, adding one, and each proposal as it stands now with its history. Not here: where
proposals come from (`pipelines.proposals`).

Nothing of it is in an edition. A decision on a proposal that no file holds any more stays in the log and is not shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from pipelines import journal
from pipelines.contracts import code_lists, message
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace

NEW, DECLINED = "new", "declined"


class Change(BaseModel):
    """A decision: which state and theme a proposal has from now on, why, who says so and when (UTC)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    proposal_id: str = Field(pattern=r"^[0-9a-f]{16}$")
    state: str
    theme: str
    reason: str = Field(default="", max_length=1000)
    by: str = Field(min_length=1)
    at: datetime

    @field_validator("state")
    @classmethod
    def _is_state(cls, value: str) -> str:
        return _known("proposal_states", value)

    @field_validator("theme")
    @classmethod
    def _is_theme(cls, value: str) -> str:
        return _known("proposal_themes", value)

    @model_validator(mode="after")
    def _says_why_not(self) -> Change:
        if self.state == DECLINED and not self.reason.strip():
            raise ValueError("a proposal is declined with a reason")
        return self


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal as it stands now; `history` holds the decisions on it, the newest first.

    `answers` counts those who told it in the same words; the years are None when no answer says its year.
    """

    proposal_id: str
    answerer: str
    text: str
    theme: str
    first_year: int | None
    last_year: int | None
    answers: int
    state: str
    reason: str
    history: tuple[Change, ...]


def standing(workspace: Workspace) -> list[Proposal]:
    """Return every proposal as it stands, the newest and most often told first.

    Raises
    ------
    WorkspaceError
        The store or the log can't be read.
    """
    decided: dict[str, list[Change]] = {}
    for change in _changes(workspace):
        decided.setdefault(change.proposal_id, []).insert(0, change)
    try:
        found = [
            _standing(row, decided.get(row["proposal_id"], [])) for row in journal.records(workspace.proposals_file)
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise _unreadable(workspace.proposals_file.name) from error
    return sorted(found, key=lambda one: (-(one.last_year or 0), -one.answers, one.text))


def add_change(workspace: Workspace, change: Change) -> None:
    """Keep a decision.

    Raises
    ------
    ValueError
        There is no such proposal.
    WorkspaceError
        As `standing`: what can't be read is not written to either.
    """
    if change.proposal_id not in {one.proposal_id for one in standing(workspace)}:
        raise ValueError(change.proposal_id)
    journal.add(workspace.proposal_changes_file, change.model_dump(mode="json"))


def _standing(row: dict[str, object], history: list[Change]) -> Proposal:
    newest = history[0] if history else None
    told = row | {"theme": newest.theme} if newest else row
    state, reason = (newest.state, newest.reason) if newest else (NEW, "")
    return Proposal(**told, state=state, reason=reason, history=tuple(history))  # type: ignore[arg-type]  # as written


def _changes(workspace: Workspace) -> list[Change]:
    try:
        return [Change.model_validate(record) for record in journal.records(workspace.proposal_changes_file)]
    except (ValueError, ValidationError) as error:
        raise _unreadable(workspace.proposal_changes_file.name) from error


def _known(list_id: str, code: str) -> str:
    if code not in {entry.code for entry in code_lists()[list_id].entries}:
        raise ValueError(f"{code} is not in {list_id}")
    return code


def _unreadable(file: str) -> WorkspaceError:
    return WorkspaceError(message("proposals.unreadable", file=file).fi)
