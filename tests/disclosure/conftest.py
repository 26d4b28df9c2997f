"""Three editions of the invented town, made once for all attacks.

Here belongs: that fixture. Not here: the changes between the editions (`three_editions`).
"""

from __future__ import annotations

import pytest

from pipelines.workspace import Workspace
from tests.disclosure.test_attacker import Published
from tests.disclosure.three_editions import publish_three
from warehouse import database


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> list[Published]:
    workspace = Workspace(tmp_path_factory.mktemp("attack") / "town")
    found = []
    for edition_id in publish_three(workspace.root):
        folder = workspace.editions / edition_id
        with (
            database.open_edition(folder / "public.duckdb") as public,
            database.open_edition(folder / "analyst.duckdb") as analyst,
        ):
            found.append(
                Published(
                    database.read_frame(public, "marts.indicator_values"),
                    database.read_frame(public, "marts.indicator_changes"),
                    database.read_frame(analyst, "marts.indicator_values"),
                    database.read_frame(analyst, "marts.association_years"),
                    database.read_frame(public, "marts.grant_awards"),
                    database.read_frame(public, "meta.revisions"),
                )
            )
    return found
