"""Taking out of free text what tells of a person or an association.

Here belongs: e-mail addresses, phone numbers, identity codes, bank accounts and names in sentences that people wrote.
Not here: which texts are kept at all (`pipelines.proposals`), masking whole names (`pipelines.staging`).

Names in free text can't all be found. What looks like one is taken out, and a word too much rather than too little: two
capitalised words beside each other, a capitalised word after a title, the names of the register, and what stands
before `ry`. A lone first name stays; that is one reason why what is masked here is still shown to a few only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from pipelines.contract_model import fold

MASK: Final = "***"

EMAIL: Final = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
PHONE: Final = r"(?:\+358|\b0)[\s-]?\d{1,3}(?:[\s-]?\d{2,4}){2,3}\b"
"""Patterns that both Python and Polars (the Rust crate `regex`) read."""

_IDENTITY_CODE: Final = r"\b\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]\b"
_BUSINESS_ID: Final = r"\b\d{7}-\d\b"
_ACCOUNT: Final = r"\bFI\d{2}(?:\s?\d{4}){3}\s?\d{2}\b"
_DIALLED: Final = (
    r"(?:\+|\b00)\d{1,3}[\s-]?(?:\(0\)[\s-]?)?\d{1,3}(?:[\s-]?\d{2,4}){2,3}\b",  # from abroad
    r"\(0\d{1,2}\)[\s-]?\d{2,4}(?:[\s-]?\d{2,4}){1,2}\b",  # (015) 123 4567
    r"\b0\d{1,2}/\d{2,4}[\s-]?\d{2,5}(?:[\s-]?\d{2,4})?\b",  # 040/123 4567
    r"(?<=\bpuh\.\s)\d[\d\s-]{4,}\d\b|(?<=\bp\.\s)\d[\d\s-]{4,}\d\b|(?<=\bpuh\s)\d[\d\s-]{4,}\d\b",
)
_CODES: Final = [
    re.compile(pattern, re.IGNORECASE) for pattern in (EMAIL, _IDENTITY_CODE, _BUSINESS_ID, _ACCOUNT, *_DIALLED, PHONE)
]

_CAPITAL = r"[A-ZÅÄÖ][a-zåäöéü]+(?:-[A-ZÅÄÖ][a-zåäöéü]+)*(?::\w+)?"
_ROW_OF_CAPITALS: Final = re.compile(rf"\b{_CAPITAL}(?:[ \t]+{_CAPITAL})*")
_BEFORE_ENDING: Final = re.compile(
    r"\b[A-ZÅÄÖ][\w&-]*(?:[ \t]+[\w&-]+){0,5}?[ \t]+(?:ry|rf|r\.y\.|r\.f\.)(?!\w)(?::\w+)?"
)
_WORD: Final = re.compile(r"[\w-]+")
_WORD_BEFORE: Final = re.compile(r"([\w-]+)[ \t]+$")
_LONGEST_NAME: Final = 6
_SHORTEST_PLACE: Final = 5
_CASE_ENDING: Final = "|".join(
    ("n", "[aä]", "ssa", "ssä", "sta", "stä", "lla", "llä", "lta", "ltä", "lle", "ksi", "h?[aeiouyäö]n", "t")
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words that decide what is a name.

    Attributes
    ----------
    names
        Names of associations of two words or more, folded, without `ry`.
    titles
        Matches a word that a person's name follows, such as `rehtori` or `liikuntasihteerille`.
    places
        Matches a word that is capitalised and names a place or a body of the municipality, in any case form.
    """

    names: frozenset[str]
    titles: re.Pattern[str]
    places: re.Pattern[str]


def vocabulary(names: Iterable[str], titles: Iterable[str], places: Iterable[str]) -> Vocabulary:
    """Make the vocabulary from names of associations, titles of persons and names of places as they are written."""
    bare = (re.sub(r"\s(ry|rf)$", "", fold(name)) for name in names)
    stems = {word[:-1] for place in places for word in _WORD.findall(place) if len(word) >= _SHORTEST_PLACE}
    inflected = rf"(?:{'|'.join(map(re.escape, sorted(stems))) or '(?!)'})\w?(?:{_CASE_ENDING})?"
    ended = rf"\w*(?:{'|'.join(map(re.escape, sorted(titles))) or '(?!)'})\w{{0,4}}"
    return Vocabulary(
        names=frozenset(name for name in bare if " " in name),
        titles=re.compile(ended, re.IGNORECASE),
        places=re.compile(inflected, re.IGNORECASE),
    )


def masked(text: str, words: Vocabulary) -> str:
    """Return the text with `***` for whatever tells who is meant."""
    for pattern in _CODES:
        text = pattern.sub(MASK, text)
    text = _without_register_names(text, words.names)
    text = _BEFORE_ENDING.sub(MASK, text)
    return _ROW_OF_CAPITALS.sub(_unless_no_name(text, words), text)


def _without_register_names(text: str, names: frozenset[str]) -> str:
    """Mask names of the register as they stand in it, in whatever case of letters; the longest first."""
    found = list(_WORD.finditer(text))
    hidden: list[tuple[int, int]] = []
    place = 0
    while place < len(found):
        longest = 0
        for length in range(min(_LONGEST_NAME, len(found) - place), 1, -1):
            span = text[found[place].start() : found[place + length - 1].end()]
            if fold(span) in names:
                longest = length
                break
        if longest:
            hidden.append((found[place].start(), found[place + longest - 1].end()))
        place += max(longest, 1)
    for start, end in reversed(hidden):
        text = f"{text[:start]}{MASK}{text[end:]}"
    return text


def _unless_no_name(text: str, words: Vocabulary) -> Callable[[re.Match[str]], str]:
    def shown(match: re.Match[str]) -> str:
        row = match.group().split()
        named = [word for word in row if not words.places.fullmatch(word)]
        if len(named) >= 2:
            return _keeping_title(row, words)
        before = _WORD_BEFORE.search(text[: match.start()])
        is_after_title = before is not None and words.titles.fullmatch(before[1]) is not None
        return MASK if named and is_after_title else match.group()

    return shown


def _keeping_title(row: list[str], words: Vocabulary) -> str:
    """Mask a row of capitalised words, but for a title that begins it: `Rehtori ***`."""
    if words.titles.fullmatch(row[0]):
        return f"{row[0]} {MASK}"
    return MASK
