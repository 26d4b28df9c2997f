"""The command line: exit codes, and one Finnish sentence for whatever can't be done."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines import cli, contracts, run
from pipelines.contract_model import Text
from pipelines.run import Outcome
from pipelines.workspace import Workspace

Answer = tuple[int, str, str]
Command = Callable[..., Answer]
REGISTER = "Rekisterinumero;Y-tunnus;Nimi;Kotipaikka;Rekisteröintipäivä;Tila;Tilan päivä\n"
GOOD = "100.001;;Kuviteltu Latu ry;998;1.2.2001;rekisterissä;\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "town")
    made.create(contracts.municipality_settings("esimerkkila"))
    return made


def one_sentence(answer: Answer, exit_code: int, *words: str) -> None:
    """The command ended so, said nothing else, and said it in one paragraph that names the words."""
    code, out, err = answer
    assert (code, out) == (exit_code, "")
    assert "Traceback" not in err
    said = err.strip()
    assert said.endswith(".")
    assert "\n\n" not in said
    for word in words:
        assert word in " ".join(said.split())


def test_open_data_is_exported_into_an_empty_folder(command: Command, workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    one_sentence(command("export", workspace.root, folder), cli.NOT_READABLE, "ei ole vielä julkaisua")
    edition = workspace.editions / "20260101-a"
    edition.mkdir()
    workspace.current_file.write_text("20260101-a\n", encoding="utf-8")
    one_sentence(command("export", workspace.root, folder), cli.NOT_READABLE, "20260101-a", "vanhemmalla ohjelmalla")
    (edition / "open_data" / "csv").mkdir(parents=True)
    (edition / "open_data" / "csv" / "a.csv").write_text("a\r\n1\r\n", encoding="utf-8", newline="")
    (edition / "open_data" / "dcat.jsonld").write_text("{}", encoding="utf-8")
    assert not folder.exists()
    code, out, err = command("export", workspace.root, folder)
    assert (code, err) == (cli.CLEAN, "")
    assert "20260101-a" in out
    assert "2 tiedostoa" in out
    assert (folder / "csv" / "a.csv").read_bytes() == b"a\r\n1\r\n"
    one_sentence(command("export", workspace.root, folder), cli.NOT_READABLE, "ei ole tyhjä")
    one_sentence(command("export", workspace.root, folder / "dcat.jsonld"), cli.NOT_READABLE, "ei voi kirjoittaa")


@pytest.fixture
def published(workspace: Workspace) -> Workspace:
    """The town with an edition of which only the analysts' file is there."""
    folder = workspace.editions / "20260101-a"
    folder.mkdir()
    with duckdb.connect(str(folder / "analyst.duckdb")) as connection:
        connection.execute("CREATE TABLE t AS SELECT 2024 AS year, 1234.5 AS eur")
    workspace.current_file.write_text("20260101-a\n", encoding="utf-8")
    return workspace


def test_sql_prints_the_answer_as_csv(command: Command, published: Workspace) -> None:
    assert command("sql", published.root, "FROM t") == (0, "year,eur\n2024,1234.5\n", "")


@pytest.mark.parametrize("name", ["answer.csv", "answer.parquet"])
def test_sql_writes_the_answer_into_a_file(name: str, command: Command, published: Workspace, tmp_path: Path) -> None:
    out = tmp_path / name
    code, said, _ = command("sql", published.root, "FROM t", "--out", out)
    assert code == 0
    assert str(out) in said
    read = pl.read_csv if out.suffix == ".csv" else pl.read_parquet
    assert [float(value) for value in read(out).row(0)] == [2024.0, 1234.5]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELEC 1", "ei voi jäsentää"),
        ("DROP TABLE t", "voi vain lukea"),
        ("FROM read_text('/etc/passwd')", "tiedostoa, verkkoa tai asetuksia"),
    ],
)
def test_sql_that_can_not_be_answered(query: str, words: str, command: Command, published: Workspace) -> None:
    code, out, err = command("sql", published.root, query)
    assert (code, out) == (2, "")
    assert words in err


