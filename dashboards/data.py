"""The one reader of editions.

Here belongs: finding the edition that is served, opening it, and its tables as typed rows. Not here: what the rows mean
to people. Only files of `queries/` are run, and only against `public.duckdb`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Final, Literal

import duckdb
import streamlit as st

from dashboards.asking import fetch, rows_of, text_of
from dashboards.comparison_rows import ComparedFigure, ComparedTown, Comparison
from dashboards.published import DATA_PACKAGE, OpenData, PublishedEdition, described, order_of, read_open_data
from dashboards.rows import (
    LIST_OF_BREAKDOWN,
    TOTAL,
    Award,
    Change,
    Check,
    CouncilTerm,
    EditionFacts,
    Explanation,
    IndicatorCard,
    Origin,
    Parameter,
    Reconciliation,
    RegisterDifference,
    Revision,
    SeriesBreak,
    SourceFile,
    SourceState,
    TermValue,
    TermYear,
    Value,
    Words,
)
from dashboards.texts import say
from warehouse.database import open_edition

WORKSPACE_VARIABLE: Final = "YHTEISPELI_WORKSPACE"
PUBLIC_FILE: Final = "public.duckdb"
OPEN_DATA: Final = "open_data"
COUNTRY_FILE: Final = "country.toml"
_ABOVE: Final = 4
"""So many folders above a workspace the country that it belongs to is looked for."""

_OF_RUN: Final = "edition_of_run"

Problem = Literal["no_workspace", "no_edition", "damaged", "newer", "older"]


class EditionUnavailable(Exception):  # noqa: N818 - it is not an error of the program
    """There is nothing that can be shown.

    Parameters
    ----------
    problem
        `no_workspace`: the folder is not set or does not exist; `no_edition`: nothing has been published yet;
        `damaged`: the published file is missing or can't be read; `newer`, `older`: another version of the program
        made it, and this one can't read it.
    version
        The version of the program that made the edition, where that is the problem.
    """

    def __init__(self, problem: Problem, version: str = "") -> None:
        super().__init__(problem)
        self.problem: Problem = problem
        self.version = version


@dataclass(frozen=True, eq=False)
class Edition:
    """A published edition, read once into memory but for the large tables, which are read when asked for.

    It is equal to itself alone, so that what is made of it can be kept by it (`kept`).
    Years without a row are years without a value; `values` and `changes` are keyed by indicator, breakdown and
    breakdown value (`changes` also by year) and sorted by year. `term_values` and `term_years` are keyed by indicator
    and council term; of the terms the newest comes first.
    """

    facts: EditionFacts
    indicators: Mapping[str, IndicatorCard]
    values: Mapping[tuple[str, str, str], tuple[Value, ...]]
    changes: Mapping[tuple[str, str, str, str], Change]
    breaks: tuple[SeriesBreak, ...]
    parameters: tuple[Parameter, ...]
    terms: Mapping[str, CouncilTerm]
    term_values: Mapping[tuple[str, str], TermValue]
    term_years: Mapping[tuple[str, str], tuple[TermYear, ...]]
    revisions: tuple[Revision, ...]
    codes: Mapping[str, Mapping[str, Words]]
    messages: Mapping[str, Words]
    sources: tuple[SourceState, ...]
    checks: tuple[Check, ...]
    explanations: tuple[Explanation, ...]
    reconciliation: tuple[Reconciliation, ...]
    register_differences: tuple[RegisterDifference, ...]
    award_years: tuple[int, ...]
    connection: duckdb.DuckDBPyConnection

    def series(self, indicator_id: str, breakdown: str = TOTAL, breakdown_value: str = TOTAL) -> tuple[Value, ...]:
        """Return the values of a series, oldest first; empty when the edition has none."""
        return self.values.get((indicator_id, breakdown, breakdown_value), ())

    def until(self, year: int) -> Edition:
        """Return the edition without the figures of later years; a council term goes by its first year."""
        kept = {key: tuple(value for value in series if value.year <= year) for key, series in self.values.items()}
        return replace(self, values=kept)

    def finished_years(self) -> list[int]:
        """Return the years that are over and have a figure of the whole, newest first."""
        wholes = [series for (_, breakdown, _), series in self.values.items() if breakdown == TOTAL]
        return sorted({value.year for series in wholes for value in series if _is_settled(value)}, reverse=True)

    def latest(self, indicator_id: str) -> Value | None:
        """Return the newest value of the whole that is not preliminary, else the newest, else None."""
        series = [value for value in self.series(indicator_id) if value.shown != "missing"]
        settled = [value for value in series if not value.is_preliminary]
        newest = settled or series
        return newest[-1] if newest else None

    def change(self, value: Value) -> Change | None:
        """Return the change of a value against the year before, None when the edition tells none."""
        return self.changes.get((value.indicator_id, value.period, value.breakdown, value.breakdown_value))

    def parts(self, indicator_id: str, breakdown: str, period: str) -> dict[str, Value]:
        """Return the values of a breakdown in one year by code, in the code list's order."""
        return {
            code: value
            for code in self.parts_codes(indicator_id, breakdown)
            for value in self.series(indicator_id, breakdown, code)
            if value.period == period
        }

    def parts_codes(self, indicator_id: str, breakdown: str) -> list[str]:
        """Return the codes of a breakdown that have values, in the code list's order."""
        codes = self.codes.get(LIST_OF_BREAKDOWN[breakdown], {})
        return [code for code in codes if self.series(indicator_id, breakdown, code)]

    def breaks_of(self, indicator_id: str) -> tuple[SeriesBreak, ...]:
        """Return the series breaks of an indicator, oldest first."""
        return tuple(found for found in self.breaks if found.indicator_id == indicator_id)

    def targets_of(self, indicator_id: str) -> list[tuple[CouncilTerm, float]]:
        """Return the terms that have a target for an indicator, each with its target in the indicator's unit."""
        of_terms = ((term, self.term_values.get((indicator_id, term_id))) for term_id, term in self.terms.items())
        return [(term, row.target) for term, row in of_terms if row is not None and row.target is not None]

    def label(self, list_id: str, code: str) -> str:
        """Return the label of a code; a code outside its list is shown as it is."""
        words = self.codes.get(list_id, {}).get(code)
        return say(words) if words else code

    def breakdown_label(self, breakdown: str, code: str) -> str:
        """Return the label of a group of a breakdown, as it stands on a line of its own: with a capital letter."""
        label = self.label(LIST_OF_BREAKDOWN[breakdown], code)
        return label[:1].upper() + label[1:]

    def message(self, key: str, **values: object) -> str:
        """Return a sentence of the edition's catalogue; a key outside it is shown as it is."""
        words = self.messages.get(key)
        return say(words).format(**values) if words else key

    def source_title(self, source: str) -> str:
        """Return the title of a source."""
        return next((say(state.title) for state in self.sources if state.source == source), source)

    def awards(self, year: int) -> list[Award]:
        """Read the awards of a year, largest first."""
        return rows_of(self.connection, "awards", Award, year=year)

    def origins(self, value: Value) -> list[Origin]:
        """Read which rows stand behind a value: first those that it counts, then divisors, then why they count."""
        cell = {name: getattr(value, name) for name in ("indicator_id", "period", "breakdown", "breakdown_value")}
        return rows_of(self.connection, "origins", Origin, **cell)

    def source_files(self) -> list[SourceFile]:
        """Read the received files, by source, the oldest first."""
        return rows_of(self.connection, "source_files", SourceFile)

    def row_query(self, value: Value) -> str:
        """Return the query by which an analyst gets the rows behind a value; it reads the analyst's file."""
        cell = {name: getattr(value, name) for name in ("indicator_id", "period", "breakdown", "breakdown_value")}
        _, _, text = text_of("value_rows").partition("\n")  # without the line that tells developers its grain
        for name, told in cell.items():
            quoted = told.replace("'", "''")
            text = text.replace(f"${name}\n", f"'{quoted}'\n")
        return text


