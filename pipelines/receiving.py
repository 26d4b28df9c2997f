"""The first two rooms: files as they came (`raw`), and their rows typed and checked (`staging`).

Here belongs: landing, reading and staging a source, and writing what its `quality` tables tell. Not here: how a file is
read (`pipelines.reading`), how rows are typed (`pipelines.staging`), the rooms after it (`pipelines.rooms`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl
import pyarrow as pa

from pipelines import contracts, editions, landing, linking, staging
from pipelines.build import Build
from pipelines.contract_model import LANGUAGES, Rule, SourceContract
from pipelines.corrections import read_corrections
from pipelines.landing import LandedFile
from pipelines.quality import RuleResult
from pipelines.question_maps import QuestionMap, read_maps
from pipelines.raw_table import RawTable, Refused
from pipelines.reading import read_file
from pipelines.staging import Staged
from pipelines.workspace import Workspace
from warehouse import database

TOLD = ("files", "checks", "findings", "quarantine", "corrections")
"""Tables of `quality` in which staging tells of a source."""


class BlockingCheckError(Exception):
    """A critical rule failed, so the edition before stays in force; the message is a Finnish sentence for people."""


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """How many rows a rule looked at, how many failed, and whether it passed."""

    rule: Rule
    rows_checked: int
    rows_failed: int
    passed: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of staging a source: the outcome of each rule, and how many rows were read, staged, put aside."""

    checks: tuple[CheckOutcome, ...]
    rows_read: int
    rows_staged: int
    rows_quarantined: int


def land(build: Build, source: str) -> None:
    """Land what is new in the inbox of a source."""
    landing.land_inbox(build.workspace, source)


def raw(build: Build, source: str) -> int:
    """Read the landed files in force of a source and write `raw.<source>`.

    A file that can't be read is noted in the manifest as refused, with the reason. Returns the number of data rows.
    """
    contract = contracts.sources()[source]
    maps = read_maps(build.workspace)
    frames = [pl.DataFrame(schema=staging.RAW_SCHEMA)]
    for delivery, file in enumerate(landing.files_in_force(build.workspace, source), start=1):
        frames.extend(raw_frame(file.sha256, delivery, table) for table in _read(build.workspace, contract, file, maps))
    everything = pl.concat(frames)
    database.write_frame(build.connection, f"raw.{source}", everything)
    return everything.filter(staging.IS_ROW).height


def stage(build: Build, source: str) -> Staged:
    """Type and check the rows of a source; write `staging.<source>` and its slices of the `quality` tables.

    Raises
    ------
    staging.AccountingError
        Rows or euros went missing.
    """
    contract = contracts.sources()[source]
    in_force = landing.files_in_force(build.workspace, source)
    staged = staging.stage(
        contract,
        database.read_frame(build.connection, f"raw.{source}"),
        build.workspace.settings,
        editions.rows_before(build.workspace, source),
        _known(build, contract),
        read_corrections(build.workspace),
        {file.name: file.sha256 for file in in_force},
        {file.sha256: file.received.date() for file in in_force},
    )
    database.write_frame(build.connection, f"staging.{source}", staged.rows)
    slices = {
        "files": _files(build.workspace, source, staged.accounts),
        "checks": _checks(staged),
        "findings": staged.findings,
        "quarantine": staged.quarantine,
        "corrections": staged.corrected,
    }
    told = [
        (editions.shape_of(contracts.tables()[f"quality.{table}"]), slices[table].with_columns(source=pl.lit(source)))
        for table in TOLD
    ]
    database.replace_slices(build.connection, "source", source, told)
    return staged


def outcome(build: Build, source: str) -> Outcome:
    """Return what came of staging a source, now or in an earlier refresh whose result stays."""
    contract = contracts.sources()[source]
    columns = "rule_id, rows_checked, rows_failed, passed"
    checks = database.select(build.connection, columns, "quality.checks", "source", source)
    columns = ", ".join(
        f"coalesce(sum(rows_{what}), 0)::BIGINT AS {what}" for what in ("read", "staged", "quarantined")
    )
    counts = database.select(build.connection, columns, "quality.files", "source", source)
    return Outcome(tuple(CheckOutcome(contract.rule(row[0]), *row[1:]) for row in checks), *counts[0])


