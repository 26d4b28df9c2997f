"""What a name of an association is made of: its words, what each word does, and the shorter forms people use.

Here belongs: taking a name apart with the lexicon (`pipelines.name_lexicon`). Not here: comparing two names
(`pipelines.likeness`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache

from pipelines.name_lexicon import LONG_PART, SHORTEST_STEM, endings_of_names, fold, lexicon, phrases, stems

SHORTEST_ALONE = 3
"""Letters of an acronym that may stand for a name."""

SHORTEST_CUT, SHORTEST_CUT_COMPOUND = 4, 5
"""Letters of a word cut short with a dot (`sotavet.`), and of a compound cut within (`mets.seura`)."""

UNREADABLE, LIKELIEST_LOST_LETTER = "\ufffd", "ä"
"""What a lost letter looks like after a file was decoded wrongly, and the letter that it was most often."""

_MOJIBAKE = "Ã"
_DOTS_APART = re.compile(r"(?<=\w)\s?¨")
_COMBINING_DOTS = "\u0308"
_CUTS = frozenset(".:")
_TOKEN = re.compile(r"\w+(?:[.:]\w+)*\.?")
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+")
_YEAR = re.compile(r"(19|20)\d\d")
_LEGAL_ENDING = re.compile(r"\b([rs])\.?\s?([yf])\b\.?", re.IGNORECASE)
_LAST_WORD = re.compile(r"\s\(?(\w+)\)?$")
_RUN_TOGETHER = re.compile(r"(?<=[a-zåäö]{4})(?=[A-ZÅÄÖ][a-zåäö]{3})")
_INFLECTED = re.compile(r"(?<=\w):(\w+)")
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_EARLIER_NAME = re.compile(r"[\s(,]+(?:ent|entinen|aiemmin|aikaisemmin|tidigare)\b", re.IGNORECASE)
_HALVES = re.compile(r"\s+(?:-|–|/)\s+|(?<=[a-zåäö])(?:-|–|/)(?=[A-ZÅÄÖ])")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a name.

    `text` is the word without dots over letters; `head` the code of the word for "association" that it is or ends
    with, `is_union` set when that is a union or a district; `base` what the word says besides, `stems` what may be left
    of the base without an inflection; `codes` what would tell this body from a sister body (`apart` words, numbers);
    `opening` the code of the `apart` word that it begins with, however short; `place` a known place; `is_swedish` set
    where the lexicon put Swedish into Finnish; `cut` what the full word looks like, of one that a dot cuts short.
    """

    text: str
    base: str
    stems: frozenset[str]
    head: str | None = None
    is_union: bool = False
    is_swedish: bool = False
    codes: frozenset[str] = frozenset()
    opening: str | None = None
    place: str | None = None
    cut: re.Pattern[str] | None = None

    @property
    def is_bare_head(self) -> bool:
        """Tell whether the word says no more than "association", "section" and the like."""
        return self.head is not None and not self.base


@dataclass(frozen=True, slots=True)
class Form:
    """One way to say a name; `outside` are the telling codes of the whole name that this form leaves out."""

    words: tuple[Word, ...]
    outside: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """Return what the words say, in one line; words for "association" only where they stand alone."""
        return " ".join(word.base or word.text for word in self.words)

    @property
    def codes(self) -> frozenset[str]:
        """Return the telling codes of its words."""
        return frozenset(code for word in self.words for code in word.codes)


@lru_cache(maxsize=200_000)
def forms(name: str) -> tuple[Form, ...]:
    """Return the forms of a name in the register, the whole first; none for a name without words.

    Shorter forms: each language of a bilingual name, the name without its acronym, and the acronym alone when it stands
    at the end, where register names carry the official short name.
    """
    return _forms(name, _shorter(name))


@lru_cache(maxsize=200_000)
def forms_of_mention(mention: str) -> tuple[Form, ...]:
    """Return the forms of a name as a source writes it, the whole first; none for a name without words.

    Shorter form: what stands before `ry`, since people add a place, a purpose or a year after it. A second `ry` is
    another association, so nothing is left out then. Each also with words that a dot cuts short (`mets.seura`) whole.
    """
    plain = _plain(mention)
    today = _EARLIER_NAME.split(plain)[0] or plain
    before, ending, after = _before_ending(today)
    shorter = (before,) if ending and not _before_ending(f" {after}")[1] else ()
    found = _forms(today, shorter)
    if not _CUTS & set(today):
        return found
    return tuple(dict.fromkeys([*found, *_forms(today, shorter, keeps_cut=True)]))


