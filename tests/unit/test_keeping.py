"""Which tables a refresh leaves as they are; that what it publishes is the same is tested with the whole town."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from pipelines import contracts, decisions, editions, keeping
from pipelines.build import MADE, Build
from pipelines.refresh import made_of, run_rooms
from pipelines.workspace import Workspace
from warehouse import contents, database
from warehouse.models import models

REGISTER = "Rekisterinumero;Nimi;Kotipaikka;Rekisteröintipäivä;Tila;Tarkoitusluokka\n"
ROWS = "".join(f"201.{n};Kuviteltu Seura {n} ry;998;1.2.2001;rekisterissä;300\n" for n in range(100, 115))
EVENTS = "Päivä;Nimi;Paikka;Järjestäjät\n1.6.2023;Kuviteltu kevätjuhla;Tori;Kuviteltu Seura 100 ry\n"


@pytest.fixture(name="workspace")
def _workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "town")
    made.create(contracts.municipality_settings("esimerkkila"))
    (made.inbox / "prh_register" / "ote.csv").write_text(REGISTER + ROWS, encoding="utf-8")
    (made.inbox / "events" / "tapahtumat.csv").write_text(EVENTS, encoding="utf-8")
    return made


def made_anew(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Refresh, and return the tables that were made."""
    made: set[str] = set()
    note = keeping.note

    def noted(build: Build, table: str, recipe: str | None, rows: int, *, is_part: bool) -> None:
        made.add(table)
        note(build, table, recipe, rows, is_part=is_part)

    with monkeypatch.context() as patched:
        patched.setattr(keeping, "note", noted)
        run_rooms(workspace, lambda _table: None)
    return made


def whole_build(workspace: Workspace) -> dict[str, list[tuple[object, ...]]]:
    with database.open_build(workspace.build_file) as connection:
        tables = [f"quality.{name}" for name in ("files", "checks", "findings", "quarantine")] + list(made_of())
        return {table: sorted(database.read_frame(connection, table).rows(), key=repr) for table in tables}


def test_the_first_refresh_makes_every_table_and_the_next_only_those_that_always_are(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert made_anew(workspace, monkeypatch) == set(made_of())
    made_anew(workspace, monkeypatch)  # now there is an edition before, which the figures look at
    assert made_anew(workspace, monkeypatch) == keeping.ALWAYS


def test_a_new_row_makes_what_rests_on_it_and_the_whole_is_as_from_nothing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_anew(workspace, monkeypatch)
    with (workspace.inbox / "events" / "tapahtumat.csv").open("a", encoding="utf-8") as file:
        file.write("2.6.2023;Kuviteltu syysjuhla;Tori;Kuviteltu Seura 101 ry\n")
    made = made_anew(workspace, monkeypatch)
    assert {"raw.events", "staging.events", "marts.participation_figures"} <= made
    assert not made & {"raw.prh_register", "staging.prh_register", "staging.grant_ledger", "core.associations"}
    kept = whole_build(workspace)
    edition = editions.current_id(workspace)
    with database.open_build(workspace.build_file) as connection:
        database.drop_table(connection, MADE)
    assert made_anew(workspace, monkeypatch) == set(made_of())
    assert editions.current_id(workspace) == edition
    changed = {table for table, rows in whole_build(workspace).items() if rows != kept[table]}
    assert changed <= {"meta.revisions", "marts.indicator_values"}  # they tell what the edition before had otherwise


@pytest.mark.parametrize("what", ["settings", "decision", "program", "library"])
def test_another_setting_decision_program_or_library_makes_every_table(
    what: str, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_anew(workspace, monkeypatch)
    if what == "settings":
        with workspace.settings_file.open("a", encoding="utf-8") as file:
            file.write("\n# muistiinpano\n")
    elif what == "decision":
        workspace.links_file.write_text(",".join(decisions.COLUMNS) + "\n", encoding="utf-8")
    elif what == "program":
        monkeypatch.setattr(editions, "_digest_of_program", lambda: "another program")
    else:
        monkeypatch.setattr(keeping, "libraries", lambda: "duckdb 9.9.9")
    assert made_anew(workspace, monkeypatch) == set(made_of())


def test_a_lost_landed_file_is_missed(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    made_anew(workspace, monkeypatch)
    for path in workspace.landing.glob("[0-9a-f]*"):
        path.unlink()
    (workspace.inbox / "events" / "tapahtumat.csv").unlink()
    with pytest.raises(Exception, match="puuttuu"):
        run_rooms(workspace, lambda _table: None)


def test_a_refresh_that_is_cut_off_knows_nothing(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    made_anew(workspace, monkeypatch)

    class CutOff(BaseException):
        """Stands for a process that is killed."""

    def cut_off(table: str) -> None:
        if table == "core.events":
            raise CutOff

    with pytest.raises(CutOff):
        run_rooms(workspace, cut_off)
    assert made_anew(workspace, monkeypatch) == set(made_of())


@pytest.fixture(name="build")
def _build(tmp_path: Path) -> Iterator[Build]:
    with database.open_build(tmp_path / "build.duckdb") as connection:
        yield Build(Workspace(tmp_path), connection)


def test_a_digest_tells_values_types_names_and_order_apart(build: Build) -> None:
    frames = [
        pl.DataFrame({"a": [1, 2]}),
        pl.DataFrame({"a": [2, 1]}),
        pl.DataFrame({"a": [1, None]}),
        pl.DataFrame({"b": [1, 2]}),
        pl.DataFrame({"a": [1.0, 2.0]}),
        pl.DataFrame({"a": ["1", "2"]}),
    ]
    digests = []
    for frame in frames:
        database.write_frame(build.connection, "meta.tried", frame)
        digests.append(contents.digest(build.connection, "meta.tried"))
    assert len(set(digests)) == len(frames)
    database.write_frame(build.connection, "meta.tried", frames[0])
    assert contents.digest(build.connection, "meta.tried") == digests[0]


def test_a_digest_does_not_see_what_lies_in_an_empty_cell(build: Build) -> None:
    halves = "SELECT number, CASE WHEN number % 2 = 0 THEN {} END AS even FROM range(3000) AS numbers(number)"
    digests = set()
    for even in ("number", "if(number % 2 = 0, number, -number)"):
        build.connection.execute(f"CREATE OR REPLACE TABLE meta.tried AS {halves.format(even)}")
        texts = "SELECT number, even, even || ' of a long text', [even, NULL] FROM meta.tried"
        build.connection.execute(f"CREATE OR REPLACE TABLE meta.text AS {texts}")
        digests |= {contents.digest(build.connection, "meta.text") for _ in range(5)}
    assert len(digests) == 1


def test_only_the_indicator_values_show_the_id_of_the_edition() -> None:
    shows = {name for name, model in models().items() if keeping.EDITION_ID in model.sql}
    assert shows == {editions.MASKED_TABLE}
