"""The same answers through every survey tool: proposed map, completed by a person, read, staged, accounted for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
import survey_forms
from survey_forms import EMAIL, FORMS, PERSON, RETURNS, TOOLS, Form

from pipelines import contracts, receiving
from pipelines.build import Build
from pipelines.checking import check_file
from pipelines.map_proposals import propose
from pipelines.raw_table import Refused
from pipelines.reading import read_file
from pipelines.staging import Staged
from pipelines.workspace import Workspace
from warehouse import database

RETURN_ROWS: list[dict[str, Any]] = [
    {"year": 2024, "association_name": "Kuviteltu Latu ry", "members": 120, "volunteer_hours": 850.0,
     "counting_method": "full_year", "volunteer_forms": ["work_parties", "events_lectures"], "cooperation_works": 5},
    {"year": 2024, "association_name": "Kuviteltu Kiekko ry", "members": 40, "volunteer_hours": None,
     "counting_method": "two_months", "volunteer_forms": ["peer_support"], "cooperation_works": None},
    {"year": 2024, "association_name": "Kuviteltu Airo ry", "members": None, "volunteer_hours": 12.5,
     "counting_method": None, "volunteer_forms": None, "cooperation_works": None},
]  # fmt: skip
RESIDENT_ROWS: list[dict[str, Any]] = [
    {"term": "2021-2025", "age_group": "30-44", "sex": "female", "participated": True, "satisfaction": 5,
     "knows_where_to_ask": "cannot_say"},
    {"term": "2021-2025", "age_group": "65-74", "sex": "male", "participated": None, "satisfaction": 2,
     "knows_where_to_ask": "yes"},
    {"term": "2021-2025", "age_group": None, "sex": None, "participated": False, "satisfaction": None,
     "knows_where_to_ask": None},
]  # fmt: skip
STAGED = {"association_returns": RETURN_ROWS, "resident_survey": RESIDENT_ROWS}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "town")
    made.create(contracts.municipality_settings("esimerkkila"))
    return made


def deliver(workspace: Workspace, form: Form, name: str) -> Path:
    file = workspace.inbox / form.source / name
    file.write_bytes(TOOLS[name](form))
    return file


def complete(workspace: Workspace, form: Form, file: Path) -> None:
    """Propose a map, and do what the proposal asks of a person: say what own words become."""
    proposal = propose(workspace, contracts.sources()[form.source], file)
    text = proposal.path.read_text(encoding="utf-8")
    proposal.path.write_text(text.replace('# "kahvinkeitto" = ""', '"kahvinkeitto" = ""'), encoding="utf-8")


def staged(workspace: Workspace, source: str) -> Staged:
    with database.open_build(workspace.build_file) as connection:
        build = Build(workspace, connection)
        if source == "association_returns":
            receiving.land(build, "prh_register")
            receiving.raw(build, "prh_register")
            receiving.stage(build, "prh_register")
        receiving.land(build, source)
        receiving.raw(build, source)
        return receiving.stage(build, source)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.source)
@pytest.mark.parametrize("name", TOOLS)
def test_the_same_answers_are_the_same_rows_through_every_tool(name: str, form: Form, workspace: Workspace) -> None:
    file = deliver(workspace, form, name)
    complete(workspace, form, file)
    done = staged(workspace, form.source)
    wanted = STAGED[form.source]
    assert done.rows.select(list(wanted[0])).to_dicts() == wanted
    (account,) = done.accounts.to_dicts()
    unfinished = int(name.startswith("limesurvey"))
    assert (account["rows_read"], account["rows_quarantined"]) == (3 + unfinished, unfinished)
    assert PERSON not in str(done.rows.to_dicts())
    assert EMAIL not in str(done.rows.to_dicts())


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.source)
def test_an_answer_that_was_never_sent_is_set_aside_for_that_reason_alone(form: Form, workspace: Workspace) -> None:
    file = deliver(workspace, form, "limesurvey.csv")
    complete(workspace, form, file)
    checked = check_file(file, None, workspace.root)
    assert checked.source == form.source
    assert checked.rows == {"read": 4, "staged": 3, "quarantined": 1}
    (note,) = checked.notes
    assert note.rule.id == f"{form.source}.answer_finished"
    line = len(file.read_text(encoding="utf-8-sig").splitlines())
    assert [place.line for place in note.places] == [line]
    assert "jäänyt kesken" in note.sentence()
    done = staged(workspace, form.source)
    assert done.quarantine["rule_ids"].to_list() == [[note.rule.id]]
    assert form.answers[0][0] in done.quarantine["cells"].to_list()[0]


@pytest.mark.parametrize("name", TOOLS)
def test_a_form_that_does_not_ask_the_year_is_asked_for_it(name: str, workspace: Workspace) -> None:
    form = survey_forms.without(RETURNS, RETURNS.questions[0])
    file = deliver(workspace, form, name)
    complete(workspace, form, file)
    with pytest.raises(Refused, match="kesken"):
        check_file(file, form.source, None)
    (path,) = workspace.question_maps.rglob("*.toml")
    path.write_text(path.read_text(encoding="utf-8").replace('"Vuosi" = ""', '"Vuosi" = 2024'), encoding="utf-8")
    assert staged(workspace, form.source).rows["year"].to_list() == [2024] * 3


def test_a_form_without_options_from_webropol_names_the_command_until_it_has_a_map(workspace: Workspace) -> None:
    form = survey_forms.without(survey_forms.RESIDENTS, "Kausi")
    content = survey_forms.webropol_csv(form)
    with pytest.raises(Refused) as told:
        read_file(content, "kysely.csv", contracts.sources()["resident_survey"])
    assert "yhteispeli map TYÖTILA TIEDOSTO --source resident_survey" in str(told.value)


def test_who_answered_is_in_no_row_that_is_kept(workspace: Workspace) -> None:
    for form in FORMS:
        for name in ("microsoft_forms.xlsx", "google_forms.csv"):
            complete(workspace, form, deliver(workspace, form, name))
    for form in FORMS:
        staged(workspace, form.source)
    with database.open_build(workspace.build_file) as connection:
        raw = database.read_frame(connection, "raw.association_returns")
        residents = database.read_frame(connection, "raw.resident_survey")
    assert PERSON not in str(pl.concat([raw, residents])["cells"].to_list())
    assert EMAIL not in str(raw["cells"].to_list())
