"""The comparison of municipalities, as immutable editions beside those of the municipalities.

Here belongs: putting it together from public editions, and when a new edition is needed. Not here: publishing
(`editions`), what is counted how (`warehouse/comparison/*.sql`).

It reads the public file of each municipality's current edition and nothing else, so what is hidden there is hidden
here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

import polars as pl

from pipelines import contracts, editions
from pipelines.contract_model import TableContract
from pipelines.country.folder import Country
from warehouse import database

TOWNS, PEERS, FIGURES = TABLES = ("comparison.towns", "comparison.peers", "comparison.figures")
_OF_TOWN = {TOWNS: "town", FIGURES: "figures"}
"""Tables that hold rows of each municipality, and the query that gives them."""

_TYPES = {"VARCHAR": pl.String, "BIGINT": pl.Int64, "DOUBLE": pl.Float64, "DATE": pl.Date, "BOOLEAN": pl.Boolean}


def make(country: Country) -> editions.Published | None:
    """Publish the comparison of the current editions, unless it is in force; None when nobody has published.

    What the edition before knew of a municipality whose edition is still in force is not read again.
    """
    current = {code: editions.current_id(workspace) for code, workspace in country.towns.items()}
    of_towns = {code: edition_id for code, edition_id in current.items() if edition_id is not None}
    if not of_towns:
        return None
    peers = country.settings.peers
    parts = [_program(), str(peers), *(f"{code} {edition_id}" for code, edition_id in sorted(of_towns.items()))]
    edition_id = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
    before = current_id(country)
    if before == edition_id:
        return editions.Published(edition_id, is_new=False)
    if not (country.comparison / edition_id).is_dir():
        frames = _gather(country, of_towns, _frames(country, before))
        frames[PEERS] = nearest(frames[TOWNS], peers)
        country.comparison.mkdir(exist_ok=True)
        country.comparison.chmod(0o755)
        editions.freeze(country.comparison, edition_id, lambda folder: _write(folder, edition_id, frames))
    editions.point(country.current_file, edition_id)
    return editions.Published(edition_id, is_new=True)


def current_id(country: Country) -> str | None:
    """Return the id of the comparison in force, None when there is none."""
    if not country.current_file.is_file():
        return None
    return country.current_file.read_text(encoding="utf-8").strip() or None


def nearest(towns: pl.DataFrame, peers: int) -> pl.DataFrame:
    """Return for each municipality the others that are nearest to it in number of residents.

    Parameters
    ----------
    towns
        `municipality_code` and `residents`; where these are not known, the municipality has no peers and is nobody's.
    peers
        How many; fewer when there are not so many others.
    """
    known = towns.filter(pl.col("residents").is_not_null()).select("municipality_code", "residents")
    others = known.rename({"municipality_code": "peer_code", "residents": "of_peer"})
    pairs = known.join(others, how="cross").filter(pl.col("municipality_code") != pl.col("peer_code"))
    apart = pairs.with_columns(apart=(pl.col("residents") - pl.col("of_peer")).abs())
    placed = apart.sort("municipality_code", "apart", "peer_code").with_columns(
        place=pl.int_range(1, pl.len() + 1).over("municipality_code")
    )
    return placed.filter(pl.col("place") <= peers).select("municipality_code", "place", "peer_code")


def _gather(
    country: Country, of_towns: Mapping[str, str], before: Mapping[str, pl.DataFrame]
) -> dict[str, pl.DataFrame]:
    """Return the rows of every municipality, from the edition before where the municipality's is the same."""
    known = {(code, edition) for code, edition in before[TOWNS].select("municipality_code", "edition_id").iter_rows()}
    same = [code for code, edition in of_towns.items() if (code, edition) in known]
    found = {table: [before[table].filter(pl.col("municipality_code").is_in(same))] for table in _OF_TOWN}
    for code, edition_id in of_towns.items():
        if code in same:
            continue
        file = country.towns[code].editions / edition_id / editions.FILES["public"]
        with database.open_edition(file) as connection:
            for table, query in _OF_TOWN.items():
                found[table].append(connection.sql(_sql(query)).pl())
    return {table: pl.concat(frames, how="vertical_relaxed") for table, frames in found.items()}


def _frames(country: Country, edition_id: str | None) -> dict[str, pl.DataFrame]:
    """Return the tables of an edition of the comparison; empty ones when this program did not make it."""
    folder = country.comparison / str(edition_id)
    description = folder / editions.DESCRIPTION
    if edition_id is not None and description.is_file():
        told = json.loads(description.read_text(encoding="utf-8"))
        if told.get("program") == _program():
            with database.open_edition(folder / editions.FILES["public"]) as connection:
                return {table: database.read_frame(connection, table) for table in TABLES}
    return {name: _empty(table) for name, table in contracts.country_tables().items()}


def _empty(table: TableContract) -> pl.DataFrame:
    return pl.DataFrame(schema={column.name: _TYPES[column.duckdb_type] for column in table.columns})


def _write(folder: Path, edition_id: str, frames: Mapping[str, pl.DataFrame]) -> None:
    shapes = {name: editions.shape_of(table) for name, table in contracts.country_tables().items()}
    database.write_tables(folder / editions.FILES["public"], [(shapes[name], frames[name]) for name in TABLES])
    description = {"edition_id": edition_id, "program": _program()}
    text = json.dumps(description, indent=2, sort_keys=True) + "\n"
    (folder / editions.DESCRIPTION).write_text(text, encoding="utf-8")


@cache
def _program() -> str:
    """Return a digest of what a comparison of the same editions follows from."""
    shapes = [repr(table) for table in contracts.country_tables().values()]
    own = Path(__file__).read_text(encoding="utf-8")
    return hashlib.sha256("\0".join([own, *shapes, *map(_sql, _OF_TOWN.values())]).encode()).hexdigest()[:16]


@cache
def _sql(query: str) -> str:
    return (files("warehouse") / "comparison" / f"{query}.sql").read_text(encoding="utf-8")
