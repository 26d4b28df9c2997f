"""Exports of survey tools: which tool wrote a file, and which question each of its columns answers.

Here belongs: the layouts of LimeSurvey, Microsoft Forms, Google Forms and Webropol. Not here: what a question or an
answer means (`pipelines.question_maps`), the bytes of CSV and workbooks.

Layouts: LimeSurvey's CSV has the columns `submitdate`, `lastpage`, `startlanguage` and writes a multiple choice as one
column an option, `Q2[SQ001]`. Microsoft Forms begins with `ID`, `Start time`, `Completion time`. Google Forms begins
with `Timestamp`. Webropol has no columns of its own that all its exports share: the text of a multiple choice is
repeated above its options, which stand in a second header row; without a multiple choice there is one header row, and
nothing tells that Webropol wrote the file.

The layouts of LimeSurvey and Microsoft Forms are those of exports that were seen, except for the Finnish headers of
Microsoft Forms. Those, Google Forms and Webropol are as commonly described, not confirmed by an export.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from pipelines.contract_model import fold
from pipelines.contracts import code_lists
from pipelines.raw_table import Cell, Record, is_blank
from pipelines.reading_csv import SEPARATORS, Spot, split_at

TOOLS = {
    "limesurvey": "LimeSurvey",
    "microsoft_forms": "Microsoft Forms",
    "google_forms": "Google Forms",
    "webropol": "Webropol",
}
"""The tools and what they are called."""

HEADER_WITHIN = 10
"""In a workbook the header is looked for among this many first rows; in a text it is the first line."""

_OPTION = re.compile(r"^(?P<question>.+?)\s*\[(?P<option>[^\[\]]+)\]$")
_NUMBER = re.compile(r"^-?\d+(?:[.,]\d+)?$")


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """One column of an export: its question (text or code), and the option of it that the column ticks, if any."""

    question: str
    option: str | None = None

    @property
    def name(self) -> str:
        """The question, or `question[option]`."""
        return self.question if self.option is None else f"{self.question}[{self.option}]"

    @property
    def role(self) -> str | None:
        """Code of `survey_columns` when the tool adds the column by itself or it asks who answers."""
        return _roles().get(fold(self.question)) if self.option is None else None

    @property
    def is_personal(self) -> bool:
        """Tell whether the column says who answered."""
        return self.role in _personal()


@dataclass(frozen=True, slots=True)
class Export:
    """An export of a survey tool.

    Attributes
    ----------
    line
        1-based line or sheet row of the (first) header row.
    columns
        One a column of the file, in its order.
    outside
        Title rows and the second header row: not answers, but kept and counted.
    records
        One an answer.
    unfinished
        Lines of the answers that nobody has sent: LimeSurvey exports them too, with an empty `submitdate`.
    """

    tool: str
    sheet: str
    line: int
    columns: tuple[ExportColumn, ...]
    outside: list[Record]
    records: list[Record]
    unfinished: frozenset[int] = frozenset()


def find_exports(lines: Sequence[str], sheets: Sequence[tuple[str, list[Record]]]) -> list[Export]:
    """Find the exports in the lines of a text or the sheets of a workbook; none when no tool wrote the file."""
    if lines:
        return [export for export in _in_text(lines) if export][:1]
    return [export for name, records in sheets if (export := _in_sheet(name, records))]


def find_plain(lines: Sequence[str], sheets: Sequence[tuple[str, list[Record]]]) -> list[Export]:
    """Read the first row as questions and all others as answers, as Webropol writes a form without multiple choice.

    Nothing in such a file tells of the tool, so it is for callers that have a map of its questions, or want one.
    """
    if lines:
        spot = max((_first_row(lines, separator) for separator in SEPARATORS), key=lambda spot: len(spot.cells))
        sheets = [("", [(1, spot.cells), *split_at(lines, spot).below])]
    return [
        Export(
            "webropol", name, line, tuple(ExportColumn(" ".join((cell or "").split())) for cell in first), [], answers
        )
        for name, [(line, first), *answers] in sheets
    ]


def _first_row(lines: Sequence[str], separator: str) -> Spot:
    reader = csv.reader(lines, delimiter=separator)
    try:
        cells: list[Cell] = [*next(reader, [])]
    except csv.Error:
        cells = []
    return Spot(separator, 0, max(reader.line_num, 1), cells, 0)


def _in_text(lines: Sequence[str]) -> Iterator[Export | None]:
    for separator in SEPARATORS:
        reader = csv.reader(lines, delimiter=separator)
        try:
            first = next(reader, [])
            end = reader.line_num
            second = next(reader, [])
        except csv.Error:
            continue
        found = _recognise([*first], [*second])
        if found is None:
            continue
        tool, columns = found
        header: list[Cell] = [column.question for column in columns]
        spot = Spot(separator, 0, end, header, 0)
        yield _export(tool, columns, "", [], 1, split_at(lines, spot).below)


def _in_sheet(name: str, records: Sequence[Record]) -> Export | None:
    for place, (line, first) in enumerate(records[:HEADER_WITHIN]):
        second = records[place + 1][1] if place + 1 < len(records) else []
        found = _recognise(first, second)
        if found is not None:
            tool, columns = found
            columns += [ExportColumn("")] * (len(first) - len(columns))
            return _export(tool, columns, name, list(records[:place]), line, list(records[place + 1 :]))
    return None


def _export(
    tool: str, columns: list[ExportColumn], sheet: str, above: list[Record], line: int, below: list[Record]
) -> Export:
    headers = 1 if tool == "webropol" else 0
    unfinished = _unfinished(columns, below) if tool == "limesurvey" else frozenset()
    return Export(tool, sheet, line, tuple(columns), [*above, *below[:headers]], below[headers:], unfinished)


def _unfinished(columns: Sequence[ExportColumn], records: Sequence[Record]) -> frozenset[int]:
    sent = next(place for place, column in enumerate(columns) if column.role == "completed")
    return frozenset(line for line, cells in records if len(cells) == len(columns) and is_blank([cells[sent]]))


def _recognise(first: Sequence[Cell], second: Sequence[Cell]) -> tuple[str, list[ExportColumn]] | None:
    """Tell the tool and the columns by the first two rows."""
    texts, options = _tidied(first), _tidied(second)
    roles = [_roles().get(fold(text)) for text in texts]
    if {"completed", "last_page", "language"} <= set(roles):
        return "limesurvey", [_coded(text) for text in texts]
    if {"response_id", "started", "completed"} <= set(roles):
        return "microsoft_forms", [ExportColumn(text) for text in texts]
    if roles[:1] == ["timestamp"] and len(texts) > 1:
        return "google_forms", [ExportColumn(text) for text in texts]
    columns = _under_two_headers(texts, options)
    return ("webropol", columns) if columns else None


def _under_two_headers(texts: list[str], options: list[str]) -> list[ExportColumn]:
    """Return the columns of two header rows; empty when the second row is none.

    The second row must tell options of one question at least, as words, and be empty (or repeat the first row) under
    all other questions, of which there must be one: so neither a title above a header nor a row of data is mistaken.
    """
    width = max(len(texts), len(options))
    texts = _filled(texts + [""] * (width - len(texts)), options)
    options = options + [""] * (width - len(options))
    columns: list[ExportColumn] = []
    singles = 0
    for question, group in groupby(zip(texts, options, strict=True), key=lambda pair: pair[0]):
        told = [option for _, option in group]
        if len(told) > 1 and len(set(told)) == len(told) and all(told) and not any(map(_NUMBER.match, told)):
            columns += [ExportColumn(question, option) for option in told]
        elif question and all(option in ("", question) for option in told):
            columns += [ExportColumn(question)] * len(told)
            singles += 1
        else:
            return []
    return columns if 0 < singles < len(columns) and any(column.option for column in columns) else []


def _filled(texts: list[str], options: Sequence[str]) -> list[str]:
    """Repeat a question over the options that follow it: a merged cell holds its text once only."""
    filled: list[str] = []
    for place, text in enumerate(texts):
        is_merged = not text and filled and place < len(options) and options[place]
        filled.append(filled[-1] if is_merged else text)
    return filled


def _coded(text: str) -> ExportColumn:
    found = _OPTION.match(text)
    return ExportColumn(found["question"], found["option"]) if found else ExportColumn(text)


def _tidied(cells: Sequence[Cell]) -> list[str]:
    """Collapse white space (no-break spaces and line ends too), and cut blank cells at the end."""
    texts = [" ".join((cell or "").split()) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return texts


@cache
def _roles() -> dict[str, str]:
    return code_lists()["survey_columns"].spellings()


@cache
def _personal() -> frozenset[str]:
    return frozenset(entry.code for entry in code_lists()["survey_columns"].entries if entry.facts.get("personal"))
