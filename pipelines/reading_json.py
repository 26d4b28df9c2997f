"""JSON: from text to values, and from values to cells of text.

Here belongs: what is the same for every JSON source. Not here: the shape of one source's answer (`pipelines.sources`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.contract_model import SourceContract, fold
from pipelines.raw_table import MAX_CELLS, Cell, RawTable, Record, Refused, refused


@dataclass(frozen=True, slots=True)
class JsonRows:
    """What a source makes of its answer: field names, and (1-based ordinal of the record, cells) for each row.

    `outside` holds records that are no data, such as an event that only holds others together: kept and counted.
    """

    header: tuple[str, ...]
    records: list[Record]
    outside: list[Record] = field(default_factory=list)


def parse(text: str) -> object:
    """Parse JSON; numbers stay the text that they are.

    Raises
    ------
    Refused
        The text is not JSON, or has so many values that they would fill the memory.
    """
    if (count := text.count(",")) > MAX_CELLS:
        raise refused("refusal.too_many_cells", count=count, limit=MAX_CELLS)
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as error:
        raise refused("refusal.not_json", line=error.lineno) from error
    except RecursionError as error:
        raise refused("refusal.not_json", line=1) from error


def as_cell(value: object) -> Cell:
    """Return a value as the text of a cell; null and empty text are None, a nested value is its JSON."""
    if value is None or value == "":
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def objects_of(items: Sequence[object]) -> Iterator[Mapping[str, Any]]:
    """Yield each item of a list as an object; what is not one is an empty object, so that its place is kept."""
    for item in items:
        yield item if isinstance(item, dict) else {}


def items_with(document: object, *names: str) -> list[Mapping[str, Any]]:
    """Return the objects of the list that a document is or wraps, when one of them has all the fields; else nothing."""
    lists = [document, *document.values()] if isinstance(document, dict) else [document]
    for candidate in lists:
        items = list(objects_of(candidate)) if isinstance(candidate, list) else []
        if any(all(name in item for name in names) for item in items):
            return items
    return []


def lacks(name: str) -> Refused:
    """Return the refusal of an answer that has not the expected shape."""
    return refused("refusal.json_shape", field=name)


def build(source: SourceContract, rows: JsonRows) -> RawTable:
    """Make the table of a source out of its JSON rows.

    Raises
    ------
    Refused
        A field that the contract requires is in no record, two fields mean one column, or there are no records.
    """
    spellings = source.header_spellings()
    columns: dict[str, int] = {}
    for place, header in enumerate(rows.header):
        name = spellings.get(fold(header))
        if name is None:
            continue
        if name in columns:
            official = next(column.header for column in source.columns if column.name == name)
            raise refused("refusal.header_twice", header=official, found=f"{rows.header[columns[name]]}, {header}")
        columns[name] = place
    if not rows.records and not rows.outside:
        raise refused("refusal.no_records")
    for column in source.columns:
        if column.required and column.name not in columns:
            raise lacks(next((name for name in column.synonyms), column.header))
    lines = [line for line, _ in rows.records]
    return RawTable("", rows.header, 0, lines, [cells for _, cells in rows.records], rows.outside, columns)
