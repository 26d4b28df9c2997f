"""The page of development proposals: who gets in, what is shown, and that a decision is kept."""

from __future__ import annotations

import time
from pathlib import Path

import polars as pl
import pytest
import waiting_name
from streamlit.testing.v1 import AppTest
from test_pages import text_of

from dashboards.downloads import proposals_csv
from pipelines import proposals
from pipelines.proposal_changes import Proposal, standing
from pipelines.workspace import Workspace

PAGE = "app_pages/proposals.py"
MEMBER = "hyte@esimerkkila.example"
WELFARE = {"is_logged_in": True, "email": MEMBER, "iat": time.time()}
TEXTS = {"association": ["Valot ladulle", "Kokoustilat maksutta"], "resident": ["Penkit rantaan, kysy ***"]}


@pytest.fixture
def town(workspace: Path) -> Workspace:
    made = waiting_name.write(workspace)
    text = made.settings_file.read_text(encoding="utf-8")
    made.settings_file.write_text(text.replace("[roles]", f'[roles]\n"{MEMBER}" = "welfare"', 1), encoding="utf-8")
    numbered = enumerate((answerer, text) for answerer, texts in TEXTS.items() for text in texts)
    rows = [
        (f"{number:016x}", answerer, text, proposals.theme_of(text), 2023, 2024 - number, 2)
        for number, (answerer, text) in numbered
    ]
    proposals.write_store(made, pl.DataFrame(rows, schema=proposals.SHAPE, orient="row"))
    return made


def opened(app: AppTest, user: dict[str, object], **parameters: str) -> str:
    app.user = user
    app.run()
    app.switch_page(PAGE)
    for name, value in parameters.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return text_of(app)


def keep(app: AppTest) -> str:
    next(button for button in app.button if button.label == "Tallenna päätös").click()
    app.run()
    assert not app.exception
    return text_of(app)


def box_of_form(app: AppTest, label: str):
    """The first choice with the label that is no filter."""
    return next(box for box in app.selectbox if box.label == label and not (box.key or "").startswith("choose-"))


@pytest.mark.parametrize(
    ("user", "told"),
    [
        ({}, "kirjautumista ei ole otettu käyttöön"),
        ({"is_logged_in": False}, "Avaa se kirjautumalla"),
        (WELFARE | {"email": waiting_name.OFFICIAL}, "ei ole roolia"),
        (WELFARE | {"email": waiting_name.ANALYST}, "ei ole roolia"),
    ],
    ids=["not set up", "logged out", "official", "analyst"],
)
def test_the_page_is_closed_for_all_who_have_no_role(
    user: dict[str, object], told: str, town: Workspace, app: AppTest
) -> None:
    words = opened(app, user)
    assert told in words
    assert not any(text in words for texts in TEXTS.values() for text in texts)


def test_the_page_counts_and_lists_the_proposals(town: Workspace, app: AppTest) -> None:
    words = opened(app, WELFARE)
    assert "3/3 ehdotusta odottaa käsittelyä." in words
    assert all(text in words for texts in TEXTS.values() for text in texts)
    assert "Yhdistys · 2023–2024 · 2 vastausta · Uusi" in words
    assert words.index("Valot ladulle") < words.index("Penkit rantaan")


@pytest.mark.parametrize(
    ("parameters", "shown"),
    [
        ({"teema": "premises"}, {"Kokoustilat maksutta"}),
        ({"vastaaja": "resident"}, {"Penkit rantaan, kysy ***"}),
        ({"tila": "done"}, set()),
        ({"teema": "premises", "vastaaja": "resident"}, set()),
    ],
    ids=str,
)
def test_filters_of_the_address_choose(
    parameters: dict[str, str], shown: set[str], town: Workspace, app: AppTest
) -> None:
    words = opened(app, WELFARE, **parameters)
    assert {text for texts in TEXTS.values() for text in texts if text in words} == shown
    assert ("Tällaisia ehdotuksia ei ole." in words) is (not shown)


def test_a_filter_that_is_not_there_is_said(town: Workspace, app: AppTest) -> None:
    assert "mitasattuu" in opened(app, WELFARE, teema="mitasattuu")


def test_a_decision_is_kept_with_who_and_when(town: Workspace, app: AppTest) -> None:
    opened(app, WELFARE)
    box_of_form(app, "Tila").set_value("under_way")
    box_of_form(app, "Teema").set_value("events")
    app.text_input[0].set_value("otetaan  budjettiin")
    words = keep(app)
    assert "Päätös on tallennettu." in words
    assert "2/3 ehdotusta odottaa käsittelyä." in words
    one = next(one for one in standing(town) if one.text == "Valot ladulle")
    (change,) = one.history
    assert (one.state, one.theme, one.reason, change.by) == ("under_way", "events", "otetaan budjettiin", MEMBER)
    assert MEMBER in words


def test_declining_needs_a_reason(town: Workspace, app: AppTest) -> None:
    opened(app, WELFARE)
    box_of_form(app, "Tila").set_value("declined")
    assert "Kerro, miksi ehdotusta ei toteuteta." in keep(app)
    assert not town.proposal_changes_file.exists()


def test_a_role_that_was_taken_away_decides_nothing(town: Workspace, app: AppTest) -> None:
    opened(app, WELFARE)
    text = town.settings_file.read_text(encoding="utf-8")
    town.settings_file.write_text(text.replace('"welfare"', '"analyst"'), encoding="utf-8")
    assert "ei ole roolia" in keep(app)
    assert not town.proposal_changes_file.exists()


def test_a_workspace_without_a_store_has_no_proposals(town: Workspace, app: AppTest) -> None:
    town.proposals_file.unlink()
    assert "Kehittämisehdotuksia ei ole vielä." in opened(app, WELFARE)


@pytest.mark.parametrize("broken", ["proposals", "proposal_changes"])
def test_what_can_not_be_read_is_a_sentence(broken: str, town: Workspace, app: AppTest) -> None:
    (town.restricted / f"{broken}.jsonl").write_text("mitä sattuu\n", encoding="utf-8")
    assert f"{broken}.jsonl ei voi lukea" in opened(app, WELFARE)


def test_the_file_to_take_along_runs_nothing() -> None:
    one = Proposal("0" * 16, "resident", "=1+1", "other", None, None, 1, "declined", "-2", ())
    words = ({"other": "Muu"}, {"declined": "Ei toteuteta"}, {"resident": "Asukas"})
    line = proposals_csv([one], *words).decode("utf-8-sig").splitlines()[1]
    assert line == "'=1+1;Muu;Ei toteuteta;'-2;Asukas;1;;"