def without(form: Form, place: str) -> Form | None:
    """Return a form without the name of a place; None when it does not name it or says nothing else."""
    named = stems(fold(place))
    left = tuple(word for word in form.words if not word.stems & named)
    if len(left) == len(form.words) or all(word.is_bare_head for word in left):
        return None
    return Form(left, form.outside)


def _forms(name: str, shorter: Iterable[str], *, keeps_cut: bool = False) -> tuple[Form, ...]:
    whole = words(name, keeps_cut=keeps_cut)
    if not whole:
        return ()
    told = Form(whole).codes
    found = {whole: Form(whole)}
    for part in (words(text, keeps_cut=keeps_cut) for text in shorter):
        if part:
            found.setdefault(part, Form(part, told - Form(part).codes))
    return tuple(found.values())


def words(text: str, *, keeps_cut: bool = False) -> tuple[Word, ...]:
    """Return the words of a text that say something, each once; Swedish and short forms are put into Finnish.

    With `keeps_cut` a word with a dot or colon in it, or a dot after it, is one word cut short; else dots part words.
    """
    line = " ".join(token for token in _tokens(text, keeps_cut) if token not in endings_of_names())
    for phrase, meaning in phrases():
        if phrase in line:
            line = re.sub(rf"\b{re.escape(phrase)}\b", meaning, line)
    once: list[Word] = []
    for word in (word for token in line.split() for word in _read(token)):
        if not any(word.stems & other.stems for other in once):
            once.append(word)
    return tuple(once)


def _tokens(text: str, keeps_cut: bool) -> Iterator[str]:
    """Yield the words of a text; an inflection after a colon (`MLL:lle`) is left out."""
    apart = fold(_RUN_TOGETHER.sub(" ", _plain(text)))
    uninflected = _INFLECTED.sub(lambda found: "" if found[1] in lexicon().endings else found[0], apart)
    for token in _TOKEN.findall(uninflected):
        if keeps_cut and _is_cut(token):
            yield token
        else:
            yield from _WORD.findall(token)


def _is_cut(token: str) -> bool:
    """Tell whether a token with dots or colons looks like a word cut short that is long enough to be known."""
    pieces = _WORD.findall(token)
    if not all(piece.isalpha() for piece in pieces) or endings_of_names().intersection(pieces):
        return False
    if len(pieces) == 1:
        return token.endswith(".") and len(pieces[0]) >= SHORTEST_CUT and pieces[0] not in lexicon().meanings
    letters = sum(map(len, pieces))
    if ":" in token:
        return letters >= SHORTEST_CUT
    return letters >= SHORTEST_CUT_COMPOUND and len(pieces[0]) > 1


@lru_cache(maxsize=200_000)
def _read(token: str) -> tuple[Word, ...]:
    """Return the word, or words when a short form stands for several; none when it says nothing."""
    known = lexicon()
    if token in known.fillers or _YEAR.fullmatch(token):
        return ()
    if not token.isalnum():
        return (_cut_word(token),)
    meaning = known.meanings.get(token, (token,))
    return tuple(_word(token if len(meaning) == 1 else part, part) for part in meaning)


def _word(text: str, token: str) -> Word:
    known = lexicon()
    cuts = stems(token)
    is_swedish = text in known.swedish
    head = next((known.heads[cut] for cut in sorted(cuts, key=len, reverse=True) if cut in known.heads), None)
    base = "" if head else token
    if head is None and (compound := known.compound.match(token)):
        base, head = compound[1], known.heads[compound[2]]
        is_swedish = is_swedish or base in known.swedish or compound[2] in known.swedish
        base = " ".join(known.meanings.get(base, (base,)))
    places = {known.places[cut] for cut in cuts if cut in known.places and len(cut) >= SHORTEST_STEM}
    return Word(
        text=text,
        base=base,
        stems=cuts if head is None else stems(base) if base else frozenset({head}),
        head=head,
        is_union=head in known.unions,
        is_swedish=is_swedish,
        codes=frozenset({*_NUMBER.findall(token), *_apart_codes(token, cuts)}),
        opening=known.apart.get(max((part for part in known.apart if token.startswith(part)), key=len, default="")),
        place=known.places.get(token) or (places.pop() if len(places) == 1 else None),
    )


