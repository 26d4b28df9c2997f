"""Question maps: how the export of a survey tool is read as a table of a source.

Here belongs: the maps that people keep in `question_maps/<source>/<name>.toml` of the workspace, which of them fits an
export, and the table that comes out. Not here: the layouts of the tools (`pipelines.survey_tools`), making a map from
a file (`pipelines.map_proposals`), what a cell means after that (staging).

A map says for each question its column of the contract, and for its answers a code or text of that column. It names
every question of the file, in `questions` or in `left_out`, so that a question that is new to the form is never lost
unseen. The columns of the tool itself and those that tell who answered are left out unless the map names them.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines import contracts
from pipelines.contract_model import Column, SourceContract, Text, fold
from pipelines.contracts import message
from pipelines.raw_table import Cell, RawTable, Record, Refused, refused
from pipelines.settings import Settings, WorkspaceError
from pipelines.survey_tools import TOOLS, Export, ExportColumn
from pipelines.workspace import Workspace

LISTS = frozenset({"codes", "texts", "organisations"})
"""Columns read as these hold several answers, which staging parts at the semicolon."""

ANSWER_LISTS = {"boolean": "yes_no"}
"""Code lists of the ways of reading that name none in the contract."""

_SEPARATORS = {"google_forms": ","}
"""What stands between several answers in one cell; a semicolon in all other tools."""

_YEAR_FIRST = re.compile(r"^(\d{4})/(\d{1,2})/(\d{1,2})\b.*$")
_DAY_FIRST = re.compile(r"^(\d{1,2}\.\d{1,2}\.\d{4})\s.*$")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Question(_Strict):
    """One question of a map.

    `question` is its text or code as in the file, for a multiple choice that of all its options; `column` a header or
    name of the contract. `answers` gives the code or text for an answer (for LimeSurvey the code of the option), empty
    for none; `other` is for every answer that is in no list, such as what people write themselves.
    """

    question: str = Field(min_length=1)
    column: str
    answers: dict[str, str] = {}
    other: str | None = None


class MapFile(_Strict):
    """What a map file says; `files` are names of files (with `*`) when the map is for these only."""

    tool: Literal["limesurvey", "microsoft_forms", "google_forms", "webropol"]
    files: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    constants: dict[str, str | date] = {}
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class MappedQuestion:
    """A question and its column, with the answers that it knows, all folded."""

    question: str
    column: Column
    answers: Mapping[str, str]
    accepted: frozenset[str]
    other: str | None

    def asked_in(self, columns: Sequence[ExportColumn]) -> list[int]:
        """Return the places of the columns that answer the question: of that name, or else its options."""
        key = fold(self.question)
        named = [place for place, column in enumerate(columns) if fold(column.name) == key]
        return named or [place for place, column in enumerate(columns) if fold(column.question) == key]

    def read(self, cells: Sequence[Cell], columns: Sequence[ExportColumn], tool: str) -> Cell:
        """Return the cell of the contract's column for the cells that answer the question."""
        told = (
            answer for cell, column in zip(cells, columns, strict=True) for answer in self._told(cell, column, tool)
        )
        meant = [value for answer in told if (value := self._meaning(answer))]
        return "; ".join(dict.fromkeys(meant)) or None

    def _told(self, cell: Cell, column: ExportColumn, tool: str) -> Iterator[str]:
        if not cell or not cell.strip():
            return
        if column.option is not None and fold(column.name) != fold(self.question):
            yield from ticked(cell, column.option)
        elif self.column.reads in LISTS:
            yield from split_answers(cell, tool, {*self.answers, *self.accepted})
        else:
            yield _day(cell) if self.column.reads == "date" else cell

    def _meaning(self, answer: str) -> str:
        """Return the code or text of an answer; empty when it says nothing.

        `Can't say` stays as it is where the column knows it, so that `raw` tells it from no answer at all.
        """
        key = fold(answer)
        if key in self.answers:
            return self.answers[key]
        if key in self.accepted:
            return answer
        if key in cannot_say():
            return answer if " ".join(answer.split()) in self.column.missing_marks else ""
        return answer if self.other is None or not self.accepted else self.other


