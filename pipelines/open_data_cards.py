"""What is published as open data: which tables, and their words.

Here belongs: turning the mappings of `open_data.yaml` and `open_data_columns.yaml` into an `OpenData`, and refusing
what does not fit the table contracts. Not here: reading the files (`contracts`), making the open data (`open_data`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.contract_model import Column, ContractError, TableContract, Text, text_of


@dataclass(frozen=True, slots=True)
class Licence:
    """The licence of the open data; `authority` is its URI in the EU's list of licences."""

    name: str
    title: str
    address: str
    authority: str


@dataclass(frozen=True, slots=True)
class OpenColumn:
    """A column as it is published: its contract and its description in three languages."""

    column: Column
    description: Text


@dataclass(frozen=True, slots=True)
class OpenTable:
    """A table as it is published: only its public columns."""

    table: TableContract
    title: Text
    description: Text
    themes: tuple[str, ...]
    columns: tuple[OpenColumn, ...]

    @property
    def name(self) -> str:
        """`schema.table`, as in the database and in the names of the files."""
        return self.table.full_name


@dataclass(frozen=True, slots=True)
class OpenData:
    """What an edition publishes; `title`, `description` and `grants` have placeholders."""

    licence: Licence
    title: Text
    description: Text
    example: Text
    keywords: Mapping[str, tuple[str, ...]]
    grants: Mapping[str, Text]
    tables: tuple[OpenTable, ...]


def open_data_of(
    raw: Mapping[str, Any], columns: Mapping[str, Any], contracts: Mapping[str, TableContract]
) -> OpenData:
    """Return what the two mappings say.

    Parameters
    ----------
    raw
        `open_data.yaml`.
    columns
        `open_data_columns.yaml`: words by column, or by `schema.table.column` where one name means several things.
    contracts
        The table contracts by full name.

    Raises
    ------
    ContractError
        A public table is neither published nor left out, or a published column lacks its words.
    """
    named = [item["table"] for item in raw["tables"]]
    decided = [*named, *(item["table"] for item in raw["left_out"])]
    public = sorted(name for name, table in contracts.items() if table.audience == "public")
    if sorted(decided) != public:
        raise ContractError(f"open_data.yaml: names {sorted(set(decided) ^ set(public))} once too often or not at all")
    return OpenData(
        licence=Licence(**raw["licence"]),
        title=text_of(raw["title"], "open_data.title"),
        description=text_of(raw["description"], "open_data.description"),
        example=text_of(raw["example"], "open_data.example"),
        keywords={language: tuple(words) for language, words in raw["keywords"].items()},
        grants={name: text_of(said, f"open_data.{name}") for name, said in raw["grants_360giving"].items()},
        tables=tuple(_table(item, columns, contracts[item["table"]]) for item in raw["tables"]),
    )


def _table(item: Mapping[str, Any], words: Mapping[str, Any], table: TableContract) -> OpenTable:
    where = f"open_data.{table.full_name}"
    return OpenTable(
        table=table,
        title=text_of(item["title"], f"{where}.title"),
        description=text_of({**item["description"], "en": table.description}, f"{where}.description"),
        themes=tuple(item["themes"]),
        columns=tuple(_column(table, column, words) for column in table.columns if column.classification == "public"),
    )


def _column(table: TableContract, column: Column, words: Mapping[str, Any]) -> OpenColumn:
    where = f"{table.full_name}.{column.name}"
    said = words.get(where) or words.get(column.name)
    if said is None:
        raise ContractError(f"open_data_columns.yaml: lacks the words of {where}")
    return OpenColumn(column, text_of({**said, "en": column.description}, where))
