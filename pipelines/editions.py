"""Editions: frozen, versioned files, and CURRENT that points at one. The only place that publishes.

Here belongs: the id of an edition, writing its files so that a crash leaves CURRENT whole, and moving CURRENT. Not
here: what the tables hold.

An edition is written into a folder of another name, flushed to disk and then renamed; CURRENT is replaced atomically
after that. An edition that exists is never written again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from pipelines import contracts, disclosure, landing, obstacles, open_data, precision
from pipelines.contract_model import TableContract
from pipelines.corrections import read_corrections
from pipelines.revisions import Before, Inputs
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace
from warehouse import database
from warehouse.models import models

FILES = {"public": "public.duckdb", "analyst": "analyst.duckdb"}
"""File of each audience: `public` holds public tables and columns, `analyst` the restricted ones too."""

DESCRIPTION = "edition.json"
OPEN_DATA = "open_data"
"""Folder with the open data: the same landing, settings and earlier editions give the same bytes."""

PUBLIC_PARTS = frozenset({FILES["public"], DESCRIPTION, OPEN_DATA})
"""What of an edition other users of the machine may read; all else is for its owner alone."""

MASKED_TABLE = "marts.indicator_values"


class EmptyEditionError(Exception):
    """There is nothing to publish; the edition before stays in force."""


@dataclass(frozen=True, slots=True)
class EditionKey:
    """What identifies an edition: the same landing, settings and program give the same id."""

    id: str
    data_until: date


@dataclass(frozen=True, slots=True)
class Published:
    """The outcome of publishing; `is_new` is false when the edition existed already."""

    id: str
    is_new: bool


def shape_of(table: TableContract, *, with_restricted: bool = True) -> database.TableShape:
    """Return a table contract as DuckDB needs it; without restricted columns for public files."""
    allowed = ("public", "restricted") if with_restricted else ("public",)
    columns = tuple(
        database.ColumnShape(column.name, column.duckdb_type, column.required, column.description)
        for column in table.columns
        if column.classification in allowed or table.audience == "workspace"
    )
    return database.TableShape(table.full_name, columns, table.key, f"{table.description} Grain: {table.grain}.")


def key_of(workspace: Workspace) -> EditionKey:
    """Work out the id of the edition that the workspace would give now.

    Raises
    ------
    EmptyEditionError
        No file has landed.
    """
    files = [file for source in contracts.sources() for file in landing.files_in_force(workspace, source)]
    if not files:
        raise EmptyEditionError("Työtilan inbox-kansioissa ei ole yhtään tiedostoa. Lisää tiedostot ja aja uudelleen.")
    parts = [workspace.settings_file.read_text(encoding="utf-8"), *program_texts()]
    parts += [f"{file.source} {file.sha256}" for file in files]
    parts += [path.read_text(encoding="utf-8") for path in workspace.decision_files()]
    parts += [text for _, text in contracts.fingerprint_texts()]
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    data_until = max(file.received for file in files).date()
    return EditionKey(f"{data_until:%Y%m%d}-{digest[:10]}", data_until)


def recipe_of(workspace: Workspace) -> str:
    """Return the digest of all that an edition is made by but not of: program, settings, contracts, decisions."""
    own = [workspace.settings_file, *workspace.decision_files()]
    texts = [f"{path.relative_to(workspace.root)} {path.read_text(encoding='utf-8')}" for path in own]
    return _digest([*texts, _digest_of_program()])


@cache
def _digest_of_program() -> str:
    return _digest([*program_texts(), *(text for _, text in contracts.fingerprint_texts())])


def publish(connection: duckdb.DuckDBPyConnection, workspace: Workspace, edition_id: str) -> Published:
    """Freeze the marts as an edition and make it the current one.

    Raises
    ------
    EmptyEditionError
        There are no indicator values.
    """
    target = workspace.editions / edition_id
    if target.is_dir():
        return Published(edition_id, is_new=_point_at(workspace, edition_id))
    if database.count(connection, MASKED_TABLE) == 0:
        raise EmptyEditionError(
            "Aineistosta ei saada yhtään tunnuslukua. Tarkista, että yhdistysrekisterin ote on mukana."
        )
    freeze(workspace.editions, edition_id, lambda partial: _write(connection, workspace, partial, edition_id))
    _point_at(workspace, edition_id)
    return Published(edition_id, is_new=True)


def _write(connection: duckdb.DuckDBPyConnection, workspace: Workspace, folder: Path, edition_id: str) -> None:
    for audience, name in FILES.items():
        database.export(connection, folder / name, list(exports(audience)))
    _write_open_data(connection, folder / OPEN_DATA)
    _describe(connection, workspace, folder / DESCRIPTION, edition_id)


def freeze(home: Path, edition_id: str, write: Callable[[Path], None]) -> None:
    """Let `write` fill a folder, and give it the name of the edition in `home` when all of it is on the disk.

    What a crash left half made is removed first; of a whole edition, other users may read the public parts alone.
    """
    for unfinished in home.glob(".*.partial"):
        shutil.rmtree(unfinished)
    partial = home / f".{edition_id}.partial"
    partial.mkdir(mode=0o700, parents=True)
    write(partial)
    for path in (*partial.rglob("*"), partial):
        _flush(path)
    _open_to_readers(partial)
    partial.rename(home / edition_id)
    _flush(home)


def current_id(workspace: Workspace) -> str | None:
    """Return the id of the edition that is served, None when there is none yet."""
    if not workspace.current_file.is_file():
        return None
    return workspace.current_file.read_text(encoding="utf-8").strip() or None


def published_at(workspace: Workspace, edition_id: str) -> datetime | None:
    """Return when an edition was published (UTC), None when it is not there."""
    folder = workspace.editions / edition_id
    if not (folder / DESCRIPTION).is_file():
        return None
    return datetime.fromisoformat(_described(folder)["published_at"])


def published(workspace: Workspace) -> dict[str, datetime]:
    """Return when each whole edition was published (UTC), the one published first first."""
    at = {folder.name: datetime.fromisoformat(_described(folder)["published_at"]) for folder in finished(workspace)}
    return dict(sorted(at.items(), key=lambda item: item[1]))


def remove(workspace: Workspace, edition_id: str) -> None:
    """Remove an edition that is not in force; what a crash leaves of it goes with the half made ones."""
    leaving = workspace.editions / f".{edition_id}.partial"
    (workspace.editions / edition_id).rename(leaving)
    shutil.rmtree(leaving)


def open_data_folder(workspace: Workspace, edition_id: str) -> Path | None:
    """Return the folder with the open data of an edition; editions of older programs have none."""
    folder = workspace.editions / edition_id / OPEN_DATA
    return folder if folder.is_dir() else None


def analyst_file(workspace: Workspace) -> Path | None:
    """Return the analysts' file of the edition that is served, None when there is no edition."""
    edition_id = current_id(workspace)
    return None if edition_id is None else workspace.editions / edition_id / FILES["analyst"]