@dataclass(frozen=True, slots=True)
class QuestionMap:
    """A map that has been checked against its source; `constants` by the name of their column."""

    name: str
    source: SourceContract
    tool: str
    files: tuple[str, ...]
    left_out: frozenset[str]
    constants: Mapping[str, str]
    questions: tuple[MappedQuestion, ...]

    def is_for(self, file_name: str) -> bool:
        """Tell whether the map is for files of that name."""
        return not self.files or any(fnmatchcase(file_name.casefold(), name.casefold()) for name in self.files)

    def faults(self, export: Export) -> list[Text]:
        """Say why the map does not fit an export; empty when it does."""
        return [*self._not_asked(export), *self._not_mapped(export)]

    def table(self, export: Export) -> RawTable:
        """Return the answers under the headers of the contract, each on its own line.

        The cells of an answer with too many or too few of them can't be told apart, so none of them is taken: one may
        be a name or an e-mail address. The row goes on without cells, and staging puts it aside.
        """
        columns = [question.column for question in self.questions]
        columns += [column for column in self.source.columns if column.name in self.constants]
        return RawTable(
            sheet=export.sheet,
            header=tuple(column.header for column in columns),
            header_line=export.line,
            lines=[line for line, _ in export.records],
            rows=self._rows(export),
            outside=list(export.outside),
            columns={column.name: place for place, column in enumerate(columns)},
            unfinished=export.unfinished,
        )

    def missing(self) -> list[str]:
        """Return the headers of the required columns that the map fills from nothing."""
        filled = {question.column.name for question in self.questions} | set(self.constants)
        return [column.header for column in self.source.columns if column.required and column.name not in filled]

    def _rows(self, export: Export) -> list[list[Cell]]:
        places = [question.asked_in(export.columns) for question in self.questions]
        asked = [[export.columns[place] for place in found] for found in places]
        constants: list[Cell] = [
            self.constants[column.name] for column in self.source.columns if column.name in self.constants
        ]

        def row(record: Record) -> list[Cell]:
            cells = record[1]
            if len(cells) != len(export.columns):
                return []
            read = [
                question.read([cells[place] for place in found], columns, export.tool)
                for question, found, columns in zip(self.questions, places, asked, strict=True)
            ]
            return [*read, *constants]

        return [row(record) for record in export.records]

    def _not_asked(self, export: Export) -> Iterator[Text]:
        names = Counter(fold(column.name) for column in export.columns)
        for question in self.questions:
            if not question.asked_in(export.columns):
                yield message("refusal.map_question_missing", map=self.name, question=question.question)
            elif names[fold(question.question)] > 1:
                yield message("refusal.map_question_twice", map=self.name, question=question.question)

    def _not_mapped(self, export: Export) -> Iterator[Text]:
        known = self.left_out | {fold(question.question) for question in self.questions}
        for column in export.columns:
            if column.question and not column.role and not known & {fold(column.name), fold(column.question)}:
                yield message("refusal.map_question_unknown", map=self.name, question=column.name)


def mapped_sources() -> tuple[str, ...]:
    """Return the names of the sources that may come as exports of survey tools."""
    return tuple(source.name for source in contracts.sources().values() if source.survey_exports)


def read_exports(
    exports: Sequence[Export], source: SourceContract, maps: Sequence[QuestionMap], file_name: str
) -> list[RawTable]:
    """Read the exports of a file as tables of a source.

    Raises
    ------
    Refused
        No map fits, several do, or the one that fits has no value for a required column.
    """
    return [_fitting(export, source, maps, file_name).table(export) for export in exports]


def only_mapped(
    exports: Sequence[Export], source: SourceContract, maps: Sequence[QuestionMap], file_name: str
) -> list[Export]:
    """Return the exports whose every question a map of the source knows."""
    of_source = [map_ for map_ in maps if map_.source.name == source.name and map_.questions]
    return [
        export
        for export in exports
        if any(not map_.faults(export) for map_ in _candidates(export, of_source, file_name))
    ]


def source_of(export: Export, maps: Sequence[QuestionMap], file_name: str) -> SourceContract | None:
    """Return the source whose map fits an export, None when there is none or more than one."""
    found = {map_.source.name: map_.source for map_ in _candidates(export, maps, file_name) if not map_.faults(export)}
    return next(iter(found.values())) if len(found) == 1 else None


def no_map(export: Export, file_name: str, source: SourceContract | None = None) -> Refused:
    """Return the refusal of an export that has no map, naming the command that makes one."""
    name = source.name if source else " | ".join(mapped_sources())
    return refused("refusal.no_map", tool=TOOLS[export.tool], file=file_name, source=name)


def read_maps(workspace: Workspace) -> tuple[QuestionMap, ...]:
    """Return the maps of a workspace in the order of their paths.

    Raises
    ------
    WorkspaceError
        A map can't be read, or names a source, column or code list that there is not.
    """
    paths = sorted(workspace.question_maps.glob("*/*.toml"))
    return tuple(_read_map(path, workspace.settings) for path in paths if path.is_file())


def split_answers(cell: str, tool: str, known: Collection[str]) -> list[str]:
    """Part the answers of one cell; a known answer may hold the separator, and the longest that matches is taken."""
    separator = _SEPARATORS.get(tool, ";")
    longest_first = sorted((re.escape(answer) for answer in known if answer), key=len, reverse=True)
    one = "|".join([*longest_first, f"[^{separator}]+"])
    text = " ".join(cell.split())
    return [found.strip() for found in re.findall(rf"({one})\s*(?:{separator}\s*|$)", text, re.IGNORECASE)]


