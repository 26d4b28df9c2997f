"""Proposing a question map: what a program can tell of an export, written as a map that a person completes.

Here belongs: matching questions to columns and answers to codes by their likeness, and the text of the map file. Not
here: reading an export through a map (`pipelines.question_maps`), printing (`pipelines.cli`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from pathlib import Path

from pipelines.contract_model import Column, SourceContract, Text, fold
from pipelines.contracts import code_lists, message
from pipelines.question_maps import LISTS, accepted_answers, cannot_say, split_answers, ticked
from pipelines.raw_table import AMOUNTS, refused
from pipelines.reading import read_exports
from pipelines.settings import Settings, WorkspaceError
from pipelines.survey_tools import TOOLS, Export, ExportColumn
from pipelines.workspace import Workspace

SURE = 0.9
"""Likeness from which a column is proposed without a word of doubt: the question holds the words of a header."""

LIKELY = 0.6
"""Likeness from which a column is proposed at all."""

CLOSE_ANSWER = 0.85
"""Likeness (difflib ratio) from which an answer is taken for a label of the code list."""

SHOWN_ANSWERS = 20
"""So many answers without a code are named for a question; the list may be long where people write freely."""

_ENDING = 2
"""So many letters at the end of a Finnish word may change with its case."""

_YES_NO = {"y": "yes", "n": "no"}
"""How LimeSurvey writes yes and no."""

_COUNTED = AMOUNTS | {"year", "scale"}
_STARTS_WITH_NUMBER = re.compile(r"^\s*-?\d")


@dataclass(frozen=True, slots=True)
class Match:
    """A question and the column proposed for it, with what its answers mean.

    `places` are those of the columns of the export, several for a multiple choice of one column an option.
    """

    question: str
    places: tuple[int, ...]
    column: Column
    likeness: float
    answers: Mapping[str, str]
    unknown: tuple[str, ...]
    has_other: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed map: what was understood of an export, and what was not."""

    path: Path
    source: SourceContract
    export: Export
    matches: tuple[Match, ...]
    left_out: tuple[str, ...]
    unmatched: tuple[str, ...]
    unfilled: tuple[Column, ...]

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing is left for a person but to look at it; a form may leave optional columns unasked."""
        missing = any(column.required for column in self.unfilled)
        return not (missing or self.unmatched or any(match.unknown for match in self.matches))

    def told(self) -> Iterator[Text]:
        """Say what was understood and what was not, a line each."""
        answers = len(self.export.records)
        yield message("map.done", path=self.path, tool=TOOLS[self.export.tool], answers=answers)
        if self.matches:
            yield message("map.understood")
        for match in self.matches:
            key = "map.question" if match.likeness >= SURE else "map.question_unsure"
            yield message(key, question=match.question, column=match.column.header)
        if self.left_out:
            yield message("map.left_out", questions=", ".join(self.left_out))
        yield from self._not_understood()

    def _not_understood(self) -> Iterator[Text]:
        if self.unmatched:
            yield message("map.unmatched")
        for question in self.unmatched:
            yield message("map.column", column=f"”{question}”")
        if self.unfilled:
            yield message("map.unfilled")
        for column in self.unfilled:
            yield message("map.column_required" if column.required else "map.column", column=column.header)
        unknown = [match for match in self.matches if match.unknown]
        if unknown:
            yield message("map.unknown_answers")
        for match in unknown:
            yield message("map.answers_of", question=match.question, answers="; ".join(match.unknown))


def propose(workspace: Workspace, source: SourceContract, file: Path) -> Proposal:
    """Propose a map for the first export in a file, and write it to the workspace.

    Raises
    ------
    Refused
        The file can't be read, or needs no map, or holds no answer.
    WorkspaceError
        The map is there already: what a person has edited is never overwritten.
    """
    exports = read_exports(file.read_bytes(), file.name, source)
    if not exports:
        raise refused("map.not_an_export", tools=", ".join(TOOLS.values()))
    if not exports[0].records:
        raise refused("map.no_answers")
    proposal = _proposal(_path(workspace, source, file), source, exports[0], workspace.settings)
    proposal.path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with proposal.path.open("x", encoding="utf-8", newline="\n") as written:
            written.write("\n".join(_lines(proposal, file.name)) + "\n")
    except FileExistsError as error:
        raise WorkspaceError(message("map.is_there", path=proposal.path).fi) from error
    return proposal


def likeness(question: str, spelling: str) -> float:
    """Tell how much a question looks like asking for a header: 1 for the same text, 0 for nothing in common.

    The words of the header may stand in the question as they are, or in another case: then their beginnings count.
    """
    asked, header = fold(question), fold(spelling)
    if asked == header:
        return 1.0
    words, wanted = re.findall(r"\w+", asked), re.findall(r"\w+", header)
    more = min(len(wanted), 9) / 100
    if wanted and re.search(rf"(?<!\w){re.escape(header)}(?!\w)", asked):
        return SURE + more
    stems = [word[: max(4, len(word) - _ENDING)] for word in wanted]
    if stems and all(any(word.startswith(stem) for word in words) for stem in stems):
        return SURE - 0.1 + more
    return min(SURE - 0.1, SequenceMatcher(None, asked, header).ratio())


def _path(workspace: Workspace, source: SourceContract, file: Path) -> Path:
    name = re.sub(r"[^\w-]+", "-", file.stem.casefold()).strip("-")
    return workspace.question_maps / source.name / f"{name or source.name}.toml"


def _proposal(path: Path, source: SourceContract, export: Export, settings: Settings) -> Proposal:
    asked = _questions(export)
    matches = [*_dated(source, export), *_matched(source, export, asked)]
    taken = {match.question for match in matches}
    filled = {match.column.name for match in matches}
    own = [column.name for column in export.columns if column.role and column.name not in taken]
    return Proposal(
        path=path,
        source=source,
        export=export,
        matches=tuple(_with_answers(match, export, settings) for match in matches),
        left_out=tuple(dict.fromkeys(own)),
        unmatched=tuple(question for question in asked if question not in taken),
        unfilled=tuple(column for column in source.columns if column.name not in filled),
    )


def _questions(export: Export) -> dict[str, tuple[int, ...]]:
    """Return the places of the columns of each question that is not one of the tool's own.

    Options that are ticked make one question; where something else is answered to them, each is a question.
    """
    places: dict[str, tuple[int, ...]] = {}
    for place, column in enumerate(export.columns):
        if column.question and not column.role:
            places[column.question] = (*places.get(column.question, ()), place)
    asked: dict[str, tuple[int, ...]] = {}
    for question, found in places.items():
        if len(found) > 1 and all(_is_ticked(export, place) for place in found):
            asked[question] = found
        else:
            asked |= {export.columns[place].name: (place,) for place in found}
    return asked


def _is_ticked(export: Export, place: int) -> bool:
    """Tell whether a column holds ticks of an option and nothing else; under `other` people write their own words."""
    option = export.columns[place].option
    if option is None or _is_own_words(option):
        return option is not None
    return all(list(ticked(cell, option)) in ([], [option]) for (cell,) in _cells(export, [place]) if cell)


def _is_own_words(option: str) -> bool:
    return fold(option) in code_lists()["own_words"].spellings()


def _dated(source: SourceContract, export: Export) -> Iterator[Match]:
    """Yield the column of the day of the answer: every tool notes it by itself."""
    day = next((column for column in source.columns if column.reads == "date"), None)
    places = {column.role: place for place, column in enumerate(export.columns)}
    place = places.get("completed", places.get("timestamp"))
    if day is not None and place is not None:
        yield Match(export.columns[place].name, (place,), day, 1.0, {}, (), has_other=False)


def _matched(source: SourceContract, export: Export, asked: Mapping[str, tuple[int, ...]]) -> list[Match]:
    """Give each question the column that it is most like, the most alike first; none is given twice."""
    pairs = [
        (_best(question, column), question, column)
        for question, places in asked.items()
        for column in source.columns
        if _can_answer(column, export, places)
    ]
    found: dict[str, Match] = {}
    given: set[str] = set()
    for alike, question, column in sorted(pairs, key=lambda pair: -pair[0]):
        if alike < LIKELY or question in found or column.name in given:
            continue
        found[question] = Match(question, asked[question], column, alike, {}, (), has_other=False)
        given.add(column.name)
    return [found[question] for question in asked if question in found]


def _best(question: str, column: Column) -> float:
    return max(likeness(question, spelling) for spelling in (column.header, column.name, *column.synonyms))


def _can_answer(column: Column, export: Export, places: Sequence[int]) -> bool:
    """Tell whether the answers can be those of a column: numbers for numbers, choices for options."""
    if len(places) > 1:
        return column.reads in LISTS
    if column.reads not in _COUNTED:
        return True
    answers = [cell for cells in _cells(export, places) for cell in cells if cell and fold(cell) not in cannot_say()]
    return 2 * sum(bool(_STARTS_WITH_NUMBER.match(answer)) for answer in answers) >= len(answers)


def _cells(export: Export, places: Sequence[int]) -> Iterator[list[str | None]]:
    for _, cells in export.records:
        if len(cells) == len(export.columns):
            yield [cells[place] for place in places]


def _with_answers(match: Match, export: Export, settings: Settings) -> Match:
    """Add to a match what the answers of the file mean, and those that mean nothing."""
    codes = accepted_answers(match.column, settings)
    columns = [export.columns[place] for place in match.places]
    if not codes and match.column.reads != "scale":
        return match
    known: dict[str, str] = {}
    unknown: list[str] = []
    for answer in _answers(match, columns, export, codes):
        code = _code(answer, codes, export.tool)
        if code is not None:
            known[answer] = code
        elif fold(answer) not in cannot_say() and not (match.column.reads == "scale" and answer[:1].isdigit()):
            unknown.append(answer)
    has_other = any(_is_own_words(column.option or "") for column in columns)
    return Match(
        match.question,
        match.places,
        match.column,
        match.likeness,
        known,
        tuple(unknown[:SHOWN_ANSWERS]),
        has_other=has_other,
    )


def _answers(
    match: Match, columns: Sequence[ExportColumn], export: Export, codes: Mapping[str, str]
) -> dict[str, None]:
    """Return the different answers of a question in the order of the file; options are answers, ticked or not."""
    options = [column.option for column in columns if column.option is not None and not _is_own_words(column.option)]
    if options:
        return dict.fromkeys(options)
    cells = [cell for row in _cells(export, match.places) for cell in row if cell and cell.strip()]
    if match.column.reads not in LISTS:
        return dict.fromkeys(" ".join(cell.split()) for cell in cells)
    return dict.fromkeys(answer for cell in cells for answer in split_answers(cell, export.tool, codes))


def _code(answer: str, codes: Mapping[str, str], tool: str) -> str | None:
    key = fold(answer)
    if key in codes:
        return codes[key]
    if key in cannot_say():
        return None
    if tool == "limesurvey" and _YES_NO.get(key) in codes.values():
        return _YES_NO[key]
    near = get_close_matches(key, codes, n=1, cutoff=CLOSE_ANSWER)
    return codes[near[0]] if near else None


def _lines(proposal: Proposal, file_name: str) -> Iterator[str]:
    """Yield the lines of the map file (TOML), with what a person needs to know to complete it."""
    yield _note("title", title=proposal.source.title.fi)
    yield _note("questions")
    yield f"tool = {_quoted(proposal.export.tool)}"
    required = [column for column in proposal.unfilled if column.required]
    if required:
        yield _note("files")
        yield f"files = [{_quoted(file_name)}]"
    yield ""
    yield _note("left_out")
    yield "left_out = ["
    yield from (f"  {_quoted(question)}," for question in proposal.unmatched)
    yield "]"
    if required:
        yield from ("", _note("constants"), "[constants]")
        yield from (f'{_quoted(column.header)} = ""' for column in required)
    for match in proposal.matches:
        yield from _question_lines(match)


def _question_lines(match: Match) -> Iterator[str]:
    yield from ("", "[[questions]]")
    yield f"question = {_quoted(match.question)}"
    yield f"column = {_quoted(match.column.header)}"
    if match.has_other:
        yield 'other = ""'
    if match.answers or match.unknown:
        yield "[questions.answers]"
    yield from (f"{_quoted(answer)} = {_quoted(code)}" for answer, code in match.answers.items())
    if match.unknown:
        yield _note("answers")
    yield from (f'# {_quoted(answer)} = ""' for answer in match.unknown)


def _note(part: str, **values: object) -> str:
    return f"# {message(f'map.file.{part}', **values).fi}"


def _quoted(text: str) -> str:
    """Return a TOML string; JSON escapes as TOML does, except for the sign that deletes."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
