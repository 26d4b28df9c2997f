"""Bad input: each file says in one Finnish sentence what is wrong, good rows go on, nothing vanishes.

The files are small and made by hand; every name in them is invented.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines import contracts, editions, landing, refresh, run
from pipelines.receiving import BlockingCheckError
from pipelines.run import Outcome
from pipelines.workspace import Workspace
from warehouse import database

EXAMPLE = contracts.municipality_settings("esimerkkila")
REGISTER = "Rekisterinumero;Y-tunnus;Nimi;Kotipaikka;Rekisteröintipäivä;Tila;Tilan päivä\n"
LEDGER = "Hakemusnumero;Hakija;Y-tunnus;Toimielin;Avustuslaji;Haettu;Myönnetty;Maksettu;Päätöspäivä;Maksupäivä\n"
GRANT = "{number};Kuviteltu yhdistys 1 ry;{business_id};{body};toiminta-avustus;100;{awarded};;{day};\n"


def association(number: int) -> str:
    return f"100.{number:03};;Kuviteltu yhdistys {number} ry;998;1.2.2001;rekisterissä;\n"


def grant(
    number: int, body: str = "Liikuntatoimi", awarded: str = "80,50", day: str = "14.3.2023", business_id: str = ""
) -> str:
    return GRANT.format(number=number, body=body, awarded=awarded, day=day, business_id=business_id)


def encrypted() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def damaged() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return stream.getvalue()[:-20]


@dataclass(frozen=True)
class Refusal:
    """A file that can't be taken in, and words of what is said of it."""

    source: str
    name: str
    content: bytes
    said: tuple[str, ...]


REFUSALS = [
    Refusal("prh_register", "tyhjä.csv", b"", ("Tiedosto on tyhjä",)),
    Refusal("prh_register", "väärä.csv", (LEDGER + grant(1)).encode(), ("Otsikko", "Rekisterinumero")),
    Refusal("prh_register", "pdf.csv", b"%PDF-1.7\n", ("PDF",)),
    Refusal("grant_ledger", "salattu.xlsx", encrypted(), ("salattu",)),
    Refusal("grant_ledger", "rikki.xlsx", damaged(), ("Tallenna se uudelleen",)),
    Refusal(
        "grant_ledger",
        "sarake.csv",
        (LEDGER + grant(1)).replace("Myönnetty", "Jotain").encode(),
        ("puuttuu", "Myönnetty", "riville 1"),
    ),
    Refusal("grant_ledger", "otsikko.csv", LEDGER.encode(), ("ei ole yhtään riviä",)),
    Refusal("population", "rikki.json", b'{"version": "2.0", ', ("JSON",)),
]

ROWS = {
    "an unknown code": (grant(11, body="Olematon toimielin"), "Toimielin", "Olematon toimielin"),
    "a broken number": (grant(12, awarded="sata euroa"), "Myönnetty", "sata euroa"),
    "a Y-tunnus with a wrong check digit": (grant(13, business_id="9123457-4"), "tarkistusnumero", "9123457-4"),
    "a broken day": (grant(14, day="31.2.2023"), "Päätöspäivä", "31.2.2023"),
}

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "town")
    made.create(EXAMPLE)
    return made


def drop(workspace: Workspace, source: str, name: str, content: str | bytes) -> Path:
    file = workspace.inbox / source / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
def test_a_file_that_cannot_be_taken_in_is_refused_with_one_sentence(
    case: Refusal, workspace: Workspace, command: Command
) -> None:
    file = drop(workspace, case.source, case.name, case.content)
    code, out, err = command("check", file, "--source", case.source)
    assert (code, out) == (2, "")
    assert err.startswith(f"{case.name}: ")
    assert err.count("\n") == 1
    assert all(word in err for word in case.said)


@pytest.mark.parametrize(("line", "column", "cell"), ROWS.values(), ids=ROWS.keys())
def test_a_bad_row_is_told_with_its_line_and_cell_and_the_good_one_goes_on(
    line: str, column: str, cell: str, workspace: Workspace, command: Command
) -> None:
    file = drop(workspace, "grant_ledger", "avustukset.csv", LEDGER + grant(1) + line)
    code, out, err = command("check", file)
    assert (code, err) == (1, "")
    told = out.splitlines()
    assert told[0] == "avustukset.csv: 2 riviä luettu = 1 otettu mukaan + 1 karanteenissa."
    (finding,) = told[1:]
    assert column in finding
    assert f" 1/2 riviä: rivi 3 ({cell}). Miksi sillä on väliä: " in finding