def accepted_answers(column: Column, settings: Settings) -> dict[str, str]:
    """Return the answers that a column reads, folded, with their codes; empty for a column without a code list."""
    name = column.code_list or ANSWER_LISTS.get(column.reads)
    return settings.code_list(name).spellings() if name else {}


@cache
def cannot_say() -> frozenset[str]:
    """Return the spellings of `can't say`, folded."""
    spellings = contracts.code_lists()["knows_answers"].spellings()
    return frozenset(spelling for spelling, code in spellings.items() if code == "cannot_say")


@cache
def _ticks() -> Mapping[str, str]:
    return {**contracts.code_lists()["yes_no"].spellings(), "y": "yes", "n": "no"}


def ticked(cell: str, option: str) -> Iterator[str]:
    """Yield what the column of an option says: the option when it is ticked, else what people wrote there."""
    tick = _ticks().get(fold(cell))
    if tick == "yes" or fold(cell) == fold(option):
        yield option
    elif tick is None:
        yield " ".join(cell.split())


def _day(cell: str) -> str:
    """Return the day of a time as the tools write it, in a form that staging reads."""
    text = " ".join(cell.split())
    return _DAY_FIRST.sub(r"\1", _YEAR_FIRST.sub(r"\3.\2.\1", text))


def _candidates(export: Export, maps: Sequence[QuestionMap], file_name: str) -> list[QuestionMap]:
    return [map_ for map_ in maps if map_.tool == export.tool and map_.is_for(file_name)]


def _fitting(export: Export, source: SourceContract, maps: Sequence[QuestionMap], file_name: str) -> QuestionMap:
    candidates = [map_ for map_ in _candidates(export, maps, file_name) if map_.source.name == source.name]
    if not candidates:
        raise no_map(export, file_name, source)
    faults = {map_.name: map_.faults(export) for map_ in candidates}
    fitting = [map_ for map_ in candidates if not faults[map_.name]]
    if not fitting:
        raise Refused(min(faults.values(), key=len)[0])
    if len(fitting) > 1:
        raise refused("refusal.maps_fit", maps=", ".join(map_.name for map_ in fitting))
    if headers := fitting[0].missing():
        raise refused("refusal.map_incomplete", map=fitting[0].name, headers=", ".join(headers))
    return fitting[0]


def _read_map(path: Path, settings: Settings) -> QuestionMap:
    name = f"{path.parent.name}/{path.name}"
    if path.parent.name not in mapped_sources():
        raise _faulty("map.no_such_source", map=name, sources=", ".join(mapped_sources()))
    try:
        said = MapFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "-"
        raise _faulty("map.faulty", map=name, field=where, fault=first["msg"]) from error
    except (ValueError, RecursionError) as error:
        raise _faulty("map.unreadable", map=name, detail=" ".join(str(error).split())) from error
    return _checked(name, contracts.sources()[path.parent.name], said, settings)


def _checked(name: str, source: SourceContract, said: MapFile, settings: Settings) -> QuestionMap:
    questions = tuple(_mapped(name, source, question, settings) for question in said.questions)
    constants = {_column(name, source, header).name: _constant(value) for header, value in said.constants.items()}
    filled = Counter([*(question.column.header for question in questions), *_headers(source, constants)])
    if twice := next((header for header, count in filled.items() if count > 1), None):
        raise _faulty("map.column_twice", map=name, column=twice)
    return QuestionMap(
        name=name,
        source=source,
        tool=said.tool,
        files=said.files,
        left_out=frozenset(map(fold, said.left_out)),
        constants={column: value for column, value in constants.items() if value},
        questions=questions,
    )


def _headers(source: SourceContract, names: Mapping[str, str]) -> list[str]:
    return [column.header for column in source.columns if column.name in names]


def _mapped(name: str, source: SourceContract, said: Question, settings: Settings) -> MappedQuestion:
    column = _column(name, source, said.column)
    accepted = frozenset(accepted_answers(column, settings))
    answers = {fold(answer): value.strip() for answer, value in said.answers.items()}
    return MappedQuestion(said.question, column, answers, accepted, said.other)


def _column(name: str, source: SourceContract, called: str) -> Column:
    by_name = {column.name: column for column in source.columns}
    found = by_name.get(source.header_spellings().get(fold(called), called))
    if found is None:
        headers = ", ".join(column.header for column in source.columns)
        raise _faulty("map.no_such_column", map=name, column=called, headers=headers)
    return found


def _constant(value: str | date) -> str:
    return value.isoformat() if isinstance(value, date) else value.strip()


def _faulty(key: str, **values: object) -> WorkspaceError:
    return WorkspaceError(message(key, **values).fi)
