"""The page of questions in SQL: closed without the role, and its answers are the edition's."""

from __future__ import annotations

import time
from pathlib import Path

import analyst_file
import pytest
import waiting_name
from analyst_file import SECRET
from small_edition import AWARDED
from streamlit.testing.v1 import AppTest
from test_pages import text_of

from dashboards import sql_forms
from dashboards.restricted import analyst
from dashboards.texts import tr

ANALYST = {"is_logged_in": True, "email": analyst_file.ANALYST, "iat": time.time()}


@pytest.fixture
def town(workspace: Path) -> None:
    analyst_file.write(workspace)


def opened(app: AppTest, user: dict[str, object], **address: str) -> AppTest:
    app.user = user
    app.run()
    app.switch_page("app_pages/analyst.py")
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def run(app: AppTest, sql: str) -> str:
    app.text_area[0].set_value(sql)
    next(button for button in app.button if button.label == tr("Run the query")).click()
    app.run()
    assert not app.exception
    return text_of(app)


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    "user",
    [
        {},
        {"is_logged_in": False},
        ANALYST | {"email": waiting_name.OFFICIAL},
        ANALYST | {"iat": time.time() - 13 * 60 * 60},
    ],
    ids=["not set up", "logged out", "other role", "too long ago"],
)
def test_the_page_is_closed_for_all_others(user: dict[str, object], app: AppTest) -> None:
    words = text_of(opened(app, user, kysely="FROM core.mentions"))
    assert not app.text_area
    assert "core.mentions" not in words
    assert "analyytikoille" in words or "ei ole roolia" in words


@pytest.mark.usefixtures("town")
def test_an_answer_is_a_table_with_its_number_of_rows(app: AppTest) -> None:
    opened(app, ANALYST)
    words = run(app, app.text_area[0].value)
    assert "12 riviä" in words
    assert f"{AWARDED[2024]:.0f}" in words
    assert [item.label for item in app.get("download_button")] == [
        "Lataa tulos CSV-tiedostona",
        "Lataa tulos Parquet-tiedostona",
    ]


@pytest.mark.usefixtures("town")
def test_a_link_brings_the_query_and_does_not_run_it(app: AppTest) -> None:
    opened(app, ANALYST, kysely="FROM core.mentions")
    assert app.text_area[0].value == "FROM core.mentions"
    assert SECRET not in text_of(app)
    assert SECRET in run(app, "FROM core.mentions")
    assert app.query_params["kysely"] == "FROM core.mentions"


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("DROP TABLE core.mentions", "Täällä voi vain lukea"),
        ("FROM read_text('/etc/passwd')", "tiedostoa, verkkoa tai asetuksia"),
        ("SELEC 1", "ei voi jäsentää"),
        ("FROM core.nothing", "nimi, jota aineistossa ei ole"),
        ("SELECT 1; SELECT 2", "yksi kysely kerrallaan"),
    ],
)
def test_what_can_not_be_answered_is_said_in_a_sentence(sql: str, told: str, app: AppTest) -> None:
    opened(app, ANALYST)
    assert told in run(app, sql)
    assert not app.get("download_button")


@pytest.mark.usefixtures("town")
def test_the_queries_of_the_visit_are_kept_and_can_be_taken_back(app: AppTest) -> None:
    opened(app, ANALYST)
    run(app, "SELECT 41 AS first")
    run(app, "SELECT 42 AS second")
    assert "Tämän käynnin kyselyt (2)" in [item.label for item in app.expander]
    next(button for button in app.button if button.label == "Ota kysely 1 uudelleen").click()
    app.run()
    assert app.text_area[0].value == "SELECT 41 AS first"


@pytest.mark.usefixtures("town")
def test_tables_and_columns_are_described_by_their_contracts(app: AppTest) -> None:
    words = text_of(opened(app, ANALYST, taulu="core.mentions"))
    assert "What a row calls somebody." in words
    assert "The name as it is written." in words


@pytest.mark.usefixtures("town")
def test_a_role_that_was_taken_away_gets_no_answer(app: AppTest, workspace: Path) -> None:
    opened(app, ANALYST)
    settings = workspace / "municipality.toml"
    settings.write_text(waiting_name.SETTINGS.replace('"analyst"', '"welfare"'), encoding="utf-8")
    assert SECRET not in run(app, "FROM core.mentions")


def test_every_example_has_a_title() -> None:
    files = {file.stem for file in (Path(analyst.__file__).parent / "examples").glob("*.sql")}
    assert files == set(sql_forms.example_titles())