def refreshed(workspace: Workspace) -> editions.Published:
    """Refresh without Dagster, which takes a third of the time."""
    return refresh.run_rooms(workspace, lambda _table: None)


def test_a_refresh_of_bad_files_publishes_the_good_rows_and_accounts_for_all(
    workspace: Workspace, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(workspace, "prh_register", "ote.csv", REGISTER + "".join(map(association, range(1, 11))))
    drop(workspace, "grant_ledger", "hyvä.csv", LEDGER + grant(1) + "".join(line for line, _, _ in ROWS.values()))
    for case in REFUSALS:
        drop(workspace, case.source, case.name, case.content)
    published = refreshed(workspace)
    monkeypatch.setattr(run, "refresh", lambda _workspace, _progress: Outcome(published.id, published.is_new))
    code, out, err = command("refresh", workspace.root)
    assert (code, err.strip()) == (0, "")
    assert f"Uusi julkaisu on voimassa: {editions.current_id(workspace)}." in out
    for case in REFUSALS:
        (line,) = [line for line in out.splitlines() if line.strip().startswith(f"{case.name}: ")]
        assert all(word in line for word in case.said)
        assert (workspace.inbox / case.source / case.name).read_bytes() == case.content
    assert "hyvä.csv: 5 riviä luettu = 1 otettu mukaan + 4 karanteenissa." in out
    for _, column, cell in ROWS.values():
        assert [
            line for line in out.splitlines() if line.startswith("- hyvä.csv: ") and column in line and cell in line
        ]
    assert "15 riviä luettu = 11 otettu mukaan + 4 karanteenissa." in out
    assert f"Tiedostoja jäi lukematta: {len(REFUSALS)}." in out


RETURNS = "Vuosi;Yhdistys;Jäsenmäärä;Talkootunnit\n"
SURVEY = "Kausi;Vastauspäivä;Ikäryhmä;Sukupuoli;Osallistunut\n"


def test_figures_that_cannot_be_told_are_empty_with_verdict_and_reason(workspace: Workspace) -> None:
    """Answers that are all equal, one answer of members, no population, no budget, a survey without an age class."""
    names = [f"Kuviteltu yhdistys {number} ry" for number in range(1, 11)]
    drop(workspace, "prh_register", "ote.csv", REGISTER + "".join(map(association, range(1, 11))))
    applied = [grant(number).replace("yhdistys 1 ry", f"yhdistys {number} ry") for number in range(1, 9)]
    drop(workspace, "grant_ledger", "avustukset.csv", LEDGER + "".join(applied))
    rows = [f"2023;{name};{50 if place == 0 else ''};100\n" for place, name in enumerate(names[:6])]
    drop(workspace, "association_returns", "ilmoitukset.csv", RETURNS + "".join(rows))
    drop(workspace, "resident_survey", "kysely.csv", SURVEY + "2021-2025;1.3.2023;18-29;nainen;kyllä\n" * 3)
    published = refreshed(workspace)
    with database.open_edition(workspace.editions / published.id / "analyst.duckdb") as edition:
        told = edition.sql(
            "SELECT indicator_id, period, value, verdict, verdict_reason FROM marts.indicator_values "
            "WHERE breakdown = 'total' AND period IN ('2023', '2021-2025')"
        ).fetchall()
        broken = edition.sql(
            "SELECT count(*) FROM marts.indicator_values "
            "WHERE NOT coalesce(isfinite(value), true) OR (value IS NULL AND verdict <> 'not_usable') "
            "OR verdict_reason IS NULL"
        ).fetchone()
    found = {indicator: tuple(rest) for indicator, _, *rest in told}
    assert broken == (0,)
    assert found["volunteer_hours"] == (None, "not_usable", "verdict.no_spread")
    assert found["memberships"][:2] == (None, "not_usable")
    assert found["grants_share_of_budget"][:2] == (None, "not_usable")
    assert found["grants_per_resident_eur"][:2] == (None, "not_usable")
    assert found["resident_participation_share"][:2] == (None, "not_usable")


def test_a_register_that_shrinks_by_half_keeps_the_edition(workspace: Workspace, command: Command) -> None:
    drop(workspace, "prh_register", "ote.csv", REGISTER + "".join(map(association, range(1, 11))))
    drop(workspace, "grant_ledger", "avustukset.csv", LEDGER + grant(1))
    before = refreshed(workspace).id
    drop(workspace, "prh_register", "ote.csv", REGISTER + "".join(map(association, range(1, 6))))
    code, out, err = command("refresh", workspace.root)
    assert code == 3
    assert "Traceback" not in out + err
    said = " ".join(err.split())
    assert "yli viidenneksen vähemmän rivejä" in said
    assert said.endswith(f"Voimassa on edelleen julkaisu {before}.")
    assert editions.current_id(workspace) == before
    assert [path.name for path in workspace.editions.iterdir()] == [before]


def test_an_empty_inbox_makes_no_edition_and_says_what_to_do(workspace: Workspace, command: Command) -> None:
    code, out, err = command("refresh", workspace.root)
    assert (code, out) == (3, "")
    said = " ".join(err.split())
    assert said == (
        "Julkaisua ei tehty. Työtilan inbox-kansioissa ei ole yhtään tiedostoa. Lisää tiedostot ja aja uudelleen. "
        "Työtilassa ei ole vielä yhtään julkaisua."
    )
    assert not workspace.current_file.exists()


def test_a_copy_that_lost_its_empty_folders_is_refreshed_all_the_same(workspace: Workspace) -> None:
    for folder in (workspace.editions, workspace.landing):
        folder.rmdir()
    (workspace.dagster_home / "dagster.yaml").unlink()
    workspace.make_folders()
    assert workspace.editions.is_dir()
    assert workspace.landing.stat().st_mode & 0o777 == 0o700
    assert (workspace.dagster_home / "dagster.yaml").is_file()


def test_own_settings_of_dagster_are_kept(workspace: Workspace) -> None:
    own = workspace.dagster_home / "dagster.yaml"
    own.write_text("# ours\n", encoding="utf-8")
    workspace.make_folders()
    assert own.read_text(encoding="utf-8") == "# ours\n"


def test_a_register_whose_rows_cannot_be_used_keeps_the_edition_and_a_mended_one_replaces_it(
    workspace: Workspace,
) -> None:
    """All rows are there, but none of them can be used: the bound is for the rows that go on."""
    whole = REGISTER + "".join(map(association, range(1, 6)))
    drop(workspace, "grant_ledger", "avustukset.csv", LEDGER + grant(1))
    drop(workspace, "prh_register", "ote.csv", whole)
    first = refreshed(workspace)
    drop(workspace, "prh_register", "ote.csv", whole.replace("rekisterissä", "outo tila"))
    with pytest.raises(BlockingCheckError, match="yli viidenneksen vähemmän"):
        refreshed(workspace)
    assert editions.current_id(workspace) == first.id
    drop(workspace, "prh_register", "ote.csv", whole)
    assert refreshed(workspace) == editions.Published(first.id, is_new=False)


def test_a_file_that_was_refused_once_is_read_when_it_can_be(workspace: Workspace) -> None:
    """A refusal stays in the manifest for ever; the accounts say what is so now."""
    drop(workspace, "prh_register", "ote.csv", REGISTER + association(1))
    (file,) = landing.land_inbox(workspace, "prh_register")
    landing.note_refusal(workspace, file, contracts.messages()["refusal.empty"])
    drop(workspace, "grant_ledger", "avustukset.csv", LEDGER + grant(1))
    refreshed(workspace)
    with database.open_build(workspace.build_file) as build:
        told = build.sql("SELECT state, reason, rows_read FROM quality.files WHERE source = 'prh_register'").fetchall()
    assert told == [("read", None, 1)]
    lines = (workspace.landing / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["event"] for line in lines].count("refused") == 1
