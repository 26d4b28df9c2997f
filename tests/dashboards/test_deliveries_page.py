"""The page for delivering a file: who gets in, what the check says, and that only an accepted file is taken in."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import waiting_name
from streamlit.testing.v1 import AppTest
from test_pages import text_of

from pipelines import delivery_log, landing
from pipelines.settings import parse_settings
from pipelines.workspace import Workspace

PAGE = "app_pages/deliveries.py"
OFFICIAL = {"is_logged_in": True, "email": waiting_name.OFFICIAL, "iat": time.time()}
SOURCE = "umbrella_members"
HEADER = "Kattojärjestö;Jäsenjärjestö;Alkaen"
UMBRELLA = parse_settings(waiting_name.SETTINGS, "").umbrella_organisations[0].fi
GOOD = f"{HEADER}\n{UMBRELLA};Kuvitelman Latu ry;1.1.2020\n".encode()
BAD = f"{HEADER}\n{UMBRELLA};Kuvitelman Latu ry;eilen\n{UMBRELLA};Sepitteen Martat;1.1.2020\n".encode()


@pytest.fixture
def town(workspace: Path) -> Workspace:
    made = waiting_name.write(workspace)
    made.make_folders()
    return made


def opened(app: AppTest, user: dict[str, object]) -> str:
    app.user = user
    app.run()
    app.switch_page(PAGE)
    app.run()
    assert not app.exception
    return text_of(app)


def choose(app: AppTest, name: str, content: bytes) -> str:
    app.get("file_uploader")[0].set_value((name, content, "text/csv"))
    app.run(timeout=60)
    assert not app.exception
    return text_of(app)


def press(app: AppTest, label: str) -> str:
    next(button for button in app.button if button.label.startswith(label)).click()
    app.run(timeout=60)
    assert not app.exception
    return text_of(app)


def inbox(town: Workspace) -> list[str]:
    return sorted(path.name for path in (town.inbox / SOURCE).iterdir())


@pytest.mark.parametrize(
    ("user", "told"),
    [
        ({}, "kirjautumista ei ole otettu käyttöön"),
        ({"is_logged_in": False}, "Avaa se kirjautumalla"),
        (OFFICIAL | {"email": "vieras@muualla.example"}, "ei ole roolia"),
        (OFFICIAL | {"email": waiting_name.ANALYST}, "ei ole roolia"),
    ],
    ids=["not set up", "logged out", "stranger", "other role"],
)
def test_the_page_is_closed_for_all_who_have_no_role(
    user: dict[str, object], told: str, town: Workspace, app: AppTest
) -> None:
    assert told in opened(app, user)
    assert not app.get("file_uploader")
    assert not app.selectbox


def test_a_good_file_is_checked_and_taken_in_only_when_it_is_accepted(town: Workspace, app: AppTest) -> None:
    opened(app, OFFICIAL)
    words = choose(app, "../jäsenet.csv", GOOD)
    assert "Tarkistuksen tulos: jäsenet.csv" in words
    assert "Lähde: " in words
    assert inbox(town) == []
    words = press(app, "Hyväksy tiedosto")
    assert "Tiedosto on hyväksytty. Kiitos!" in words
    assert "Odottaa seuraavaa päivitystä." in words
    assert inbox(town) == ["jäsenet.csv"]
    (landed,) = landing.land_inbox(town, SOURCE)
    assert landed.sender is not None
    assert landed.sender.by == waiting_name.OFFICIAL


def test_rows_to_mend_are_told_and_counted_before_the_file_is_accepted(town: Workspace, app: AppTest) -> None:
    opened(app, OFFICIAL)
    words = choose(app, "jäsenet.csv", BAD)
    for part in ("Mitä tehdä", "Miksi sillä on väliä", "1/2 riviä", "rivi 2 (eilen)", "jää karanteeniin"):
        assert part in words
    assert [button.label for button in app.get("download_button")] == [
        "Lataa kopio, johon korjattavat kohdat on merkitty (XLSX)",
        "Lataa pohja (XLSX)",
    ]
    press(app, "Hyväksy tiedosto, ")
    (delivery,) = delivery_log.deliveries(town)
    assert (delivery.rows_read, delivery.rows_quarantined) == (2, 1)


@pytest.mark.parametrize(("content", "told"), [(b"%PDF-1.7", "Tiedosto on PDF"), (b"", "Tiedosto on tyhjä")])
def test_a_refused_file_can_not_be_accepted(content: bytes, told: str, town: Workspace, app: AppTest) -> None:
    opened(app, OFFICIAL)
    words = choose(app, "jäsenet.csv", content)
    assert told in words
    assert "Tiedostoa ei voi hyväksyä." in words
    assert not [button for button in app.button if button.label.startswith("Hyväksy")]


def test_the_same_file_again_is_recognised(town: Workspace, app: AppTest) -> None:
    (town.inbox / SOURCE / "ennen.csv").write_bytes(GOOD)
    opened(app, OFFICIAL)
    assert "Täsmälleen sama tiedosto on jo toimitettu nimellä ennen.csv." in choose(app, "jäsenet.csv", GOOD)
    assert not [button for button in app.button if button.label.startswith("Hyväksy")]


def test_a_file_of_the_same_name_is_taken_for_a_mended_one(town: Workspace, app: AppTest) -> None:
    (town.inbox / SOURCE / "jäsenet.csv").write_bytes(BAD)
    landing.land_inbox(town, SOURCE)
    opened(app, OFFICIAL)
    choose(app, "jäsenet.csv", GOOD)
    asked = next(box for box in app.selectbox if box.label == "Korvaako tiedosto aiemman?")
    assert asked.value == "jäsenet.csv"
    press(app, "Hyväksy tiedosto")
    assert (town.inbox / SOURCE / "jäsenet.csv").read_bytes() == GOOD


def test_a_role_that_was_taken_away_delivers_nothing(town: Workspace, app: AppTest) -> None:
    opened(app, OFFICIAL)
    choose(app, "jäsenet.csv", GOOD)
    settings = town.settings_file.read_text(encoding="utf-8")
    town.settings_file.write_text(settings.replace('"official"', '"analyst"'), encoding="utf-8")
    assert "ei ole roolia" in press(app, "Hyväksy tiedosto")
    assert inbox(town) == []


def test_others_deliveries_are_shown_when_asked_for(town: Workspace, app: AppTest) -> None:
    opened(app, OFFICIAL)
    choose(app, "jäsenet.csv", GOOD)
    press(app, "Hyväksy tiedosto")
    app.user = OFFICIAL | {"email": "toinen@esimerkkila.example"}
    settings = town.settings_file.read_text(encoding="utf-8")
    added = settings.replace("[roles]", '[roles]\n"toinen@esimerkkila.example" = "official"', 1)
    town.settings_file.write_text(added, encoding="utf-8")
    app.run()
    assert "ei ole vielä toimitettu mitään" in text_of(app)
    app.toggle[0].set_value(True)
    app.run()
    assert waiting_name.OFFICIAL in text_of(app)


def test_a_log_that_can_not_be_read_is_a_sentence(town: Workspace, app: AppTest) -> None:
    town.make_restricted()
    town.deliveries_file.write_text("mitä sattuu\n", encoding="utf-8")
    assert "deliveries.jsonl ei voi lukea" in opened(app, OFFICIAL)
