"""The file of decisions: read as people and programs write it, added to without losing anything."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from name_cases import HOME, as_rows

from pipelines import contracts, linking
from pipelines.decisions import COLUMNS, NO_DECISIONS, Decision, add_decision, read_decisions
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace

HEADER = ",".join(COLUMNS)
DECISION = Decision(
    mention_key="kuvitelman latu",
    register_number="195.883",
    decided_by="Testi Testaaja",
    decided_at=date(2026, 11, 24),
    reason='sama yhdistys, "vanha nimi"',
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "town")
    made.create(contracts.municipality_settings("esimerkkila"))
    return made


def write(workspace: Workspace, *lines: str, encoding: str = "utf-8") -> None:
    workspace.links_file.write_text("\n".join(lines) + "\n", encoding=encoding)


def test_without_a_file_there_are_no_decisions(workspace: Workspace) -> None:
    assert read_decisions(workspace).equals(NO_DECISIONS)


def test_what_is_added_is_read_back(workspace: Workspace) -> None:
    none_meant = DECISION.model_copy(update={"business_id": "9123457-3", "register_number": None})
    add_decision(workspace, DECISION)
    add_decision(workspace, none_meant)
    rows = read_decisions(workspace)
    assert rows.schema == NO_DECISIONS.schema
    assert rows.to_dicts() == [DECISION.model_dump(), none_meant.model_dump()]
    assert DECISION.register_number == "195883"
    assert [path.name for path in workspace.root.glob("*links*")] == ["links.csv"]


def test_a_later_line_takes_the_place_of_an_earlier_one_and_both_stay_in_the_file(workspace: Workspace) -> None:
    add_decision(workspace, DECISION)
    add_decision(workspace, DECISION.model_copy(update={"register_number": None}))
    assert read_decisions(workspace)["register_number"].to_list() == [None]
    assert len(workspace.links_file.read_text(encoding="utf-8").splitlines()) == 3


def test_a_file_saved_by_a_spreadsheet(workspace: Workspace) -> None:
    write(workspace, ";".join(COLUMNS), "Kuvitelman Latu ry;;195.883;Testi;2026-11-24;", ";;;;;", encoding="utf-8-sig")
    assert read_decisions(workspace).select("mention_key", "register_number").rows() == [
        ("Kuvitelman Latu ry", "195883")
    ]
    add_decision(workspace, DECISION)
    assert read_decisions(workspace).height == 2


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["nimi,numero", "a,1"], "links.csv ei voi lukea"),
        ([HEADER, "a,,1,b"], "rivillä 2"),
        ([HEADER, "a,,1,b,2026-11-24,c,d"], "rivillä 2"),
        ([HEADER, ",,1,b,2026-11-24,"], "rivillä 2 on virhe kohdassa mention_key"),
        ([HEADER, "a,,x,b,2026-11-24,"], "rivillä 2 on virhe kohdassa register_number"),
        ([HEADER, "a,,1,b,24.11.26,"], "rivillä 2 on virhe kohdassa decided_at"),
        ([HEADER, "a,123,1,b,2026-11-24,"], "rivillä 2 on virhe kohdassa business_id"),
        ([HEADER, "a,,1,,2026-11-24,"], "rivillä 2 on virhe kohdassa decided_by"),
        ([HEADER, '"a,,1,b,2026-11-24,'], "links.csv ei voi lukea"),
    ],
)
def test_a_faulty_file_is_told_in_one_sentence_and_left_alone(
    workspace: Workspace, lines: list[str], said: str
) -> None:
    write(workspace, *lines)
    before = workspace.links_file.read_bytes()
    with pytest.raises(WorkspaceError, match=said):
        read_decisions(workspace)
    assert workspace.links_file.read_bytes() == before


def test_a_file_of_another_encoding_is_told(workspace: Workspace) -> None:
    write(workspace, HEADER, "Ylä,,1,b,2026-11-24,", encoding="cp1252")
    with pytest.raises(WorkspaceError, match="UTF-8"):
        read_decisions(workspace)
    with pytest.raises(WorkspaceError, match="UTF-8"):
        add_decision(workspace, DECISION)


def linked(workspace: Workspace, mentions: list[tuple[str, str | None]]) -> list[tuple[str, str | None, str]]:
    """Link mentions to a register of two associations by the decisions of the workspace."""
    current = pl.DataFrame({"register_number": ["1", "2"], "name": ["Kuvitelman Latu ry", "Sepitteen Pallo ry"]})
    associations = current.select(
        "register_number", business_id=pl.Series(["9123457-3", None]), is_local=True, status=pl.lit("registered")
    )
    rows = as_rows(pl.DataFrame({"mention": [name for name, _ in mentions]})).with_columns(
        business_id=pl.Series([code for _, code in mentions], dtype=pl.String)
    )
    names = linking.association_names(current, current.clear())
    found = linking.link(rows, associations, names, HOME, read_decisions(workspace))
    return found.sort("line").select("method", "register_number", "decided_by").rows()


def test_a_decision_goes_before_everything_else(workspace: Workspace) -> None:
    write(workspace, HEADER, "KUVITELMAN LATU r.y.,,2,Testi,2026-11-24,", "Sepite,9123457-3,,Testi,2026-11-24,")
    mentions = [("Kuvitelman Latu", None), ("Kuvitelman Latu", "9123457-3"), ("Sepite ry", "9123457-3")]
    assert linked(workspace, mentions) == [
        ("decision", "2", "Testi"),
        ("business_id", "1", "rule"),
        ("decision", None, "Testi"),
    ]


def test_a_decision_for_an_unknown_number_has_no_effect_and_one_without_letters_means_nobody(
    workspace: Workspace,
) -> None:
    write(workspace, HEADER, "Kuvitelman Latu,,999,Testi,2026-11-24,", "***,,1,Testi,2026-11-24,")
    assert linked(workspace, [("Kuvitelman Latu", None), ("***", None)]) == [
        ("exact_name", "1", "rule"),
        ("unlinked", None, "rule"),
    ]


def test_two_spellings_of_one_decided_name_give_one_link(workspace: Workspace) -> None:
    write(workspace, HEADER, "Latu ry,,1,Testi,2026-11-24,", "LATU,,2,Toinen,2026-11-25,")
    assert linked(workspace, [("latu", None)]) == [("decision", "2", "Toinen")]
