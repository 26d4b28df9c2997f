"""Tables of tellings put together into events: the lists of events and the town's own records.

Here belongs: laying tables out for `pipelines.same_events`, and which event of the lists a record of the town's work
means. Not here: comparing names and places.

A record of work bears no name, so it follows whom it names. With an association it is the event of the lists that this
association holds that day, of several the one of the same unit; without one it is the event of that unit that day, when
there is one only. What follows none is an event that only the town tells of; there two units that name one association
on one day tell of one event.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

import polars as pl

from pipelines.same_events import Match, Telling, matched, same_words

PLACE = ("file_sha256", "sheet", "line")

SCHEMA = {
    "event_id": pl.String,
    "source": pl.String,
    "file_sha256": pl.String,
    "sheet": pl.String,
    "line": pl.Int64,
    "method": pl.String,
    "score": pl.Float64,
}

Place = tuple[str, str | None, int]


@dataclass(frozen=True, slots=True)
class _Listed:
    """An event of the lists, as far as a record of work can mean it."""

    event: str
    associations: frozenset[str]
    units: frozenset[str]


def event_tellings(listed: pl.DataFrame, links: pl.DataFrame, work: pl.DataFrame) -> pl.DataFrame:
    """Give every telling its event.

    Parameters
    ----------
    listed
        Rows of `staging.events`: `file_sha256`, `sheet`, `line`, `held_on`, `name`, `place`, `city_unit`.
    links
        Rows of `core.organisation_links` of the source `events`.
    work
        Rows of `core.city_work`: `work_id`, `done_on`, `city_unit`, `kind`, `register_number`, and their place in the
        file.

    Returns
    -------
    pl.DataFrame
        Columns as `SCHEMA`; one row a telling. `method` is first, same_words or likeness for rows of the lists,
        same_association, same_unit or only_town for records of work.
    """
    # ordered by what they say, so that the id of an event does not hang on which file came first
    words = {telling: same_words(telling) for telling in _tellings(listed, links)}
    tellings = sorted(words, key=lambda telling: (words[telling], telling.key))
    places = {_key(place): place for place in listed.select(PLACE).iter_rows()}
    found = matched(tellings)
    first = {telling.key: telling for telling in tellings}
    ids = {key: _digest(*words[first[match.event]]) for key, match in found.items()}
    rows: list[tuple[object, ...]] = [
        (ids[key], "events", *places[key], match.method, match.score) for key, match in found.items()
    ]
    rows += _of_work(work, _by_day(listed, links, ids))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row").sort("event_id", "source", *PLACE)


def _tellings(listed: pl.DataFrame, links: pl.DataFrame) -> Iterator[Telling]:
    organisers = _organisers(links)
    for row in listed.select(*PLACE, "held_on", "name", "place").iter_rows(named=True):
        key = _key((row["file_sha256"], row["sheet"], row["line"]))
        keys, names = organisers.get(key, (frozenset(), ()))
        yield Telling(key, row["held_on"].isoformat(), row["name"], row["place"], keys, names)


def _organisers(links: pl.DataFrame) -> dict[str, tuple[frozenset[str], tuple[str, ...]]]:
    """Return for each row of the lists who is known to hold the event: register numbers or names, and the names."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for *place, number, mention in links.select(*PLACE, "register_number", "mention").iter_rows():
        if mention:
            found[_key((place[0], place[1], place[2]))].append((number or mention.lower(), mention))
    return {key: (frozenset(one for one, _ in named), tuple(name for _, name in named)) for key, named in found.items()}


def _by_day(listed: pl.DataFrame, links: pl.DataFrame, ids: Mapping[str, str]) -> dict[str, list[_Listed]]:
    """Return the events of each day with the associations and units that any of their tellings names."""
    numbers: dict[str, set[str]] = defaultdict(set)
    for *place, number in links.select(*PLACE, "register_number").iter_rows():
        if number:
            numbers[ids[_key((place[0], place[1], place[2]))]].add(number)
    units: dict[str, set[str]] = defaultdict(set)
    days: dict[str, dict[str, None]] = defaultdict(dict)
    for *place, day, unit in listed.select(*PLACE, "held_on", "city_unit").iter_rows():
        event = ids[_key((place[0], place[1], place[2]))]
        days[day.isoformat()][event] = None
        if unit:
            units[event].add(unit)
    return {
        day: [_Listed(event, frozenset(numbers[event]), frozenset(units[event])) for event in events]
        for day, events in days.items()
    }


def _of_work(work: pl.DataFrame, by_day: Mapping[str, list[_Listed]]) -> Iterator[tuple[object, ...]]:
    seen: Counter[tuple[str, str, str]] = Counter()
    events = work.filter(pl.col("kind") == "event").sort("done_on", "city_unit", "work_id")
    for row in events.iter_rows(named=True):
        day, unit, association = row["done_on"].isoformat(), row["city_unit"], row["register_number"]
        match = _meant(by_day.get(day, ()), unit, association)
        if match is None and association:
            occurrence = seen[day, association, unit]  # the second of one unit is another event
            seen[day, association, unit] += 1
            match = Match(_digest("city_work", day, association, str(occurrence)), "only_town", None)
        if match is None:
            match = Match(_digest("city_work", row["work_id"]), "only_town", None)
        yield match.event, "city_work", row["file_sha256"], row["sheet"], row["line"], match.method, match.score


def _meant(listed: list[_Listed] | tuple[()], unit: str, association: str | None) -> Match | None:
    """Return the event of the lists that a record of work means, None when it means none or which is not clear."""
    of_unit = [event for event in listed if unit in event.units]
    if association is None:
        return Match(of_unit[0].event, "same_unit", None) if len(of_unit) == 1 else None
    held = [event for event in listed if association in event.associations]
    if len(held) > 1:
        held = [event for event in held if event in of_unit]
    return Match(held[0].event, "same_association", None) if len(held) == 1 else None


def _key(place: tuple[object, ...]) -> str:
    return "|".join(map(str, place))


def _digest(*parts: str) -> str:
    return sha256("|".join(parts).encode()).hexdigest()
