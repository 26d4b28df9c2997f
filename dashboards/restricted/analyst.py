"""The analysts' file of an edition: its tables, and questions to it in SQL.

Here belongs: what is read behind the door `analyst`. Not here: who may enter (`roles`), how questions are answered
(`warehouse.questions`), the page (`app_pages/analyst.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import duckdb

from dashboards.data import Edition
from dashboards.restricted.roles import Closed, person_at
from pipelines import contracts
from pipelines.contract_model import LANGUAGES
from pipelines.editions import FILES
from warehouse.database import open_edition
from warehouse.question_process import MOST_ROWS as MOST_ROWS
from warehouse.question_process import SECONDS as SECONDS
from warehouse.question_process import Unanswered as Unanswered
from warehouse.questions import Answer as Answer
from warehouse.questions import ask

_HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Table:
    """A table as its contract describes it, with its number of rows."""

    name: str
    description: str
    row_count: int


@dataclass(frozen=True, slots=True)
class Column:
    """A column as its contract describes it."""

    name: str
    type: str
    description: str


def tables(edition: Edition) -> list[Table]:
    """Return the tables of the analysts' file: figures first, then what they are made of.

    Raises
    ------
    Closed
        As `person_at`, or the file can't be read.
    """
    return [Table(*row) for row in _read(edition, "tables")]


def columns(edition: Edition, table: str) -> list[Column]:
    """Return the columns of a table, as `tables` does."""
    return [Column(*row) for row in _read(edition, "columns", table_name=table)]


def answer(edition: Edition, sql: str) -> Answer:
    """Answer a question.

    Raises
    ------
    Closed
        As `person_at`.
    Unanswered
        As `warehouse.questions.ask`.
    """
    return ask(_file(edition), sql)


def why_unanswered(unanswered: Unanswered) -> Mapping[str, str]:
    """Return why a question has no answer, as a sentence in each language."""
    why = contracts.message(f"sql.fault.{unanswered.fault}", seconds=SECONDS)
    return {language: why[language] for language in LANGUAGES}


@cache
def example(name: str) -> str:
    """Return the text of an example, without the line that tells developers its grain."""
    return _text("examples", name).partition("\n")[2].strip()


def whole_table(table: str) -> str:
    """Return the question for all rows of a table."""
    return _text("queries", "whole_table").partition("\n")[2].strip().replace("$table_name", table)


def _text(folder: str, name: str) -> str:
    return (_HERE / folder / f"{name}.sql").read_text(encoding="utf-8")


def _file(edition: Edition) -> Path:
    file = person_at("analyst").workspace.editions / edition.facts.edition_id / FILES["analyst"]
    if not file.is_file():
        raise Closed("unreadable")
    return file


def _read(edition: Edition, query: str, **parameters: str) -> list[tuple[Any, ...]]:
    try:
        with closing(open_edition(_file(edition))) as connection:
            return connection.execute(_text("queries", query), parameters or None).fetchall()
    except duckdb.Error as error:
        raise Closed("unreadable") from error
