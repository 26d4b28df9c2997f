"""Which tellings are of one event: several lists, calendars and the town's own records may tell of the same one.

Here belongs: comparing tellings of a day and putting them together. Not here: what is known of an event once it is
whole (`warehouse/models/core`), reading sources.

Only tellings of the same day are compared: a day that differs is another event, even of the same name. Names and places
are compared word by word; the same words are one event, likeness decides above `BAR`. Measured by
`tests/bench/events.py` on `tests/cases/events.yaml`. The town's own records bear no name: they follow the association
and the unit that they name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from pipelines import contracts
from pipelines.name_lexicon import stems

BAR = 0.75
"""Likeness of two tellings from which they are of one event."""

CONTAINED = 0.86
"""Likeness of two names when the one says more than the other."""

PLACE_MISSING = -0.12
"""What is taken off when a place is not told: then a name that says more needs a shared organiser too."""

ORGANISER_SHARED, ORGANISERS_DIFFER = 0.1, -0.05

_WORD = re.compile(r"[^\W\d_]+|\d+")
_YEAR = re.compile(r"\b(19|20)\d\d\b")
_ORDINAL = re.compile(r"^\s*(\d+\.|[IVXL]+\.?)\s+(?=\w)")
_HALVES = re.compile(r"\s+[–—/-]\s+|\s*/\s*|,\s+")
_LONG_ENOUGH_TO_ERR, _LETTERS_AN_ERROR = 5, 6
_LONG_ENOUGH_TO_END = 4


@dataclass(frozen=True, slots=True)
class Telling:
    """What one source row tells of an event; `organisers` are register numbers or names in lower case."""

    key: str
    held_on: str
    name: str
    place: str | None
    organisers: frozenset[str] = frozenset()
    organiser_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """How a telling came to its event: `method` is first, same_words or likeness; `score` 0-1, None for the first."""

    event: str
    method: str
    score: float | None


def same_words(telling: Telling) -> tuple[str, str, str]:
    """Return day, name and place without case and punctuation: tellings that share them are of one event."""
    return telling.held_on, _plain(telling.name), _plain(telling.place or "")


def matched(tellings: Iterable[Telling]) -> dict[str, Match]:
    """Return for the key of each telling its event and how it was found.

    An event bears the key of its first telling, so the order of the tellings matters for names of events only.
    """
    of_day: dict[str, list[Telling]] = {}
    for telling in tellings:
        of_day.setdefault(telling.held_on, []).append(telling)
    return {key: match for day in of_day.values() for key, match in _of_day(day)}


def likeness(one: Telling, other: Telling) -> float:
    """Return how likely two tellings of a day are of one event, 0-1."""
    places = _places(one.place, other.place)
    if places is None or _numbers_differ(one, other):
        return 0.0
    known = _words_of_context(one) | _words_of_context(other)
    names = max(_names(first, second, known) for first, second in _forms(one.name, other.name))
    if not names:
        return 0.0
    organisers = 0.0
    if one.organisers and other.organisers:
        organisers = ORGANISER_SHARED if one.organisers & other.organisers else ORGANISERS_DIFFER
    return min(max(names + places + organisers, 0.0), 1.0)


def _of_day(day: Sequence[Telling]) -> Iterator[tuple[str, Match]]:
    """Put the tellings of a day together: first those of the same words, then those that are alike."""
    by_words: dict[tuple[str, str, str], list[Telling]] = {}
    for telling in day:
        by_words.setdefault(same_words(telling), []).append(telling)
    event, best = _alike([_united(group) for group in by_words.values()])
    for group in by_words.values():
        head = group[0].key
        is_first = event[head] == head
        yield head, Match(head, "first", None) if is_first else Match(event[head], "likeness", best[head])
        yield from ((telling.key, Match(event[head], "same_words", 1.0)) for telling in group[1:])


def _alike(tellings: Sequence[Telling]) -> tuple[dict[str, str], dict[str, float]]:
    """Return the event of each telling and its best score, joining the likeliest pairs first.

    Two tellings that contradict each other stay two events, even when a third one is like both.
    """
    scored = [(likeness(one, other), one, other) for one, other in _pairs(tellings)]
    pairs = sorted((pair for pair in scored if pair[0] >= BAR), key=lambda pair: -pair[0])
    events = {telling.key: [telling] for telling in tellings}
    event = {telling.key: telling.key for telling in tellings}
    order = list(event)
    best: dict[str, float] = {}
    for score, one, other in pairs:
        kept, joined = sorted((event[one.key], event[other.key]), key=order.index)
        if any(_contradict(first, second) for first in events[kept] for second in events[joined]):
            continue
        best = {one.key: score, other.key: score} | best
        if kept != joined:
            events[kept] += events.pop(joined)
            event |= {telling.key: kept for telling in events[kept]}
    return event, best


def _pairs(tellings: Sequence[Telling]) -> Iterator[tuple[Telling, Telling]]:
    """Yield each two tellings whose places may be one place, in the order of the tellings.

    A day of a large town has many tellings and few places, so places are compared first, each two of them once.
    """
    at: dict[str | None, list[int]] = {}
    for index, telling in enumerate(tellings):
        at.setdefault(telling.place or None, []).append(index)
    found = [pair for indices in at.values() for pair in combinations(indices, 2)]
    for (place, here), (other, there) in combinations(at.items(), 2):
        if _places(place, other) is not None:
            found += [(min(i, j), max(i, j)) for i in here for j in there]
    return ((tellings[i], tellings[j]) for i, j in sorted(found))


def _numbers_differ(one: Telling, other: Telling) -> bool:
    """Tell whether both names bear numbers, other ones, that no place or organiser explains: two events for sure."""
    first, second = _numbers(one.name), _numbers(other.name)
    if not first or not second or first == second:
        return False
    explained = {*_numbers_of_context(one), *_numbers_of_context(other)}
    return explained.isdisjoint(first | second)


@lru_cache(maxsize=100_000)
def _numbers(name: str) -> frozenset[str]:
    """Return the numbers in a name; none of a name in two languages, of which the halves are compared too."""
    return frozenset() if len(_HALVES.split(name)) > 1 else frozenset(filter(str.isdigit, _tokens(name)))


@lru_cache(maxsize=4_096)  # of the tellings of a day or two
def _numbers_of_context(telling: Telling) -> frozenset[str]:
    return frozenset(filter(str.isdigit, _words_of_context(telling)))


def _contradict(one: Telling, other: Telling) -> bool:
    return _places(one.place, other.place) is None or _tells_apart(_tokens(one.name), _tokens(other.name))


def _united(group: Sequence[Telling]) -> Telling:
    """Return the first of several tellings of the same words, with the organisers of all."""
    first = group[0]
    if len(group) == 1:
        return first
    return Telling(
        first.key,
        first.held_on,
        first.name,
        first.place,
        frozenset(organiser for telling in group for organiser in telling.organisers),
        tuple(name for telling in group for name in telling.organiser_names),
    )


def _forms(one: str, other: str) -> Iterator[tuple[str, str]]:
    """Yield the names, and the halves of a name in two languages beside a name that has none."""
    yield one, other
    for whole, parted in ((one, other), (other, one)):
        halves = _HALVES.split(parted)
        if len(halves) > 1 and len(_HALVES.split(whole)) == 1:
            for half in halves:
                if _joined(_tokens(half)) == _joined(_tokens(whole)):
                    yield whole, half


def _names(one: str, other: str, context: frozenset[str]) -> float:
    """Return how alike two names are; 0 when something tells that they are two events."""
    first, second = (_told(name, context) for name in (one, other))
    if _tells_apart(first, second):
        return 0.0
    whole = fuzz.ratio(_joined(first), _joined(second)) / 100
    if whole >= 1 - 1 / _LETTERS_AN_ERROR and not _group_or_part(first) ^ _group_or_part(second):
        return whole
    pairs = _side_by_side(first, second)
    if not pairs:
        return 0.0
    left = [
        [word for word in words if word not in taken and _role(word) != "plain"]
        for words, taken in ((first, {a for a, _ in pairs}), (second, {b for _, b in pairs}))
    ]
    if left[0] and left[1]:
        letters = len(_joined(first)) + len(_joined(second))
        return sum(len(a) + len(b) for a, b in pairs) / letters
    if _belongs_to_next(first, second, pairs) or _belongs_to_next(second, first, [(b, a) for a, b in pairs]):
        return 0.0
    return CONTAINED if left[0] or left[1] else 1.0


def _told(name: str, context: frozenset[str]) -> tuple[str, ...]:
    """Return the words of a name without those that its place and organisers say already."""
    words = _tokens(name)
    own = tuple(word for word in words if not any(_same_word(word, known) for known in context))
    return own if any(_role(word) != "plain" for word in own) else words


def _tells_apart(first: Sequence[str], second: Sequence[str]) -> bool:
    numbers = [{word for word in words if word.isdigit()} for words in (first, second)]
    return (all(numbers) and numbers[0] != numbers[1]) or bool(_group_or_part(first) ^ _group_or_part(second))


def _belongs_to_next(longer: Sequence[str], shorter: Sequence[str], pairs: Sequence[tuple[str, str]]) -> bool:
    """Tell whether all that the names share is in the genitive in one of them, so that it only describes what follows.

    "Kyläjuhlan siivous" is no "Kyläjuhla".
    """
    if len(longer) <= len(shorter):
        return False
    last, partner = max(pairs, key=lambda pair: longer.index(pair[0]))
    return longer.index(last) < len(longer) - 1 and last.endswith("n") and not partner.endswith("n")


def _side_by_side(first: Sequence[str], second: Sequence[str]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    free = list(second)
    for word in first:
        partner = next((other for other in free if _same_word(word, other)), None)
        if partner is not None and _role(word) != "plain":
            pairs.append((word, partner))
            free.remove(partner)
    return pairs


@lru_cache(maxsize=100_000)
def _places(one: str | None, other: str | None) -> float | None:
    """Return what two places add to the likeness of two tellings; None when they are two places."""
    if not one or not other:
        return PLACE_MISSING
    shorter, longer = sorted((_tokens(one), _tokens(other)), key=lambda words: (len(words), len(_joined(words))))
    if fuzz.ratio(_joined(shorter), _joined(longer)) / 100 >= 1 - 1 / _LETTERS_AN_ERROR:
        return 0.0
    is_same = all(any(_same_place_word(word, known) for known in longer) for word in shorter)
    return 0.0 if shorter and is_same else None


def _same_place_word(word: str, known: str) -> bool:
    """Tell whether a word of the shorter place is in the longer one: `Koulu` is in `Mäkikylän yhtenäiskoulu`."""
    return _same_word(word, known) or (len(word) >= _LONG_ENOUGH_TO_END and known.endswith(word))


@lru_cache(maxsize=4_096)  # of the tellings of a day or two
def _words_of_context(telling: Telling) -> frozenset[str]:
    parts = (telling.place or "", *telling.organiser_names)
    if _ORDINAL.match(text := " ".join(parts)):
        return frozenset(_tokens(text))
    return frozenset[str]().union(*map(_words, parts))  # each part is told by many


@lru_cache(maxsize=100_000)
def _same_word(word: str, other: str) -> bool:
    if word == other:
        return True
    if word.isdigit() or other.isdigit():
        return False
    if _code(word) is not None and _code(word) == _code(other):
        return True
    if stems(word) & stems(other):
        return True
    longest = max(len(word), len(other))
    return longest >= _LONG_ENOUGH_TO_ERR and OSA.distance(word, other) <= longest // _LETTERS_AN_ERROR


@lru_cache(maxsize=100_000)
def _tokens(text: str) -> tuple[str, ...]:
    """Return the words of a text, without years, ordinals, dots over letters and endings such as ry."""
    return _words(_ORDINAL.sub("", text))


@lru_cache(maxsize=100_000)
def _words(text: str) -> tuple[str, ...]:
    found = _WORD.findall(_fold(_YEAR.sub(" ", text)))
    return tuple(word for word in found if word not in {"ry", "rf"})


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.replace("\ufffd", "ä").lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@lru_cache(maxsize=100_000)
def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.lower()))


def _joined(words: Iterable[str]) -> str:
    return "".join(words)


def _group_or_part(words: Sequence[str]) -> frozenset[str]:
    return frozenset(code for word in words if _role(word) in {"group", "part"} and (code := _code(word)))


def _code(word: str) -> str | None:
    return _meaning(word)[0]


def _role(word: str) -> str | None:
    return _meaning(word)[1]


@lru_cache(maxsize=100_000)
def _meaning(word: str) -> tuple[str, str] | tuple[None, None]:
    """Return the code and the role of a word, whatever its inflection."""
    spellings = sorted(stems(word), key=len, reverse=True)
    return next((_lexicon()[spelling] for spelling in spellings if spelling in _lexicon()), (None, None))


@cache
def _lexicon() -> Mapping[str, tuple[str, str]]:
    """Return the code and the role of every spelling of `event_words`."""
    entries = contracts.code_lists()["event_words"].entries
    return {
        _fold(spelling): (entry.code, str(entry.facts["role"]))
        for entry in entries
        for spelling in (entry.label.fi, entry.label.sv, *entry.synonyms)
    }
