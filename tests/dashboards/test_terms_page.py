"""The page of council terms and its handover sheet say what the edition says."""

import csv
import re
from base64 import b64decode
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from small_edition import AWARDED, EDITION, REGISTERED, TERM
from streamlit.testing.v1 import AppTest
from test_pages import opened, text_of

from dashboards import handover, term_tables, term_words
from dashboards.data import Edition, current_edition
from dashboards.downloads import term_csv
from dashboards.formats import euros
from dashboards.rows import CouncilTerm, TermValue
from dashboards.term_pictures import term_picture, years_shown


@pytest.fixture
def edition(workspace: Path) -> Edition:
    """The small edition, opened."""
    return current_edition()


@pytest.fixture
def term(edition: Edition) -> CouncilTerm:
    """The council term that has figures."""
    return edition.terms[TERM]


def words(html: str) -> str:
    """The words of a piece of HTML, parted by plain spaces."""
    return plain(re.sub(r"<style>.*</style>|<[^>]+>", " ", unescape(html)))


def plain(text: str) -> str:
    """The text with no-break spaces and runs of blanks as single spaces."""
    return " ".join(text.split())


def row_of(edition: Edition, indicator_id: str) -> TermValue:
    """What became of an indicator in the term."""
    return edition.term_values[indicator_id, TERM]


def test_the_newest_term_with_figures_comes_first(workspace: Path, app: AppTest) -> None:
    said = opened(app, "terms")
    assert "Valtuustokaudella 2021–2025 seurattiin 6 mittaria: niistä nousi 3, laski 1" in said
    assert "Muutosta ei voi sanoa 2 mittarista." in said
    assert "Tavoitteita on 3: saavutettu 1, saavuttamatta jäi 1, ei voi sanoa 1." in said
    assert "kausi" not in app.query_params


def test_a_link_keeps_the_term_and_a_choice_writes_it(workspace: Path, app: AppTest) -> None:
    said = opened(app, "terms", kausi="2017-2021")
    assert "Valtuustokaudelta 2017–2021 ei ole vielä lukuja." in said
    app.selectbox(key="choose-kausi").select("2025-2029").run()
    assert app.query_params["kausi"] == "2025-2029"
    assert "Valtuustokaudelta 2025–2029 ei ole vielä lukuja." in text_of(app)
    assert "pyydetty valtuustokausi ”1917” puuttuu" in opened(app, "terms", kausi="1917")


def test_a_row_tells_baseline_newest_change_target_and_verdict(edition: Edition, term: CouncilTerm) -> None:
    said = words(term_tables.comparison(edition, term, term_words.followed(edition, term)))
    grade = said[said.index("Yhteistyön arvosana") :]
    assert grade.startswith("Yhteistyön arvosana (4–10) 7,5 2020 7,1 2024 ↓ laski 0,4 huonompaan suuntaan 8,0 ■ jäi")
    grants = said[said.index("Myönnetyt avustukset") :]
    assert (
        plain(f"{euros(AWARDED[2020])} 2020 {euros(AWARDED[2024])} 2024 – ei voi sanoa Sarja katkeaa 1.1.2023.")
        in grants
    )
    assert "Sarja katkesi tavoitteen asettamisen jälkeen." in grants
    registered = edition.indicators["registered_associations"]
    change = plain(term_words.change_word(registered, row_of(edition, "registered_associations")))
    assert change.startswith("nousi ")
    assert f"{REGISTERED[2020]} 2020 {REGISTERED[2024]} 2024 ↑ {change} – ● Käyttökelpoinen" in said
    hours = said[said.index("Talkootunnit") :]
    assert "– 2020 – – ei voi sanoa Kaudelta ei ole lukua. – ■ Ei käyttökelpoinen" in hours


def test_growth_is_good_only_where_the_card_says_so(edition: Edition) -> None:
    good, neutral = edition.indicators["memberships"], edition.indicators["registered_associations"]
    rose = row_of(edition, "memberships")
    fell = replace(rose, direction="fell")
    assert [term_words.turn(good, row) for row in (rose, fell)] == ["better", "worse"]
    assert [term_words.turn(replace(good, direction="down"), row) for row in (rose, fell)] == ["worse", "better"]
    assert {term_words.turn(neutral, row) for row in (rose, fell)} == {"neutral"}


def picture_of(edition: Edition, term: CouncilTerm, indicator_id: str) -> str:
    """The SVG of an indicator."""
    row = row_of(edition, indicator_id)
    address = term_picture(edition, edition.indicators[indicator_id], term, row)
    return b64decode(address.partition(",")[2]).decode()


def test_a_picture_shades_the_term_and_draws_target_break_and_intervals(edition: Edition, term: CouncilTerm) -> None:
    grants = picture_of(edition, term, "grants_awarded_eur")
    assert grants.count("<rect") == 1
    assert 'stroke-dasharray="7 4"' in grants
    assert 'stroke-dasharray="2 3"' in grants
    (line,) = re.findall(r'<path d="(M[^"]+)" fill="none"', grants)
    assert (line.count("M"), line.count("L")) == (2, 3)  # no line over the break of 2023
    members = picture_of(edition, term, "memberships")
    assert members.count("h6M") == members.count("<circle") == 5
    assert 'stroke-dasharray="7 4"' not in members


