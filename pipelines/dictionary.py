"""The data dictionary: every column of every source and table, as Markdown for developers and analysts.

Here belongs: rendering contracts as text. Not here: what the contracts say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pipelines import contracts
from pipelines.contract_model import Column, SourceContract, TableContract


def dictionary_markdown() -> str:
    """Render all source and table contracts."""
    lines = ["# Data dictionary", "", "Generated from `data_contracts/`; do not edit.", "", "## Sources", ""]
    for source in contracts.sources().values():
        lines.extend(_source(source))
    lines.extend(("## Tables", ""))
    for table in contracts.tables().values():
        lines.extend(_table(table))
    return "\n".join(lines).rstrip() + "\n"


def _source(source: SourceContract) -> Iterator[str]:
    yield f"### {source.name}: {source.title.fi}"
    yield ""
    yield f"{source.purpose} {source.limitations}"
    yield ""
    yield f"Grain: {source.grain}. Formats: {', '.join(source.formats + source.table_layouts)}."
    yield f"Licence: {source.licence}. Owner: {source.owner}."
    yield ""
    yield from markdown_table(
        ("Column", "Header", "Type", "Required", "Class", "Description", "Accepted headers"),
        (
            (
                f"`{column.name}`",
                column.header,
                _type(column),
                "yes" if column.required else "no",
                column.classification,
                column.description,
                ", ".join(column.synonyms),
            )
            for column in source.columns
        ),
    )


def _table(table: TableContract) -> Iterator[str]:
    yield f"### {table.full_name}"
    yield ""
    yield table.description
    yield ""
    yield f"Grain: {table.grain}. Key: {', '.join(table.key) or 'none'}. For: {table.audience}."
    yield ""
    yield from markdown_table(
        ("Column", "Type", "Required", "Class", "Description"),
        (
            (
                f"`{column.name}`",
                _type(column),
                "yes" if column.required else "no",
                column.classification,
                column.description,
            )
            for column in table.columns
        ),
    )


def _type(column: Column) -> str:
    facts = [column.duckdb_type, column.unit or "", f"code list `{column.code_list}`" if column.code_list else ""]
    return ", ".join(fact for fact in facts if fact)


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table, an empty one at its end."""
    yield _row(head)
    yield _row(["---"] * len(head))
    for cells in rows:
        yield _row(cells)
    yield ""


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