def test_sql_without_an_edition_or_with_an_unknown_format(
    command: Command, published: Workspace, tmp_path: Path
) -> None:
    one_sentence(command("sql", published.root, "FROM t", "--out", tmp_path / "a.xls"), 2, ".csv tai .parquet")
    one_sentence(command("sql", published.root, "FROM t", "--out", tmp_path / "none" / "a.csv"), 2, "Valitse toinen")
    published.current_file.unlink()
    assert "ei ole vielä julkaisua" in command("sql", published.root, "FROM t")[2]


@pytest.mark.parametrize(
    "arguments", [["check"], ["tarkista"], ["refresh"], ["check", "a", "b", "c", "d"], ["serve", "x", "--port", "abc"]]
)
def test_a_command_that_is_not_understood_is_told_in_finnish(arguments: list[str], command: Command) -> None:
    one_sentence(command(*arguments), 2, f"yhteispeli {arguments[0]}", "--help")


def test_without_a_command_the_commands_are_shown(command: Command) -> None:
    code, out, _ = command()
    assert code == 0
    assert all(name in out for name in ("init", "example", "check", "refresh", "serve"))


def test_init_makes_a_workspace_with_templates_and_no_figures(tmp_path: Path, command: Command) -> None:
    code, out, err = command("init", tmp_path / "uusi")
    assert (code, err) == (0, "")
    assert str(tmp_path / "uusi") in out
    made = Workspace(tmp_path / "uusi")
    assert made.settings.municipality.example is False
    assert list(made.templates.glob("*.xlsx"))


def test_init_passes_over_a_folder_that_is_there_but_is_no_workspace(tmp_path: Path, command: Command) -> None:
    (tmp_path / "uusi" / "templates").mkdir(parents=True)
    assert command("init", tmp_path / "uusi")[0] == 0


def test_init_of_an_unknown_municipality_names_those_that_are_known(tmp_path: Path, command: Command) -> None:
    answer = command("init", tmp_path / "uusi", "--municipality", "olematon")
    one_sentence(answer, 2, "olematon", *contracts.known_municipalities())
    assert not (tmp_path / "uusi").exists()


def test_init_does_not_touch_a_workspace_that_is_there(workspace: Workspace, command: Command) -> None:
    one_sentence(command("init", workspace.root), 2, "on jo työtila")


def test_init_of_a_path_that_is_a_file(tmp_path: Path, command: Command) -> None:
    (tmp_path / "tiedosto").write_text("x", encoding="utf-8")
    one_sentence(command("init", tmp_path / "tiedosto"), 2, "on tiedosto, ei kansio")


def test_a_clean_file_is_exit_code_0(workspace: Workspace, command: Command) -> None:
    file = workspace.inbox / "prh_register" / "ote.csv"
    file.write_text(REGISTER + GOOD, encoding="utf-8")
    code, out, err = command("check", file)
    assert (code, err) == (0, "")
    assert "ote.csv: 1 riviä luettu = 1 otettu mukaan + 0 karanteenissa." in out
    assert "Tiedosto on kunnossa." in out


def test_a_file_with_rows_to_mend_is_exit_code_1_for_people_and_programs(
    workspace: Workspace, command: Command
) -> None:
    file = workspace.inbox / "prh_register" / "ote.csv"
    file.write_text(REGISTER + GOOD.replace(";;", ";9123457-4;"), encoding="utf-8")
    code, out, _ = command("check", file)
    assert code == 1
    assert "1/1 riviä: rivi 2 (9123457-4)." in out
    assert "kunnossa" not in out
    code, out, err = command("check", file, "--json")
    assert (code, err) == (1, "")
    told = json.loads(out)
    assert (told["readable"], told["source"], told["quarantined"]) == (True, "prh_register", 1)


def test_a_file_that_cannot_be_read_is_exit_code_2_for_people_and_programs(
    workspace: Workspace, command: Command
) -> None:
    file = workspace.inbox / "prh_register" / "tyhjä.csv"
    file.write_bytes(b"")
    one_sentence(command("check", file), 2, "tyhjä.csv: Tiedosto on tyhjä.")
    code, out, err = command("check", file, "--json")
    assert (code, err) == (2, "")
    assert json.loads(out)["readable"] is False