def rows_before(workspace: Workspace, source: str) -> int | None:
    """Return how many rows of a source the current edition was made of, None when there is no edition."""
    edition_id = current_id(workspace)
    if edition_id is None:
        return None
    rows = _described(workspace.editions / edition_id)["rows_staged"].get(source)
    return None if rows is None else int(rows)


def first_editions(workspace: Workspace) -> dict[str, str]:
    """Return the hash of each delivered file that an edition was made of, with the first such edition."""
    described = sorted((_described(folder) for folder in finished(workspace)), key=lambda facts: facts["published_at"])
    first: dict[str, str] = {}
    for facts in described:
        for of_source in facts.get("inputs", {}).get("delivered", {}).values():
            for sha256 in of_source.values():
                first.setdefault(sha256, facts["edition_id"])
    return first


def hidden_before(workspace: Workspace) -> dict[disclosure.Key, int]:
    """Return the figures that the edition published last has hidden, and how many units told each."""
    ids = list(published(workspace))
    if not ids:
        return {}
    hidden = _values(workspace, ids[-1], "analyst").filter("is_hidden")
    return dict(zip(hidden.select(disclosure.KEY).iter_rows(), hidden["n"].fill_null(0), strict=True))


def before(workspace: Workspace) -> Before | None:
    """Return the edition in force with its public figures, for telling what a new one changes; None without one."""
    edition_id = current_id(workspace)
    if edition_id is None:
        return None
    inputs = _described(workspace.editions / edition_id).get("inputs")
    return Before(edition_id, _values(workspace, edition_id, "public"), None if inputs is None else Inputs(**inputs))


