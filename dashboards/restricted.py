"""The one door to what only people with a role may see and do: names that wait for a person.

Here belongs: who is logged in and with what role, checked each time something is read or decided. Not here: public
figures (`data`), the page (`app_pages/review.py`). This module alone of the dashboards knows the pipelines (decision
0014).
"""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import duckdb
import streamlit as st
from pydantic import ValidationError

from dashboards.data import Edition, EditionUnavailable, workspace_root
from pipelines.decisions import Decision, add_decision
from pipelines.review import OpenName as OpenName
from pipelines.review import waiting_names
from pipelines.settings import Role, WorkspaceError
from pipelines.workspace import Workspace
from warehouse.database import open_edition, read_frame

ANALYST_FILE: Final = "analyst.duckdb"
MAY_DECIDE: Final[frozenset[Role]] = frozenset({"official", "admin"})

LONGEST_LOGIN: Final = 12 * 60 * 60
"""Seconds after which a person logs in again; the cookie itself would last for a month."""

Problem = Literal["no_login", "logged_out", "no_role", "unreadable"]


class Closed(Exception):  # noqa: N818 - it is not an error of the program
    """The door is closed.

    Parameters
    ----------
    problem
        `no_login`: login is not set up; `logged_out`: nobody is logged in, or too long since; `no_role`: the settings
        give the person no role that opens it; `unreadable`: settings, edition or decisions can't be read.
    detail
        What can't be read, in a Finnish sentence; empty when there is none.
    """

    def __init__(self, problem: Problem, detail: str = "") -> None:
        super().__init__(problem)
        self.problem: Problem = problem
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Official:
    """A person who may decide, and the workspace where."""

    email: str
    workspace: Workspace


def official() -> Official:
    """Return the person who is logged in and may decide.

    Raises
    ------
    Closed
        There is no such person.
    """
    if "is_logged_in" not in st.user:
        raise Closed("no_login")
    email = st.user.get("email")
    is_verified = st.user.get("email_verified", True) is True
    if not st.user.is_logged_in or not _is_recent(st.user.get("iat")):
        raise Closed("logged_out")
    try:
        workspace = Workspace(workspace_root())
        role = workspace.settings.role_of(email) if isinstance(email, str) and is_verified else None
    except (EditionUnavailable, WorkspaceError) as error:
        raise Closed("unreadable", str(error) if isinstance(error, WorkspaceError) else "") from error
    if role not in MAY_DECIDE:
        raise Closed("no_role")
    return Official(str(email), workspace)


def is_open() -> bool:
    """Tell whether the person who looks may enter."""
    try:
        official()
    except Closed:
        return False
    return True


def names_that_wait(edition: Edition) -> list[OpenName]:
    """Return the names of an edition that wait for a person, the commonest first.

    Raises
    ------
    Closed
        As `official`, or the edition or the decisions can't be read.
    """
    workspace = official().workspace
    file = workspace.editions / edition.facts.edition_id / ANALYST_FILE
    try:
        with closing(open_edition(file)) as connection:
            tables = ("organisation_links", "link_candidates", "associations")
            links, candidates, associations = (read_frame(connection, f"core.{table}") for table in tables)
        return waiting_names(workspace, links, candidates, associations)
    except WorkspaceError as error:
        raise Closed("unreadable", str(error)) from error
    except duckdb.Error as error:
        raise Closed("unreadable") from error


def decide(name: OpenName, register_number: str | None, reason: str) -> None:
    """Keep which association a name means; None: none of the register.

    Raises
    ------
    Closed
        As `official`, or the file of decisions can't be read.
    ValueError
        The association is none of the candidates.
    """
    person = official()
    if register_number not in {None, *(found.register_number for found in name.candidates)}:
        raise ValueError(register_number)
    try:
        decision = Decision(
            mention_key=name.mention_key,
            business_id=name.business_id,
            register_number=register_number,
            decided_by=person.email,
            decided_at=date.today(),  # noqa: DTZ011 - the day on the wall of the one who decides
            reason=" ".join(reason.split()),
        )
        add_decision(person.workspace, decision)
    except (WorkspaceError, ValidationError) as error:
        raise Closed("unreadable", str(error) if isinstance(error, WorkspaceError) else "") from error


def _is_recent(issued: object) -> bool:
    """Tell whether a login is not too long ago; a provider that does not say when it was has to be believed."""
    return not isinstance(issued, (int, float)) or time.time() - issued < LONGEST_LOGIN
