"""The analysts' file of the small edition: what is public in it, and one table that is not.

Here belongs: what the tests of questions in SQL have in common. Not here: the public edition (`small_edition`).
"""

from __future__ import annotations

from pathlib import Path
from shutil import copyfile

import duckdb
import waiting_name
from small_edition import EDITION

from pipelines.workspace import Workspace

SECRET = "Kuvitelma, Sepite"
ANALYST = waiting_name.ANALYST


def write(root: Path) -> Workspace:
    """Write the settings and the analysts' file."""
    (root / "municipality.toml").write_text(waiting_name.SETTINGS, encoding="utf-8")
    folder = root / "editions" / EDITION
    copyfile(folder / "public.duckdb", folder / "analyst.duckdb")
    with duckdb.connect(str(folder / "analyst.duckdb")) as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS core")
        connection.execute(f"CREATE TABLE core.mentions AS SELECT '{SECRET}' AS mention, 1 AS line")
        connection.execute("COMMENT ON TABLE core.mentions IS 'What a row calls somebody. Grain: one row a mention.'")
        connection.execute("COMMENT ON COLUMN core.mentions.mention IS 'The name as it is written.'")
    return Workspace(root)
