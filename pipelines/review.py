"""Names that wait for a person: which they are, and asking what they mean.

Here belongs: the list of open names with their candidates, and the talk about one after another. Not here: finding
candidates (`pipelines.linking`), the file of decisions (`pipelines.decisions`), printing (`pipelines.cli`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl

from pipelines import contracts
from pipelines.contract_model import Text
from pipelines.contracts import message
from pipelines.decisions import NO_DECISIONS, Decision, add_decision, read_decisions
from pipelines.linking import MENTION_KEY, name_key
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace
from warehouse import database

NONE_OF_THEM, SKIP = "0", ""
"""Answers beside the number of a candidate."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An association that a name may mean; `municipality` is its domicile, `score` how alike the names are, 0 … 1."""

    register_number: str
    name: str
    municipality: str
    score: float


@dataclass(frozen=True, slots=True)
class OpenName:
    """A name that waits for a person, with the number of rows that bear it and the sources that they are of."""

    mention: str
    mention_key: str
    business_id: str | None
    rows: int
    sources: tuple[str, ...]
    candidates: tuple[Candidate, ...]

    def told(self) -> list[Text]:
        """Return the name and its candidates as sentences."""
        titles = [contracts.sources()[source].title for source in self.sources]
        parts = {language: ", ".join(title[language] for title in titles) for language in ("fi", "sv", "en")}
        item = contracts.messages()["review.item"]
        said = {"mention": self.mention, "rows": self.rows, "business_id": self.business_id or "–"}
        first = Text(*(item[language].format(**said, sources=part) for language, part in parts.items()))
        return [first, *(self._candidate(number, found) for number, found in enumerate(self.candidates, start=1))]

    def _candidate(self, number: int, found: Candidate) -> Text:
        return message(
            "review.candidate",
            number=number,
            name=found.name,
            register_number=found.register_number,
            municipality=found.municipality,
            percent=round(100 * found.score),
        )


def open_names(workspace: Workspace) -> list[OpenName]:
    """Return the names that waited for a person in the newest run and are not decided since, the commonest first.

    Raises
    ------
    WorkspaceError
        There has been no run, another process is running one, or `links.csv` can't be read.
    """
    return waiting_names(workspace, *_tables(workspace))


def waiting_names(
    workspace: Workspace, links: pl.DataFrame, candidates: pl.DataFrame, associations: pl.DataFrame
) -> list[OpenName]:
    """Return the names of a run that wait for a person and are not decided since, the commonest first.

    Parameters
    ----------
    links, candidates, associations
        The tables `organisation_links`, `link_candidates` and `associations` of that run.

    Raises
    ------
    WorkspaceError
        `links.csv` can't be read.
    """
    decided = read_decisions(workspace).with_columns(mention_key=name_key(pl.col("mention_key")))
    waiting = (
        links.filter(pl.col("method") == "review")
        .with_columns(mention_key=name_key(pl.col("mention")))
        .join(decided, on=["mention_key", "business_id"], how="anti", nulls_equal=True)
    )
    own = workspace.settings.municipality
    names = {code.code: code.label.fi for code in contracts.code_lists()["municipalities"].entries} | {
        own.code: own.name
    }
    facts = associations.select("register_number", "name", "domicile_code")
    found = candidates.join(facts, on="register_number", how="inner").sort(*MENTION_KEY, "rank")
    candidates_of = {key: _candidates(rows, names) for key, rows in found.group_by(MENTION_KEY, maintain_order=True)}
    grouped = waiting.sort(MENTION_KEY).group_by(["mention_key", "business_id"], maintain_order=True)
    listed = [_open_name(rows, candidates_of) for _, rows in grouped]
    return sorted(listed, key=lambda item: (-item.rows, item.mention_key, item.business_id or ""))


def stale_decisions(workspace: Workspace) -> pl.DataFrame:
    """Return the decisions that name an association which the register does not know; they have no effect.

    Raises
    ------
    WorkspaceError
        As `open_names`.
    """
    decided = read_decisions(workspace).filter(pl.col("register_number").is_not_null())
    if decided.is_empty():
        return NO_DECISIONS
    _, _, associations = _tables(workspace)
    return decided.join(associations, on="register_number", how="anti")


def ask(
    workspace: Workspace, names: Sequence[OpenName], by: str, hear: Callable[[], str], say: Callable[[Text], None]
) -> int:
    """Ask about one name after another and keep each decision at once; return how many were made.

    Parameters
    ----------
    by
        Who decides.
    hear
        Gives an answer: the number of a candidate or `NONE_OF_THEM`, then a reason if there is one; empty to skip.
        Raises EOFError when there are no more answers.
    say
        Tells a sentence.
    """
    made = 0
    for item in names:
        for sentence in item.told():
            say(sentence)
        try:
            decision = _decision(item, by, hear, say)
        except EOFError:
            return made
        if decision is not None:
            add_decision(workspace, decision)
            made += 1
    return made


def _decision(item: OpenName, by: str, hear: Callable[[], str], say: Callable[[Text], None]) -> Decision | None:
    """Hear an answer until it is understood; None when the name is skipped."""
    numbers = {str(number): found.register_number for number, found in enumerate(item.candidates, start=1)}
    while True:
        say(message("review.question", count=len(numbers)))
        choice, _, reason = hear().strip().partition(" ")
        if choice == SKIP:
            return None
        if choice == NONE_OF_THEM or choice in numbers:
            return Decision(
                mention_key=item.mention_key,
                business_id=item.business_id,
                register_number=numbers.get(choice),
                decided_by=by,
                decided_at=date.today(),  # noqa: DTZ011 - the day on the wall of the one who decides
                reason=reason.strip(),
            )
        say(message("review.not_understood", answer=choice))


def _tables(workspace: Workspace) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return links, candidates and associations of the newest run."""
    if not workspace.build_file.is_file():
        raise WorkspaceError(message("review.no_run", root=workspace.root).fi)
    try:
        with database.open_build(workspace.build_file) as connection:
            links = database.read_frame(connection, "core.organisation_links")
            candidates = database.read_frame(connection, "core.link_candidates")
            associations = database.read_frame(connection, "core.associations")
    except duckdb.CatalogException as error:
        raise WorkspaceError(message("review.no_run", root=workspace.root).fi) from error
    except duckdb.IOException as error:
        raise WorkspaceError(message("cli.busy").fi) from error
    return links, candidates, associations


def _candidates(rows: pl.DataFrame, municipalities: dict[str, str]) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(
            row["register_number"],
            row["name"],
            municipalities.get(row["domicile_code"], row["domicile_code"]),
            row["score"],
        )
        for row in rows.iter_rows(named=True)
    )


def _open_name(rows: pl.DataFrame, candidates_of: dict[tuple[object, ...], tuple[Candidate, ...]]) -> OpenName:
    first = rows.row(0, named=True)
    return OpenName(
        mention=first["mention"],
        mention_key=first["mention_key"],
        business_id=first["business_id"],
        rows=rows.height,
        sources=tuple(rows["source"].unique().sort()),
        candidates=candidates_of[tuple(first[part] for part in MENTION_KEY)],
    )
