"""A name that waits for a person, in the workspace of the small edition, with settings that give roles.

Here belongs: what the tests of the page with a role have in common. Not here: the public edition (`small_edition`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
from small_edition import EDITION

from pipelines import contracts
from pipelines.workspace import Workspace

MENTION = "Kuvitelman Latuset"
OFFICIAL, ANALYST = "maija.mallikas@esimerkkila.example", "tutkija@esimerkkila.example"
SETTINGS = contracts.municipality_settings("esimerkkila").replace(
    "[figures]", f'"{OFFICIAL}" = "official"\n"{ANALYST}" = "analyst"\n\n[figures]'
)

_ASSOCIATIONS = ("Kuvitelman Latu ry", "Sepitteen Latu ry", "Kuvitelman Pallo ry")
_PLACE = {"source": "grant_ledger", "file_sha256": "0" * 64, "sheet": "", "part": 0}


def write(root: Path) -> Workspace:
    """Write the settings and the analysts' file of the edition with one name that waits, on two rows."""
    (root / "municipality.toml").write_text(SETTINGS, encoding="utf-8")
    numbered = [(str(number), name) for number, name in enumerate(_ASSOCIATIONS, start=1)]
    tables: dict[str, list[dict[str, Any]]] = {
        "associations": [
            {"register_number": number, "name": name, "domicile_code": "998"} for number, name in numbered
        ],
        "organisation_links": [{**_PLACE, "line": line, "mention": MENTION, "method": "review"} for line in (1, 2)],
        "link_candidates": [
            {**_PLACE, "line": line, "rank": int(number), "register_number": number, "score": 0.6}
            for line in (1, 2)
            for number, _ in numbered
        ],
    }
    with duckdb.connect(str(root / "editions" / EDITION / "analyst.duckdb")) as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS core")
        for name, rows in tables.items():
            _write(connection, f"core.{name}", rows)
    return Workspace(root)


def _write(connection: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
    columns = contracts.tables()[table].columns
    connection.execute(f"CREATE TABLE {table} ({', '.join(f'{item.name} {item.duckdb_type}' for item in columns)})")
    marks = ", ".join("?" * len(columns))
    connection.executemany(
        f"INSERT INTO {table} VALUES ({marks})", [[row.get(column.name) for column in columns] for row in rows]
    )
