"""The data dictionary of the open data: every column of every table, as CSV and as a text a language.

Here belongs: rendering the contracts. Not here: the same for programs (`data_package`), the dictionary of all contracts
for developers (`pipelines.dictionary`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from pipelines import contracts
from pipelines.contract_model import LANGUAGES, Text
from pipelines.dictionary import markdown_table
from pipelines.open_data import tables_csv
from pipelines.open_data_cards import OpenColumn, OpenTable

NAME = "dictionary"


def write(folder: Path) -> list[Path]:
    """Write `csv/dictionary.csv` and `dictionary.<language>.md`."""
    rows = [_row(table, column) for table in contracts.open_data().tables for column in table.columns]
    written = [tables_csv.write(folder, NAME, pl.DataFrame(rows))]
    for language in LANGUAGES:
        file = folder / f"{NAME}.{language}.md"
        file.write_text("\n".join(_text(language)) + "\n", encoding="utf-8")
        written.append(file)
    return written


def _row(table: OpenTable, column: OpenColumn) -> dict[str, object]:
    return {
        "table": table.name,
        "column": column.column.name,
        "type": column.column.duckdb_type,
        "required": column.column.required,
        "key": column.column.name in table.table.key,
        **{f"description_{language}": column.description[language] for language in LANGUAGES},
        **{f"table_{language}": table.title[language] for language in LANGUAGES},
    }


def _text(language: str) -> Iterator[str]:
    def say(key: str) -> str:
        return contracts.message(f"open_data.{key}")[language]

    licence = contracts.open_data().licence
    yield f"# {say('dictionary')}"
    yield ""
    yield say("files_are")
    yield ""
    yield f"{say('licence')}: [{licence.title}]({licence.address})."
    head = [say(key) for key in ("column", "type", "required", "holds")]
    marks: dict[bool, Text] = {
        answer: contracts.message(f"open_data.{'yes' if answer else 'no'}") for answer in (True, False)
    }
    for table in contracts.open_data().tables:
        yield ""
        yield f"## {table.title[language]}"
        yield ""
        yield f"`{table.name}`. {table.description[language]}"
        yield ""
        yield from markdown_table(
            head,
            (
                (
                    f"`{item.column.name}`",
                    item.column.duckdb_type,
                    marks[item.column.required][language],
                    item.description[language],
                )
                for item in table.columns
            ),
        )
