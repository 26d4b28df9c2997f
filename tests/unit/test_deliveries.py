"""Delivering a file: its name, what is refused, what is recognised, who sent it, and what became of it."""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines import checking_apart, contracts, deliveries, delivery_log, journal, landing
from pipelines.checking_apart import Feedback, check_apart
from pipelines.deliveries import AlreadyThereError, accept, outcomes, replaceable, safe_name, same_file
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace

WHEN = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
SENDER = "maija.mallikas@esimerkkila.example"
SOURCE = "umbrella_members"
HEADER = "Kattojärjestö;Jäsenjärjestö;Alkaen"
GOOD = f"{HEADER}\nKuvitelman Keskus ry;Kuvitelman Latu ry;1.1.2020\n".encode()
MENDED = GOOD.replace(b"2020", b"2021")


@pytest.fixture
def town(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "town")
    made.create(contracts.municipality_settings("esimerkkila"))
    return made


def feedback(content: bytes, **said: object) -> Feedback:
    facts = {"source": SOURCE, "rows_read": 1, "rows_staged": 1}
    return Feedback(hashlib.sha256(content).hexdigest(), **facts | said)  # type: ignore[arg-type]


def deliver(town: Workspace, content: bytes, name: str = "jäsenet.csv", replaces: str | None = None) -> str:
    return accept(town, feedback(content), content, name, SENDER, WHEN, replaces).name


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("jäsenet 2024.csv", "jäsenet 2024.csv"),
        ("../../../etc/passwd", "passwd"),
        ("C:\\Users\\maija\\jäsenet.xlsx", "jäsenet.xlsx"),
        ("/etc/cron.d/", deliveries.NAMELESS),
        ("..", deliveries.NAMELESS),
        (".htaccess", "htaccess"),
        ("~$jäsenet.xlsx", "jäsenet.xlsx"),
        ("a\x00b\nc.csv", "a_b_c.csv"),
        ("<script>.csv", "script_.csv"),
        ("=1+1.csv", "1+1.csv"),
        ("a\u0308 .csv", "ä.csv"),
        ("", deliveries.NAMELESS),
        ("x" * 300 + ".csv", "x" * 116 + ".csv"),
        ("taulukko." + "y" * 300, "taulukko." + "y" * 10),
    ],
)
def test_a_name_is_its_last_part_without_what_could_do_harm(given: str, kept: str) -> None:
    assert safe_name(given) == kept


def test_a_file_comes_into_the_folder_of_its_source_and_the_manifest_says_who_sent_it(town: Workspace) -> None:
    assert deliver(town, GOOD, "../../../jäsenet.csv") == "jäsenet.csv"
    assert [path.relative_to(town.root).as_posix() for path in town.inbox.rglob("*") if path.is_file()] == [
        f"inbox/{SOURCE}/jäsenet.csv"
    ]
    (landed,) = landing.land_inbox(town, SOURCE)
    assert landed.sender == landing.Sender(SENDER, WHEN.isoformat())
    assert landing.files_in_force(town, SOURCE) == [landed]
    event = json.loads((town.landing / "manifest.jsonl").read_text(encoding="utf-8"))
    assert event["sender"] == {"by": SENDER, "at": WHEN.isoformat()}


def test_a_file_that_nobody_sent_through_the_page_has_no_sender(town: Workspace) -> None:
    (town.inbox / SOURCE / "käsin.csv").write_bytes(GOOD)
    (landed,) = landing.land_inbox(town, SOURCE)
    assert landed.sender is None


def test_the_same_bytes_are_recognised_under_any_name(town: Workspace) -> None:
    deliver(town, GOOD)
    assert same_file(town, SOURCE, hashlib.sha256(GOOD).hexdigest()) == "jäsenet.csv"
    with pytest.raises(AlreadyThereError, match=r"jäsenet\.csv"):
        deliver(town, GOOD, "toinen.csv")
    assert len(list(delivery_log.deliveries(town))) == 1


def test_no_file_is_overwritten(town: Workspace) -> None:
    deliver(town, GOOD)
    assert deliver(town, MENDED, "JÄSENET.csv") == "JÄSENET (2).csv"
    assert (town.inbox / SOURCE / "jäsenet.csv").read_bytes() == GOOD


def test_a_file_takes_the_place_of_one_that_has_landed_and_of_no_other(town: Workspace) -> None:
    deliver(town, GOOD)
    assert replaceable(town, SOURCE) == []
    with pytest.raises(ValueError, match=r"jäsenet\.csv"):
        deliver(town, MENDED, replaces="jäsenet.csv")
    landing.land_inbox(town, SOURCE)
    assert replaceable(town, SOURCE) == ["jäsenet.csv"]
    deliver(town, MENDED, "korjattu.csv", replaces="jäsenet.csv")
    landing.land_inbox(town, SOURCE)
    (in_force,) = landing.files_in_force(town, SOURCE)
    assert landing.content_of(town, in_force) == MENDED
    assert [item.state for item in outcomes(town)] == ["read", "replaced"]


