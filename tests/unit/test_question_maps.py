"""Question maps: exports of survey tools become tables of a source, whole, and what does not fit is told."""

from __future__ import annotations

import csv
import io
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import cli, contracts, landing, receiving
from pipelines.build import Build
from pipelines.checking import check_file
from pipelines.contract_model import SourceContract
from pipelines.map_proposals import likeness, propose
from pipelines.question_maps import QuestionMap, read_maps, split_answers
from pipelines.raw_table import RawTable, Refused
from pipelines.reading import read_file, recognise_source
from pipelines.receiving import raw_frame
from pipelines.settings import WorkspaceError
from pipelines.survey_tools import TOOLS, find_exports
from pipelines.workspace import Workspace
from warehouse import database

CASES = yaml.safe_load((Path(__file__).parent.parent / "cases" / "survey_exports.yaml").read_text(encoding="utf-8"))
GOOGLE = "Aikaleima,Vuosi?,Yhdistys?,Muuta?\n2025/01/14,2024,Kuviteltu Latu ry,ei\n"
GOOGLE_MAP = """
tool = "google_forms"
left_out = ["Muuta?"]
[[questions]]
question = "Vuosi?"
column = "Vuosi"
[[questions]]
question = "Yhdistys?"
column = "Yhdistys"
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "town")
    made.create(contracts.municipality_settings("esimerkkila"))
    return made


def source(name: str = "association_returns") -> SourceContract:
    return contracts.sources()[name]


def add_map(workspace: Workspace, text: str, name: str = "kartta", of: str = "association_returns") -> Path:
    path = workspace.question_maps / of / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def workbook(rows: Sequence[Sequence[str | None]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("Form1")
        for row, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                if cell is not None:
                    sheet.write_string(row, place, cell)
    return file.getvalue()


def content_of(case: dict[str, Any]) -> bytes:
    return workbook(case["sheet"]) if "sheet" in case else str(case["text"]).encode()


def refusal(content: bytes, maps: Sequence[QuestionMap], name: str = "kysely.csv") -> str:
    with pytest.raises(Refused) as refused:
        read_file(content, name, source(), maps)
    return str(refused.value)


@pytest.mark.parametrize("case", CASES["tables"], ids=lambda case: case["name"])
def test_an_export_is_read_through_its_map(case: dict[str, Any], workspace: Workspace) -> None:
    add_map(workspace, case["map"], of=case["source"])
    (table,) = read_file(content_of(case), "kysely", source(case["source"]), read_maps(workspace))
    assert list(table.header) == case["header"]
    assert table.rows == case["rows"]
    assert table.lines == case["lines"]
    assert {table.header[place] for place in table.columns.values()} == set(case["header"])


@pytest.mark.parametrize("case", CASES["tables"], ids=lambda case: case["name"])
def test_what_tells_who_answered_is_left_behind(case: dict[str, Any], workspace: Workspace) -> None:
    add_map(workspace, case["map"], of=case["source"])
    (table,) = read_file(content_of(case), "kysely", source(case["source"]), read_maps(workspace))
    kept = str(raw_frame("f", 1, table).filter(pl.col("kind") == "row").to_dicts())
    assert "Teppo" not in kept
    assert "@" not in kept


@pytest.mark.parametrize("case", CASES["tables"], ids=lambda case: case["name"])
def test_a_source_is_recognised_by_the_map_that_fits(case: dict[str, Any], workspace: Workspace) -> None:
    add_map(workspace, case["map"], of=case["source"])
    assert recognise_source(content_of(case), "kysely", read_maps(workspace)).name == case["source"]


@pytest.mark.parametrize("case", CASES["plain"], ids=lambda case: case["name"])
def test_a_table_with_headers_of_the_contract_needs_no_map(case: dict[str, Any]) -> None:
    (table,) = read_file(case["text"].encode(), "taulukko.csv", source())
    assert [row[table.columns["association_name"]] for row in table.rows] == ["Kuviteltu Latu ry"]


@pytest.mark.parametrize("case", CASES["faulty_maps"], ids=lambda case: case["name"])
def test_a_faulty_map_is_told_in_one_sentence(case: dict[str, Any], workspace: Workspace) -> None:
    add_map(workspace, case["map"])
    with pytest.raises(WorkspaceError) as told:
        read_maps(workspace)
    for words in ("association_returns/kartta.toml", *case["said"]):
        assert words in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("case", CASES["unfit_maps"], ids=lambda case: case["name"])
def test_an_export_that_fits_no_map_is_refused_with_what_to_do(case: dict[str, Any], workspace: Workspace) -> None:
    add_map(workspace, case["map"])
    said = refusal(GOOGLE.encode(), read_maps(workspace))
    for words in case["said"]:
        assert words in said


def test_a_map_in_the_folder_of_no_source_is_told(workspace: Workspace) -> None:
    add_map(workspace, GOOGLE_MAP, of="grant_ledger")
    with pytest.raises(WorkspaceError, match="väärässä kansiossa"):
        read_maps(workspace)


def test_two_maps_that_fit_are_refused_and_parted_by_the_names_of_files(workspace: Workspace) -> None:
    add_map(workspace, GOOGLE_MAP, "a")
    add_map(workspace, GOOGLE_MAP, "b")
    said = refusal(GOOGLE.encode(), read_maps(workspace))
    assert "association_returns/a.toml, association_returns/b.toml" in said
    for year, name in (("2023", "a"), ("2024", "b")):
        constant = GOOGLE_MAP.replace('"Vuosi?"\ncolumn = "Vuosi"', '"Muuta?"\ncolumn = "Kehittämisehdotus"')
        constant = constant.replace('["Muuta?"]', f'["Vuosi?"]\nfiles = ["*{year}*"]\nconstants = {{Vuosi = {year}}}')
        add_map(workspace, constant, name)
    (table,) = read_file(GOOGLE.encode(), "Kysely 2024.CSV", source(), read_maps(workspace))
    assert [row[table.columns["year"]] for row in table.rows] == ["2024"]


def test_a_question_that_is_in_the_file_twice_is_told(workspace: Workspace) -> None:
    add_map(workspace, GOOGLE_MAP)
    assert "kahdesti" in refusal(GOOGLE.replace("Muuta?", "Vuosi?").encode(), read_maps(workspace))


def test_without_a_map_the_command_is_named_even_when_headers_are_those_of_the_contract() -> None:
    """`Nimi` of Microsoft Forms is the person who answered, and a header of the contract for the association."""
    rows = [["ID", "Aloitusaika", "Valmistumisaika", "Sähköposti", "Nimi", "Vuosi"], ["1", "", "", "", "Teppo", "2024"]]
    said = refusal(workbook(rows), (), "vastaukset.xlsx")
    assert 'yhteispeli map TYÖTILA "vastaukset.xlsx" --source association_returns' in said
    assert "Microsoft Forms" in said


def test_an_export_of_an_unknown_source_names_the_command() -> None:
    with pytest.raises(Refused, match="yhteispeli map") as told:
        recognise_source(GOOGLE.encode(), "kysely.csv")
    assert "association_returns | resident_survey" in str(told.value)


def test_an_export_without_answers_is_refused(workspace: Workspace) -> None:
    add_map(workspace, GOOGLE_MAP)
    assert "ei ole yhtään riviä" in refusal(GOOGLE.splitlines(keepends=True)[0].encode(), read_maps(workspace))


@pytest.mark.parametrize(
    ("cell", "tool", "parts"),
    [
        ("Talkoot, Tapahtumat, konsertit ja luennot", "google_forms", ["Talkoot", "Tapahtumat, konsertit ja luennot"]),
        ("TAPAHTUMAT,  KONSERTIT ja luennot", "google_forms", ["TAPAHTUMAT, KONSERTIT ja luennot"]),
        ("Tapahtumat, tanssit", "google_forms", ["Tapahtumat", "tanssit"]),
        ("Talkootyö, Talkoot", "google_forms", ["Talkootyö", "Talkoot"]),
        ("Talkoot;Leivonta, pulla;", "microsoft_forms", ["Talkoot", "Leivonta, pulla"]),
        (";; ;Talkoot", "microsoft_forms", ["Talkoot"]),
        ("a (b), c.*", "google_forms", ["a (b)", "c.*"]),
    ],
)
def test_answers_of_one_cell_are_parted_and_labels_with_commas_kept(cell: str, tool: str, parts: list[str]) -> None:
    known = {"talkoot", "tapahtumat", "tapahtumat, konsertit ja luennot", "a (b)"}
    assert [part for part in split_answers(cell, tool, known) if part] == parts


def test_can_t_say_is_a_code_where_there_is_one_and_no_finding_elsewhere(tmp_path: Path, workspace: Workspace) -> None:
    case = next(case for case in CASES["tables"] if case["source"] == "resident_survey" and "sheet" in case)
    add_map(workspace, case["map"], of=case["source"])
    file = tmp_path / "kysely.xlsx"
    file.write_bytes(content_of(case))
    checked = check_file(file, None, workspace.root)
    assert (checked.source, checked.rows) == ("resident_survey", {"read": 1, "staged": 1, "quarantined": 0})
    assert checked.notes == ()


def test_an_answer_without_a_code_and_a_ragged_row_are_told_at_their_own_lines(
    tmp_path: Path, workspace: Workspace
) -> None:
    add_map(workspace, GOOGLE_MAP + MORE_FORMS)
    text = "Aikaleima,Vuosi?,Yhdistys?,Muuta?,Muodot?\n2025/01/14,2024,Kuviteltu Latu ry,ei,Kuulento\n2025/01/14,2024\n"
    file = tmp_path / "kysely.csv"
    file.write_text(text, encoding="utf-8")
    checked = check_file(file, "association_returns", workspace.root)
    assert checked.rows == {"read": 2, "staged": 0, "quarantined": 2}
    told = {note.rule.id.partition(".")[2]: [place.line for place in note.places] for note in checked.notes}
    assert told == {"volunteer_forms_readable": [2], "cells_match_header": [3]}


MORE_FORMS = """
[[questions]]
question = "Muodot?"
column = "Vapaaehtoistyön muodot"
"""

ANSWERS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters=",", include_characters='\n\r"'),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(ANSWERS, ANSWERS, ANSWERS), min_size=1, max_size=8))
def test_every_answer_is_a_row(tmp_path_factory: pytest.TempPathFactory, answers: list[tuple[str, str, str]]) -> None:
    workspace = _town(tmp_path_factory)
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerow(["Aikaleima", "Vuosi?", "Yhdistys?", "Muuta?"])
    writer.writerows(("2025/01/14", *row) for row in answers)
    (table,) = read_file(written.getvalue().encode(), "kysely.csv", source(), read_maps(workspace))
    (export,) = find_exports(list(io.StringIO(written.getvalue(), newline="")), [])
    assert len(table.rows) == len(table.lines) == len(export.records) == len(answers)
    assert table.lines == [line for line, _ in export.records]
    assert all(len(row) in (0, len(table.header)) for row in table.rows)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(*[st.sampled_from(["", "2024", "Kuviteltu ry", "a;b", "=1", "\n"])] * 3), min_size=1))
def test_every_row_of_a_workbook_that_is_not_blank_is_a_row(
    tmp_path_factory: pytest.TempPathFactory, answers: list[tuple[str, str, str]]
) -> None:
    workspace = _town(tmp_path_factory)
    rows = [["Aikaleima", "Vuosi?", "Yhdistys?", "Muuta?"], *(["45000.5", *row] for row in answers)]
    (table,) = read_file(workbook(rows), "kysely.xlsx", source(), read_maps(workspace))
    assert table.lines == list(range(2, len(answers) + 2))
    assert len(table.rows) == len(answers)


def _town(folders: pytest.TempPathFactory) -> Workspace:
    workspace = Workspace(folders.mktemp("town") / "town")
    workspace.create(contracts.municipality_settings("esimerkkila"))
    add_map(workspace, GOOGLE_MAP)
    return workspace


def test_a_refresh_reads_an_export_that_it_refused_before_there_was_a_map(workspace: Workspace) -> None:
    (workspace.inbox / "association_returns" / "kysely.csv").write_text(GOOGLE, encoding="utf-8")
    with database.open_build(workspace.build_file) as connection:
        build = Build(workspace, connection)
        receiving.land(build, "association_returns")
        assert receiving.raw(build, "association_returns") == 0
        (reason,) = landing.refusals(workspace, "association_returns").values()
        assert "yhteispeli map" in reason.fi
        add_map(workspace, GOOGLE_MAP)
        assert receiving.raw(build, "association_returns") == 1
        raw = database.read_frame(connection, "raw.association_returns")
    assert raw.filter(pl.col("kind") == "row").select("line", "cells").rows() == [(2, ["2024", "Kuviteltu Latu ry"])]


# --- proposing a map


def command(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["yhteispeli", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    return int(str(stopped.value.code))


PROPOSED = """\
Aikaleima,Sähköposti,Mikä on yhdistyksenne nimi?,Talkootunnit yhteensä,Vapaaehtoistyön muodot,Montako yhteistä tapahtumaa?,Montako tapahtumaa?,Terveiset
2025/01/14,testi@example.invalid,Kuviteltu Latu ry,850,"Tapahtumat, konsertit ja luennot, Vertaistuki, Kuulento",3,12,Moi
"""


def test_a_proposal_says_what_it_understood_and_what_not(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "Kysely 2024.csv"
    file.write_text(PROPOSED, encoding="utf-8")
    assert command(monkeypatch, "map", workspace.root, file, "--source", "association_returns") == 1
    said = capsys.readouterr().out
    for line in (
        "- ”Mikä on yhdistyksenne nimi?” → Yhdistys",
        "- ”Montako yhteistä tapahtumaa?” → Yhteiset tapahtumat (epävarma, tarkista)",
        "- ”Montako tapahtumaa?” → Tapahtumat (epävarma, tarkista)",
        "jätetään pois: Aikaleima, Sähköposti.",
        "- ”Terveiset”",
        "- Vuosi (pakollinen",
        "- ”Vapaaehtoistyön muodot”: Kuulento",
    ):
        assert line in said
    written = workspace.question_maps / "association_returns" / "kysely-2024.toml"
    proposed = tomllib.loads(written.read_text(encoding="utf-8"))
    assert proposed["left_out"] == ["Terveiset"]
    assert (proposed["constants"], proposed["files"]) == ({"Vuosi": ""}, ["Kysely 2024.csv"])
    answers = {item["column"]: item.get("answers", {}) for item in proposed["questions"]}
    assert answers["Vapaaehtoistyön muodot"] == {
        "Tapahtumat, konsertit ja luennot": "events_lectures",
        "Vertaistuki": "peer_support",
    }


def test_a_completed_proposal_reads_the_file(tmp_path: Path, workspace: Workspace) -> None:
    file = tmp_path / "kysely.csv"
    file.write_text(PROPOSED, encoding="utf-8")
    proposal = propose(workspace, source(), file)
    text = proposal.path.read_text(encoding="utf-8")
    with pytest.raises(Refused, match="kesken"):
        check_file(file, None, workspace.root)
    proposal.path.write_text(text.replace('"Vuosi" = ""', '"Vuosi" = 2024').replace('# "Kuulento"', '"Kuulento"'))
    checked = check_file(file, None, workspace.root)
    assert (checked.rows, checked.notes) == ({"read": 1, "staged": 1, "quarantined": 0}, ())


def test_a_map_that_is_there_is_never_overwritten(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "kartta.csv"
    file.write_text(PROPOSED, encoding="utf-8")
    path = add_map(workspace, GOOGLE_MAP)
    assert command(monkeypatch, "map", workspace.root, file, "--source", "association_returns") == 2
    assert "päälle kirjoiteta" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == GOOGLE_MAP


@pytest.mark.parametrize("case", CASES["tables"], ids=lambda case: case["name"])
def test_every_proposal_is_a_map_that_can_be_read_and_fits_its_export(
    case: dict[str, Any], tmp_path: Path, workspace: Workspace
) -> None:
    file = tmp_path / "kysely.csv"
    file.write_bytes(content_of(case))
    proposal = propose(workspace, source(case["source"]), file)
    (proposed,) = read_maps(workspace)
    assert proposed.tool == proposal.export.tool
    assert proposed.tool in TOOLS
    assert proposed.faults(proposal.export) == []
    assert len(proposed.table(proposal.export).rows) == len(case["rows"])


def test_options_that_are_ticked_are_one_question_and_a_matrix_is_many(tmp_path: Path, workspace: Workspace) -> None:
    head = "id,submitdate,lastpage,startlanguage"
    text = (
        f"{head},Vapaaehtoistyön muodot [Talkooapu],Vapaaehtoistyön muodot [Other],Väite [Yhteistyö sujuu],Väite [Muu]"
    )
    file = tmp_path / "lime.csv"
    file.write_text(f"{text}\n1,2025-01-14,3,fi,Y,leivonta,5,1\n2,2025-01-14,3,fi,,,4,2\n", encoding="utf-8")
    proposal = propose(workspace, source(), file)
    assert {match.question: match.column.name for match in proposal.matches} == {
        "Vapaaehtoistyön muodot": "volunteer_forms",
        "Väite[Yhteistyö sujuu]": "cooperation_works",
    }
    assert proposal.unmatched == ("Väite[Muu]",)
    assert 'other = ""' in proposal.path.read_text(encoding="utf-8")


def test_yes_and_no_of_limesurvey_get_their_codes(tmp_path: Path, workspace: Workspace) -> None:
    file = tmp_path / "lime.csv"
    head = "id,submitdate,lastpage,startlanguage,Kausi,Osallistunut,Sukupuoli,Tyytyväisyys"
    file.write_text(
        f"{head}\n1,2024-10-14,3,fi,2021-2025,Y,nainnen,A4\n2,2024-10-15,3,fi,2021-2025,N,En halua kertoa,\n"
    )
    proposal = propose(workspace, source("resident_survey"), file)
    found = {match.column.name: match for match in proposal.matches}
    assert found["participated"].answers == {"Y": "yes", "N": "no"}
    assert found["sex"].answers == {"nainnen": "female", "En halua kertoa": "not_told"}
    assert found["satisfaction"].unknown == ("A4",) if "satisfaction" in found else "Tyytyväisyys" in proposal.unmatched
    assert found["answered_on"].question == "submitdate"


def test_a_number_is_not_proposed_for_words(tmp_path: Path, workspace: Workspace) -> None:
    file = tmp_path / "kysely.csv"
    file.write_text("Aikaleima,Jäsenmäärä,Tunnit\n1,monta,20 h\n2,paljon,30 h\n", encoding="utf-8")
    proposal = propose(workspace, source(), file)
    assert "Jäsenmäärä" in proposal.unmatched
    assert {match.column.name for match in proposal.matches} == {"volunteer_hours"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ei-ole.csv", "--source", "association_returns"], "ei ole"),
        (["taulukko.csv", "--source", "grant_ledger"], "association_returns, resident_survey"),
        (["taulukko.csv", "--source", "association_returns"], "Google Forms"),
        (["tyhja.csv", "--source", "association_returns"], "ei ole yhtään vastausta"),
        (["kuva.png", "--source", "association_returns"], "kuva"),
    ],
)
def test_what_no_map_can_be_made_of_is_told(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "taulukko.csv").write_text("Vuosi;Yhdistys\n2024;Kuviteltu Latu ry\n", encoding="utf-8")
    (tmp_path / "tyhja.csv").write_text("Aikaleima,Vuosi\n", encoding="utf-8")
    (tmp_path / "kuva.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert command(monkeypatch, "map", workspace.root, tmp_path / arguments[0], *arguments[1:]) == 2
    told = capsys.readouterr()
    assert said in " ".join(told.err.split())
    assert told.out == ""
    assert not workspace.question_maps.exists()


@pytest.mark.parametrize(
    ("question", "spelling", "at_least", "below"),
    [
        ("Jäsenmäärä", "jäsenmäärä", 1.0, 1.1),
        ("Jäsenmäärä 31.12.2024?", "jäsenmäärä", 0.9, 1.0),
        ("Montako tapahtumaa järjestitte?", "tapahtumat", 0.8, 0.9),
        ("Mitä kuuluu?", "rekisterinumero", 0.0, 0.6),
        ("???", "nimi", 0.0, 0.6),
        ("Nimitys", "nimi", 0.0, 0.9),
    ],
)
def test_likeness(question: str, spelling: str, at_least: float, below: float) -> None:
    assert at_least <= likeness(question, spelling) < below


def test_maps_are_decisions_that_an_edition_is_known_by(workspace: Workspace) -> None:
    path = add_map(workspace, GOOGLE_MAP)
    assert path in workspace.decision_files()


def table_of(content: bytes, maps: Sequence[QuestionMap]) -> RawTable:
    (table,) = read_file(content, "kysely.csv", source(), maps)
    return table


def test_a_text_may_have_any_separator_and_encoding(workspace: Workspace) -> None:
    add_map(workspace, GOOGLE_MAP)
    maps = read_maps(workspace)
    for separator in (";", "\t", "|"):
        text = GOOGLE.replace(",", separator).replace("Latu", "Lätü")
        for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16"):
            assert table_of(text.encode(encoding), maps).rows == [["2024", "Kuviteltu Lätü ry"]]
