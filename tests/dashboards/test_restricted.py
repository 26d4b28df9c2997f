"""The page that needs a role: who gets in, what is shown, and that a decision is kept."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import waiting_name
from small_edition import EDITION
from streamlit.testing.v1 import AppTest
from test_pages import text_of
from waiting_name import MENTION, SETTINGS

from pipelines import contracts
from pipelines.decisions import read_decisions
from pipelines.workspace import Workspace

OFFICIAL = {"is_logged_in": True, "email": waiting_name.OFFICIAL.title(), "iat": time.time()}


@pytest.fixture
def town(workspace: Path) -> Workspace:
    """The small edition with settings and one name that waits, on two rows."""
    return waiting_name.write(workspace)


def opened(app: AppTest, user: dict[str, object]) -> AppTest:
    """Open the page as somebody."""
    app.user = user
    app.run()
    app.switch_page("app_pages/review.py")
    app.run()
    assert not app.exception
    return app


def _keep(app: AppTest) -> None:
    next(button for button in app.button if button.label == "Tallenna päätös").click()
    app.run()
    assert not app.exception


@pytest.mark.parametrize(
    ("user", "told"),
    [
        ({}, "kirjautumista ei ole otettu käyttöön"),
        ({"is_logged_in": False}, "Avaa se kirjautumalla"),
        (OFFICIAL | {"iat": time.time() - 13 * 60 * 60}, "Avaa se kirjautumalla"),
        (OFFICIAL | {"email": "vieras@muualla.example"}, "ei ole roolia"),
        (OFFICIAL | {"email": waiting_name.ANALYST}, "ei ole roolia"),
        (OFFICIAL | {"email_verified": False}, "ei ole roolia"),
        ({"is_logged_in": True}, "ei ole roolia"),
    ],
    ids=["not set up", "logged out", "too long ago", "stranger", "other role", "address not verified", "no address"],
)
def test_the_page_is_closed_for_all_who_have_no_role(
    user: dict[str, object], told: str, town: Workspace, app: AppTest
) -> None:
    words = text_of(opened(app, user))
    assert told in words
    assert MENTION not in words
    assert not app.radio


def test_the_page_lists_what_waits_with_three_candidates(town: Workspace, app: AppTest) -> None:
    opened(app, OFFICIAL)
    words = text_of(app)
    assert "1 nimi odottaa päätöstä." in words
    assert MENTION in words
    assert "2 riviä: Avustusrekisteri" in words
    assert app.radio[0].options == [
        "Kuvitelman Latu ry, Esimerkkilä, rekisterinumero 1, samankaltaisuus 60\u00a0%",
        "Sepitteen Latu ry, Esimerkkilä, rekisterinumero 2, samankaltaisuus 60\u00a0%",
        "Kuvitelman Pallo ry, Esimerkkilä, rekisterinumero 3, samankaltaisuus 60\u00a0%",
        "Ei mikään rekisterin yhdistyksistä",
    ]


@pytest.mark.parametrize(("choice", "meant"), [("2", "2"), ("", None)])
def test_a_decision_is_kept_and_the_name_waits_no_more(
    choice: str, meant: str | None, town: Workspace, app: AppTest
) -> None:
    opened(app, OFFICIAL)
    app.radio[0].set_value(choice)
    app.text_input[0].set_value("näkyy hakemuksesta")
    _keep(app)
    kept = read_decisions(town).select("mention_key", "register_number", "decided_by", "reason").rows()
    assert kept == [("kuvitelman latuset", meant, OFFICIAL["email"], "näkyy hakemuksesta")]
    words = text_of(app)
    assert f"Päätös nimestä {MENTION} on tallennettu." in words
    assert "Yksikään nimi ei odota päätöstä." in words


def test_nothing_is_kept_without_an_answer(town: Workspace, app: AppTest) -> None:
    opened(app, OFFICIAL)
    _keep(app)
    assert "Valitse ensin jokin vastauksista." in text_of(app)
    assert not town.links_file.exists()


def test_a_role_that_was_taken_away_keeps_nothing(town: Workspace, app: AppTest) -> None:
    opened(app, OFFICIAL)
    app.radio[0].set_value("1")
    town.settings_file.write_text(SETTINGS.replace('"official"', '"analyst"'), encoding="utf-8")
    _keep(app)
    assert not town.links_file.exists()
    assert "ei ole roolia" in text_of(app)


@pytest.mark.parametrize("broken", ["links", "settings", "edition"])
def test_what_can_not_be_read_is_said_in_a_sentence(broken: str, town: Workspace, app: AppTest) -> None:
    file = {
        "links": town.links_file,
        "settings": town.settings_file,
        "edition": town.editions / EDITION / "analyst.duckdb",
    }[broken]
    file.write_text("mitä sattuu", encoding="utf-8")
    words = text_of(opened(app, OFFICIAL))
    assert "ei voi nyt näyttää" in words
    assert ("Tiedostoa links.csv ei voi lukea" in words) is (broken == "links")


def test_what_the_page_reads_is_in_the_file_of_analysts_and_mentions_are_not_in_the_public_one() -> None:
    tables = contracts.tables()
    read = [tables[f"core.{name}"] for name in ("associations", "organisation_links", "link_candidates")]
    assert all(table.audience in {"analyst", "public"} for table in read)
    assert [table.audience for table in read if table.name == "organisation_links"] == ["analyst"]
