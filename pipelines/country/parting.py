"""Files that tell of many municipalities, parted between the workspaces.

Here belongs: which row belongs to which municipality, and accounting for every row. Not here: reading files
(`reading`), what a municipality does with its part.

A row goes to one municipality or is set aside with the reason; a file whose rows hold for all goes to each as it is.
A part is written only when it differs from what lies there, so that a municipality about which nothing new is told is
not refreshed.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pipelines import contracts
from pipelines.contract_model import SourceContract, Text, fold
from pipelines.country.folder import Country
from pipelines.landing import is_passed_over
from pipelines.raw_table import Cell, RawTable, Refused, refused
from pipelines.reading import read_file
from pipelines.reading_json import parse
from pipelines.settings import WorkspaceError
from pipelines.sources.json_stat import areas_of, cut_areas, without_areas
from pipelines.workspace import Workspace

PART_PREFIX = "kaikki_kunnat_"
"""Begins the name of a part, so that it takes no file's place that the municipality delivers itself."""


class PartingError(Exception):
    """Rows went missing while a file was parted."""


@dataclass(frozen=True, slots=True)
class Parted:
    """What became of the rows of one file: `given` counts by municipality code, `set_aside` by reason (a message key).

    `refused` says why none of it could be read.
    """

    source: str
    file_name: str
    rows: int = 0
    given: dict[str, int] = field(default_factory=dict)
    set_aside: dict[str, int] = field(default_factory=dict)
    refused: Text | None = None

    @property
    def is_for_every(self) -> bool:
        """Whether all rows went to every municipality."""
        return contracts.sources()[self.source].parted_by == contracts.EVERY_MUNICIPALITY


@dataclass(frozen=True, slots=True)
class _Towns:
    """How files may name the municipalities: spelling (folded) to code.

    Of `unreadable` the settings can't be read; `others` are known and not of the country.
    """

    workspaces: Mapping[str, Workspace]
    spellings: Mapping[str, str]
    business_ids: Mapping[str, str]
    unreadable: frozenset[str]
    others: frozenset[str]

    def place(self, column: str, cell: Cell) -> tuple[str | None, str]:
        """Return the code of the municipality that a cell means, or None and the reason."""
        if cell is None or not cell.strip():
            return None, "country.aside.empty"
        told = fold(cell).removeprefix("ku")
        code = self.business_ids.get(told) if column == "business_id" else self.spellings.get(told)
        if code is not None:
            return code, ""
        if told == "sss":
            return None, "country.aside.whole_country"
        if told in self.unreadable:
            return None, "country.aside.unreadable"
        return None, "country.aside.other" if told in self.others else "country.aside.unknown"


def part_all(country: Country, state: dict[str, Any]) -> list[Parted]:
    """Part every file of the country's inbox that has changed since `state`, and bring `state` up to date.

    Returns what became of each file, also of those that have not changed.
    """
    known = state.setdefault("parted", {})
    files = [workspace.settings_file for workspace in country.towns.values()]
    settings = [file.read_bytes() for file in files if file.is_file()]
    whom = hashlib.sha256(b"\0".join([country.settings_file.read_bytes(), *settings])).hexdigest()
    towns: _Towns | None = None
    told: dict[str, Any] = {}
    for source, path in _files(country):
        content = path.read_bytes()
        key = hashlib.sha256(content).hexdigest() + whom
        name = f"{source}/{path.name}"
        if known.get(name, {}).get("key") != key:
            towns = towns or _towns(country)
            known[name] = {"key": key, **asdict(_part(country, towns, contracts.sources()[source], path, content))}
        told[name] = known[name]
    state["parted"] = told
    return [_remembered(facts) for facts in told.values()]


def _remembered(facts: Mapping[str, Any]) -> Parted:
    why = facts["refused"]
    told = {name: value for name, value in facts.items() if name not in {"key", "refused"}}
    return Parted(**told, refused=None if why is None else Text(**why))


def _files(country: Country) -> Iterator[tuple[str, Path]]:
    for source in contracts.sources():
        folder = country.inbox / source
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            if path.is_file() and not is_passed_over(path):
                yield source, path


def _towns(country: Country) -> _Towns:
    listed = {code: workspace for code, workspace in country.towns.items() if _has_settings(workspace)}
    spellings: dict[str, str] = {}
    business_ids: dict[str, str] = {}
    for code, workspace in listed.items():
        own = workspace.settings.municipality
        spellings |= {fold(own.name): code, code: code}
        business_ids[fold(own.business_id)] = code
    others = contracts.code_lists()["municipalities"].spellings()
    spellings |= {spelling: code for spelling, code in others.items() if code in listed}
    unreadable = frozenset(country.towns.keys() - listed.keys())
    return _Towns(listed, spellings, business_ids, unreadable, frozenset(others))


def _has_settings(workspace: Workspace) -> bool:
    """Tell whether the settings can be read; why they can't is told when the municipality is refreshed."""
    try:
        return bool(workspace.settings)
    except WorkspaceError:
        return False


