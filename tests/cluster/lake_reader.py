"""A reader of a lake in a process of its own: asks until it is told to stop, and says what it saw.

Every query looks at several tables at once; an edition is torn when they don't tell the same one or lack rows.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb

from warehouse.database import LAKE_EXTENSIONS

QUERY = """
SELECT
    (SELECT any_value(edition_id) FROM lake.meta.edition),
    (SELECT count(DISTINCT edition_id) FROM lake.marts.indicator_values),
    (SELECT any_value(edition_id) FROM lake.marts.indicator_values),
    (SELECT any_value(edition_id) FROM lake.marts.grant_awards),
    (SELECT count(*) FROM lake.marts.indicator_values),
    (SELECT count(*) FROM lake.marts.grant_awards)
"""


def main(address: str, stop: Path) -> None:
    seen: set[tuple[object, ...]] = set()
    reads, errors = 0, []
    with duckdb.connect(config={"extension_directory": str(stop.parent / "extensions")}) as connection:
        for name in LAKE_EXTENSIONS:
            module = __import__(f"duckdb_extension_{name}")
            folder = Path(module.__path__[0]) / "extensions" / f"v{duckdb.__version__}"
            connection.load_extension(str(folder / f"{name}.duckdb_extension"))
        connection.execute(f"ATTACH '{address}' AS lake (READ_ONLY)")
        print("ready", flush=True)
        while not stop.exists():
            try:
                seen.add(connection.sql(QUERY).fetchall()[0])
                reads += 1
            except duckdb.Error as error:
                errors.append(str(error))
    print(json.dumps({"reads": reads, "errors": errors, "seen": sorted(map(list, seen))}))


main(sys.argv[1], Path(sys.argv[2]))
