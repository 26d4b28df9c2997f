"""Every service, spoilt in every way: landed files or one clear sentence, never half of a fetch in force."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count
from typing import Any

import pytest
from client_cases import CASES, FAST, IMPATIENT, Case, Town
from played_services import Asked, Played, Reply, served

MakeTown = Callable[..., Town]
Spoil = Callable[[Reply], Reply]

HUGE = b" " * (FAST.max_bytes + 1)
NO_SUCH_HOST = "https://muualla.invalid/"

BUSY = Reply(b"Too many requests", 429, "text/plain")
FATAL: dict[str, tuple[Spoil, str, int]] = {
    "429 text": (lambda _: BUSY, "on ruuhkaa", 2),
    "429 with a long Retry-After": (lambda _: replace(BUSY, headers={"Retry-After": "3600"}), "on ruuhkaa", 1),
    "500": (lambda _: Reply(b'{"message": "x"}', 500), "häiriö (virhe 500)", 2),
    "503 page": (lambda _: Reply(b"<html>", 503, "text/html"), "häiriö (virhe 503)", 2),
    "403": (lambda _: Reply(b"{}", 403), "ei hyväksynyt pyyntöä (virhe 403)", 1),
    "truncated JSON": (lambda reply: replace(reply, body=reply.body[:-9]), "katkennut tai rikki", 2),
    "not JSON": (lambda reply: replace(reply, body=b"\xff\xfe\x00"), "katkennut tai rikki", 2),
    "deep JSON": (lambda reply: replace(reply, body=b"[" * 200_000), "katkennut tai rikki", 2),
    "bad compression": (lambda reply: replace(reply, headers={"Content-Encoding": "gzip"}), "katkennut tai rikki", 1),
    "JSON that calls itself text": (
        lambda reply: replace(reply, kind="text/plain"),
        "muuta kuin JSON-tietoa (text/plain)",
        1,
    ),
    "a web page": (lambda _: Reply(b"<html></html>", kind="text/html"), "muuta kuin JSON-tietoa (text/html)", 1),
    "cut off": (lambda reply: replace(reply, missing=10), "katkesi kesken vastauksen", 2),
    "oversize": (lambda reply: replace(reply, body=reply.body + HUGE), "on yli 1 Mt", 1),
    "redirect": (
        lambda _: Reply(b"", 302, headers={"Location": NO_SUCH_HOST}),
        f"toiseen osoitteeseen ({NO_SUCH_HOST})",
        1,
    ),
    "redirect to nowhere": (lambda _: Reply(b"", 301), "toiseen osoitteeseen (–)", 1),
    "an empty object": (lambda _: Reply(b"{}"), "puuttuu odotettu kenttä", 1),
    "a list": (lambda _: Reply(b'[1, "x", null]'), "puuttuu odotettu kenttä", 1),
    "a number": (lambda _: Reply(b"NaN"), "katkennut tai rikki", 2),
}
"""What is done to the last answer that a fetch needs, what is said then, and how often it is asked for."""


def last_answer(case: Case, spoil: Spoil, times: int | None = None) -> Callable[[Asked, Reply], Reply]:
    """Spoil the answer that brings the last page, the first `times` times or always."""
    spoilt = count()

    def play(asked: Asked, reply: Reply) -> Reply:
        is_last = {
            "ytj_companies": asked.parameters.get("page") == "3",
            "population": asked.method == "POST",
            "price_index": asked.method == "POST",
            "municipal_finance": asked.path.endswith("/2024"),
            "events": asked.parameters.get("page") == "3",
            "directory_listings": asked.parameters.get("page") == "3",
        }[case.source]
        return spoil(reply) if is_last and (times is None or next(spoilt) < times) else reply

    return play


def refused(town: Town, case: Case) -> str:
    """Fetch, and return the sentence that tells why nothing came into force."""
    (fetched,) = town.fetch()
    assert fetched.source == case.source
    assert fetched.failure is not None
    for sentence in (fetched.failure.fi, fetched.failure.sv, fetched.failure.en):
        assert "\n" not in sentence
        assert sentence.endswith(".")
    return fetched.failure.fi


@pytest.mark.parametrize(("spoil", "says", "times"), FATAL.values(), ids=FATAL)
def test_a_fault_ends_in_a_sentence_and_nothing_comes_into_force(
    town: MakeTown, case: Case, service: Played, spoil: Spoil, says: str, times: int
) -> None:
    made = town(**{case.source: service.base})
    before = len(service.asked)
    service.spoil = last_answer(case, lambda reply: Reply(b"", 418))
    refused(made, case)
    without_fault = len(service.asked) - before
    made.workspace.landing.joinpath("manifest.jsonl").unlink(missing_ok=True)
    service.asked.clear()
    service.spoil = last_answer(case, spoil)
    assert says in refused(made, case)
    assert len(service.asked) == without_fault - 1 + times
    assert made.files(case.source) == []
    assert made.pages_ever(case.source) == case.pages - 1
    assert not list(made.workspace.landing.glob("*.partial"))


RENAMED = {
    "ytj_companies": "companies",
    "population": "dimension",
    "price_index": "dimension",
    "municipal_finance": "tunnusluku",
    "events": "data",
    "directory_listings": "itemList",
}


def test_a_field_with_a_new_name_is_named(town: MakeTown, case: Case, service: Played) -> None:
    made = town(**{case.source: service.base})
    old = RENAMED[case.source]

    def rename(reply: Reply) -> Reply:
        assert f'"{old}"'.encode() in reply.body
        return replace(reply, body=reply.body.replace(f'"{old}"'.encode(), f'"{old}V2"'.encode()))

    service.spoil = last_answer(case, rename)
    assert f"puuttuu odotettu kenttä: {old}." in refused(made, case)
    assert made.files(case.source) == []


PASSING: dict[str, Spoil] = {
    "429 text": FATAL["429 text"][0],
    "429 with Retry-After": lambda _: replace(BUSY, headers={"Retry-After": "0"}),
    "429 with a date": lambda _: replace(BUSY, headers={"Retry-After": format_datetime(datetime.now(UTC))}),
    "429 with nonsense": lambda _: replace(BUSY, headers={"Retry-After": "pian"}),
    "500": FATAL["500"][0],
    "truncated JSON": FATAL["truncated JSON"][0],
    "cut off": FATAL["cut off"][0],
}


@pytest.mark.parametrize("spoil", PASSING.values(), ids=PASSING)
def test_a_fault_that_passes_is_got_over(town: MakeTown, case: Case, service: Played, spoil: Spoil) -> None:
    made = town(**{case.source: service.base})
    service.spoil = last_answer(case, spoil, times=1)
    (fetched,) = made.fetch()
    assert (fetched.failure, fetched.pages) == (None, case.pages)
    assert len(made.files(case.source)) == case.pages


@pytest.mark.parametrize(("times", "says"), [(1, None), (None, "ei vastannut ajoissa")])
def test_a_slow_answer(town: MakeTown, case: Case, service: Played, times: int | None, says: str | None) -> None:
    made = town(**{case.source: service.base})
    service.spoil = last_answer(case, lambda reply: replace(reply, delay=0.8), times)
    (fetched,) = made.fetch(IMPATIENT)
    assert (says is None) == (fetched.failure is None)
    assert len(made.files(case.source)) == (case.pages if says is None else 0)
    assert fetched.failure is None or says in fetched.failure.fi


def test_an_answer_that_comes_drop_by_drop(town: MakeTown, case: Case, service: Played) -> None:
    """Every drop comes in time, but the whole would take too long."""
    made = town(**{case.source: service.base})
    service.spoil = last_answer(case, lambda reply: replace(reply, drops=True))
    (fetched,) = made.fetch(replace(FAST, patience=0.1))
    assert fetched.failure is not None
    assert "ei vastannut ajoissa" in fetched.failure.fi
    assert made.files(case.source) == []


def test_a_failure_keeps_what_was_fetched_before(town: MakeTown, case: Case, service: Played) -> None:
    made = town(**{case.source: service.base})
    made.fetch()
    before = made.files(case.source)
    assert before
    service.spoil = lambda *_: Reply(b"", 500)
    assert "häiriö" in refused(made, case)
    assert made.files(case.source) == before


def test_a_fetch_that_broke_off_goes_on_where_it_stopped(town: MakeTown, case: Case, service: Played) -> None:
    made = town(**{case.source: service.base})
    service.spoil = last_answer(case, FATAL["cut off"][0])
    assert "haku jatkuu siitä, mihin se jäi" in refused(made, case)
    asked_before = [(asked.method, asked.path, tuple(asked.parameters.items())) for asked in service.asked]
    service.asked.clear()
    service.spoil = lambda _, reply: reply
    (fetched,) = made.fetch()
    assert (fetched.failure, fetched.pages) == (None, case.pages)
    again = [
        asked
        for asked in service.asked
        if (asked.method, asked.path, tuple(asked.parameters.items())) in asked_before[:-2]
    ]
    assert [asked for asked in again if asked.path not in {"aineistot", "vaerak/11ra.px", "khi/11xc.px"}] == []
    assert made.pages_ever(case.source) == case.pages


def test_nobody_listens(town: MakeTown, case: Case) -> None:
    with served(case.play) as closed:
        base = closed.base
    made = town(**{case.source: base})
    assert refused(made, case).startswith("Palveluun 127.0.0.1 ei saada yhteyttä.")


PAGED = ("ytj_companies", "events", "directory_listings")


@pytest.mark.parametrize("case", PAGED, indirect=True)
def test_a_page_that_comes_again_drops_the_fetch(town: MakeTown, case: Case, service: Played) -> None:
    made = town(**{case.source: service.base})
    first: list[Reply] = []

    def repeat(asked: Asked, reply: Reply) -> Reply:
        first.append(reply)
        document = json.loads(reply.body)
        if asked.parameters.get("page") != "3":
            return reply
        if "meta" in document:
            document["data"] = json.loads(first[0].body)["data"]
            return replace(reply, body=json.dumps(document).encode())
        return first[0]

    service.spoil = repeat
    assert "Palvelu antoi sivuksi 3 tietoja, jotka olivat jo aiemmilla sivuilla." in refused(made, case)
    service.asked.clear()
    service.spoil = lambda _, reply: reply
    (fetched,) = made.fetch()
    assert fetched.failure is None
    assert len(service.asked) == case.pages


@pytest.mark.parametrize("case", PAGED, indirect=True)
def test_a_service_that_promises_pages_without_end(town: MakeTown, case: Case, service: Played) -> None:
    made = town(**{case.source: service.base})

    def promise(_: Asked, reply: Reply) -> Reply:
        document = json.loads(reply.body)
        document |= {"totalResults": 10**12, "pageCount": 10**9}
        document["meta"] = {"next": f"{service.base}/event/?page=9"}
        document["data"] = document.get("data", [])
        return replace(reply, body=json.dumps(document).encode())

    service.spoil = promise
    assert "jotka olivat jo aiemmilla sivuilla" in refused(made, case)
    assert len(service.asked) <= 4
    assert made.files(case.source) == []


LINKS = (
    "https://muualla.invalid/event/?page=2",
    "http://127.0.0.1:1/x",
    "//muualla.invalid/x",
    "http://[",
    5,
    {"a": 1},
    "\ud800",
)


@pytest.mark.parametrize("link", LINKS, ids=ascii)
@pytest.mark.parametrize("case", ["events", "municipal_finance"], indirect=True)
def test_a_link_to_another_host_is_not_followed(town: MakeTown, case: Case, service: Played, link: object) -> None:
    made = town(**{case.source: service.base})

    def lead_away(_: Asked, reply: Reply) -> Reply:
        document = json.loads(reply.body)
        if "meta" in document:
            document["meta"]["next"] = link
        for entry in document.get("aineistot", []) if isinstance(document, dict) else []:
            entry["tunnusluvut"] = link
        return replace(reply, body=json.dumps(document).encode())

    service.spoil = lead_away
    assert "on linkki muualle" in refused(made, case)
    assert len(service.asked) == 1


def test_the_scheme_of_a_link_is_not_minded(town: MakeTown) -> None:
    case = CASES["events"]
    with served(case.play) as service:
        made = town(events=service.base)
        service.spoil = lambda _, reply: replace(reply, body=reply.body.replace(b"http://127", b"https://127"))
        (fetched,) = made.fetch()
    assert (fetched.failure, fetched.pages) == (None, 3)


def test_many_small_faults_in_what_is_said(town: MakeTown, case: Case, service: Played) -> None:
    """Whatever is put in place of any part of any answer, a fetch ends in pages or in a sentence."""
    made = town(**{case.source: service.base})
    chance = random.Random(case.source)

    def scramble(_: Asked, reply: Reply) -> Reply:
        try:
            document = json.loads(reply.body)
        except ValueError:
            return reply
        return replace(reply, body=json.dumps(scrambled(document, chance)).encode())

    service.spoil = scramble
    outcomes = [made.fetch()[0] for _ in range(25)]
    assert all(fetched.failure is not None or fetched.pages for fetched in outcomes)
    assert any(fetched.failure is not None for fetched in outcomes)


JUNK: tuple[Any, ...] = (None, True, -1, 0, 10**30, 1.5, "", "x", "\ud800", "2024", [], [None], {}, {"a": []}, [[1]])


def scrambled(document: Any, chance: random.Random) -> Any:
    """Put junk in place of one part of a document, or leave a field out."""
    if isinstance(document, dict) and document and chance.random() < 0.9:
        key = chance.choice(list(document))
        if chance.random() < 0.15:
            return {name: value for name, value in document.items() if name != key}
        return {**document, key: scrambled(document[key], chance)}
    if isinstance(document, list) and document and chance.random() < 0.9:
        place = chance.randrange(len(document))
        return [*document[:place], scrambled(document[place], chance), *document[place + 1 :]]
    return chance.choice(JUNK)


def test_a_retry_after_in_the_future_is_waited_for(town: MakeTown) -> None:
    case = CASES["population"]
    with served(case.play) as service:
        made = town(population=service.base)
        started: list[datetime] = []

        def busy_once(_: Asked, reply: Reply) -> Reply:
            started.append(datetime.now(UTC))
            return replace(BUSY, headers={"Retry-After": "1"}) if len(started) == 1 else reply

        service.spoil = busy_once
        (fetched,) = made.fetch(replace(FAST, longest_wait=2))
    assert fetched.failure is None
    assert started[1] - started[0] >= timedelta(seconds=0.95)