def _part(country: Country, towns: _Towns, source: SourceContract, path: Path, content: bytes) -> Parted:
    try:
        if source.parted_by is None:
            raise refused("country.not_parted", title=source.title)
        tables = read_file(content, path.name, source)
        if source.parted_by == contracts.EVERY_MUNICIPALITY:
            rows = sum(len(table.rows) for table in tables)
            for workspace in towns.workspaces.values():
                _write_new(workspace.inbox / source.name / f"{PART_PREFIX}{path.name}", content)
            return Parted(source.name, path.name, rows, dict.fromkeys(towns.workspaces, rows))
        if "csv" in source.formats:
            parted = _part_tables(country, towns, source, path, tables)
        else:
            parted = _part_json_stat(towns, source, path, content, tables)
    except Refused as error:
        return Parted(source.name, path.name, refused=error.text)
    if parted.rows != sum(parted.given.values()) + sum(parted.set_aside.values()):
        raise PartingError(f"{path}: {parted.rows} rows are not those given and set aside")
    return parted


def _part_tables(
    country: Country, towns: _Towns, source: SourceContract, path: Path, tables: Sequence[RawTable]
) -> Parted:
    """Write the rows of each municipality, verbatim and under their own header, as one CSV a sheet."""
    parted = Parted(source.name, path.name, sum(len(table.rows) for table in tables))
    aside = io.StringIO()
    for table in tables:
        rows: dict[str, list[Sequence[Cell]]] = {}
        place = table.columns[str(source.parted_by)]
        for line, row in zip(table.lines, table.rows, strict=True):
            cell = row[place] if place < len(row) else None
            code, why = towns.place(str(source.parted_by), cell)
            if code is not None and line in table.unfinished:
                code, why = None, "country.aside.unfinished"
            if code is None:
                parted.set_aside[why] = parted.set_aside.get(why, 0) + 1
                _lines(aside, [[contracts.message(why).fi, table.sheet, str(line), *row]])
            else:
                rows.setdefault(code, []).append(row)
        sheet = f"_{table.sheet}" if len(tables) > 1 else ""
        name = f"{PART_PREFIX}{path.stem}{sheet}.csv".replace("/", "_")
        for code, workspace in towns.workspaces.items():
            own = rows.get(code, [])
            target = workspace.inbox / source.name / name
            if own or target.exists():  # a file that tells of it no longer must not leave its old rows in force
                text = io.StringIO()
                _lines(text, [table.header, *own])
                _write_new(target, text.getvalue().encode("utf-8-sig"))
            if own:
                parted.given[code] = parted.given.get(code, 0) + len(own)
    _keep_aside(country.set_aside / source.name / f"{path.stem}.csv", aside.getvalue())
    return parted


def _part_json_stat(
    towns: _Towns, source: SourceContract, path: Path, content: bytes, tables: Sequence[RawTable]
) -> Parted:
    """Write a JSON-stat table of its own area for each municipality; areas outside the country are counted."""
    parted = Parted(source.name, path.name, sum(len(table.rows) for table in tables))
    document = parse(content.decode("utf-8-sig"))
    counts: dict[Cell, int] = {}
    for table in tables:
        place = table.columns[str(source.parted_by)]
        for row in table.rows:
            counts[row[place]] = counts.get(row[place], 0) + 1
    wanted: dict[str, str] = {}
    for area, count in counts.items():
        code, why = towns.place(str(source.parted_by), area)
        if code is None or area is None:
            parted.set_aside[why] = parted.set_aside.get(why, 0) + count
        else:
            wanted[area] = code
            parted.given[code] = count
    _refuse_twice_named(wanted)
    name = f"{PART_PREFIX}{path.stem}.json"
    targets = {code: workspace.inbox / source.name / name for code, workspace in towns.workspaces.items()}
    areas = areas_of(document, [area for area in counts if area is not None])
    for area, cut in cut_areas(document, areas, list(wanted)):
        _write_new(targets[wanted[area]], json.dumps(cut, ensure_ascii=False).encode())
    for code in targets.keys() - parted.given.keys():
        if targets[code].exists():  # as with tables: it must not leave its old rows in force
            _write_new(targets[code], json.dumps(without_areas(document, areas), ensure_ascii=False).encode())
    return parted


def _refuse_twice_named(wanted: Mapping[str, str]) -> None:
    """Refuse a file in which two areas are one municipality: which of them holds is for the sender to say."""
    areas = {code: [area for area in wanted if wanted[area] == code] for code in wanted.values()}
    for code, named in areas.items():
        if len(named) > 1:
            raise refused("country.named_twice", code=code, areas=", ".join(named))


def _lines(target: io.StringIO, rows: Sequence[Sequence[Cell]]) -> None:
    csv.writer(target, delimiter=";", lineterminator="\n").writerows(rows)


def _keep_aside(path: Path, text: str) -> None:
    if not text:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8-sig")


def _write_new(path: Path, content: bytes) -> None:
    """Write a file unless it holds just that; a reader never sees half of it."""
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(content)
    partial.replace(path)
