"""Who looks, and with what role: asked each time that something restricted is read or kept.

Here belongs: which roles open which door, and the person behind a login. Not here: what stands behind a door (the other
modules of this package), how a closed door is shown (`closed_page`).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import streamlit as st

from dashboards.data import EditionUnavailable, workspace_root
from pipelines.settings import Role, WorkspaceError
from pipelines.workspace import Workspace

Door = Literal["links", "deliveries", "proposals", "analyst"]

OPENED_BY: Final[dict[Door, frozenset[Role]]] = {
    "links": frozenset({"official", "admin"}),
    "deliveries": frozenset({"official", "admin"}),
    "proposals": frozenset({"welfare", "admin"}),
    "analyst": frozenset({"analyst", "admin"}),
}
"""The roles that open each door."""

LONGEST_LOGIN: Final = 12 * 60 * 60
"""Seconds after which a person logs in again; the cookie itself would last for a month."""

Problem = Literal["no_login", "logged_out", "no_role", "unreadable"]


class Closed(Exception):  # noqa: N818 - it is not an error of the program
    """The door is closed.

    Parameters
    ----------
    problem
        `no_login`: login is not set up; `logged_out`: nobody is logged in, or too long since; `no_role`: neither the
        settings nor the identity provider give the person a role that opens it; `unreadable`: settings, edition or
        decisions can't be read.
    detail
        What can't be read, in a Finnish sentence; empty when there is none.
    """

    def __init__(self, problem: Problem, detail: str = "") -> None:
        super().__init__(problem)
        self.problem: Problem = problem
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a door lets in, with the role that opened it, and the workspace behind it."""

    email: str
    role: Role
    workspace: Workspace


def person_at(door: Door) -> Person:
    """Return the person who is logged in, if their role opens the door.

    Raises
    ------
    Closed
        There is no such person.
    """
    if "is_logged_in" not in st.user:
        raise Closed("no_login")
    return person_behind(st.user.to_dict(), door)


def person_behind(login: Mapping[str, Any], door: Door) -> Person:
    """Return the person behind a login, as Streamlit's cookie tells it, if their role opens the door.

    Raises
    ------
    Closed
        There is no such person.
    """
    if login.get("is_logged_in") is not True or not is_recent(login.get("iat")):
        raise Closed("logged_out")
    email = login.get("email")
    is_verified = login.get("email_verified", True) is True
    try:
        workspace = Workspace(workspace_root())
        roles = workspace.settings.roles_of(email, login) if isinstance(email, str) and is_verified else ()
    except (EditionUnavailable, WorkspaceError) as error:
        raise Closed("unreadable", str(error) if isinstance(error, WorkspaceError) else "") from error
    fitting = sorted(OPENED_BY[door].intersection(roles))
    if not fitting:
        raise Closed("no_role")
    return Person(str(email), fitting[0], workspace)


def is_open(door: Door) -> bool:
    """Tell whether the person who looks may enter."""
    try:
        person_at(door)
    except Closed:
        return False
    return True


def is_recent(issued: object) -> bool:
    """Tell whether a login is not too long ago; a provider that does not say when it was has to be believed."""
    return not isinstance(issued, (int, float)) or time.time() - issued < LONGEST_LOGIN
