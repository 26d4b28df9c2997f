"""Staging: rows of text become typed rows, a bad row goes to quarantine with its reasons, every row is accounted for.

Here belongs: mapping cells to the contract's columns, typing, masking possible persons, parting good rows from bad.
Not here: how a cell is read (`pipelines.parsing`), the rules (`pipelines.quality`), DuckDB (`pipelines.assets`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from pipelines import masking, parsing, quality
from pipelines.comparing import Known
from pipelines.contract_model import Column, SourceContract, fold
from pipelines.contracts import FINISHED, HEADERS, RAGGED, code_lists
from pipelines.corrections import Correction, apply
from pipelines.linking import name_key
from pipelines.quality import RuleResult
from pipelines.raw_table import near_headers
from pipelines.settings import Settings

PLACE = ("file_sha256", "sheet", "line")
PERSON_MASK = masking.MASK
"""Stands in staging for the name of a recipient that may be a private person."""

SHORTEST_WORD_ENDING = 4
"""Words of organisations this long are recognised as the end of a compound word too (`kylätoimikunta`)."""

COUNTS = ("rows_read", "rows_staged", "rows_quarantined", "rows_outside", "rows_without_euros")
EUROS = ("eur_read", "eur_staged", "eur_quarantined")
EUR = pl.Decimal(16, 2)

RAW_SCHEMA = {
    "file_sha256": pl.String(),
    "delivery": pl.Int64(),
    "sheet": pl.String(),
    "line": pl.Int64(),
    "kind": pl.String(),
    "cells": pl.List(pl.String()),
}
"""Columns of a `raw` table; `delivery` counts the files of the source in the order in which they landed, `kind` is
`header`, `row`, `unfinished` (a row too: an answer that was never sent) or `outside` (titles and totals)."""

IS_ROW = pl.col("kind").is_in(["row", "unfinished"])
"""Tells the rows of data in a `raw` table."""

FINDINGS_SCHEMA = {
    "file_sha256": pl.String(),
    "sheet": pl.String(),
    "line": pl.Int64(),
    "rule_id": pl.String(),
    "severity": pl.String(),
    "column_name": pl.String(),
    "cell": pl.String(),
}


class AccountingError(Exception):
    """Rows or euros went missing between reading and staging; a fault of the program, so the run must stop."""


@dataclass(frozen=True, slots=True)
class Staged:
    """What became of the rows of a source.

    Attributes
    ----------
    rows
        Typed columns of the contract without personal ones, and `file_sha256`, `delivery`, `sheet`, `line`.
    quarantine
        `file_sha256`, `sheet`, `line`, `rule_ids`, `eur`, `cells`; one row a quarantined row.
    findings
        As `FINDINGS_SCHEMA`; one row a row and rule that it failed, warnings too.
    results
        One result a rule of the contract, and one for rows whose cells don't match the header.
    accounts
        `file_sha256`, `rows_read`, `rows_staged`, `rows_quarantined`, `rows_outside`, `eur_read`, `eur_staged`,
        `eur_quarantined`, `rows_without_euros`; one row a file that was read.
    corrected
        As `corrections.OUTCOME_SCHEMA`; one row a correction of the source.
    """

    rows: pl.DataFrame
    quarantine: pl.DataFrame
    findings: pl.DataFrame
    results: list[RuleResult]
    accounts: pl.DataFrame
    corrected: pl.DataFrame


def stage(
    contract: SourceContract,
    raw: pl.DataFrame,
    settings: Settings,
    rows_before: int | None = None,
    known: Sequence[str] = (),
    corrections: Sequence[Correction] = (),
    files: Mapping[str, str] | None = None,
    received: Mapping[str, date] | None = None,
) -> Staged:
    """Type the rows of a source and part the good from the bad.

    Parameters
    ----------
    raw
        Columns as `RAW_SCHEMA`.
    rows_before
        Rows staged in the edition before, for rules that compare with it.
    known
        Normalised names and Y-tunnus of the associations of the register, which are never masked as persons.
    received
        The day on which each file came, by its hash.
    corrections, files
        Corrections of cells, and the hash of each file in force by its name.

    Raises
    ------
    AccountingError
        Rows or euros in are not rows or euros kept + quarantined.
    """
    text, corrected = apply(contract, text_frame(contract, raw), corrections, files or {})
    typed = text.select(
        *PLACE,
        "delivery",
        *(parsing.read_column(column, settings).alias(column.name) for column in contract.staged_columns),
    )
    reading = [*_unreadable(contract, text, typed), *_whole_rows(contract, text)]
    failed = {position for result in reading for position in result.failing}
    beside = Known(frozenset(known), received or {})
    results = [*reading, *_once(quality.check(contract, typed, failed, beside), reading)]
    headers, near = _near_headers(contract, raw)
    findings = pl.concat([_findings(text, results), near]).sort(*PLACE, "rule_id")
    results.append(headers)
    is_bad = _bad_rows(typed, findings)
    rows = mask_contacts(contract, mask_persons(contract, typed.filter(~is_bad), known))
    results += quality.check_size(contract, rows, rows_before)
    quarantine = _quarantine(contract, raw, typed.filter(is_bad), findings)
    accounts = _account(contract, raw, typed, rows, quarantine, findings)
    _prove(accounts)
    return Staged(rows, quarantine, findings, results, accounts, corrected)


def text_frame(contract: SourceContract, raw: pl.DataFrame, columns: Sequence[Column] = ()) -> pl.DataFrame:
    """Lay the cells of raw rows under columns of the contract, cleaned: those that go on, unless others are asked for.

    The cells of a ragged row can't be told apart, so it has none here, and an answer that was never sent is not judged
    by its cells either; quarantine keeps them as they were read.

    Returns
    -------
    pl.DataFrame
        `file_sha256`, `delivery`, `sheet`, `line`, `is_ragged`, `is_unfinished`, and a text column for each column
        laid out.
    """
    laid = columns or contract.staged_columns
    spellings = contract.header_spellings()
    schema = {name: RAW_SCHEMA[name] for name in (*PLACE, "delivery")} | {
        "is_ragged": pl.Boolean(),
        "is_unfinished": pl.Boolean(),
    }
    schema |= {column.name: pl.String() for column in laid}
    frames = [pl.DataFrame(schema=schema)]
    for _, table in raw.group_by(["file_sha256", "sheet"], maintain_order=True):
        header = table.filter(pl.col("kind") == "header")["cells"][0].to_list()
        position = {spellings[fold(cell)]: index for index, cell in enumerate(header) if fold(cell or "") in spellings}
        rows = table.filter(IS_ROW)
        is_ragged = pl.col("cells").list.len() != len(header)
        is_unfinished = pl.col("kind") == "unfinished"
        cells = [
            (
                parsing.clean(
                    pl.when(~is_ragged & ~is_unfinished)
                    .then(pl.col("cells"))
                    .list.get(position[column.name], null_on_oob=True)
                )
                if column.name in position
                else pl.lit(None, pl.String)
            ).alias(column.name)
            for column in laid
        ]
        marks = {"is_ragged": is_ragged, "is_unfinished": is_unfinished}
        frames.append(rows.select(*PLACE, "delivery", *cells, **marks).select(list(schema)))
    return pl.concat(frames)


def mask_persons(contract: SourceContract, rows: pl.DataFrame, known: Sequence[str]) -> pl.DataFrame:
    """Replace the names of recipients that may be private persons, and drop their Y-tunnus.

    A name stays when a word of it shows an organisation, or when the register knows it. A Y-tunnus keeps no name: a
    sole trader has one too, and the person who books for an association may write the own name beside its Y-tunnus. A
    Y-tunnus that the register knows stays, so that the row is still linked.
    """
    masked = _named(contract, "organisation")
    spellings = code_lists()["organisation_words"].spellings()
    whole = "|".join(map(re.escape, spellings))
    endings = "|".join(re.escape(word) for word in spellings if len(word) >= SHORTEST_WORD_ENDING)
    pattern = rf"((^|[^\p{{L}}])({whole})|({endings}))($|[^\p{{L}}])"
    has_known_id = pl.lit(value=False)
    if "business_id" in rows.columns:
        has_known_id = pl.col("business_id").is_in(list(known)).fill_null(value=False)

    def is_organisation(name: pl.Expr) -> pl.Expr:
        shows = name.str.to_lowercase().str.contains(pattern) | name_key(name).is_in(list(known))
        return shows.fill_null(value=False)

    def unless_person(name: pl.Expr, is_kept: pl.Expr) -> pl.Expr:
        return pl.when(is_kept | name.is_null()).then(name).otherwise(pl.lit(PERSON_MASK))

    for name in masked:
        is_kept = is_organisation(pl.col(name))
        shown = [unless_person(pl.col(name), is_kept).alias(name)]
        if "business_id" in rows.columns:
            shown.append(pl.when(is_kept | has_known_id).then(pl.col("business_id")).alias("business_id"))
        rows = rows.with_columns(shown)
    each = unless_person(pl.element(), is_organisation(pl.element()))
    return rows.with_columns(pl.col(name).list.eval(each) for name in _named(contract, "organisations"))


def mask_contacts(contract: SourceContract, rows: pl.DataFrame) -> pl.DataFrame:
    """Replace e-mail addresses and phone numbers within names and sentences, such as `Kevätjuhla, kysy 040 …`.

    A number in a cell without words is no phone number: numbers of applications and accounts look like one.
    """

    def masked(text: pl.Expr) -> pl.Expr:
        bare = text.str.replace_all(masking.EMAIL, PERSON_MASK)
        has_words = bare.str.contains(r"\p{L}{3}")
        return pl.when(has_words).then(bare.str.replace_all(masking.PHONE, PERSON_MASK)).otherwise(bare)

    single = [name for reads in ("text", "organisation") for name in _named(contract, reads)]
    several = [name for reads in ("texts", "organisations") for name in _named(contract, reads)]
    return rows.with_columns(
        *(masked(pl.col(name)).alias(name) for name in single),
        *(pl.col(name).list.eval(masked(pl.element())) for name in several),
    )


def _named(contract: SourceContract, reads: str) -> list[str]:
    return [column.name for column in contract.staged_columns if column.reads == reads]


def _unreadable(contract: SourceContract, text: pl.DataFrame, typed: pl.DataFrame) -> list[RuleResult]:
    results = []
    for column in contract.staged_columns:
        said = text[column.name]
        is_missing = said.is_null() | said.is_in(list(column.missing_marks))
        failing = tuple((typed[column.name].is_null() & ~is_missing).arg_true().to_list())
        rule = contract.rule(f"{contract.name}.{column.name}_readable")
        results.append(RuleResult(rule, typed.height, failing, not failing))
    return results


def _whole_rows(contract: SourceContract, text: pl.DataFrame) -> Iterator[RuleResult]:
    """Judge what is wrong with a row as a whole: its cells can't be told apart, or nobody has sent the answer."""
    for mark, name in (("is_ragged", RAGGED), ("is_unfinished", FINISHED)):
        for rule in contract.rules:
            if rule.expectation == name:
                failing = tuple(text[mark].arg_true().to_list())
                yield RuleResult(rule, text.height, failing, not failing)


