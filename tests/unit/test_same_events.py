"""Tellings of one event are put together, and tellings of two are not: on labelled pairs, by rule, and as a table."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from event_cases import Pair, measure, of_part, read_pairs

from pipelines.event_tellings import event_tellings
from pipelines.same_events import BAR, Telling, likeness, matched

PAIRS = read_pairs()


def test_the_case_file_is_large_and_has_both_answers_in_both_parts() -> None:
    assert len(PAIRS) >= 150
    for part in ("tune", "test"):
        labels = [pair.is_same for pair in of_part(PAIRS, part)]
        assert min(labels.count(True), labels.count(False)) >= 30


def test_the_pairs_of_the_part_for_testing_are_told_apart() -> None:
    score = measure(of_part(PAIRS, "test"))
    assert score.precision >= 0.95
    assert score.recall >= 0.9


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair.kind == "letters"], ids=lambda pair: pair.one.name)
def test_the_order_of_two_tellings_does_not_matter(pair: Pair) -> None:
    assert likeness(pair.one, pair.other) == likeness(pair.other, pair.one)


def telling(key: str, name: str, place: str | None = "Tori", day: str = "2024-06-14", *organisers: str) -> Telling:
    return Telling(key, day, name, place, frozenset(organisers))


def test_a_number_that_the_place_explains_does_not_tell_events_apart() -> None:
    alike = likeness(telling("a", "Kyläjuhla 3", "Sali 3"), telling("b", "Kyläjuhla 4", "Sali 3"))
    assert alike >= BAR
    assert likeness(telling("a", "Kyläjuhla 3", "Sali"), telling("b", "Kyläjuhla 4", "Sali")) == 0


def test_a_day_of_many_tellings_has_the_events_that_its_pairs_say() -> None:
    day = [
        telling(f"{place} {name}", name, place) for place in ("Tori", "Koulu", None) for name in ("Juhla", "Talkoot")
    ]
    found = matched([*day, telling("more", "Juhlat", "Torilla")])
    assert found["more"].event == "Tori Juhla"
    assert found["None Juhla"].event == "Tori Juhla"
    assert len({match.event for match in found.values()}) == 4


def test_another_day_is_another_event() -> None:
    found = matched([telling("a", "Kyläjuhla"), telling("b", "Kyläjuhla", "Tori", "2024-06-15")])
    assert {key: match.event for key, match in found.items()} == {"a": "a", "b": "b"}


def test_three_tellings_of_which_two_say_the_same_are_one_event_and_say_how() -> None:
    found = matched(
        [
            telling("a", "Kyläjuhla"),
            telling("b", "KYLÄJUHLA!"),
            telling("c", "Kyläjuhla torilla"),
            telling("d", "Tanssit"),
        ]
    )
    assert {key: (match.event, match.method) for key, match in found.items()} == {
        "a": ("a", "first"),
        "b": ("a", "same_words"),
        "c": ("a", "likeness"),
        "d": ("d", "first"),
    }
    assert found["a"].score is None
    assert found["c"].score == 1.0


def test_tellings_that_only_a_third_one_joins_are_one_event() -> None:
    found = matched([telling("a", "Kyläjuhla"), telling("b", "Byfest"), telling("c", "Byfest / Kyläjuhla")])
    assert {match.event for match in found.values()} == {"a"}
    assert [found[key].method for key in "abc"] == ["first", "likeness", "likeness"]


def test_two_places_stay_two_events_though_a_telling_without_a_place_is_like_both() -> None:
    found = matched(
        [telling("a", "Kyläjuhla", "Tori"), telling("b", "Kyläjuhla", "Seurala"), telling("c", "Kyläjuhla", None)]
    )
    assert {key: match.event for key, match in found.items()} == {"a": "a", "b": "b", "c": "a"}


DAY = date(2024, 6, 14)


def listed(*rows: tuple[str, str | None, str | None, date]) -> pl.DataFrame:
    return pl.DataFrame(
        [("f1", "", line, *row) for line, row in enumerate(rows, start=2)],
        schema={
            "file_sha256": pl.String, "sheet": pl.String, "line": pl.Int64,
            "name": pl.String, "place": pl.String, "city_unit": pl.String, "held_on": pl.Date,
        },
        orient="row",
    )  # fmt: skip


def links(*rows: tuple[int, str | None, str]) -> pl.DataFrame:
    schema = {"line": pl.Int64, "register_number": pl.String, "mention": pl.String}
    frame = pl.DataFrame(list(rows), schema=schema, orient="row")
    return frame.with_columns(file_sha256=pl.lit("f1"), sheet=pl.lit(""))


def work(*rows: tuple[str, str | None, date]) -> pl.DataFrame:
    return pl.DataFrame(
        [("f2", "", line, f"w{line}", "event", *row) for line, row in enumerate(rows, start=2)],
        schema={
            "file_sha256": pl.String, "sheet": pl.String, "line": pl.Int64, "work_id": pl.String, "kind": pl.String,
            "city_unit": pl.String, "register_number": pl.String, "done_on": pl.Date,
        },
        orient="row",
    )  # fmt: skip


def of_work(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return frame.filter(pl.col("source") == "city_work").sort("line").to_dicts()


def test_a_record_of_the_town_follows_the_association_that_it_names() -> None:
    events = listed(("Kyläjuhla", "Tori", None, DAY), ("Tanssit", "Lava", "sport", DAY))
    named = links((2, "000001", "Latu ry"), (3, "000002", "Kiekko ry"))
    found = event_tellings(events, named, work(("sport", "000001", DAY), ("sport", None, DAY), ("youth", None, DAY)))
    ids = {row["line"]: row["event_id"] for row in found.filter(pl.col("source") == "events").to_dicts()}
    first, second, third = of_work(found)
    assert (first["event_id"], first["method"]) == (ids[2], "same_association")
    assert (second["event_id"], second["method"]) == (ids[3], "same_unit")
    assert third["method"] == "only_town"
    assert third["event_id"] not in ids.values()


def test_a_record_that_may_mean_two_events_means_none() -> None:
    events = listed(("Kyläjuhla", "Tori", "sport", DAY), ("Tanssit", "Lava", "sport", DAY))
    named = links((2, "000001", "Latu ry"), (3, "000001", "Latu ry"))
    found = event_tellings(
        events, named, work(("sport", "000001", DAY), ("youth", "000001", DAY), ("sport", None, DAY))
    )
    assert [row["method"] for row in of_work(found)] == ["only_town"] * 3


def test_two_units_that_name_one_association_tell_of_one_event_and_one_unit_twice_of_two() -> None:
    rows = work(("sport", "000001", DAY), ("youth", "000001", DAY), ("sport", "000001", DAY), ("sport", None, DAY))
    first, second, third, fourth = (row["event_id"] for row in of_work(event_tellings(listed(), links(), rows)))
    assert first == second
    assert len({first, third, fourth}) == 3


def test_the_id_of_an_event_does_not_depend_on_the_order_of_rows() -> None:
    rows = [("Kyläjuhla", "Tori", None, DAY), ("Kyläjuhla torilla", None, None, DAY), ("Tanssit", "Lava", None, DAY)]
    one = event_tellings(listed(*rows), links(), work())
    other = event_tellings(listed(*reversed(rows)), links(), work())
    assert set(one["event_id"]) == set(other["event_id"])
    assert one["event_id"].n_unique() == 2


def test_without_tellings_there_are_no_events() -> None:
    assert event_tellings(listed(), links(), work()).is_empty()
