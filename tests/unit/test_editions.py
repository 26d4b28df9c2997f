"""Editions: an id that follows the content, files that hold what their readers may see, and CURRENT that is never torn."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines import contracts, disclosure, editions, landing, open_data, refresh
from pipelines.build import Build
from pipelines.editions import EmptyEditionError
from pipelines.workspace import Workspace
from warehouse import database

EXAMPLE = contracts.municipality_settings("esimerkkila")
REGISTER = "Rekisterinumero;Nimi;Kotipaikka;Rekisteröintipäivä;Tila;Tarkoitusluokka\n" + "".join(
    f"100.{number:03};Kuviteltu yhdistys {number} ry;998;1.2.2001;rekisterissä;{100 if number < 4 else 300}\n"
    for number in range(1, 15)
)
RETURNS = "Vuosi;Yhdistys;Jäsenmäärä;Talkootunnit\n" + "".join(
    f"2023;Kuviteltu yhdistys {number} ry;10;{1000 + number}\n" for number in (1, 2, 5, 6, 7, 8, 9, 10)
)
LEDGER = (
    "Hakemusnumero;Hakija;Toimielin;Avustuslaji;Käyttötarkoitus;Haettu;Myönnetty;Päätöspäivä\n"
    "1;Testi Henkilö;Kulttuuritoimi;kulttuuriavustus;Keksityn henkilön näyttely;100;100;14.3.2023\n"
    "2;Kuviteltu yhdistys 5 ry;Kulttuuritoimi;kulttuuriavustus;Konsertti;100;100;14.3.2023\n"
    "3;Toinen Henkilö;Olematon toimielin;kulttuuriavustus;Salattu syy;100;100;14.3.2023\n"
)


def fill(root: Path) -> Workspace:
    workspace = Workspace(root)
    workspace.create(EXAMPLE)
    for source, text in {"prh_register": REGISTER, "association_returns": RETURNS, "grant_ledger": LEDGER}.items():
        (workspace.inbox / source / "a.csv").write_text(text, encoding="utf-8")
    return workspace


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Build]:
    """A small town that has been refreshed once, with its build database open."""
    workspace = fill(tmp_path_factory.mktemp("editions") / "town")
    refresh.run_rooms(workspace, lambda _table: None)
    with database.open_build(workspace.build_file) as connection:
        yield Build(workspace, connection)


@pytest.fixture
def landed(tmp_path: Path) -> Workspace:
    """A workspace whose files have landed and which nothing has been made of."""
    workspace = fill(tmp_path / "town")
    for source in contracts.sources():
        landing.land_inbox(workspace, source)
    return workspace


@pytest.fixture
def back_again(town: Build, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The current edition, to which CURRENT points again after the test; editions of the test hold one table."""
    before = editions.current_id(town.workspace)
    assert before is not None
    one_table = database.Export(editions.shape_of(contracts.tables()["meta.edition"]))
    monkeypatch.setattr(editions, "exports", lambda _audience: [one_table])
    monkeypatch.setattr(open_data, "write", lambda _folder: None)
    yield before
    editions.publish(town.connection, town.workspace, before)


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def columns_of(file: Path) -> dict[str, list[str]]:
    with database.open_edition(file) as edition:
        rows = edition.sql(
            "SELECT schema_name || '.' || table_name, list(column_name ORDER BY column_index) FROM duckdb_columns() "
            "WHERE NOT internal GROUP BY ALL"
        ).fetchall()
    return dict(rows)


def edition_file(town: Build, audience: str) -> Path:
    edition = editions.current_id(town.workspace)
    return town.workspace.editions / str(edition) / editions.FILES[audience]


# The id


def test_the_same_input_gives_the_same_id(landed: Workspace, tmp_path: Path) -> None:
    again = fill(tmp_path / "other")
    for source in contracts.sources():
        landing.land_inbox(again, source)
    assert editions.key_of(landed) == editions.key_of(landed)
    first, second = editions.key_of(landed), editions.key_of(again)
    assert first.id.partition("-")[2] == second.id.partition("-")[2]
    assert first.id.startswith(f"{first.data_until:%Y%m%d}-")


def test_changed_settings_give_another_id(landed: Workspace) -> None:
    before = editions.key_of(landed).id
    landed.settings_file.write_text(EXAMPLE.replace("disclosure_k = 3", "disclosure_k = 4"), encoding="utf-8")
    assert editions.key_of(landed).id != before