def _near_headers(contract: SourceContract, raw: pl.DataFrame) -> tuple[RuleResult, pl.DataFrame]:
    """Find the headers that are not known and much like one that is: one finding a header row, with both named.

    Formats without a header row (line 0) name their fields by themselves, so nobody has misspelt them.
    """
    rule = contract.rule(f"{contract.name}.{HEADERS}")
    headers = raw.filter((pl.col("kind") == "header") & (pl.col("line") > 0))
    told = [
        {**{name: row[name] for name in PLACE}, "cell": "; ".join(f"{found} ≈ {known}" for found, known in near)}
        for row in headers.iter_rows(named=True)
        if (near := near_headers(contract, row["cells"]))
    ]
    findings = pl.DataFrame(told, schema={name: FINDINGS_SCHEMA[name] for name in (*PLACE, "cell")}).select(
        *PLACE,
        rule_id=pl.lit(rule.id),
        severity=pl.lit(rule.severity),
        column_name=pl.lit(None, pl.String),
        cell="cell",
    )
    return RuleResult(rule, headers.height, (), findings.is_empty()), findings


def _once(results: list[RuleResult], reading: list[RuleResult]) -> list[RuleResult]:
    """Keep one finding for one cause.

    A row that fails as a whole fails nothing else, and a cell that can't be read is not missing as well.
    """
    unreadable = {result.rule.column: set(result.failing) for result in reading if result.rule.column}
    whole = {position for result in reading if not result.rule.column for position in result.failing}
    once = []
    for result in results:
        told = set(whole)
        if result.rule.expectation == "expect_column_values_to_not_be_null":
            told |= unreadable.get(result.rule.column or str(result.rule.arguments["column"]), set())
        failing = tuple(position for position in result.failing if position not in told)
        once.append(replace(result, failing=failing, passed=not failing))
    return once