def public_values(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return the indicator values of a build as the public file would hold them."""
    return database.read_leaving(connection, _public(contracts.tables()[MASKED_TABLE]))


def inputs_of(workspace: Workspace) -> Inputs:
    """Return what an edition made now is made of."""
    files = {source: landing.files_in_force(workspace, source) for source in contracts.sources()}
    texts = dict(contracts.fingerprint_texts())
    cards = {name: text for name, text in texts.items() if name.startswith("indicators/")}
    program = [workspace.settings_file.read_text(encoding="utf-8"), *program_texts()]
    program += [text for name, text in texts.items() if name not in cards and name not in contracts.WORDS]
    decided: dict[str, list[str]] = {"": [path.read_text(encoding="utf-8") for path in workspace.decision_files()]}
    if workspace.corrections_file.is_file():
        decided[""].remove(workspace.corrections_file.read_text(encoding="utf-8"))
    for correction in read_corrections(workspace):
        decided.setdefault(correction.source, []).append(correction.model_dump_json())
    return Inputs(
        program=_digest(program),
        cards={Path(name).stem: _digest([text]) for name, text in cards.items()},
        decided={source: _digest(items) for source, items in decided.items()},
        delivered={
            source: {_digest([file.path]): file.sha256 for file in of_source if file.origin is None}
            for source, of_source in files.items()
        },
        fetched={
            source: sorted(file.sha256 for file in of_source if file.origin is not None)
            for source, of_source in files.items()
        },
    )


def program_texts() -> list[str]:
    """Return the texts that figures follow from: version, models and code."""
    return [version("yhteispeli"), *(model.sql for model in models().values()), *_code_texts()]


@cache
def _code_texts() -> tuple[str, ...]:
    """Return the texts of the program; of the one that runs, should another be installed meanwhile."""
    return tuple(path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.rglob("*.py")))


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def finished(workspace: Workspace) -> list[Path]:
    """Return the folders of the whole editions, by id."""
    folders = workspace.editions.iterdir() if workspace.editions.is_dir() else ()
    return sorted(path for path in folders if not path.name.startswith(".") and (path / DESCRIPTION).is_file())


def hashes_of(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of an edition as it was published, by path in the folder of the edition.

    An edition of a version that kept none has none; `edition.json` itself is not among them.
    """
    return dict(_described(folder).get("files", {}))


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, read in parts."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _described(folder: Path) -> dict[str, Any]:
    described: dict[str, Any] = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    return described


def _values(workspace: Workspace, edition_id: str, audience: str) -> pl.DataFrame:
    file = workspace.editions / edition_id / FILES[audience]
    try:
        with database.open_edition(file) as connection:
            return database.read_frame(connection, MASKED_TABLE)
    except duckdb.IOException as error:
        if not file.is_file():
            raise WorkspaceError(contracts.message("verify.missing", path=file).fi) from error
        if obstacles.told(str(error), file) is not None:
            raise
        raise WorkspaceError(contracts.message("verify.changed", path=file).fi) from error


def exports(audience: str) -> Iterable[database.Export]:
    """Return the tables of an audience as they leave for an edition."""
    is_analyst = audience == "analyst"
    for table in contracts.tables().values():
        if table.audience == "workspace" or (table.audience == "analyst" and not is_analyst):
            continue
        yield _whole(table) if is_analyst else _public(table)


def _whole(table: TableContract) -> database.Export:
    return database.Export(shape_of(table), lies_ordered=_lies_ordered(table))


def _lies_ordered(table: TableContract) -> bool:
    """Tell whether the rows lie in the order of the key in a build; those of `quality` lie source by source."""
    return not table.full_name.startswith("quality.")


def _public(table: TableContract) -> database.Export:
    """Return a table as everybody may read it: hidden figures empty, estimates no finer than their intervals."""
    shape = shape_of(table, with_restricted=False)
    instead = precision.PUBLISHED.get(table.full_name, {})
    if any(column.name == "is_hidden" for column in table.columns):
        return database.Export(shape, disclosure.MASKED, "is_hidden", instead, _lies_ordered(table))
    return database.Export(shape, instead=instead, lies_ordered=_lies_ordered(table))


def _write_open_data(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    tables = folder / open_data.PARQUET
    tables.mkdir(parents=True)
    opened = open_data.table_names()
    database.export_parquet(connection, tables, [item for item in exports("public") if item.shape.name in opened])
    open_data.write(folder)


def _describe(connection: duckdb.DuckDBPyConnection, workspace: Workspace, file: Path, edition_id: str) -> None:
    status = database.read_frame(connection, "marts.source_status")
    description = {
        "edition_id": edition_id,
        "published_at": published_now(workspace),
        "software_version": version("yhteispeli"),
        "rows_staged": dict(status.select("source", "rows_staged").iter_rows()),
        "inputs": asdict(inputs_of(workspace)),
        "files": {path.relative_to(file.parent).as_posix(): sha256_of(path) for path in _files_of(file.parent)},
    }
    file.write_text(json.dumps(description, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def published_now(workspace: Workspace) -> str:
    """Return the time (ISO, UTC), but one after the newest edition even when the clock has gone backwards."""
    moments = [datetime.now(UTC), *(moment + timedelta(microseconds=1) for moment in published(workspace).values())]
    return max(moments).isoformat(timespec="microseconds")


def _files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _open_to_readers(folder: Path) -> None:
    """Let a process that has no right to the rest of the workspace read the public parts of an edition."""
    for path in folder.rglob("*"):
        is_public = path.relative_to(folder).parts[0] in PUBLIC_PARTS
        own, readable = (0o700, 0o755) if path.is_dir() else (0o600, 0o644)
        path.chmod(readable if is_public else own)
    folder.chmod(0o755)


def _point_at(workspace: Workspace, edition_id: str) -> bool:
    """Move CURRENT to an edition and tell whether it moved."""
    if current_id(workspace) == edition_id:
        return False
    point(workspace.current_file, edition_id)
    return True


def point(pointer: Path, edition_id: str) -> None:
    """Let a pointer such as CURRENT name an edition, from one moment to the next."""
    partial = pointer.with_name(f".{pointer.name}.partial")
    partial.write_text(f"{edition_id}\n", encoding="utf-8")
    partial.chmod(0o644)
    _flush(partial)
    partial.replace(pointer)
    _flush(pointer.parent)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
