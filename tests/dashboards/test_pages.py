"""Each page runs, says its message and shows the edition's own figures."""

import re
from html import unescape
from pathlib import Path

import duckdb
import pytest
from small_edition import ACTIVE, ANSWERED, AWARDED, EDITION, REGISTERED, ROWS
from streamlit.testing.v1 import AppTest

from dashboards.formats import NBSP, euros, number
from dashboards.navigation import PAGES
from pipelines import contracts

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
    english = re.findall(r".{20}(?<!core\.)\b(?:the|of|and|associations)\b.{20}", words)  # core.… names a table
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
        ("city", [f"yhdistysten kanssa tehtävään työhön 140{NBSP}tuntia", "Kaupungin työaika 2025 työn lajeittain"]),
        ("cooperation", ["arvosanan 7,9", "vastanneiden keskiarvo 7,9", f"vastanneista kuntalaisista 46{NBSP}%"]),
        ("cooperation", ["278 kuntalaista vastasi", "salattu (suojaa pieniä kuntalaisryhmiä)", "2017–2021"]),
        ("participation", ["kokoontuivat 11 kertaa vuonna 2025", f"tehtiin 64{NBSP}% vuonna 2025"]),
        ("overview", ["Kaupungin työaika 2025", f"Kaupungin tapahtumat 2025: 14{NBSP}tapahtumaa", "2021–2025"]),
        ("quality", ["Yhdistysrekisterin ote ja YTJ", "Esimerkin Latu ry", "31.3.2025"]),
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
    assert f"95{NBSP}%:n väli {number(0.9 * whole)}–{number(1.1 * whole)}" in memberships
    assert f"{number(whole)}{NBSP}jäsenyyttä" in memberships
    assert f"Vastanneiden ilmoittama summa: {number(74 * ANSWERED[2025])}" in memberships
    assert "Luku on arvio koko kentästä." in memberships


def test_missing_measures_say_that_they_are_missing(workspace: Path, app: AppTest) -> None:
    with duckdb.connect(str(workspace / "editions" / EDITION / "public.duckdb")) as connection:
        connection.execute(
            """
            DELETE FROM marts.indicator_values WHERE indicator_id IN (
                SELECT indicator_id FROM meta.indicators WHERE indicator_group IN ('city', 'residents')
            )
            """
        )
    words = opened(app, "overview")
    assert words.count("Tietoja ei ole vielä toimitettu.") == 2
    assert "kuntalaiskyselyn vastaukset" in words


def test_a_town_without_breaks_and_differences_has_its_page_of_quality(workspace: Path, app: AppTest) -> None:
    with duckdb.connect(str(workspace / "editions" / EDITION / "public.duckdb")) as connection:
        connection.execute("DELETE FROM meta.series_breaks")
        connection.execute("DELETE FROM marts.register_differences")
    words = opened(app, "quality")
    assert "Yhdistysrekisterin ote ja YTJ" not in words
    assert "Tämä julkaisu" in words


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


def test_a_difference_of_ledger_and_books_stands_with_its_explanation(workspace: Path, app: AppTest) -> None:
    app.run()
    app.switch_page("app_pages/grants.py").run()
    bodies = " ".join(element.proto.body for element in app.html)
    assert "Ero on selitetty: 1. Ero on selittämättä: 0." in bodies
    assert "Erojen selitykset" in bodies
    assert "Maksu kirjattiin vasta seuraavalle vuodelle." in bodies


def test_the_origin_of_a_figure_tells_files_rows_rules_and_the_query(workspace: Path, app: AppTest) -> None:
    words = opened(app, "origin", luku="memberships", kausi="2021")
    assert "Jäsenyydet 2021" in words
    assert f"Lukuun on laskettu {ROWS} riviä." in words
    assert "Yhdistysten vuosi-ilmoitukset 4.2.2026 602 599 3 2" in re.sub(r"\s+", " ", words)
    assert "3.2.2025" not in words  # a file that holds no row of the figure
    assert "marts.return_figures" in words
    assert "WHERE lineage.indicator_id = 'memberships'\n    AND lineage.period = '2021'" in words
    assert not words.count("$")


def test_the_address_of_an_origin_names_figure_and_period_even_when_they_are_the_newest(
    workspace: Path, app: AppTest
) -> None:
    opened(app, "origin")
    assert set(app.query_params) == {"luku", "kausi"}
    assert app.query_params["kausi"] == "2025"


def test_the_origin_of_a_figure_of_a_council_term_names_the_term(workspace: Path, app: AppTest) -> None:
    words = opened(app, "origin", luku="resident_participation_share", kausi="2021-2025")
    assert "2021–2025" in words
    assert "lineage.period = '2021-2025'" in words
    assert app.query_params["kausi"] == "2021-2025"
    assert "Näytetään sen sijaan" not in words


def test_the_origin_of_a_hidden_figure_tells_no_number_of_rows(workspace: Path, app: AppTest) -> None:
    code = list(contracts.code_lists()["purpose_groups"].entries)[2].code
    words = opened(app, "origin", luku="volunteer_hours", kausi="2024", jako="purpose_group", ryhma=code)
    assert "salattu" in words
    assert "samoin sen takana olevien rivien määrä" in words
    assert f" {ROWS} " not in words


@pytest.mark.parametrize(
    ("file", "figures"),
    [
        ("overview", ["registered_associations", "active_associations", "umbrella_coverage_share", "city_events"]),
        ("terms", ["registered_associations", "grants_awarded_eur", "memberships"]),
    ],
)
def test_numbers_without_room_for_a_link_are_links_themselves(
    file: str, figures: list[str], workspace: Path, app: AppTest
) -> None:
    opened(app, file)
    bodies = " ".join(element.proto.body for element in app.html)
    for figure in figures:
        assert re.search(rf'href="mista-luku-tulee\?luku={figure}&amp;kausi=\d', bodies), figure


@pytest.mark.parametrize("file", ["overview", "volunteering", "grants", "associations"])
def test_every_figure_leads_to_its_origin(file: str, workspace: Path, app: AppTest) -> None:
    opened(app, file)
    bodies = [element.proto.body for element in app.html]
    shown = [body for body in bodies if "yp-figure" in body.split("yp-figures", 1)[-1] or "yp-tile-figure" in body]
    if file != "overview":
        tables = [body for body in bodies if ">Alkuperä<" in body]
        assert tables
        for body in tables:
            assert body.count("<tr ") - 1 == body.count("mista-luku-tulee?luku=")
    figures = [body for body in shown if "yp-badge" in body and "yp-legend" not in body]
    assert figures
    assert all("mista-luku-tulee?luku=" in body for body in figures)


def test_report_link_holds_figure_and_edition(workspace: Path, app: AppTest) -> None:
    app.run()
    app.switch_page("app_pages/grants.py").run()
    bodies = " ".join(element.proto.body for element in app.html)
    assert "mailto:jarjestot@esimerkkila.example?subject=Virhe%20luvussa%3A%20My%C3%B6nnetyt%20avustukset" in bodies
    assert EDITION in bodies[bodies.index("mailto:") :]
