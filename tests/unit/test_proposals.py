"""Development proposals: what is masked, which theme is proposed, what is kept, and that decisions survive."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from pydantic import ValidationError

from pipelines import contracts, masking, proposals, staging
from pipelines.proposal_changes import Change, add_change, standing
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace

CASES: dict[str, list[dict[str, str]]] = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "proposals.yaml").read_text(encoding="utf-8")
)
REGISTER = ["Kuvitelman Latu ry", "Sepitteen Martat", "Latu ry"]
MASKED = [case for group in ("contacts", "codes", "names", "false_friends") for case in CASES[group]]
WHEN = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)


@pytest.fixture
def town(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "town")
    made.create(contracts.municipality_settings("esimerkkila"))
    return made


def raw(header: list[str], *rows: list[str | None], kind: str = "row") -> pl.DataFrame:
    records = [(1, "header", header), *((line, kind, row) for line, row in enumerate(rows, start=2))]
    return pl.DataFrame(
        [("0" * 64, 1, "", line, kind, cells) for line, kind, cells in records], schema=staging.RAW_SCHEMA, orient="row"
    )


def told(town: Workspace, *returns: list[str | None], residents: tuple[list[str | None], ...] = ()) -> pl.DataFrame:
    raws = {
        "association_returns": raw(["Vuosi", "Yhdistys", "Kehittämisehdotus"], *returns),
        "resident_survey": raw(["Kausi", "Vastauspäivä", "Avoin palaute"], *residents),
    }
    return proposals.proposals(raws, REGISTER, town.settings)


@pytest.mark.parametrize("case", MASKED, ids=lambda case: case["said"])
def test_a_text_is_masked(case: dict[str, str], town: Workspace) -> None:
    words = proposals.vocabulary(REGISTER, town.settings)
    assert masking.masked(case["said"], words) == case.get("shown", case["said"])


@pytest.mark.parametrize("case", CASES["themes"], ids=lambda case: case["said"])
def test_words_propose_a_theme(case: dict[str, str]) -> None:
    assert proposals.theme_of(case["said"]) == case["theme"]


def test_the_same_words_are_one_proposal_and_one_answer_told_twice_is_one_answer(town: Workspace) -> None:
    found = told(
        town,
        ["2023", "Kuvitelman Latu ry", "Valot ladulle"],
        ["2024", "Kuvitelman Latu ry", "valot  ladulle"],
        ["2024", "KUVITELMAN LATU RY", "Valot ladulle"],
        ["2024", "Sepitteen Martat", "Valot ladulle"],
        ["", "Sepitteen Martat", "-"],
        residents=([None, "14.10.2022", "Valot ladulle"],),
    )
    rows = found.select("answerer", "text", "theme", "first_year", "last_year", "answers").rows()
    assert sorted(rows) == [
        ("association", "Valot ladulle", "sport_nature", 2023, 2024, 3),
        ("resident", "Valot ladulle", "sport_nature", 2022, 2022, 1),
    ]
    assert found["proposal_id"].n_unique() == 2


def test_an_id_stays_when_other_answers_come_and_goes_with_other_words(town: Workspace) -> None:
    before = told(town, ["2023", "A", "Valot ladulle"])["proposal_id"].to_list()
    after = told(town, ["2022", "B", "Penkit rantaan"], ["2025", "C", "Valot ladulle"])
    assert before == after.filter(last_year=2025)["proposal_id"].to_list()
    assert told(town, ["2023", "A", "Valot laduille"])["proposal_id"].to_list() != before


def test_an_answer_that_was_never_sent_is_no_proposal(town: Workspace) -> None:
    header = ["Vuosi", "Yhdistys", "Kehittämisehdotus"]
    raws = {
        "association_returns": raw(header, ["2024", "A", "Valot"], kind="unfinished"),
        "resident_survey": raw(["Kausi"]),
    }
    assert proposals.proposals(raws, [], town.settings).is_empty()


def test_columns_are_those_of_the_contract() -> None:
    contract = contracts.tables()["core.proposals"]
    assert [column.name for column in contract.columns] == list(proposals.SHAPE)
    assert contract.audience == "workspace"


@pytest.fixture
def stored(town: Workspace) -> tuple[Workspace, str]:
    proposals.write_store(town, told(town, ["2024", "A", "Valot ladulle"]))
    return town, standing(town)[0].proposal_id


def change(proposal_id: str, **said: Any) -> Change:
    facts = {"state": "under_way", "theme": "other", "by": "hyte@esimerkkila.example", "at": WHEN}
    return Change(proposal_id=proposal_id, **facts | said)


def test_only_the_owner_may_read_the_store_and_the_log(stored: tuple[Workspace, str]) -> None:
    town, proposal_id = stored
    add_change(town, change(proposal_id))
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (town.restricted, *sorted(town.restricted.iterdir()))]
    assert modes == [0o700, 0o600, 0o600]


def test_the_newest_decision_holds_and_survives_a_refresh(stored: tuple[Workspace, str]) -> None:
    town, proposal_id = stored
    assert (standing(town)[0].state, standing(town)[0].theme) == ("new", "sport_nature")
    add_change(town, change(proposal_id))
    add_change(town, change(proposal_id, state="declined", reason="ei rahaa", theme="grants"))
    proposals.write_store(town, told(town, ["2025", "B", "Valot ladulle"], ["2025", "B", "Penkit rantaan"]))
    one = next(one for one in standing(town) if one.proposal_id == proposal_id)
    assert (one.state, one.reason, one.theme, one.last_year) == ("declined", "ei rahaa", "grants", 2025)
    assert [item.state for item in one.history] == ["declined", "under_way"]


@pytest.mark.parametrize(
    "said", [{"state": "declined"}, {"state": "declined", "reason": " "}, {"state": "?"}, {"theme": "?"}, {"by": ""}]
)
def test_a_decision_says_what_it_must(said: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        change("0" * 16, **said)


def test_nothing_is_decided_on_what_is_not_there(stored: tuple[Workspace, str]) -> None:
    town, _ = stored
    with pytest.raises(ValueError, match="f" * 16):
        add_change(town, change("f" * 16))
    assert not town.proposal_changes_file.exists()


@pytest.mark.parametrize("broken", ["store", "log"])
@pytest.mark.parametrize("text", ["mitä sattuu\n", json.dumps({"proposal_id": 1}) + "\n", "[]\n"])
def test_what_can_not_be_read_is_a_sentence_and_is_not_written_to(
    broken: str, text: str, stored: tuple[Workspace, str]
) -> None:
    town, proposal_id = stored
    file = town.proposals_file if broken == "store" else town.proposal_changes_file
    file.write_text(text, encoding="utf-8")
    with pytest.raises(WorkspaceError, match=r"ei voi lukea\. Palauta"):
        add_change(town, change(proposal_id))
    assert file.read_text(encoding="utf-8") == text
