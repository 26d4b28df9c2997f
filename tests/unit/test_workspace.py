"""The workspace: its folders, its settings, and plain sentences when something in them is wrong."""

from __future__ import annotations

import re
import stat
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from pipelines import contracts
from pipelines.settings import SETTINGS_FILE, Settings, WorkspaceError, parse_settings, read_settings
from pipelines.workspace import Workspace

EXAMPLE = contracts.municipality_settings("esimerkkila")
SHIPPED = sorted(file.stem for file in Path(__file__).resolve().parents[2].glob("data_contracts/municipalities/*.toml"))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "town")
    made.create(EXAMPLE)
    return made


def written(folder: Path, text: str) -> Path:
    file = folder / SETTINGS_FILE
    file.write_text(text, encoding="utf-8")
    return file


def test_a_new_workspace_has_an_inbox_for_every_source(workspace: Workspace) -> None:
    assert {folder.name for folder in workspace.inbox.iterdir()} == set(contracts.sources())
    assert workspace.editions.is_dir()
    assert workspace.dagster_home.is_dir()
    assert not workspace.current_file.exists()
    assert not workspace.build_file.exists()


def test_landing_is_closed_to_others_because_it_holds_personal_data(workspace: Workspace) -> None:
    assert stat.S_IMODE(workspace.landing.stat().st_mode) == 0o700


def test_dagster_sends_nothing_out(workspace: Workspace) -> None:
    told = yaml.safe_load((workspace.dagster_home / "dagster.yaml").read_text(encoding="utf-8"))
    assert told["telemetry"] == {"enabled": False}


def test_a_workspace_is_not_made_twice(workspace: Workspace) -> None:
    changed = workspace.settings_file.read_text(encoding="utf-8") + "\n# ours\n"
    workspace.settings_file.write_text(changed, encoding="utf-8")
    with pytest.raises(WorkspaceError, match="on jo työtila"):
        workspace.create(EXAMPLE)
    assert workspace.settings_file.read_text(encoding="utf-8") == changed


def test_settings_are_read(workspace: Workspace) -> None:
    settings = workspace.settings
    assert settings.municipality.code == "998"
    assert settings.municipality.example
    assert settings.figures.active_within_months == 24
    assert [term.id for term in settings.council_terms] == ["2017-2021", "2021-2025", "2025-2029"]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_municipality_has_valid_settings(name: str, tmp_path: Path) -> None:
    settings = read_settings(written(tmp_path, contracts.municipality_settings(name)))
    for own in ("granting_bodies", "grant_types", "umbrella_organisations"):
        assert settings.code_list(f"settings.{own}").spellings()
    terms = settings.council_terms
    assert all(earlier.ends < later.starts for earlier, later in pairwise(terms))


def test_a_year_belongs_to_the_term_whose_council_sits_at_its_end(workspace: Workspace) -> None:
    years = [(term.baseline_year, term.first_year, term.last_year) for term in workspace.settings.council_terms]
    assert years == [(2016, 2017, 2020), (2020, 2021, 2024), (2024, 2025, 2028)]


def test_a_target_that_can_be_one_is_taken() -> None:
    (target,) = parse_settings(WITHOUT_TARGETS + TARGET, SETTINGS_FILE).targets
    assert (target.indicator, target.value, target.set_on) == ("cooperation_grade", 8.0, date(2021, 12, 13))


def test_the_example_has_targets_in_two_terms_and_no_real_town_has_invented_ones(workspace: Workspace) -> None:
    assert {target.term for target in workspace.settings.targets} == {"2021-2025", "2025-2029"}
    for name in contracts.known_municipalities():
        assert parse_settings(contracts.municipality_settings(name), name).targets == ()


def test_code_lists_of_the_town_and_of_the_project(workspace: Workspace) -> None:
    bodies = workspace.settings.code_list("settings.granting_bodies")
    assert bodies.spellings()["liikuntatoimi"] == "sport"
    assert workspace.settings.code_list("yes_no") is contracts.code_lists()["yes_no"]


@pytest.mark.parametrize("name", ["settings.contact", "settings.figures", "unheard_of"])
def test_no_other_setting_is_a_code_list(name: str, workspace: Workspace) -> None:
    with pytest.raises(KeyError):
        workspace.settings.code_list(name)


def test_a_folder_without_settings_is_no_workspace(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=r"ei ole työtila: municipality\.toml puuttuu") as caught:
        _ = Workspace(tmp_path).settings
    assert "yhteispeli init" in str(caught.value)


TARGET = """
[[targets]]
indicator = "cooperation_grade"
term = "2021-2025"
value = 8.0
owner = "Esimerkkityöryhmä"
set_on = 2021-12-13
decided_in = "Valtuusto"
"""
BREAK = """
[[series_breaks]]
id = "merger"
date = 2023-07-01
indicators = ["NAME"]
fi = "Kunnat yhdistyivät."
sv = "Kommunerna gick samman."
en = "Municipalities merged."
"""
WITHOUT_TARGETS = re.sub(r"\[\[targets\]\]\n(?:.+\n)+\n", "", EXAMPLE)

