"""Each page runs, says its message and shows the edition's own figures."""

import re
from html import unescape
from pathlib import Path

import pytest
from small_edition import ACTIVE, ANSWERED, AWARDED, EDITION, REGISTERED
from streamlit.testing.v1 import AppTest

from dashboards.formats import NBSP, euros, number
from dashboards.navigation import PAGES

MONEY = euros(AWARDED[2025])


def text_of(app: AppTest) -> str:
    """All words of a page, tags taken out."""
    return unescape(re.sub(r"<[^>]+>", " ", " ".join(element.proto.body for element in app.html)))


def opened(app: AppTest, file: str, **parameters: str) -> str:
    """Open a page and return its words."""
    app.run()
    app.switch_page(f"app_pages/{file}.py")
    for name, value in parameters.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return text_of(app)


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.file)
def test_every_page_names_the_example_the_edition_and_speaks_finnish(entry, workspace: Path, app: AppTest) -> None:
    words = opened(app, entry.file)
    assert "Esimerkkiaineisto: keksitty kunta" in words
    assert f"Julkaisu {EDITION}" in words
    english = re.findall(r".{20}\b(?:the|of|and|associations)\b.{20}", words)
    assert not english


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("overview", [number(REGISTERED[2025]), number(ACTIVE[2025]), number(345), MONEY.split(NBSP)[0]]),
        ("associations", [f"rekisterissä oli {REGISTERED[2025]} yhdistystä", "Kattojärjestöön kuuluu 345 yhdistystä"]),
        (
            "volunteering",
            [f"{ANSWERED[2025]} yhdistystä ilmoitti", number(612 * ANSWERED[2025]), "salattu (suojaa alle 3"],
        ),
        ("events", [number(7 * ANSWERED[2025]), number(2 * ANSWERED[2025])]),
        (
            "grants",
            [MONEY, "Esimerkkiseuran nuoret ry", "Yksityishenkilöt", f"250,00{NBSP}€", "Sosiaali- ja terveyspalvelut"],
        ),
        ("cooperation", ["arvosanan 7,9", "vastanneiden keskiarvo 7,9"]),
        (
            "quality",
            ["luvuista on muuttunut 2", "Tarkistettu", number(123_456), "tai sen tulkintaa on korjattu"],
        ),
        ("quality", [f"4{NBSP}567,89{NBSP}€", "ei toimitettu", "Tilastokeskus, CC BY 4.0", "järjestökoordinaattori"]),
    ],
)
def test_figures_of_the_edition_are_on_the_page(file: str, expected: list[str], workspace: Path, app: AppTest) -> None:
    words = opened(app, file)
    for figure in expected:
        assert figure in words


def test_a_sum_of_some_is_never_said_as_a_change_or_as_the_whole(workspace: Path, app: AppTest) -> None:
    words = opened(app, "volunteering")
    assert f"{ANSWERED[2025]}/{ACTIVE[2025]} yhdistystä vastasi" in words
    assert "Ilmoitettu summa 2025" in words
    assert "liian harva yhdistys vastasi molempina vuosina" in words
    hours = words[words.index("Talkootunnit 2025") : words.index("Talkootunnit 2025 toimialoittain")]
    assert "ei verrata vuoteen 2024" in hours
    assert "nousua" not in hours
    assert "laskua" not in hours


def test_an_estimate_stands_with_its_interval_and_what_was_told(workspace: Path, app: AppTest) -> None:
    words = opened(app, "volunteering")
    memberships = words[words.index("Jäsenyydet, arvio 2025") :]
    whole = 74 * ACTIVE[2025]
    assert f"95{NBSP}%:n väli {number(0.9 * whole)}" in memberships
    assert f"Vastanneiden ilmoittama summa: {number(74 * ANSWERED[2025])}" in memberships
    assert "Luku on arvio koko kentästä." in memberships


def test_missing_measures_say_that_they_are_missing(workspace: Path, app: AppTest) -> None:
    words = opened(app, "overview")
    assert words.count("Tietoja ei ole vielä toimitettu.") == 2
    assert "kuntalaiskyselyn vastaukset" in words


def test_the_newest_settled_year_is_shown_not_the_unfinished_one(workspace: Path, app: AppTest) -> None:
    words = opened(app, "grants")
    assert f"avustuksia {MONEY} vuonna 2025" in words
    assert f"avustuksia {euros(41_000)}" not in words
    assert "ennakkotietoja" in words


def test_filters_of_the_address_are_kept_and_narrow_the_table(workspace: Path, app: AppTest) -> None:
    words = opened(app, "grants", vuosi="2021", toimielin="youth")
    recipients = words[words.index("Kuka sai avustuksia") : words.index("Avustusrekisteri ja kirjanpito")]
    assert "9 saajaa sai yhteensä" in recipients
    assert "Esimerkkiyhdistys youth 1 ry" in recipients
    assert "Esimerkkiyhdistys sport" not in recipients
    assert app.query_params["vuosi"] == "2021"


def test_unknown_values_and_names_of_the_address_get_a_sentence(workspace: Path, app: AppTest) -> None:
    words = opened(app, "grants", vuosi="1999", tuntematon="1")
    assert "pyydetty vuosi ”1999” puuttuu aineistosta. Näytetään sen sijaan 2025." in words
    assert "jota tämä sivu ei tunne: tuntematon" in words


def test_choosing_a_year_writes_it_to_the_address(workspace: Path, app: AppTest) -> None:
    opened(app, "grants")
    app.selectbox(key="choose-vuosi").select("2019").run()
    assert app.query_params["vuosi"] == "2019"
    assert "Suurimmat saajat 2019" in text_of(app)


def test_report_link_holds_figure_and_edition(workspace: Path, app: AppTest) -> None:
    app.run()
    app.switch_page("app_pages/grants.py").run()
    bodies = " ".join(element.proto.body for element in app.html)
    assert "mailto:jarjestot@esimerkkila.example?subject=Virhe%20luvussa%3A%20My%C3%B6nnetyt%20avustukset" in bodies
    assert EDITION in bodies[bodies.index("mailto:") :]
