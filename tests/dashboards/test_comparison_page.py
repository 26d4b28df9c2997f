"""Vertaa kuntia: there for a municipality of a country alone; its figures are those of the editions; nothing is guessed."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from small_country import TOWNS, build_country
from streamlit.testing.v1 import AppTest
from test_pages import opened

from dashboards import data
from dashboards.data import WORKSPACE_VARIABLE
from dashboards.formats import euros
from dashboards.navigation import COMPARISON, entries
from pipelines.country.folder import Country


@pytest.fixture
def country(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Country:
    made = build_country(tmp_path / "land")
    monkeypatch.setenv(WORKSPACE_VARIABLE, str(made.towns["998"].root))
    return made


def test_a_workspace_of_no_country_has_no_such_page(workspace: Path, app: AppTest) -> None:
    app.run()
    assert data.comparison() is None
    assert not data.has_comparison()
    assert COMPARISON not in entries()


def test_the_page_sets_the_municipality_beside_its_peers(country: Country, app: AppTest) -> None:
    with duckdb.connect(str(country.comparison / country.current_file.read_text().strip() / "public.duckdb")) as file:
        values = dict(
            file.execute(
                "SELECT municipality_code, value FROM comparison.figures"
                " WHERE indicator_id = 'grants_awarded_eur' AND period = '2025'"
            ).fetchall()
        )
    words = opened(app, "comparison", tunnusluku="grants_awarded_eur", vuosi="2025")
    assert values["001"] == pytest.approx(1.7 * values["998"])
    assert "Sija on 2/3 niistä, joiden lukua voi käyttää, suurin ensin" in words
    for code, (name, _) in TOWNS.items():
        assert name in words
        assert euros(values[code]) in words
    places = [words.rindex(TOWNS[code][0]) for code in ("001", "002")]
    assert places == sorted(places)
    assert COMPARISON in entries()
    assert "1 000 asukasta" in words.replace("\u00a0", " ")


def test_its_own_figure_leads_to_where_it_comes_from(country: Country, app: AppTest) -> None:
    assert country.towns
    opened(app, "comparison", tunnusluku="grants_awarded_eur", vuosi="2025")
    (table,) = [element.proto.body for element in app.html if "<table" in element.proto.body]
    assert table.count("yp-origin") == 1
    assert "luku=grants_awarded_eur" in table
    assert "kausi=2025" in table


def test_what_is_hidden_and_what_is_missing_say_why(country: Country, app: AppTest) -> None:
    file = country.towns["001"].editions
    (edition,) = file.iterdir()
    with duckdb.connect(str(edition / "public.duckdb")) as connection:
        connection.execute(
            "UPDATE marts.indicator_values SET value = NULL, reported = NULL, is_hidden = true"
            " WHERE indicator_id = 'grants_awarded_eur' AND period = '2025'"
        )
    with duckdb.connect(str(country.towns["002"].editions / edition.name / "public.duckdb")) as connection:
        connection.execute(
            "DELETE FROM marts.indicator_values WHERE indicator_id = 'grants_awarded_eur' AND period = '2025'"
        )
    for folder in country.comparison.iterdir():
        if folder.is_dir():
            (folder / "edition.json").unlink()  # as one that another program made: its rows are read anew
            folder.rename(folder.with_name("before"))
    country.current_file.unlink()
    from pipelines.country import comparison

    assert comparison.make(country) is not None
    words = opened(app, "comparison", tunnusluku="grants_awarded_eur", vuosi="2025", kunnat="kaikki")
    assert "Luku on salattu, koska siitä kertoo vain muutama." in words
    assert "Kunta ei ole julkaissut lukua tältä vuodelta." in words
    assert "Sija on 1/1" in words


@pytest.mark.parametrize(
    ("language", "title"), [("fi", "Vertaa kuntia"), ("sv", "Jämför kommuner"), ("en", "Compare municipalities")]
)
def test_the_page_speaks_every_language(language: str, title: str, country: Country, app: AppTest) -> None:
    words = opened(app, "comparison", lang=language)
    assert title in words
    assert "Esimerkkilä" in words