def _findings(text: pl.DataFrame, results: list[RuleResult]) -> pl.DataFrame:
    frames = [pl.DataFrame(schema=FINDINGS_SCHEMA)]
    for result in results:
        if not result.failing:
            continue
        column = result.rule.column
        cell = pl.col(column) if column else pl.lit(None, pl.String)
        frames.append(
            text[list(result.failing)].select(
                *PLACE,
                rule_id=pl.lit(result.rule.id),
                severity=pl.lit(result.rule.severity),
                column_name=pl.lit(column, pl.String),
                cell=cell,
            )
        )
    return pl.concat(frames)


def _bad_rows(typed: pl.DataFrame, findings: pl.DataFrame) -> pl.Series:
    bad = findings.filter(pl.col("severity") != "warning").select(PLACE).unique().with_columns(is_bad=True)
    return typed.select(PLACE).join(bad, on=PLACE, how="left", maintain_order="left")["is_bad"].fill_null(value=False)


def _euros(contract: SourceContract) -> pl.Expr:
    """Euros of a row over all money columns; null for sources without money."""
    if not contract.money_columns:
        return pl.lit(None, EUR)
    return pl.sum_horizontal(pl.col(column.name).cast(EUR).fill_null(0) for column in contract.money_columns).cast(EUR)