def workspace_root() -> Path:
    """Return the workspace folder that the environment names.

    Raises
    ------
    EditionUnavailable
        The variable is not set or its folder does not exist.
    """
    named = os.environ.get(WORKSPACE_VARIABLE, "")
    root = Path(named)
    if not named or not root.is_dir():
        raise EditionUnavailable("no_workspace")
    return root


def current_id(root: Path) -> str:
    """Return the id that `CURRENT` holds.

    Raises
    ------
    EditionUnavailable
        Nothing has been published, or the pointer does not name a folder of `editions/`.
    """
    pointer = root / "CURRENT"
    if not pointer.is_file():
        raise EditionUnavailable("no_edition")
    edition_id = pointer.read_text(encoding="utf-8", errors="replace").strip()
    if not edition_id or Path(edition_id).name != edition_id:
        raise EditionUnavailable("damaged")
    return edition_id


def current_edition() -> Edition:
    """Return the edition that is served now; opened editions are kept, keyed by their file.

    Raises
    ------
    EditionUnavailable
        As `workspace_root` and `current_id`, or the file can't be read.
    """
    return edition_of(workspace_root())


def edition_of(root: Path) -> Edition:
    """Return the edition that a workspace serves now; opened editions are kept, keyed by their file.

    Raises
    ------
    EditionUnavailable
        As `current_id`, or the file can't be read.
    """
    file = root / "editions" / current_id(root) / PUBLIC_FILE
    if not file.is_file():
        raise EditionUnavailable("damaged")
    return _open(str(file))


