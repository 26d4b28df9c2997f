"""Data that no figure can be made of gives an empty one, "not usable" and a reason; pages open, and no file holds a NaN."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import hard_town
import polars as pl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboards.data import WORKSPACE_VARIABLE
from dashboards.navigation import PAGES, PageEntry
from pipelines import contracts, refresh
from pipelines.editions import OPEN_DATA
from pipelines.workspace import Workspace
from tests.pipeline.conftest import RefreshedTown
from warehouse import database

APP = Path(__file__).resolve().parents[2] / "dashboards" / "app.py"
NOT_A_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:nan|inf|infinity)(?![\w.])", re.IGNORECASE)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, Path]:
    """The workspace of the hard town, and the folder of its edition."""
    workspace = hard_town.make(tmp_path_factory.mktemp("hard") / "town")
    return workspace, workspace.editions / refresh.run_rooms(workspace, lambda _table: None).id


@pytest.fixture(scope="module")
def exact(town: tuple[Workspace, Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    with database.open_edition(town[1] / "analyst.duckdb") as connection:
        yield connection


CASES = {
    "a stratum with no answers": ("memberships", "2023", "culture", "low_coverage"),
    "a stratum with one answer": ("memberships", "2023", "labour", "low_coverage"),
    "one answer of all": ("joint_events", "2023", "total", "low_coverage"),
    "all answers equal": ("volunteer_hours", "2023", "total", "no_spread"),
    "all answers of a group equal": ("volunteer_hours", "2023", "leisure", "no_spread"),
    "a year without population": ("grants_per_resident_eur", "2023", "total", "no_denominator"),
    "the register without population": ("associations_per_1000", "2023", "total", "no_denominator"),
    "a year without budget": ("grants_share_of_budget", "2023", "total", "no_denominator"),
    "a year without several parts": ("total_support_eur", "2023", "total", "lacks_several"),
    "fewer residents than answers": (
        "resident_participation_share",
        "2017-2021",
        "total",
        "more_answers_than_residents",
    ),
    "a survey without an age class": ("resident_participation_share", "2021-2025", "18-29", "too_few_answers"),
    "a question that all answered alike": ("resident_volunteering_share", "2021-2025", "total", "no_spread"),
}


@pytest.mark.parametrize(("indicator", "period", "group", "reason"), CASES.values(), ids=CASES.keys())
def test_a_figure_that_cannot_be_made_is_empty_not_usable_and_says_why(
    indicator: str, period: str, group: str, reason: str, exact: duckdb.DuckDBPyConnection
) -> None:
    row = exact.execute(
        "SELECT value, lower, upper, verdict, verdict_reason, message.text_fi <> '' FROM marts.indicator_values "
        "JOIN meta.messages AS message ON message.message_id = verdict_reason "
        "WHERE indicator_id = ? AND period = ? AND breakdown_value = ?",
        [indicator, period, group],
    ).fetchall()
    assert row == [(None, None, None, "not_usable", f"verdict.{reason}", True)]


def test_the_rest_of_the_survey_speaks_for_the_missing_age_class_and_says_so(
    exact: duckdb.DuckDBPyConnection,
) -> None:
    """Its residents are weighted with those of the age next to them, not left out and not a silent zero."""
    row = exact.execute(
        "SELECT population, value BETWEEN 0.4 AND 0.5, verdict FROM marts.indicator_values "
        "WHERE indicator_id = 'resident_participation_share' AND period = '2021-2025' AND breakdown = 'total'"
    ).fetchall()
    adults = hard_town.RESIDENTS[2022] // 6 * 5
    assert row == [(adults, True, "usable_with_care")]


def test_no_empty_figure_is_usable_and_none_lacks_a_reason(exact: duckdb.DuckDBPyConnection) -> None:
    row = exact.execute(
        "SELECT count(*) > 100, count_if(value IS NULL AND verdict <> 'not_usable'), count_if(verdict_reason IS NULL) "
        "FROM marts.indicator_values"
    ).fetchone()
    assert row == (True, 0, 0)


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.file)
def test_every_page_opens(entry: PageEntry, town: tuple[Workspace, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(WORKSPACE_VARIABLE, str(town[0].root))
    st.cache_resource.clear()
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.run()
    app.switch_page(f"app_pages/{entry.file}.py")
    app.run()
    assert not app.exception
    words = " ".join(re.sub(r"<[^>]+>", " ", str(element.proto.body)) for element in app.html)
    assert len(words) > 200
    assert not NOT_A_NUMBER.findall(words)


def broken_numbers(edition: Path) -> list[str]:
    """Name whatever in the public files is neither a number nor empty."""
    found = []
    with database.open_edition(edition / "public.duckdb") as public:
        columns = public.execute(
            "SELECT table_schema || '.' || table_name, column_name FROM information_schema.columns "
            "WHERE data_type IN ('DOUBLE', 'FLOAT')"
        ).fetchall()
        assert len(columns) > 30
        for table, column in columns:
            if public.execute(f'SELECT count(*) FROM {table} WHERE NOT isfinite("{column}")').fetchone() != (0,):
                found.append(f"{table}.{column}")
    files = [path for path in (edition / OPEN_DATA).rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".csv", ".parquet", ".json"}
    for path in files:
        if path.suffix == ".parquet":
            frame = pl.read_parquet(path)
            floats = [name for name, kind in frame.schema.items() if kind.is_float()]
            found += [f"{path.name}: {name}" for name in floats if not frame[name].drop_nulls().is_finite().all()]
        elif path.suffix == ".csv":
            frame = pl.read_csv(path, infer_schema=False)
            cells = {cell for name in frame.columns for cell in frame[name].drop_nulls().unique()}
            found += [f"{path.name}: {cell}" for cell in cells if NOT_A_NUMBER.fullmatch(cell)]
        elif path.suffix in {".json", ".jsonld"}:
            found += [f"{path.name}: {token}" for token in _odd_constants(path)]
    return found


def _odd_constants(file: Path) -> list[str]:
    """Return the NaN and Infinity of a JSON file, which are no JSON."""
    found: list[str] = []
    json.loads(file.read_text(encoding="utf-8"), parse_constant=found.append)
    return found


def test_no_public_file_holds_anything_but_numbers_where_numbers_belong(
    town: tuple[Workspace, Path], example_town: RefreshedTown
) -> None:
    for edition in (town[1], example_town.edition("public.duckdb").parent):
        assert broken_numbers(edition) == []


def test_a_nan_would_be_found(town: tuple[Workspace, Path], tmp_path: Path) -> None:
    edition = tmp_path / "edition"
    shutil.copytree(town[1], edition)
    (edition / "public.duckdb").chmod(0o600)
    (edition / OPEN_DATA).chmod(0o700)
    with duckdb.connect(str(edition / "public.duckdb")) as made:
        made.execute("UPDATE marts.indicator_values SET value = 'nan' WHERE indicator_id = 'founded'")
    (edition / OPEN_DATA / "figures.csv").write_text("name,value\nfounded,inf\n", encoding="utf-8")
    (edition / OPEN_DATA / "figures.json").write_text('{"value": NaN}', encoding="utf-8")
    pl.DataFrame({"value": [float("inf")]}).write_parquet(edition / OPEN_DATA / "figures.parquet")
    assert len(broken_numbers(edition)) == 4


# A town with two associations

TOLD = {1: (7919, "104.5", 613), 2: (6131, "88.25", 397)}
"""Members, hours and volunteers of each: numbers that stand nowhere else."""


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The edition of a town with two associations, both of which answered in two years."""
    workspace = Workspace(tmp_path_factory.mktemp("pair") / "town")
    workspace.create(contracts.municipality_settings("esimerkkila"))
    register = "".join(f"600.00{number};;Kuviteltu pari {number} ry;998;1.2.2001;rekisterissä;\n" for number in TOLD)
    (workspace.inbox / "prh_register" / "ote.csv").write_text(
        f"Rekisterinumero;Y-tunnus;Nimi;Kotipaikka;Rekisteröintipäivä;Tila;Tilan päivä\n{register}", encoding="utf-8"
    )
    answers = "".join(
        f"{year};Kuviteltu pari {number} ry;{members + year};{hours.replace('.', ',')};{persons};4;2;8;4\n"
        for year in (2023, 2024)
        for number, (members, hours, persons) in TOLD.items()
    )
    (workspace.inbox / "association_returns" / "ilmoitukset.csv").write_text(
        "Vuosi;Yhdistys;Jäsenmäärä;Talkootunnit;Talkoolaiset;Tapahtumat;Yhteiset tapahtumat;Yhteistyön arvosana;"
        f"Yhteistyö sujuu\n{answers}",
        encoding="utf-8",
    )
    return workspace.editions / refresh.run_rooms(workspace, lambda _table: None).id