def _quarantine(contract: SourceContract, raw: pl.DataFrame, bad: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    reasons = findings.filter(pl.col("severity") != "warning").group_by(PLACE).agg(rule_ids=pl.col("rule_id").sort())
    cells = raw.filter(IS_ROW).select(*PLACE, "cells")
    return (
        bad.select(*PLACE, eur=_euros(contract))
        .join(reasons, on=PLACE, how="left")
        .join(cells, on=PLACE, how="left")
        .select(*PLACE, "rule_ids", "eur", "cells")
    )


def _account(
    contract: SourceContract,
    raw: pl.DataFrame,
    typed: pl.DataFrame,
    rows: pl.DataFrame,
    quarantine: pl.DataFrame,
    findings: pl.DataFrame,
) -> pl.DataFrame:
    """Count what was read, and what is there in the frames that go on."""
    money_rules = [f"{contract.name}.{column.name}_readable" for column in contract.money_columns]
    if money_rules:
        money_rules.append(f"{contract.name}.{RAGGED}")
    unreadable = findings.filter(pl.col("rule_id").is_in(money_rules)).unique(PLACE)
    eur = _euros(contract)
    counted = [
        typed.group_by("file_sha256").agg(eur_read=eur.sum()),
        rows.group_by("file_sha256").agg(rows_staged=pl.len(), eur_staged=eur.sum()),
        quarantine.group_by("file_sha256").agg(rows_quarantined=pl.len(), eur_quarantined=pl.col("eur").sum()),
        unreadable.group_by("file_sha256").agg(rows_without_euros=pl.len()),
    ]
    accounts = raw.group_by("file_sha256", maintain_order=True).agg(
        rows_read=IS_ROW.sum(), rows_outside=(pl.col("kind") == "outside").sum()
    )
    for counts in counted:
        accounts = accounts.join(counts, on="file_sha256", how="left", maintain_order="left")
    has_money = bool(contract.money_columns)
    euros = [pl.col(name).fill_null(0).cast(EUR) if has_money else pl.lit(None, EUR).alias(name) for name in EUROS]
    return accounts.with_columns(pl.col(COUNTS).fill_null(0).cast(pl.Int64), *euros)


def _prove(accounts: pl.DataFrame) -> None:
    """Rows and euros in = kept + quarantined, file by file."""
    for account in accounts.iter_rows(named=True):
        file = account["file_sha256"]
        for unit in ("rows", "eur"):
            read, kept, aside = (account[f"{unit}_{name}"] for name in ("read", "staged", "quarantined"))
            if read is not None and read != kept + aside:
                raise AccountingError(f"{file}: {unit} read {read}, staged {kept}, quarantined {aside}")
