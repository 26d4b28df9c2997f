"""Files that officials deliver: checking, accepting, templates, and what became of earlier ones.

Here belongs: all of that behind the door `deliveries`, asked at each step. Not here: who may enter (`roles`), the check
and the inbox themselves (`pipelines`), the page (`delivery_forms`).
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Final, Literal

from dashboards.restricted.roles import Closed, person_at
from dashboards.texts import say
from pipelines import contracts
from pipelines import deliveries as inbox
from pipelines.checking_apart import Feedback as Feedback
from pipelines.checking_apart import check_apart
from pipelines.contract_model import LANGUAGES
from pipelines.deliveries import AlreadyThereError
from pipelines.deliveries import Delivered as Delivered
from pipelines.deliveries import State as State
from pipelines.deliveries import safe_name as safe_name
from pipelines.settings import WorkspaceError
from pipelines.templates import template_sources, write_template

LARGEST_MEBI: Final = inbox.LARGEST // inbox.MEBI
"""Megabytes of the largest file that the page takes."""

Accepted = Literal["accepted", "there_already", "other_file"]


def sources() -> list[str]:
    """Return the names of the sources of which a file may be delivered.

    Raises
    ------
    Closed
        As `person_at`.
    """
    person_at("deliveries")
    return list(contracts.sources())


def with_template() -> list[str]:
    """Return the names of the sources that have an empty workbook to fill in."""
    person_at("deliveries")
    return [source.name for source in template_sources()]


def template(source: str) -> bytes:
    """Return the empty workbook of a source, with the code lists of the municipality."""
    settings = person_at("deliveries").workspace.settings
    file = io.BytesIO()
    write_template(contracts.sources()[source], settings, file)
    return file.getvalue()


def check(content: bytes, name: str, source: str | None) -> Feedback:
    """Check a file, in a process of its own, and wait; `source` is None when it is to be recognised."""
    workspace = person_at("deliveries").workspace
    language = say({name: name for name in LANGUAGES})
    return check_apart(content, safe_name(name), source, workspace.root, language)


def same_file(feedback: Feedback) -> str | None:
    """Return the name of the file with the same bytes that the inbox holds already, None when there is none."""
    return inbox.same_file(person_at("deliveries").workspace, feedback.source, feedback.sha256)


def replaceable(source: str) -> list[str]:
    """Return the names of the files of a source that a new one may replace."""
    return inbox.replaceable(person_at("deliveries").workspace, source)


def accept(feedback: Feedback, content: bytes, name: str, replaces: str | None) -> Accepted:
    """Take a checked file into the inbox, in the name of the person who looks.

    Returns
    -------
    Accepted
        `there_already`: the same bytes have come before, nothing was done; `other_file`: the file that it should
        replace has changed since the page was drawn, nothing was done.

    Raises
    ------
    Closed
        As `person_at`, or the inbox can't be written.
    """
    person = person_at("deliveries")
    try:
        inbox.accept(person.workspace, feedback, content, name, person.email, datetime.now(UTC), replaces)
    except AlreadyThereError:
        return "there_already"
    except ValueError:
        return "other_file"
    except (OSError, WorkspaceError) as error:
        raise Closed("unreadable", str(error) if isinstance(error, WorkspaceError) else "") from error
    return "accepted"


def delivered(*, by_all: bool) -> list[Delivered]:
    """Return what has been delivered and what became of it, the newest first: by the person who looks, or by all.

    Raises
    ------
    Closed
        As `person_at`, or the log can't be read.
    """
    person = person_at("deliveries")
    try:
        every = inbox.outcomes(person.workspace)
    except (OSError, WorkspaceError) as error:
        raise Closed("unreadable", str(error) if isinstance(error, WorkspaceError) else "") from error
    return [item for item in every if by_all or item.delivery.by.casefold() == person.email.casefold()]