@pytest.mark.parametrize(
    "said", [{"refusal": "PDF"}, {"sha256": "0" * 64}, {"source": "../landing"}, {"source": ""}], ids=str
)
def test_what_was_not_checked_or_is_refused_is_not_accepted(said: dict[str, str], town: Workspace) -> None:
    facts = {"sha256": hashlib.sha256(GOOD).hexdigest(), "source": SOURCE} | said
    with pytest.raises(ValueError, match=r"jäsenet\.csv"):
        accept(town, Feedback(**facts), GOOD, "jäsenet.csv", SENDER, WHEN, None)  # type: ignore[arg-type]
    assert not town.deliveries_file.exists()


def test_a_file_over_the_limit_is_not_accepted(town: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "LARGEST", len(GOOD) - 1)
    with pytest.raises(ValueError, match=r"jäsenet\.csv"):
        deliver(town, GOOD)


def test_the_states_of_a_delivery(town: Workspace) -> None:
    deliver(town, GOOD)
    deliver(town, MENDED, "toinen.csv")
    assert [item.state for item in outcomes(town)] == ["waiting", "waiting"]
    (town.inbox / SOURCE / "toinen.csv").unlink()
    landing.land_inbox(town, SOURCE)
    assert [item.state for item in outcomes(town)] == ["gone", "read"]
    landing.note_refusal(town, landing.files_in_force(town, SOURCE)[0], contracts.message("refusal.pdf"))
    assert [(item.state, item.reason) for item in outcomes(town)][1] == ("refused", contracts.message("refusal.pdf").fi)


def test_many_at_once_get_names_of_their_own_and_whole_lines(town: Workspace) -> None:
    contents = [GOOD + f"Kuvitelman Keskus ry;Kerho {number} ry;1.1.2020\n".encode() for number in range(12)]
    threads = [threading.Thread(target=deliver, args=(town, content)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    there = {path.read_bytes() for path in (town.inbox / SOURCE).iterdir()}
    assert there == set(contents)
    assert {item.name for item in delivery_log.deliveries(town)} == {
        path.name for path in (town.inbox / SOURCE).iterdir()
    }


def test_a_log_that_can_not_be_read_is_a_sentence(town: Workspace) -> None:
    deliver(town, GOOD)
    journal.add(town.deliveries_file, {"by": "joku"})
    with pytest.raises(WorkspaceError, match=r"deliveries\.jsonl ei voi lukea"):
        outcomes(town)


def test_a_line_that_a_crash_cut_short_is_passed_over_and_written_over(tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    journal.add(file, {"a": 1})
    with file.open("ab") as stream:
        stream.write(b'{"a": 2')
    assert list(journal.records(file)) == [{"a": 1}]
    journal.add(file, {"a": 3})
    assert list(journal.records(file)) == [{"a": 1}, {"a": 3}]


def test_a_file_is_checked_in_a_process_of_its_own_with_the_sentences_of_the_check(town: Workspace) -> None:
    content = f"{HEADER};Huom\nKuvitelman Keskus ry;Kuvitelman Latu ry;eilen;x\n".encode()
    found = check_apart(content, "jäsenet.csv", None, town.root, "sv")
    assert (found.source, found.rows_read, found.rows_quarantined, found.not_read) == (SOURCE, 1, 1, ("Huom",))
    finding = next(finding for finding in found.findings if "eilen" in finding.where)
    assert (finding.severity, finding.how_many, finding.where) == ("error", "1/1 rader", "rad 2 (eilen)")
    assert found.workbook.startswith(b"PK")
    assert found.is_readable


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [(b"%PDF-1.7", "taulukko.csv", "PDF"), (b"", "tyhjä.csv", "tyhjä"), (b"a;b\n1;2\n", "x.csv", "ei tunnisteta")],
)
def test_its_content_and_not_its_name_says_what_a_file_is(
    content: bytes, name: str, told: str, town: Workspace
) -> None:
    assert told in check_apart(content, name, None, town.root, "fi").refusal


@pytest.mark.parametrize(("limit", "told"), [("LONGEST_CHECK", "keskeytettiin"), ("python", "muistia")])
def test_a_check_that_does_not_end_well_is_a_sentence(
    limit: str, told: str, town: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    if limit == "python":
        monkeypatch.setattr(checking_apart.sys, "executable", "/bin/false")
    else:
        monkeypatch.setattr(checking_apart, limit, 0.01)
    found = check_apart(GOOD, "jäsenet.csv", SOURCE, town.root, "fi")
    assert told in found.refusal
    assert not found.is_readable