def test_surveys_of_residents_are_dots_without_a_line(edition: Edition, term: CouncilTerm) -> None:
    survey = picture_of(edition, term, "resident_participation_share")
    (line,) = re.findall(r'<path d="(M[^"]+)" fill="none"', survey)
    assert "L" not in line
    assert survey.count("<circle") == 2


def test_pictures_beside_each_other_have_one_axis_of_years(edition: Edition, term: CouncilTerm) -> None:
    assert years_shown(edition, term) == range(2020, 2025)
    assert years_shown(edition, edition.terms["2025-2029"]) == range(2020, 2029)


def test_the_years_of_a_term_are_a_table(edition: Edition, term: CouncilTerm) -> None:
    said = words(term_tables.years_table(edition, term))
    assert "Valtuustokauden 2021–2025 vuodet Mittari 2020 2021 2022 2023 2024" in said
    assert "Yhteistyön arvosana 7,5 7,4 7,3 7,2 7,1" in said
    assert (
        "Kuntalaiskyselyt valtuustokausittain Mittari 2017–2021 2021–2025 Järjestötoimintaan osallistuneet 42 %" in said
    )


def test_the_file_has_a_row_an_indicator_and_a_column_a_year(edition: Edition, term: CouncilTerm) -> None:
    text = term_csv(edition, term, term_words.followed(edition, term)).decode("utf-8-sig")
    rows = {row["Mittari"]: row for row in csv.DictReader(text.splitlines(), delimiter=";")}
    assert len(rows) == 6
    grade = rows["Yhteistyön arvosana"]
    assert (grade["Lähtötaso"], grade["Uusin"], grade["Tavoite"], grade["Vuosi 2022"]) == ("7,5", "7,1", "8", "7,3")
    assert grade["Tavoitteen omistaja, asettamispäivä ja päätös"] == "Esimerkkityöryhmä, 13.12.2021: Valtuusto"
    assert rows["Järjestötoimintaan osallistuneet"]["Lähtötaso"] == "42"
    assert rows["Talkootunnit"]["Perustelu"] == "Kaudelta ei ole lukua."


def test_the_rules_choose_what_to_look_at_next(edition: Edition, term: CouncilTerm) -> None:
    found = {finding.title: finding.lines for finding in handover.findings(edition, term)}
    assert found["Muuttui huonompaan suuntaan"] == (
        ("Yhteistyön arvosana", "2020: 7,5 → 2024: 7,1\u00a0(4–10), laski 0,4"),
    )
    assert found["Tavoite jäi saavuttamatta"][0][1].endswith("tavoite 8,0 (Esimerkkityöryhmä)")
    assert found["Sarja katkeaa: vertaa katkon jälkeisiin vuosiin"] == (
        ("Myönnetyt avustukset", "Sarja katkeaa 1.1.2023."),
    )
    assert [line[0] for line in found["Aineisto ei riitä päätelmiin"]] == ["Talkootunnit"]
    assert "Tavoite on vielä saavuttamatta" not in found


def test_indicators_of_which_the_same_is_said_share_a_line(edition: Edition, term: CouncilTerm) -> None:
    broken = {("memberships", TERM): replace(row_of(edition, "memberships"), broken_on=date(2023, 1, 1))}
    both = replace(edition, term_values={**edition.term_values, **broken})
    found = {finding.title: finding.lines for finding in handover.findings(both, term)}
    (line,) = found["Sarja katkeaa: vertaa katkon jälkeisiin vuosiin"]
    assert line == ("Jäsenyydet, Myönnetyt avustukset", "Sarja katkeaa 1.1.2023.")


def test_the_sheet_is_a_page_of_its_own_that_needs_nothing_from_outside(edition: Edition, term: CouncilTerm) -> None:
    sheet = handover.sheet(edition, term)
    assert sheet.startswith('<!DOCTYPE html><html lang="fi">')
    assert "@media print" in sheet
    assert not re.findall(r"""(?:src|href)=|url\(|https?://""", sheet)
    said = words(sheet)
    for heading in ("Mistä kausi lähti", "Mihin kaudella päästiin", "Mitä katsoa seuraavaksi"):
        assert heading in said
    assert plain(f"Myönnetyt avustukset {euros(AWARDED[2020])} (2020)") in said
    assert "Lähtötaso puuttuu: Talkootunnit." in said
    assert "Esimerkkiaineisto: keksitty kunta." in said
    assert EDITION in said


def test_a_town_without_terms_or_targets_is_told_so(edition: Edition, term: CouncilTerm) -> None:
    without = {key: replace(row, target=None, target_state="none") for key, row in edition.term_values.items()}
    assert "Kaudelle ei ole asetettu tavoitteita." in term_words.lead(replace(edition, term_values=without), term)


def test_a_term_that_goes_on_says_of_which_year_its_newest_figures_are(edition: Edition, term: CouncilTerm) -> None:
    early = {key: replace(row, latest_period="2022") for key, row in edition.term_values.items() if row.latest}
    said = term_words.lead(replace(edition, term_values=early), term)
    assert "Kausi on kesken: viimeisimmät luvut ovat vuodelta 2022." in said