BROKEN = {
    "a target of no indicator": (
        WITHOUT_TARGETS + TARGET.replace("cooperation_grade", "happiness"),
        "targets. Mittaria happiness ei ole",
    ),
    "a target where neither way is good": (
        WITHOUT_TARGETS + TARGET.replace("cooperation_grade", "founded"),
        "targets. Mittarille founded ei voi asettaa tavoitetta",
    ),
    "a share told as per cent": (
        WITHOUT_TARGETS + TARGET.replace("cooperation_grade", "umbrella_coverage_share").replace("8.0", "80"),
        "anna se lukuna 0–1",
    ),
    "a target of no term": (WITHOUT_TARGETS + TARGET.replace("2021-2025", "2009-2012"), "kaudelle 2009-2012"),
    "two targets of one term": (WITHOUT_TARGETS + 2 * TARGET, "on kaksi tavoitetta kaudelle 2021-2025"),
    "a target without an owner": (WITHOUT_TARGETS + TARGET.replace("Esimerkkityöryhmä", ""), "targets.0.owner"),
    "two breaks in one year": (
        EXAMPLE + BREAK.replace("NAME", "grants_paid_eur"),
        "series_breaks. Mittarin grants_paid_eur sarja katkeaa kahdesti vuonna 2023",
    ),
    "a break of no indicator": (EXAMPLE + BREAK.replace("NAME", "weather"), "series_breaks. Mittaria weather ei ole"),
    "a term without its years": (EXAMPLE.replace('id = "2017-2021"', 'id = "edellinen"'), "council_terms.0.id"),
    "not TOML": ("[municipality", "ei voi lukea"),
    "an unknown setting": (EXAMPLE + "\n[colours]\naccent = 'blue'\n", "kohdassa colours"),
    "a code of four digits": (EXAMPLE.replace('code = "998"', 'code = "9980"'), "kohdassa municipality.code"),
    "a Y-tunnus without its hyphen": (EXAMPLE.replace("9000003-8", "90000038"), "kohdassa municipality.business_id"),
    "a disclosure limit below 3": (
        EXAMPLE.replace("disclosure_k = 3", "disclosure_k = 2"),
        "kohdassa figures.disclosure_k: pienin sallittu arvo on 3",
    ),
    "a day that is none": (EXAMPLE.replace("2017-06-01", "2017-06-31"), "ei voi lukea"),
    "an unknown role": (
        EXAMPLE.replace("[figures]", '"a@b.example" = "chief"\n\n[figures]'),
        "kohdassa roles.a@b.example",
    ),
    "nothing": ("", "kohdassa municipality"),
}


@pytest.mark.parametrize(("text", "said"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_settings_give_one_sentence_that_names_the_place(text: str, said: str, tmp_path: Path) -> None:
    assert text != EXAMPLE
    with pytest.raises(WorkspaceError, match=said) as caught:
        read_settings(written(tmp_path, text))
    message = str(caught.value)
    assert SETTINGS_FILE in message
    assert message.rstrip().endswith(("Korjaa kohta.", "Korjaa tiedosto."))
    assert "\n" not in message


def with_roles(tmp_path: Path, name: str = "roles") -> Settings:
    """Settings with one official in the table, and a claim whose values mean three roles."""
    told = f"""
"Maija.Mallikas@kunta.example" = "official"

[role_claim]
name = "{name}"
values = {{ "tutkijat" = "analyst", "hyvinvointi" = "welfare", "paakayttajat" = "admin" }}

[figures]"""
    return read_settings(written(tmp_path, EXAMPLE.replace("[figures]", told)))


def test_a_role_is_of_an_address_in_whatever_case_and_of_nobody_else(tmp_path: Path) -> None:
    settings = with_roles(tmp_path)
    assert settings.roles_of("maija.mallikas@KUNTA.example", {}) == {"official"}
    assert settings.roles_of("maija.mallikas@kunta.example.org", {}) == set()
    assert read_settings(written(tmp_path, EXAMPLE)).roles_of("a@b.example", {"roles": ["admin"]}) == set()


@pytest.mark.parametrize(
    ("name", "claims", "roles"),
    [
        ("roles", {"roles": ["tutkijat", "hyvinvointi", "muut"]}, {"analyst", "welfare"}),
        ("roles", {"roles": "tutkijat"}, {"analyst"}),
        ("roles", {"roles": ["analyst", "admin"]}, set()),
        ("roles", {"roles": [None, 1, ["tutkijat"]]}, set()),
        ("roles", {"roles": {"tutkijat": True}}, set()),
        ("roles", {}, set()),
        ("realm_access.roles", {"realm_access": {"roles": ["paakayttajat"]}}, {"admin"}),
        ("realm_access.roles", {"realm_access": "paakayttajat"}, set()),
        ("https://kunta.example/roles", {"https://kunta.example/roles": ["tutkijat"]}, {"analyst"}),
    ],
)
def test_a_claim_gives_the_roles_that_the_settings_say_it_means(
    name: str, claims: dict[str, object], roles: set[str], tmp_path: Path
) -> None:
    assert with_roles(tmp_path, name).roles_of("kalle.kuvitelma@kunta.example", claims) == roles


def test_whom_the_table_names_has_that_role_and_no_other(tmp_path: Path) -> None:
    settings = with_roles(tmp_path)
    assert settings.roles_of("maija.mallikas@kunta.example", {"roles": ["paakayttajat"]}) == {"official"}


def test_settings_in_another_encoding_give_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / SETTINGS_FILE
    file.write_bytes(EXAMPLE.encode("cp1252"))
    with pytest.raises(WorkspaceError, match="ei voi lukea"):
        read_settings(file)


def test_settings_cannot_be_changed_in_passing(workspace: Workspace) -> None:
    settings: Settings = workspace.settings
    with pytest.raises(ValueError, match="frozen"):
        settings.municipality.code = "123"
