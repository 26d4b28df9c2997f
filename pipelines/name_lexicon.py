"""The words of associations' names, as the code lists `name_words` and `name_inflections` know them.

Here belongs: looking a word up, and what is left of it without an inflection. Not here: taking a name apart
(`pipelines.name_forms`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from pipelines import contracts
from pipelines.contract_model import Entry

SHORTEST_STEM, SHORT_WORD = 3, 6
"""Letters of a stem at the least (one more in a word that is not short), and of a short word at the most."""

SHORTEST_GRADED = 5
"""Letters of a stem at the least whose consonants are taken for graded ones."""

SHORTEST_PART = 4
LONG_PART = 6
"""Letters that a lexicon word needs to be found at the beginning, and at the end, of a compound word."""

_GRADES = {
    "kk": "k", "pp": "p", "tt": "t", "ng": "nk", "nn": "nt", "mm": "mp", "ll": "lt", "rr": "rt", "d": "t",
}  # fmt: skip
"""What consonants at the end of a Finnish stem become in the other grade (veikot, veikkojen), written one way."""
_GRADED = re.compile(rf"({'|'.join(_GRADES)})([aeiouy]{{0,2}})$")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The two code lists, laid out for looking up; every spelling as `fold` writes it.

    `endings` inflect a word; `meanings` are the Finnish words that a short, Swedish or other spelling stands for;
    `apart` the codes of the words that tell two bodies apart, `apart_parts` those long enough to be found within a
    compound; `places` and `heads` are looked up by stem; `unions` are the heads that others belong to; `compound` parts
    a word from the head that it ends with.
    """

    endings: frozenset[str]
    meanings: dict[str, tuple[str, ...]]
    fillers: frozenset[str]
    apart: dict[str, str]
    apart_parts: tuple[tuple[str, str], ...]
    places: dict[str, str]
    heads: dict[str, str]
    unions: frozenset[str]
    swedish: frozenset[str]
    compound: re.Pattern[str]


@lru_cache(maxsize=200_000)
def stems(token: str) -> frozenset[str]:
    """Return what may be left of a word when an inflection is taken off, the word itself included."""
    cuts = _stems_with(lexicon().endings, token)
    return frozenset(cuts | {_GRADED.sub(_strong, cut) for cut in cuts if len(cut) >= SHORTEST_GRADED})


def _strong(found: re.Match[str]) -> str:
    return _GRADES[found[1]] + found[2]


@cache
def lexicon() -> Lexicon:
    """Return the code lists laid out for looking up."""
    inflections = contracts.code_lists()["name_inflections"].entries
    endings = frozenset(ending for entry in inflections for ending in _spellings(entry))
    entries = contracts.code_lists()["name_words"].entries
    meanings = {
        spelling: tuple(fold(entry.label.fi).split())
        for entry in _with_role("word", "apart", "place")
        for spelling in _spellings(entry)
        if " " not in spelling
    }
    apart = {spelling: entry.code for entry in _with_role("apart") for spelling in _spellings(entry)}
    heads = {spelling: entry.code for entry in _with_role("head", "union") for spelling in _spellings(entry)}
    plain = {entry.label.fi: fold(entry.label.fi) for entry in entries if entry.facts["role"] == "place"}
    places = {spelling: plain[entry.label.fi] for entry in _with_role("place") for spelling in _spellings(entry)}
    for entry in contracts.code_lists()["municipalities"].entries:
        places.setdefault(fold(entry.label.fi), fold(entry.label.fi))
    spelt_out = [head for head in heads if len(head) >= SHORTEST_STEM]
    head_stems = sorted({cut for head in spelt_out for cut in _stems_with(endings, head)}, key=len, reverse=True)
    any_ending = "|".join(sorted(endings, key=len, reverse=True))
    return Lexicon(
        endings=endings,
        meanings=meanings,
        fillers=frozenset(spelling for entry in _with_role("filler") for spelling in _spellings(entry)),
        apart=apart,
        apart_parts=tuple((spelling, code) for spelling, code in apart.items() if len(spelling) >= SHORTEST_PART),
        places=_by_stem(endings, places),
        heads=_by_stem(endings, heads),
        unions=frozenset(entry.code for entry in _with_role("union")),
        swedish=frozenset(spelling for entry in entries for spelling in _swedish(entry)),
        compound=re.compile(rf"^(\w{{{SHORTEST_STEM},}}?)({'|'.join(head_stems)})(?:{any_ending})?$"),
    )


def _by_stem(endings: frozenset[str], meanings: dict[str, str]) -> dict[str, str]:
    """Return the meanings by every stem; a stem of two meanings is left out, a full spelling never."""
    found: dict[str, str | None] = {}
    for spelling, code in meanings.items():
        for cut in _stems_with(endings, spelling) - {spelling}:
            found[cut] = code if found.get(cut, code) == code else None
    return {cut: code for cut, code in found.items() if code is not None} | meanings


def _stems_with(endings: frozenset[str], token: str) -> set[str]:
    shortest = SHORTEST_STEM if len(token) <= SHORT_WORD else SHORTEST_STEM + 1
    return {token} | {token[:cut] for cut in range(shortest, len(token)) if token[cut:] in endings}


def _with_role(*roles: str) -> Iterator[Entry]:
    return (entry for entry in contracts.code_lists()["name_words"].entries if entry.facts["role"] in roles)


def _spellings(entry: Entry) -> set[str]:
    return {fold(text) for text in (entry.label.fi, *entry.synonyms)} | _swedish(entry)


def _swedish(entry: Entry) -> set[str]:
    """Return the Swedish spellings; none of a word that is one in both languages."""
    if entry.label.sv == entry.label.fi:
        return set()
    return {fold(text) for text in (entry.label.sv, *entry.facts.get("swedish", ()))}


@cache
def phrases() -> tuple[tuple[str, str], ...]:
    """Return the lexicon's phrases of several words with their Finnish meaning, the longest first."""
    entries = contracts.code_lists()["name_words"].entries
    found = ((spelling, fold(entry.label.fi)) for entry in entries for spelling in _spellings(entry))
    return tuple(sorted(((spelling, meaning) for spelling, meaning in found if " " in spelling), key=_by_length))


def _by_length(phrase: tuple[str, str]) -> tuple[int, str]:
    return -len(phrase[0]), phrase[0]


@cache
def endings_of_names() -> frozenset[str]:
    """Return the legal endings of names (ry, rf), written out or short."""
    return frozenset(contracts.code_lists()["name_endings"].spellings())


def fold(text: str) -> str:
    """Lower case without the dots and rings over letters, which people and systems leave out."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
