"""The Finnish XLSX template of a source, made from its contract.

Here belongs: the workbook that people fill in. Not here: reading it back (`pipelines.reading` reads it like any file).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from pipelines import contracts
from pipelines.contract_model import CodeList, Column, SourceContract, fold
from pipelines.contracts import message
from pipelines.settings import Settings

EXAMPLE_ROW, HEADER_ROW = 1, 2
"""Rows of the sheet to fill in, 0-based. The example stands above the header, where reading takes nothing for data."""

LAST_ROW = 1_048_575
"""Last row of a sheet, 0-based: formats and lists hold for the whole column."""

NUMBER_FORMATS = {
    "date": "d.m.yyyy",
    "datetime": "d.m.yyyy h:mm",
    "money": "#,##0.00",
    "integer": "0",
    "number": "General",
    "year": "0",
}
"""Excel format of each way of reading; everything else is text, so that Excel does not change identifiers."""

CHOICE_LISTS = {"boolean": "yes_no", "municipality": "municipalities"}
"""Code lists of the ways of reading that name none in the contract."""

_REQUIRED = {"bold": True, "bg_color": "#C9E2F5", "border": 1, "text_wrap": True, "valign": "top"}
_OPTIONAL = {"bg_color": "#EDEFF2", "border": 1, "text_wrap": True, "valign": "top"}
_SHOWN = {"italic": True, "font_color": "#5F686D", "num_format": "@"}
_WRAPPED = {"text_wrap": True, "valign": "top", "num_format": "@"}


def template_sources() -> list[SourceContract]:
    """Return the sources that people can deliver as a workbook."""
    return [source for source in contracts.sources().values() if "xlsx" in source.formats]


def write_template(source: SourceContract, settings: Settings | None, file: Path | IO[bytes]) -> None:
    """Write the template of a source: a sheet to fill in, a guide, and the lists that cells choose from.

    Parameters
    ----------
    settings
        Where the municipality's own code lists come from; without them such columns have no list to choose from.
    """
    with xlsxwriter.Workbook(file) as book:
        data = book.add_worksheet(message("template.sheet.data").fi)
        guide = book.add_worksheet(message("template.sheet.guide").fi)
        lists = book.add_worksheet(message("template.sheet.lists").fi)
        lists.hide()
        styles = {required: book.add_format(_REQUIRED if required else _OPTIONAL) for required in (True, False)}
        shown = book.add_format(_SHOWN)
        data.write_string(0, 0, message("template.example", row=HEADER_ROW + 1).fi, shown)
        data.freeze_panes(HEADER_ROW + 1, 0)
        for place, column in enumerate(source.columns):
            cells = book.add_format({"num_format": NUMBER_FORMATS.get(column.reads, "@")})
            data.set_column(place, place, max(14, len(column.header) + 2), cells)
            data.write_string(EXAMPLE_ROW, place, _example(column, settings), shown)
            data.write_string(HEADER_ROW, place, column.header, styles[column.required])
            if column.reads != "codes":
                _offer(data, lists, place, _choices(column, settings))
        _write_guide(guide, source, settings, styles, book.add_format(_WRAPPED))


def _offer(data: Worksheet, lists: Worksheet, place: int, choices: Sequence[str]) -> None:
    """Put a drop-down list on a column; other spellings may still be kept, so it warns and does not stop."""
    if not choices:
        return
    lists.write_column(0, place, choices)
    letter = xl_col_to_name(place)
    data.data_validation(
        HEADER_ROW + 1,
        place,
        LAST_ROW,
        place,
        {
            "validate": "list",
            "source": f"={message('template.sheet.lists').fi}!${letter}$1:${letter}${len(choices)}",
            "error_type": "warning",
            "error_title": message("template.list.title").fi,
            "error_message": message("template.list.message").fi,
        },
    )


def _choices(column: Column, settings: Settings | None) -> list[str]:
    """Return the Finnish labels that a cell of the column may hold; empty when the column has no list."""
    codes = _code_list(column, settings)
    return [entry.label.fi for entry in codes.entries] if codes else []


def _code_list(column: Column, settings: Settings | None) -> CodeList | None:
    name = column.code_list or CHOICE_LISTS.get(column.reads)
    if name is None:
        return None
    if settings is not None:
        return settings.code_list(name)
    return contracts.code_lists().get(name)


def _example(column: Column, settings: Settings | None) -> str:
    """Return the example of the contract, or one that the town's own list knows when it does not know that one."""
    codes = _code_list(column, settings)
    if codes is None:
        return column.example
    spellings = codes.spellings()
    parts = column.example.split(";") if column.reads == "codes" else [column.example]
    is_known = all(fold(part) in spellings for part in parts if part.strip())
    return column.example if is_known or not codes.entries else codes.entries[0].label.fi


def _write_guide(
    guide: Worksheet, source: SourceContract, settings: Settings | None, styles: dict[bool, Format], wrapped: Format
) -> None:
    guide.write_string(0, 0, message("template.guide.title", title=source.title.fi).fi)
    guide.write_string(1, 0, message("template.guide.intro", sheet=message("template.sheet.data").fi).fi)
    parts = ("column", "required", "how", "values", "spellings", "example")
    for place, part in enumerate(parts):
        guide.write_string(3, place, message(f"template.guide.{part}").fi, styles[True])
    for row, column in enumerate(source.columns, start=4):
        guide.write_string(row, 0, column.header, styles[column.required])
        for place, text in enumerate(_explanation(source, column, settings), start=1):
            guide.write_string(row, place, text, wrapped)
    for place, width in enumerate((26, 12, 50, 50, 36, 28)):
        guide.set_column(place, place, width)


def _explanation(source: SourceContract, column: Column, settings: Settings | None) -> Iterator[str]:
    yes_no = contracts.code_lists()["yes_no"].spellings()
    labels = {entry.code: entry.label.fi for entry in contracts.code_lists()["yes_no"].entries}
    yield labels[yes_no["yes" if column.required else "no"]]
    yield _how(source, column)
    yield "" if column.reads == "municipality" else "; ".join(_choices(column, settings))
    yield "; ".join(column.synonyms)
    yield _example(column, settings)


def _how(source: SourceContract, column: Column) -> str:
    """Say in Finnish how to fill in a column: what is told to those who filled it in wrongly, said beforehand."""
    if column.is_personal:
        return f"{message('template.how.text').fi} {message('template.how.personal').fi}"
    if f"template.how.{column.reads}" in contracts.messages():
        return message(f"template.how.{column.reads}").fi
    return source.rule(f"{source.name}.{column.name}_readable").remedy.fi