def refuse_critical(checks: Iterable[CheckOutcome | RuleResult]) -> None:
    """Stop when a critical rule failed.

    Raises
    ------
    BlockingCheckError
        With the sentence and the remedy of the first such rule.
    """
    for result in checks:
        if result.rule.severity == "critical" and not result.passed:
            raise BlockingCheckError(f"{result.rule.message.fi} {result.rule.remedy.fi}")


def _read(
    workspace: Workspace, contract: SourceContract, file: LandedFile, maps: Sequence[QuestionMap]
) -> list[RawTable]:
    try:
        return read_file(landing.content_of(workspace, file), file.name, contract, maps)
    except Refused as refused:
        landing.note_refusal(workspace, file, refused.text)
        return []


def raw_frame(sha256: str, delivery: int, table: RawTable) -> pl.DataFrame:
    """Lay a table that was read out as rows of `raw`, columns as `staging.RAW_SCHEMA`."""
    kinds = ["header", *("outside" for _ in table.outside)]
    kinds += ["unfinished" if line in table.unfinished else "row" for line in table.lines]
    cells = [table.header, *(cells for _, cells in table.outside), *table.rows]
    columns = {
        "file_sha256": pl.repeat(sha256, len(cells), dtype=pl.String, eager=True),
        "delivery": pl.repeat(delivery, len(cells), dtype=pl.Int64, eager=True),
        "sheet": pl.repeat(table.sheet, len(cells), dtype=pl.String, eager=True),
        "line": [table.header_line, *(line for line, _ in table.outside), *table.lines],
        "kind": kinds,
        # Arrow takes the lists in as one column; Polars would make a column of each first
        "cells": pl.Series(pa.array(cells, pa.list_(pa.large_string())), dtype=pl.List(pl.String)),
    }
    return pl.DataFrame(columns, schema=staging.RAW_SCHEMA)


def may_name_persons(contract: SourceContract) -> bool:
    """Tell whether a source has recipients that may be private persons."""
    return any(column.reads in {"organisation", "organisations"} for column in contract.columns)


def needs_register(contract: SourceContract) -> bool:
    """Tell whether the rows of a source are held against the register of associations."""
    return may_name_persons(contract) or any(rule.expectation == "in_register" for rule in contract.rules)


def _known(build: Build, contract: SourceContract) -> list[str]:
    """Return the normalised names and the Y-tunnus of the register for a source that is held against it."""
    if not needs_register(contract):
        return []
    register = database.read_frame(build.connection, "staging.prh_register")
    names = pl.concat([register["name"], register["previous_names"].explode()]).drop_nulls().unique()
    keys = pl.DataFrame({"name": names}).select(linking.name_key(pl.col("name"))).to_series()
    return [*keys, *register["business_id"].drop_nulls().unique()]


def _files(workspace: Workspace, source: str, accounts: pl.DataFrame) -> pl.DataFrame:
    refused = landing.refusals(workspace, source)
    read = set(accounts["file_sha256"])  # a file that was refused once may be readable by now
    in_force = landing.files_in_force(workspace, source)
    states = [(file, "read" if file.sha256 in read else "refused") for file in in_force]
    states += [(file, "superseded") for file in landing.superseded_files(workspace, source)]
    files = pl.DataFrame(
        [
            {
                "file_sha256": file.sha256,
                "file_name": file.name,
                "received_at": file.received.replace(tzinfo=None),
                "size_bytes": file.size,
                "state": state,
                "reason": refused[file.sha256].fi if state == "refused" else None,
            }
            for file, state in states
        ],
        schema={
            "file_sha256": pl.String,
            "file_name": pl.String,
            "received_at": pl.Datetime("us"),
            "size_bytes": pl.Int64,
            "state": pl.String,
            "reason": pl.String,
        },
    )
    joined = files.join(accounts, on="file_sha256", how="left")
    return joined.with_columns(pl.col("^rows_.*$").fill_null(0))


def _checks(staged: Staged) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "rule_id": result.rule.id,
            "dimension": result.rule.dimension,
            "severity": result.rule.severity,
            "column_name": result.rule.column,
            "rows_checked": result.rows_checked,
            "rows_failed": len(result.failing),
            "passed": result.passed,
            **{f"message_{language}": result.rule.message[language] for language in LANGUAGES},
            **{f"remedy_{language}": result.rule.remedy[language] for language in LANGUAGES},
            "owner": result.rule.owner,
        }
        for result in staged.results
    )