def published_editions() -> list[PublishedEdition]:
    """Return the editions that can be opened, the newest first.

    Raises
    ------
    EditionUnavailable
        As `workspace_root`.
    """
    root = workspace_root()
    current = _current_id_or_none(root)
    found = []
    for folder in (root / "editions").glob("*"):
        if _is_edition(folder):
            told = described(folder)
            at, made_with = str(told.get("published_at", "")), str(told.get("software_version", ""))
            found.append(PublishedEdition(folder.name, at, made_with, is_current=folder.name == current))
    return sorted(found, key=lambda edition: (edition.published_at, edition.edition_id), reverse=True)


def published_edition(edition_id: str) -> Edition | None:
    """Return an edition by its id, None when there is none.

    Raises
    ------
    EditionUnavailable
        There is no workspace, or a newer or older program made the edition and it can't be read.
    """
    folder = _edition_folder(edition_id)
    return None if folder is None else _open(str(folder / PUBLIC_FILE))


def open_data(edition_id: str) -> OpenData | None:
    """Return the open data of an edition; None when there is no such edition, or an older program made it without.

    Raises
    ------
    EditionUnavailable
        There is no workspace.
    """
    folder = _edition_folder(edition_id)
    if folder is None or not (folder / OPEN_DATA / DATA_PACKAGE).is_file():
        return None
    return read_open_data(folder / OPEN_DATA)


def has_comparison() -> bool:
    """Tell whether there is a comparison of municipalities to show."""
    try:
        return _comparison_file() is not None
    except EditionUnavailable:
        return False


def comparison() -> Comparison | None:
    """Return the comparison of municipalities in force; None when the workspace belongs to no country or region.

    Raises
    ------
    EditionUnavailable
        There is no workspace, or the file can't be read.
    """
    file = _comparison_file()
    return None if file is None else _open_comparison(str(file))[0]


def compared(indicator_id: str, period: str) -> list[ComparedFigure]:
    """Read what the municipalities have of an indicator in a period; nothing when there is no comparison.

    Raises
    ------
    EditionUnavailable
        As `comparison`.
    """
    file = _comparison_file()
    if file is None:
        return []
    connection = _open_comparison(str(file))[1]
    return rows_of(connection, "compared_figures", ComparedFigure, indicator_id=indicator_id, period=period)


def _comparison_file() -> Path | None:
    """Return the file of the comparison in force of the country above the workspace."""
    above = workspace_root().resolve().parents[:_ABOVE]
    folder = next((folder / "comparison" for folder in above if (folder / COUNTRY_FILE).is_file()), None)
    if folder is None or not (folder / "CURRENT").is_file():
        return None
    file = folder / current_id(folder) / PUBLIC_FILE
    return file if file.is_file() else None


@st.cache_resource(max_entries=2, show_spinner=False)
def _open_comparison(file: str) -> tuple[Comparison, duckdb.DuckDBPyConnection]:
    try:
        connection = open_edition(Path(file))
        peers: dict[str, tuple[str, ...]] = {}
        for code, peer in fetch(connection, "compared_peers")[1]:
            peers[code] = (*peers.get(code, ()), peer)
        periods: dict[str, tuple[str, ...]] = {}
        for indicator_id, period in fetch(connection, "compared_periods")[1]:
            periods[indicator_id] = (*periods.get(indicator_id, ()), period)
        towns = {town.municipality_code: town for town in rows_of(connection, "compared_towns", ComparedTown)}
    except duckdb.Error as error:
        raise EditionUnavailable("damaged") from error
    return Comparison(Path(file).parent.name, towns, peers, periods), connection


