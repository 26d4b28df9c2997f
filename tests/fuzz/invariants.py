"""What has to hold for every file, however spoilt: one sentence, or every row accounted for.

Here belongs: reading and staging spoilt files, and telling what does not hold. Not here: spoiling (`mutations`).
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines import contracts, staging
from pipelines.contract_model import SourceContract
from pipelines.corrections import read_corrections
from pipelines.decisions import read_decisions
from pipelines.question_maps import QuestionMap, read_maps
from pipelines.raw_table import RawTable, Refused
from pipelines.reading import read_file, recognise_source
from pipelines.reading_csv import decode
from pipelines.receiving import raw_frame
from pipelines.settings import OWN_LISTS, Settings, WorkspaceError
from pipelines.workspace import Workspace

LONGEST_SENTENCE = 1_500


@dataclass(frozen=True)
class Mutant:
    """A spoilt file; `rows` is how many rows that are not blank it holds, where that is known."""

    case: str
    source: str
    name: str
    content: bytes
    rows: int | None = None
    is_text: bool = False
    maps: tuple[QuestionMap, ...] = ()


@dataclass
class Outcome:
    """What became of the mutants of a source."""

    refused: int = 0
    read: int = 0
    rows: int = 0
    quarantined: int = 0


class BrokenInvariantError(Exception):
    """Something that must hold does not; the message names the case."""


def read(mutant: Mutant) -> list[RawTable] | None:
    """Read a mutant; None when it is refused as it should be.

    Raises
    ------
    BrokenInvariantError
        Anything else than a refusal with a sentence, or a row is lost.
    """
    contract = contracts.sources()[mutant.source]
    try:
        recognise_source(mutant.content, mutant.name, mutant.maps)
    except Refused as refused:
        _must_be_a_sentence(mutant, refused)
    except Exception as error:
        raise BrokenInvariantError(f"{mutant.case}: recognising {type(error).__name__}: {error}") from error
    try:
        tables = read_file(mutant.content, mutant.name, contract, mutant.maps)
    except Refused as refused:
        _must_be_a_sentence(mutant, refused)
        return None
    except Exception as error:
        raise BrokenInvariantError(f"{mutant.case}: reading {type(error).__name__}: {error}") from error
    _must_be_whole(mutant, tables)
    return tables


def stage(mutants: Sequence[tuple[Mutant, list[RawTable]]], settings: Settings) -> Outcome:
    """Stage mutants of one source together; each is accounted for by itself.

    Raises
    ------
    BrokenInvariantError
        As `read`; the first mutant that breaks anything by itself is named.
    """
    contract = contracts.sources()[mutants[0][0].source]
    hashes = {_hash(mutant): tables for mutant, tables in mutants}
    frames = [
        raw_frame(sha256, number, table)
        for number, (sha256, tables) in enumerate(hashes.items(), 1)
        for table in tables
    ]
    try:
        staged = staging.stage(contract, pl.concat(frames), settings)
    except Exception as error:
        raise BrokenInvariantError(f"{mutants[0][0].case}: staging {type(error).__name__}: {error}") from error
    outcome = Outcome(read=len(hashes))
    for account in staged.accounts.iter_rows(named=True):
        tables = hashes[account["file_sha256"]]
        told = (account["rows_read"], account["rows_outside"])
        if told != (sum(len(table.rows) for table in tables), sum(len(table.outside) for table in tables)):
            raise BrokenInvariantError(f"{contract.name}: {account} does not count what was read")
        outcome.rows += account["rows_read"]
        outcome.quarantined += account["rows_quarantined"]
    kept = staged.rows.select(staging.PLACE).unique().height + staged.quarantine.select(staging.PLACE).unique().height
    if kept != outcome.rows:
        raise BrokenInvariantError(f"{contract.name}: {outcome.rows} rows read, {kept} places kept")
    if (bare := staged.quarantine.filter(pl.col("rule_ids").is_null())).height:
        raise BrokenInvariantError(f"{contract.name}: quarantined without a reason: {bare.row(0)}")
    _must_hold_no_odd_year(contract, staged.rows)
    return outcome


def read_kept(root: Path, path: str, content: bytes) -> bool:
    """Put a file that people keep into a workspace and read all of them; tell whether it is refused with a sentence.

    Raises
    ------
    BrokenInvariantError
        Anything else than a refusal with a sentence.
    """
    file = root / path
    before = file.read_bytes() if file.is_file() else None
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    workspace = Workspace(root)
    try:
        for codes in OWN_LISTS:
            workspace.settings.code_list(f"settings.{codes}").spellings()
        _ = (read_corrections(workspace), read_decisions(workspace), read_maps(workspace))
    except WorkspaceError as error:
        said = str(error)
        if not said.strip() or len(said) > LONGEST_SENTENCE or "Traceback" in said:
            raise BrokenInvariantError(f"{path}: not one sentence: {said[:300]!r}") from error
        return True
    except Exception as error:
        raise BrokenInvariantError(f"{path}: {type(error).__name__}: {str(error)[:300]} in {content[:80]!r}") from error
    finally:
        file.unlink()
        if before is not None:
            file.write_bytes(before)
    return False


def _must_be_a_sentence(mutant: Mutant, refused: Refused) -> None:
    for language in contracts.messages()["refusal.empty"].__dataclass_fields__:
        said = refused.text[language]
        if (
            not said.strip()
            or not said.rstrip().endswith((".", "!", "?"))
            or len(said) > LONGEST_SENTENCE
            or "\n" in said
        ):
            raise BrokenInvariantError(f"{mutant.case}: not one sentence ({language}): {said[:300]!r}")


def _must_be_whole(mutant: Mutant, tables: Sequence[RawTable]) -> None:
    if mutant.rows is not None:
        found = sum(len(table.rows) + len(table.outside) + 1 for table in tables)
        if found != mutant.rows:
            raise BrokenInvariantError(f"{mutant.case}: {mutant.rows} rows in the file, {found} read")
    for table in tables:
        if len(table.rows) != len(table.lines) or len(set(table.lines)) != len(table.lines):
            raise BrokenInvariantError(f"{mutant.case}: rows without a line of their own")
    if mutant.content.lstrip()[:15].upper() == b"BEGIN:VCALENDAR":
        events = len(re.findall(rb"(?mi)^BEGIN:VEVENT\s*$", mutant.content))
        if sum(len(table.rows) + len(table.outside) for table in tables) < events:
            raise BrokenInvariantError(f"{mutant.case}: {events} events in the calendar, fewer read")
    if mutant.is_text and tables[0].header_line:
        lost = _letters([decode(mutant.content)]) - _letters(_cells(tables))
        if lost:
            raise BrokenInvariantError(f"{mutant.case}: letters lost: {lost.most_common(5)}")


def _cells(tables: Iterable[RawTable]) -> Iterable[str]:
    for table in tables:
        yield from table.header
        for cells in (*table.rows, *(cells for _, cells in table.outside)):
            yield from (cell for cell in cells if cell)


def _letters(texts: Iterable[str]) -> Counter[str]:
    return Counter(re.sub(r"[\W_]", "", "".join(texts)))


def _must_hold_no_odd_year(contract: SourceContract, rows: pl.DataFrame) -> None:
    for name, dtype in rows.schema.items():
        if dtype in (pl.Date, pl.Datetime("us")):
            years = rows[name].dt.year().drop_nulls()
            if years.len() and not years.is_between(1900, 2100).all():
                raise BrokenInvariantError(f"{contract.name}.{name}: years {years.min()}–{years.max()}")


def _hash(mutant: Mutant) -> str:
    return hashlib.sha256(mutant.case.encode() + mutant.content).hexdigest()
