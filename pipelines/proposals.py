"""Development proposals for the welfare group: from free answers to a masked, restricted store of the workspace.

Here belongs: which answers are proposals, masking them, the theme that their words propose, and the file of the store.
Not here: what people decided on them (`pipelines.proposal_changes`), how a text is masked (`pipelines.masking`).

The store says of the answerer only whether it is an association or a resident. Each refresh writes it anew; a
proposal keeps its id as long as its words stay the same, so decisions find it again. It is made from `raw` alone, since
free text goes no further (data_contracts/decisions/0023).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final, NamedTuple

import polars as pl

from pipelines import contracts, masking, parsing, staging
from pipelines.contract_model import Column, SourceContract, fold
from pipelines.masking import Vocabulary
from pipelines.settings import Settings
from pipelines.workspace import Workspace


class _Asked(NamedTuple):
    """A column of free text for the welfare group: who answers, what says when, and what tells answers apart."""

    answerer: str
    text: str
    when: str
    teller: str | None


ASKED: Final = {
    "association_returns": _Asked("association", "development_proposal", "year", "association_name"),
    "resident_survey": _Asked("resident", "feedback", "answered_on", None),
}
"""The sources of proposals."""

OTHER: Final = "other"
SHAPE: Final = {
    "proposal_id": pl.String(),
    "answerer": pl.String(),
    "text": pl.String(),
    "theme": pl.String(),
    "first_year": pl.Int64(),
    "last_year": pl.Int64(),
    "answers": pl.Int64(),
}
"""Columns of `core.proposals`, as its contract says them."""

_SAYS_SOMETHING: Final = r"\p{L}{3}"
_WORD: Final = re.compile(r"[\w-]+")
_ID_LETTERS: Final = 16


def proposals(raws: dict[str, pl.DataFrame], names: Sequence[str], settings: Settings) -> pl.DataFrame:
    """Return the proposals, one row a text and kind of answerer, columns as `SHAPE`.

    Parameters
    ----------
    raws
        `raw` of each source of `ASKED`.
    names
        Names of the register's associations, to be masked.
    """
    words = vocabulary(names, settings)
    answers = pl.concat(_answers(contracts.sources()[source], raw, settings) for source, raw in raws.items())
    told = (
        answers.group_by("answerer", "key", maintain_order=True)
        .agg(
            pl.col("text").first(),
            first_year=pl.col("year").min(),
            last_year=pl.col("year").max(),
            answers=pl.col("teller").n_unique(),
        )
        .with_columns(
            proposal_id=pl.concat_str("answerer", "key", separator="\n").map_elements(_id, pl.String),
            theme=pl.col("text").map_elements(theme_of, pl.String),
            text=pl.col("text").map_elements(lambda text: masking.masked(text, words), pl.String),
        )
    )
    return told.select(list(SHAPE)).cast(SHAPE).sort("proposal_id")  # type: ignore[arg-type]  # a mapping of names


def vocabulary(names: Iterable[str], settings: Settings) -> Vocabulary:
    """Return the words that decide what is masked, for a municipality."""
    titles = contracts.code_lists()["person_titles"].entries
    own = ("settings.premises", "settings.areas", "settings.forums", "settings.granting_bodies", "settings.city_units")
    places = [entry.label.fi for name in own for entry in settings.code_list(name).entries]
    return masking.vocabulary(
        names,
        [word for entry in titles for word in (entry.label.fi, entry.label.sv, *entry.synonyms)],
        [settings.municipality.name, *places],
    )


def theme_of(text: str) -> str:
    """Return the theme whose words begin the most words of the text, the first of several; `other` when none does."""
    found = [fold(word) for word in _WORD.findall(text)]
    best, most = OTHER, 0
    for code, beginnings in _themes().items():
        hits = sum(word.startswith(beginnings) for word in found)
        if hits > most:
            best, most = code, hits
    return best


def write_store(workspace: Workspace, told: pl.DataFrame) -> None:
    """Replace the store of the workspace; whoever reads meanwhile sees the old one or the new one, whole."""
    workspace.make_restricted()
    partial = workspace.proposals_file.with_suffix(".partial")
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in told.iter_rows(named=True))
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(workspace.proposals_file)


def _answers(contract: SourceContract, raw: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Return the answers that say something: `answerer`, `key` (the folded text), `text`, `year`, `teller`."""
    asked = ASKED[contract.name]
    columns = {column.name: column for column in contract.columns}
    read = [columns[name] for name in (asked.text, asked.when, asked.teller) if name is not None]
    rows = staging.text_frame(contract, raw, read)
    when = parsing.read_column(columns[asked.when], settings)
    teller = pl.col(asked.teller).str.to_lowercase() if asked.teller else pl.concat_str(*staging.PLACE)
    return rows.filter(pl.col(asked.text).str.contains(_SAYS_SOMETHING)).select(
        answerer=pl.lit(asked.answerer),
        key=pl.col(asked.text).map_elements(fold, pl.String),
        text=pl.col(asked.text),
        year=_year(columns[asked.when], when),
        teller=pl.concat_str(pl.col(asked.when).fill_null(""), teller.fill_null(""), separator="\n"),
    )


def _year(column: Column, read: pl.Expr) -> pl.Expr:
    return read.dt.year().cast(pl.Int64) if column.reads == "date" else read.cast(pl.Int64)


def _id(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8")).hexdigest()[:_ID_LETTERS]


@cache
def _themes() -> dict[str, tuple[str, ...]]:
    entries = contracts.code_lists()["proposal_themes"].entries
    return {entry.code: tuple(map(fold, entry.synonyms)) for entry in entries if entry.synonyms}