def test_another_file_gives_another_id_and_its_return_the_same(landed: Workspace) -> None:
    before = editions.key_of(landed).id
    file = landed.inbox / "grant_ledger" / "a.csv"
    ids = []
    for text in (LEDGER.replace("Konsertti", "Kuoro"), LEDGER):
        file.write_text(text, encoding="utf-8")
        landing.land_inbox(landed, "grant_ledger")
        ids.append(editions.key_of(landed).id)
    assert ids[0] != before
    assert ids[1] == before


def test_the_same_file_of_another_source_is_another_edition(landed: Workspace) -> None:
    before = editions.key_of(landed).id
    (landed.inbox / "grant_controls" / "a.csv").write_text(LEDGER, encoding="utf-8")
    landing.land_inbox(landed, "grant_controls")
    assert editions.key_of(landed).id != before


def test_a_changed_contract_or_model_gives_another_id(landed: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    before = editions.key_of(landed).id
    with monkeypatch.context() as patch:
        patch.setattr(contracts, "fingerprint_texts", lambda: iter([("x", "y")]))
        assert editions.key_of(landed).id != before
    with monkeypatch.context() as patch:
        patch.setattr(editions, "models", dict)
        assert editions.key_of(landed).id != before
    assert editions.key_of(landed).id == before


def test_nothing_landed_is_nothing_to_publish(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "town")
    workspace.create(EXAMPLE)
    with pytest.raises(EmptyEditionError, match="ei ole yhtään tiedostoa"):
        editions.key_of(workspace)


# Publishing


def test_an_edition_that_exists_is_not_written_again(town: Build, back_again: str) -> None:
    folder = town.workspace.editions / back_again
    before = {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.rglob("*") if path.is_file()}
    assert editions.publish(town.connection, town.workspace, back_again) == editions.Published(back_again, is_new=False)
    assert {
        path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.rglob("*") if path.is_file()
    } == before


def test_an_edition_is_described_and_counts_its_rows(town: Build, back_again: str) -> None:
    described = json.loads((town.workspace.editions / back_again / "edition.json").read_text(encoding="utf-8"))
    assert described["edition_id"] == back_again
    assert described["rows_staged"]["prh_register"] == 14
    assert editions.rows_before(town.workspace, "prh_register") == 14
    assert editions.rows_before(town.workspace, "grant_ledger") == 2
    assert editions.rows_before(town.workspace, "unheard_of") is None


def test_without_an_edition_there_is_nothing_before(landed: Workspace) -> None:
    assert editions.current_id(landed) is None
    assert editions.rows_before(landed, "prh_register") is None
    landed.current_file.write_text("\n", encoding="utf-8")
    assert editions.current_id(landed) is None


CRASHES = ["export", "open_data", "describe", "flush", "rename", "point"]


@pytest.mark.parametrize("moment", CRASHES)
def test_a_crash_at_any_moment_leaves_current_and_the_old_edition_whole(
    moment: str, town: Build, back_again: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files_of(town.workspace.editions / back_again)
    new = f"20990101-{moment}"

    def crash(*_arguments: object, **_named: object) -> None:
        raise OSError("the power went")

    with monkeypatch.context() as patch:
        if moment == "export":
            patch.setattr(database, "export", lambda _c, file, _e: (file.write_bytes(b"half"), crash()))
        elif moment == "open_data":
            patch.setattr(open_data, "write", crash)
        elif moment == "describe":
            patch.setattr(editions, "_describe", crash)
        elif moment == "flush":
            patch.setattr(editions.os, "fsync", crash)
        elif moment == "rename":
            patch.setattr(Path, "rename", crash)
        else:
            patch.setattr(Path, "replace", crash)
        with pytest.raises(OSError, match="the power went"):
            editions.publish(town.connection, town.workspace, new)
    assert editions.current_id(town.workspace) == back_again
    assert files_of(town.workspace.editions / back_again) == before
    finished = [path.name for path in town.workspace.editions.iterdir() if not path.name.startswith(".")]
    assert (new in finished) is (moment == "point")  # only then was the folder whole

    editions.publish(town.connection, town.workspace, new)
    assert editions.current_id(town.workspace) == new
    parts = {*editions.FILES.values(), "edition.json", "meta.edition.parquet"}
    assert set(files_of(town.workspace.editions / new)) == parts


def test_what_a_crash_left_is_cleaned_whatever_comes_next(town: Build, back_again: str) -> None:
    (town.workspace.editions / ".20240101-crashed.partial").mkdir()
    editions.publish(town.connection, town.workspace, "20990101-after")
    assert not list(town.workspace.editions.glob(".*"))
    assert not list(town.workspace.root.glob(".CURRENT*"))


def test_figures_that_are_none_are_not_published(town: Build, back_again: str) -> None:
    town.connection.execute("BEGIN")
    town.connection.execute(f"DELETE FROM {editions.MASKED_TABLE}")
    with pytest.raises(EmptyEditionError, match="tunnuslukua"):
        editions.publish(town.connection, town.workspace, "20990101-empty")
    town.connection.execute("ROLLBACK")
    assert editions.current_id(town.workspace) == back_again
    assert not (town.workspace.editions / "20990101-empty").exists()


# What the files hold


@pytest.mark.parametrize("audience", ["public", "analyst"])
def test_a_file_holds_the_tables_and_columns_of_its_readers(audience: str, town: Build) -> None:
    tables = {"public": {"public"}, "analyst": {"public", "analyst"}}[audience]
    columns = {"public": {"public"}, "analyst": {"public", "restricted"}}[audience]
    expected = {
        table.full_name: [column.name for column in table.columns if column.classification in columns]
        for table in contracts.tables().values()
        if table.audience in tables
    }
    assert columns_of(edition_file(town, audience)) == expected


@pytest.mark.parametrize("audience", ["public", "analyst"])
def test_no_person_and_no_free_text_is_in_the_bytes_of_a_file(audience: str, town: Build) -> None:
    content = edition_file(town, audience).read_bytes()
    for secret in ("Testi Henkilö", "Toinen Henkilö", "näyttely", "Konsertti", "Salattu syy"):
        assert secret.encode() not in content
    assert "Testi Henkilö".encode() in edition_file_source(town)


def edition_file_source(town: Build) -> bytes:
    """The bytes that the edition was made of: they do hold what the files must not."""
    (file,) = landing.files_in_force(town.workspace, "grant_ledger")
    return landing.content_of(town.workspace, file)


@pytest.mark.parametrize("audience", ["public", "analyst"])
def test_every_table_and_column_bears_its_comment(audience: str, town: Build) -> None:
    with database.open_edition(edition_file(town, audience)) as edition:
        tables = edition.sql("SELECT schema_name || '.' || table_name, comment FROM duckdb_tables()").fetchall()
        for name, comment in tables:
            assert comment == f"{contracts.tables()[name].description} Grain: {contracts.tables()[name].grain}."
        columns = edition.sql(
            "SELECT schema_name || '.' || table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal"
        ).fetchall()
    descriptions = {
        (name, column.name): column.description
        for name, table in contracts.tables().items()
        for column in table.columns
    }
    assert columns
    assert all(descriptions[table, column] == comment for table, column, comment in columns)


def test_hidden_figures_are_empty_in_the_public_file_and_there_for_the_analyst(town: Build) -> None:
    numbers = [name for name, instead in disclosure.MASKED.items() if instead is None]
    masked = ", ".join(f"count({name}) AS {name}" for name in numbers)
    shown = f"SELECT count(*), {masked} FROM {editions.MASKED_TABLE} WHERE is_hidden"
    with database.open_edition(edition_file(town, "public")) as edition:
        rows, *counts = edition.sql(shown).fetchone() or ()
        assert rows > 0
        assert set(counts) == {0}
    with database.open_edition(edition_file(town, "analyst")) as edition:
        analyst_rows, *analyst_counts = edition.sql(shown).fetchone() or ()
        assert analyst_rows == rows
        assert max(analyst_counts) == rows


def test_two_returns_of_a_small_group_are_hidden_and_the_total_is_shown(town: Build) -> None:
    """Two associations of one purpose group answered: their hours are 1001 and 1002."""
    with database.open_edition(edition_file(town, "public")) as edition:
        rows = edition.sql(
            f"SELECT breakdown, breakdown_value, reported FROM {editions.MASKED_TABLE} "
            "WHERE indicator_id = 'volunteer_hours' AND period = '2023'"
        ).fetchall()
    shown = {value: reported for breakdown, value, reported in rows if breakdown == "purpose_group"}
    assert len(shown) == 2
    assert set(shown.values()) == {None}  # the other group would give it back, for the total is there
    assert [reported for breakdown, _, reported in rows if breakdown == "total"] == [8048.0]


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE meta.edition",
        "COPY meta.edition TO '/tmp/x.csv'",
        "ATTACH '/tmp/x.duckdb'",
        "SELECT * FROM read_csv('/etc/hostname')",
    ],
)
def test_a_published_file_can_be_read_and_nothing_else(sql: str, town: Build) -> None:
    with database.open_edition(edition_file(town, "public")) as edition, pytest.raises(duckdb.Error):
        edition.execute(sql)
