"""Names that wait for a person, and keeping what the person decides.

Here belongs: reading the names of an edition and writing a decision, behind the door `links`. Not here: who may enter
(`roles`), the page (`app_pages/review.py`).
"""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import Final

import duckdb
from pydantic import ValidationError

from dashboards.data import Edition
from dashboards.restricted.roles import Closed, person_at
from pipelines.decisions import Decision, add_decision
from pipelines.review import OpenName as OpenName
from pipelines.review import waiting_names
from pipelines.settings import WorkspaceError
from warehouse.database import open_edition, read_frame

ANALYST_FILE: Final = "analyst.duckdb"


def names_that_wait(edition: Edition) -> list[OpenName]:
    """Return the names of an edition that wait for a person, the commonest first.

    Raises
    ------
    Closed
        As `person_at`, or the edition or the decisions can't be read.
    """
    workspace = person_at("links").workspace
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
        As `person_at`, or the file of decisions can't be read.
    ValueError
        The association is none of the candidates.
    """
    person = person_at("links")
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