def keep_for_run(edition: Edition) -> None:
    """Keep the edition that this run shows, so that all parts of a page show the same one."""
    st.session_state[_OF_RUN] = edition


def edition_of_run() -> Edition:
    """Return the edition that `keep_for_run` was given in this run."""
    edition: Edition = st.session_state[_OF_RUN]
    return edition


def _edition_folder(edition_id: str) -> Path | None:
    editions = workspace_root() / "editions"
    return next((folder for folder in editions.glob("*") if folder.name == edition_id and _is_edition(folder)), None)


def _is_edition(folder: Path) -> bool:
    """Tell a finished edition from one that is being written and from anything else."""
    return not folder.name.startswith(".") and (folder / PUBLIC_FILE).is_file()


def _current_id_or_none(root: Path) -> str | None:
    """Return what `CURRENT` names; editions can be listed and opened by name without it."""
    try:
        return current_id(root)
    except EditionUnavailable:
        return None


def _is_settled(value: Value) -> bool:
    return value.number is not None and not value.is_preliminary and not value.is_of_term


@st.cache_resource(max_entries=4, show_spinner=False)
def _open(file: str) -> Edition:
    try:
        return _read(open_edition(Path(file)))
    except (duckdb.Error, IndexError) as error:
        raise _why_unreadable(Path(file).parent) from error


def _why_unreadable(folder: Path) -> EditionUnavailable:
    """Tell whether another version of the program made an edition, which would be why it can't be read."""
    made_with, own = str(described(folder).get("software_version", "")), version("yhteispeli")
    if not made_with or order_of(made_with) == order_of(own):
        return EditionUnavailable("damaged")
    return EditionUnavailable("newer" if order_of(made_with) > order_of(own) else "older", made_with)


def _read(connection: duckdb.DuckDBPyConnection) -> Edition:
    indicators = rows_of(connection, "indicators", IndicatorCard)
    values: dict[tuple[str, str, str], tuple[Value, ...]] = {}
    for value in rows_of(connection, "values", Value):
        key = (value.indicator_id, value.breakdown, value.breakdown_value)
        values[key] = (*values.get(key, ()), value)
    term_years: dict[tuple[str, str], tuple[TermYear, ...]] = {}
    for period in rows_of(connection, "term_years", TermYear):
        of_term = (period.indicator_id, period.term_id)
        term_years[of_term] = (*term_years.get(of_term, ()), period)
    codes: dict[str, dict[str, Words]] = {}
    for list_id, code, label in fetch(connection, "codes")[1]:
        codes.setdefault(list_id, {})[code] = label
    return Edition(
        facts=rows_of(connection, "edition", EditionFacts)[0],
        indicators={card.indicator_id: card for card in indicators},
        values=values,
        changes={
            (change.indicator_id, change.period, change.breakdown, change.breakdown_value): change
            for change in rows_of(connection, "changes", Change)
        },
        breaks=tuple(rows_of(connection, "breaks", SeriesBreak)),
        parameters=tuple(rows_of(connection, "parameters", Parameter)),
        terms={term.term_id: term for term in rows_of(connection, "council_terms", CouncilTerm)},
        term_values={(row.indicator_id, row.term_id): row for row in rows_of(connection, "term_values", TermValue)},
        term_years=term_years,
        revisions=tuple(rows_of(connection, "revisions", Revision)),
        codes=codes,
        messages=dict(fetch(connection, "messages")[1]),
        sources=tuple(rows_of(connection, "sources", SourceState)),
        checks=tuple(rows_of(connection, "checks", Check)),
        explanations=tuple(rows_of(connection, "explanations", Explanation)),
        reconciliation=tuple(rows_of(connection, "reconciliation", Reconciliation)),
        register_differences=tuple(rows_of(connection, "register_differences", RegisterDifference)),
        award_years=tuple(year for (year,) in fetch(connection, "award_years")[1]),
        connection=connection,
    )