def cells_of(file: Path) -> set[object]:
    """Every cell of every table, and every element of its lists."""
    with database.open_edition(file) as edition:
        names = edition.execute(
            "SELECT table_schema || '.' || table_name FROM information_schema.tables WHERE table_schema <> 'meta'"
        ).fetchall()
        rows = [row for (name,) in names for row in edition.execute(f"SELECT * FROM {name}").fetchall()]
    return {part for row in rows for cell in row for part in (cell if isinstance(cell, list) else [cell])}


def test_of_two_associations_the_public_files_show_nothing(pair: Path) -> None:
    told = [{year + members for members, _, _ in TOLD.values()} for year in (2023, 2024)]
    hours = {float(hours) for _, hours, _ in TOLD.values()}
    persons = {persons for _, _, persons in TOLD.values()}
    sums = {sum(of) for of in (*told, hours, persons)}
    secrets = set().union(*told, hours, persons, sums)
    assert sums <= cells_of(pair / "analyst.duckdb")  # the analysts' file has them, so they could have leaked
    assert not secrets & cells_of(pair / "public.duckdb")
    words = " ".join(path.read_text(encoding="utf-8") for path in (pair / OPEN_DATA).rglob("*.csv"))
    assert not [secret for secret in secrets if re.search(rf"(?<![\d.]){re.escape(f'{secret:g}')}(?![\d.])", words)]


def test_of_two_associations_every_protected_figure_is_hidden(pair: Path) -> None:
    with database.open_edition(pair / "public.duckdb") as public:
        shown = public.execute(
            "SELECT indicator_id, period, breakdown_value, n, value, reported FROM marts.indicator_values "
            "JOIN meta.indicators AS cards USING (indicator_id) "
            "WHERE cards.disclosure = 'associations' AND cards.basis IN ('returns', 'evidence') AND period IN ('2023', '2024') "
            "AND NOT is_hidden"
        ).fetchall()
        hidden = public.execute(
            "SELECT count(*), count(value), count(n), count(reported), count(population) FROM marts.indicator_values "
            "WHERE is_hidden"
        ).fetchone()
        changes = public.execute(
            "SELECT count(change) FROM marts.indicator_changes JOIN meta.indicators AS cards USING (indicator_id) "
            "WHERE cards.basis = 'returns'"
        ).fetchone()
    assert shown == []
    assert hidden is not None
    assert hidden[0] > 20
    assert hidden[1:] == (0, 0, 0, 0)
    assert changes == (0,)