@pytest.mark.parametrize("name", ["avustukset [kopio].csv", "ote [red]x[bold].csv", "ote :smile:.csv", "ote {x}.csv"])
def test_a_file_name_is_printed_as_it_is(name: str, workspace: Workspace, command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / name).write_text(REGISTER + GOOD, encoding="utf-8")
    code, out, _ = command("check", folder / name, "--workspace", workspace.root)
    assert code == 0
    assert out.startswith(f"{name}: 1 riviä")


def test_what_is_not_there_is_named(tmp_path: Path, workspace: Workspace, command: Command) -> None:
    file = workspace.inbox / "prh_register" / "ote.csv"
    file.write_text(REGISTER + GOOD, encoding="utf-8")
    one_sentence(command("check", tmp_path / "ei.csv"), 2, "ei.csv ei ole")
    one_sentence(command("check", tmp_path), 2, "ei ole")
    one_sentence(command("check", file, "--source", "kirjasto"), 2, "kirjasto", *contracts.sources())
    one_sentence(command("check", file, "--workspace", tmp_path / "ei"), 2, "ei ole työtila")
    one_sentence(command("refresh", tmp_path / "ei"), 2, "ei ole työtila", "yhteispeli init")
    one_sentence(command("serve", tmp_path / "ei"), 2, "ei ole työtila")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[municipality", "ei voi lukea"),
        (contracts.municipality_settings("esimerkkila").encode("cp1252"), "UTF-8"),
        (contracts.municipality_settings("esimerkkila").replace('"998"', '"99"').encode(), "municipality.code"),
    ],
    ids=["no TOML", "another encoding", "a wrong code"],
)
def test_broken_settings_stop_before_anything_is_done(
    content: bytes, said: str, workspace: Workspace, command: Command
) -> None:
    workspace.settings_file.write_bytes(content)
    one_sentence(command("refresh", workspace.root), 2, "municipality.toml", said)
    assert not workspace.build_file.exists()


def test_settings_that_begin_with_a_byte_order_mark_are_read(workspace: Workspace) -> None:
    workspace.settings_file.write_bytes(b"\xef\xbb\xbf" + workspace.settings_file.read_bytes())
    assert Workspace(workspace.root).settings.municipality.code == "998"


def test_two_refreshes_at_once_the_second_waits_its_turn(workspace: Workspace, command: Command) -> None:
    """Another process has the build database open, as a running refresh has."""
    holder = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from warehouse import database
        with database.open_build(Path(sys.argv[1])):
            print("open", flush=True)
            sys.stdin.read()
        """
    )
    arguments = [sys.executable, "-c", holder, str(workspace.build_file)]
    root = Path(cli.__file__).parents[1]
    with subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(root)}
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        answer = command("refresh", workspace.root)
        other.communicate("")
    one_sentence(answer, 3, "Toinen päivitys on käynnissä", "Odota")


@pytest.mark.parametrize(
    ("outcome", "exit_code", "said"),
    [
        (Outcome("20240101-a", is_new=True), 0, "Uusi julkaisu on voimassa: 20240101-a."),
        (Outcome("20240101-a", is_new=False), 0, "Aineisto ei ole muuttunut."),
        (
            Outcome("20240101-a", is_new=False, kept_because=Text("Syy.", "", "")),
            3,
            "Syy. Voimassa on edelleen julkaisu 20240101-a.",
        ),
        (
            Outcome(None, is_new=False, kept_because=Text("Syy.", "", "")),
            3,
            "Syy. Työtilassa ei ole vielä yhtään julkaisua.",
        ),
    ],
)
def test_what_a_refresh_came_to_is_its_exit_code(
    outcome: Outcome, exit_code: int, said: str, workspace: Workspace, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "refresh", lambda _workspace, _progress: outcome)
    code, out, err = command("refresh", workspace.root)
    assert code == exit_code
    assert said in out + err
    assert "Traceback" not in err