def _cut_word(token: str) -> Word:
    *pieces, last = _WORD.findall(token)
    if not pieces:
        return replace(_word(last, last), cut=re.compile(rf"{last}\w+"))
    text = " ".join([*pieces, last])
    codes = frozenset(_apart_codes(token, frozenset({token})))
    return Word(text, text, frozenset({token}), codes=codes, cut=cut_within((*pieces, last)))


@lru_cache(maxsize=200_000)
def cut_within(pieces: tuple[str, ...]) -> re.Pattern[str]:
    """Return what the full word of `mets.seuran` looks like: it begins with mets and ends with seura."""
    *begins, last = pieces
    return re.compile(rf"{'.*'.join(begins)}.*(?:{'|'.join(sorted(stems(last)))}).*")


def _apart_codes(token: str, cuts: frozenset[str]) -> Iterator[str]:
    known = lexicon()
    if token in known.apart:
        yield known.apart[token]
    for spelling, code in known.apart_parts:
        ends_so = len(spelling) >= LONG_PART and any(cut.endswith(spelling) for cut in cuts)
        if token.startswith(spelling) or ends_so or stems(spelling) & cuts:
            yield code


def _shorter(name: str) -> Iterator[str]:
    before, ending, after = _before_ending(_plain(name))
    if ending:
        yield before
        yield after
    yield from _languages(before)
    if before.isupper():
        return
    if (last := _LAST_WORD.search(before)) and _is_acronym(last[1]):
        yield before[: last.start()]
        if len(last[1]) >= SHORTEST_ALONE:
            yield last[1]
    first, _, rest = before.partition(" ")
    if (
        len(first) >= SHORTEST_ALONE
        and _is_acronym(first)
        and _spells(fold(first), [word.text for word in words(rest)])
    ):
        yield rest
        yield first


def _is_acronym(word: str) -> bool:
    return sum(letter.isupper() for letter in word) > 1


def _spells(acronym: str, said: Sequence[str]) -> bool:
    """Tell whether an acronym is made of the beginnings of some of the words, in their order."""
    if not acronym:
        return True
    for place, word in enumerate(said):
        sizes = range(1, min(len(acronym), len(word)) + 1)
        beginnings = (size for size in sizes if word.startswith(acronym[:size]))
        if any(_spells(acronym[size:], said[place + 1 :]) for size in beginnings):
            return True
    return False


def _before_ending(name: str) -> tuple[str, str, str]:
    """Part a name at the first ending such as `ry` that stands alone; `ry:n` goes on with the name."""
    pattern = re.compile(rf"\s({'|'.join(endings_of_names())})(?![\w:])", re.IGNORECASE)
    found = pattern.search(name)
    if found is None:
        return name, "", ""
    return name[: found.start()].strip(), found[1], name[found.end() :].strip(" ,;-–/")


def _languages(name: str) -> Iterator[str]:
    """Yield the halves of a name that says itself in Finnish and in Swedish."""
    halves = [half for half in _HALVES.split(name) if half.strip()]
    if len(halves) == 2 and len({any(word.is_swedish for word in words(half)) for half in halves}) == 2:
        yield from halves


def _plain(name: str) -> str:
    """Write `r.y.` as `ry` and `S.P.R.` as `SPR`; mend what a wrong decoding did (UTF-8 as cp1252, lost letters)."""
    readable = name.replace(UNREADABLE, LIKELIEST_LOST_LETTER)
    if _MOJIBAKE in readable:
        with suppress(UnicodeError):
            readable = readable.encode("cp1252").decode("utf-8")
    joined = _DOTS_APART.sub(_COMBINING_DOTS, readable)
    initials = _INITIALS.sub(lambda found: found[0].replace(".", ""), _LEGAL_ENDING.sub(r"\1\2", joined))
    return initials.strip()
