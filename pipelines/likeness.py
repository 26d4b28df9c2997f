"""How alike two names are, and whether they can mean one association.

Here belongs: candidates for names that no identifier and no exact name settles, with their scores. Not here: taking
names apart (`pipelines.name_forms`), the steps of linking (`pipelines.linking`).

Candidates come from character n-grams (TF-IDF, sparse products). Each is then compared word by word: the words are laid
side by side, and what is left over decides whether the two can be one body.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import log
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA
from scipy import sparse

from pipelines.name_forms import Form, Word, cut_within, forms, forms_of_mention, without
from pipelines.name_lexicon import SHORTEST_STEM

HIGH_BAR = 0.77
"""A candidate this good is linked, when none of another association comes within `MARGIN`."""
REVIEW_BAR = 0.27
"""A mention whose best candidate is this good waits for a person; below it is an unregistered group."""
MARGIN = 0.06
KEPT = 3
"""Candidates that a person is shown."""

TWIN = 0.7
"""What is left of a score when something tells the two names apart; below the high bar whatever the score."""
LOCAL, ENDED, PREVIOUS = 0.03, -0.03, -0.01
"""What an association of this municipality, an ended one and a name no longer used add, for the order only."""

_NEAREST = 12
"""Names that are compared word by word for each form of a mention."""
_BLOCK = 1_000
"""Mentions whose products with the register are in memory at a time."""
_SAME_WORD, _MOST_ERRORS, _ONE_ERROR_FROM = 0.82, 2, 5
"""Two spellings are one word when so alike with so few errors, or with one error in so many letters."""
_SHORTEST_ALONE = 8
"""Letters of a word that is a whole name, for a misspelling of it to be taken for it."""
_HEAD_LEFT_OUT = 0.9
"""Likeness of `apteekkarit` and `apteekkariyhdistys`."""
_CUT_SHORT, _CUT_WITH_DOT = 0.85, 0.88
"""Likeness of a word and its beginning, and of a word and its short form with a dot in it or after it."""
_TYPO_OF_TELLING = 0.85
"""A word that tells apart is taken for a misspelling of another one only when they are so alike."""
_LEFT_OUT = 0.30
"""Share of a name, by weight, that a mention may leave out."""
_WEIGHT_OF_HEAD = 0.5
"""Weight of a word for "association"; others weigh 1 at the least."""
_ANY, _SAYS_NO_MORE = "any_association", {"yhdistys", "any_association"}
"""The head that stands for any other (Swedish `förening`), and heads that add nothing to a name."""

Vector = NDArray[Any]


@dataclass(frozen=True, slots=True)
class _Name:
    register_number: str
    form: Form
    prior: float
    is_whole: bool
    is_local: bool


@dataclass(frozen=True, slots=True)
class _Said:
    """A form of a mention; `is_at_home` of one that leaves the municipality out, which only local names may do."""

    mention: str
    form: Form
    is_at_home: bool = False


def candidates(mentions: Sequence[str], names: pl.DataFrame, home: str) -> pl.DataFrame:
    """Return the associations that each mention may mean, the likeliest first.

    Parameters
    ----------
    mentions
        Names as sources write them, each once.
    names
        `register_number`, `name`, `kind` (current, previous), `is_local`, `status`.
    home
        Name of the municipality; in mentions and local names it may be there or not.

    Returns
    -------
    pl.DataFrame
        `mention`, `rank` (1 … `KEPT`), `register_number`, `score` (0 … 1), `is_clear` (of rank 1: so good, and so much
        better than the next association, that no person needs to look).
    """
    known = _known(names, home)
    said = [form for mention in mentions for form in _said(mention, home)]
    schema = {"mention": pl.String, "rank": pl.Int64, "register_number": pl.String, "score": pl.Float64}
    rows: list[tuple[str, int, str, float, bool]] = []
    if known and said:
        best = _best_of_each(said, known)
        rows = [row for mention in mentions for row in _ranked(mention, best.get(mention, {}))]
    return pl.DataFrame(rows, schema=schema | {"is_clear": pl.Boolean}, orient="row")


def _said(mention: str, home: str) -> Iterator[_Said]:
    for form in forms_of_mention(mention):
        yield _Said(mention, form)
        if at_home := without(form, home):
            yield _Said(mention, at_home, is_at_home=True)


def _known(names: pl.DataFrame, home: str) -> list[_Name]:
    """Return every form of every name but the shorter ones that would fit another association too."""
    known = [
        _Name(row["register_number"], form, _prior(row), is_whole=place == 0, is_local=row["is_local"])
        for row in names.sort("register_number", "kind", "name").iter_rows(named=True)
        for place, form in enumerate(_forms_at_home(row["name"], home) if row["is_local"] else forms(row["name"]))
    ]
    register = _Register(known)
    return [name for name in known if name.is_whole or register.bear_all(name.form.words) == 1]


def _forms_at_home(name: str, home: str) -> list[Form]:
    """Return the forms of a local name, with and without the name of the municipality."""
    found = forms(name)
    return [*found, *(at_home for form in found if (at_home := without(form, home)))]


def _likeness(said: Form, known: Form, cosine: float, register: _Register) -> float:
    """Return how alike a form of the mention and one of a name are, 0 … 1; `cosine` is that of their n-grams."""
    sides = _side_by_side(said.words, known.words)
    shared = sum(pair.alike * register.weights((pair.said, pair.known)) for pair in sides.pairs)
    words = shared / register.weights((*said.words, *known.words))
    same_words = [
        pair.known if pair.alike in {1, _CUT_WITH_DOT} or pair.known.is_swedish else pair.said for pair in sides.pairs
    ]
    uninflected = Form((*same_words, *sides.left_said)).text
    token_sort = fuzz.token_sort_ratio(uninflected, known.text) / 100
    score = (cosine + token_sort) / 4 + words / 2
    if _tells_apart(said, known, sides, register):
        score *= TWIN
    return max(score, REVIEW_BAR) if _means_only_it(sides, register) else score


@dataclass(frozen=True, slots=True)
class _Pair:
    said: Word
    known: Word
    alike: float


@dataclass(frozen=True, slots=True)
class _Sides:
    """Words of two forms laid side by side, and what is left over on each side."""

    pairs: list[_Pair]
    left_said: list[Word]
    left_known: list[Word]


def _side_by_side(said: Sequence[Word], known: Sequence[Word]) -> _Sides:
    """Pair each word with the one most like it; what is left on both sides is tried as one word written apart."""
    left_said, left_known = list(said), list(known)
    pairs: list[_Pair] = []
    options = sorted(
        ((alike, -i, -j) for i, a in enumerate(said) for j, b in enumerate(known) if (alike := _alike(a, b))),
        reverse=True,
    )
    taken: set[tuple[str, int]] = set()
    for alike, i, j in options:
        if ("said", i) in taken or ("known", j) in taken:
            continue
        taken |= {("said", i), ("known", j)}
        pairs.append(_Pair(said[-i], known[-j], alike))
        left_said.remove(said[-i])
        left_known.remove(known[-j])
    pairs = [_with_head_apart(pair, left_said) for pair in pairs]
    if not left_said or not left_known or len(left_said) == len(left_known) == 1:
        return _Sides(pairs, left_said, left_known)
    joined = _Pair(_joined(left_said), _joined(left_known), 0.0)
    alike = _same_spelling(joined.said.text, joined.known.text) or _cut_and_apart(left_said, left_known)
    if not alike:
        return _Sides(pairs, left_said, left_known)
    return _Sides([*pairs, _Pair(joined.said, joined.known, alike)], [], [])


def _with_head_apart(pair: _Pair, left_said: list[Word]) -> _Pair:
    """Take the head of `mets. seura` from what is left, when the name has it in one word."""
    if pair.alike != _HEAD_LEFT_OUT or pair.said.head:
        return pair
    head = next((word for word in left_said if word.is_bare_head and word.head == pair.known.head), None)
    if head is None:
        return pair
    left_said.remove(head)
    return replace(pair, alike=1.0)


def _cut_and_apart(said: Sequence[Word], known: Sequence[Word]) -> float:
    """Return the likeness of `res upseerikerho` and reserviupseerikerho, 0 when they are not one word so written."""
    pieces = tuple(word.text for word in said)
    if len(known) > 1 or min(map(len, pieces)) < SHORTEST_STEM:
        return 0.0
    return _CUT_WITH_DOT if cut_within(pieces).fullmatch(known[0].text) else 0.0


def _joined(words: Sequence[Word]) -> Word:
    text = "".join(word.text for word in words)
    base = " ".join(word.base or word.text for word in words)
    return Word(text, base, frozenset({text}), codes=frozenset(code for word in words for code in word.codes))


@lru_cache(maxsize=200_000)
def _alike(said: Word, known: Word) -> float:
    """Return how alike two words are; 0 when they are two words, 1 when they differ in inflection at the most."""
    alike = _alike_as_written(said, known)
    is_cut = said.cut is not None and said.cut.fullmatch(known.text) is not None
    return max(alike, _CUT_WITH_DOT) if is_cut else alike


def _alike_as_written(said: Word, known: Word) -> float:
    if said.place and known.place:
        return float(said.place == known.place)
    if said.is_bare_head or known.is_bare_head:
        both = said.is_bare_head and known.is_bare_head
        return float(_same_head(said, known)) if both else _same_spelling(said.text, known.text)
    one_head = (said.head is None) != (known.head is None)
    if one_head and (said.is_union or known.is_union):
        return _same_spelling(said.text, known.text)
    if said.stems & known.stems:
        return _HEAD_LEFT_OUT if one_head else 1.0
    bases = _same_spelling(said.base, known.base)
    if said.head and known.head and not known.is_swedish:
        return bases
    if _is_cut_short(said, known):
        return _CUT_SHORT
    return max(bases, _same_spelling(said.text, known.text))


def _same_spelling(said: str, known: str) -> float:
    """Return how alike two spellings are; 0 when there are more errors between them than one word would bear."""
    errors, longest = OSA.distance(said, known), max(len(said), len(known))
    alike = 1 - errors / longest
    if errors == 1 and longest >= _ONE_ERROR_FROM:
        return alike
    return alike if alike >= _SAME_WORD and errors <= _MOST_ERRORS else 0.0


def _is_cut_short(said: Word, known: Word) -> bool:
    return len(said.text) > SHORTEST_STEM and known.text.startswith(said.text) and said.codes == known.codes


def _same_head(said: Word, known: Word) -> bool:
    return said.head == known.head or _ANY in {said.head, known.head}


def _tells_apart(said: Form, known: Form, sides: _Sides, register: _Register) -> bool:
    """Tell whether something in the names says that they are two bodies."""
    left_said = any(word.is_union or not word.is_bare_head for word in sides.left_said)
    left_known = [word for word in sides.left_known if word.is_union or not word.is_bare_head]
    if left_said or any(word.codes for word in left_known):
        return True
    if said.outside - known.codes - known.outside or known.outside - said.codes - said.outside:
        return True
    if len(known.words) == 1 and any(pair.alike < 1 and len(pair.known.text) < _SHORTEST_ALONE for pair in sides.pairs):
        return True
    if _heads_differ(sides) or any(_differ(pair) for pair in sides.pairs):
        return True
    if register.weights(left_known) > _LEFT_OUT * register.weights(known.words):
        return True
    leaves_out = sides.left_known or any(pair.alike == _HEAD_LEFT_OUT for pair in sides.pairs)
    return bool(leaves_out) and not _means_only_it(sides, register)


def _heads_differ(sides: _Sides) -> bool:
    """Tell whether words such as "section" or "club", left over on a side, are of another body than the name's."""
    said = {word.head for word in sides.left_said if word.is_bare_head}
    known = {word.head for word in sides.left_known if word.is_bare_head}
    if said and known:
        return _ANY not in said | known
    return bool(said - _SAYS_NO_MORE)


def _means_only_it(sides: _Sides, register: _Register) -> bool:
    """Tell whether a mention has no other words than the name, and no other association bears them all."""
    return not sides.left_said and register.bear_all(pair.known for pair in sides.pairs) == 1


def _differ(pair: _Pair) -> bool:
    """Tell whether two words laid side by side say that the names are of two bodies."""
    said, known = pair.said, pair.known
    if said.head and known.head and not _same_head(said, known):
        return True
    if (said.head and not known.head) or (pair.alike == _HEAD_LEFT_OUT and known.codes):
        return True
    if known.is_swedish and not said.is_swedish and not _same_spelling(said.text, known.text):
        return True
    if pair.alike < 1 and said.opening and known.opening and said.opening != known.opening:
        return True
    if said.codes == known.codes:
        return False
    return bool(said.codes and known.codes) or pair.alike < _TYPO_OF_TELLING


class _Register:
    """What the names of the register tell about words: how rare each is, and who bears it."""

    def __init__(self, known: Sequence[_Name]) -> None:
        bearers: dict[tuple[str, str | None], set[str]] = defaultdict(set)
        for name in known:
            for word in name.form.words:
                for stem in word.stems:
                    bearers[stem, word.head].add(name.register_number)
                    bearers[stem, _ANY].add(name.register_number)
        self._bearers = {key: frozenset(numbers) for key, numbers in bearers.items()}
        self._count = len({name.register_number for name in known})

    def weight(self, word: Word) -> float:
        """Return the inverse document frequency of a word by its commonest stem; an unknown word weighs most."""
        if word.is_bare_head:
            return _WEIGHT_OF_HEAD
        commonest = max(len(self._bearers.get((stem, _ANY), ())) for stem in word.stems)
        return 1 + log((self._count + 1) / (commonest + 1))

    def weights(self, words: Iterable[Word]) -> float:
        """Return the weight of words together."""
        return sum(self.weight(word) for word in words)

    def bear_all(self, words: Iterable[Word]) -> int:
        """Return how many associations bear every one of the words."""
        bearers = [self._bearers_of(word) for word in words]
        return len(frozenset.intersection(*sorted(bearers, key=len))) if bearers else 0

    def _bearers_of(self, word: Word) -> frozenset[str]:
        nobody: frozenset[str] = frozenset()
        return nobody.union(*(self._bearers.get((stem, word.head), nobody) for stem in word.stems))


Found = dict[str, tuple[float, float]]
"""Candidates of a mention by register number: (score with what the state of the association adds, score)."""


def _best_of_each(said: Sequence[_Said], known: Sequence[_Name]) -> dict[str, Found]:
    register = _Register(known)
    best: dict[str, Found] = defaultdict(dict)
    for row, column, cosine in _nearest([item.form.text for item in said], [name.form.text for name in known]):
        mention, name = said[row].mention, known[column]
        if said[row].is_at_home and not name.is_local:
            continue
        score = _likeness(said[row].form, name.form, cosine, register)
        found = score + name.prior, score
        best[mention][name.register_number] = max(found, best[mention].get(name.register_number, found))
    return best


def _nearest(said: Sequence[str], known: Sequence[str]) -> Iterator[tuple[int, int, float]]:
    """Yield (row of said, row of known, cosine) of the nearest names of each mention, by character n-grams."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # takes longer to import than most commands to run

    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), sublinear_tf=True, dtype=np.float32)
    register = vectorizer.fit_transform(known).T.tocsc()
    mentions = vectorizer.transform(said)
    for start in range(0, mentions.shape[0], _BLOCK):
        product = sparse.csr_matrix(mentions[start : start + _BLOCK] @ register)
        for row in range(product.shape[0]):
            here = slice(product.indptr[row], product.indptr[row + 1])
            columns, cosines = product.indices[here], product.data[here]
            for place in _largest(cosines, columns):
                yield start + row, int(columns[place]), float(cosines[place])


def _largest(cosines: Vector, columns: Vector) -> Vector:
    """Return the places of the `_NEAREST` largest cosines, ties by column: the same whatever the order of the rows."""
    places = np.arange(len(cosines))
    if len(cosines) > _NEAREST:
        places = np.flatnonzero(cosines >= np.partition(cosines, -_NEAREST)[-_NEAREST])
    order = np.lexsort((columns[places], -cosines[places]))
    return np.asarray(places[order][:_NEAREST])


def _ranked(mention: str, found: Found) -> Iterator[tuple[str, int, str, float, bool]]:
    """Yield the best candidates of a mention as rows, the likeliest first."""
    order = sorted(found, key=lambda number: (-found[number][0], number))[:KEPT]
    for rank, number in enumerate(order, start=1):
        ahead, score = found[number]
        runner_up = found[order[1]][0] if len(order) > 1 else 0.0
        is_clear = rank == 1 and score >= HIGH_BAR and ahead - runner_up >= MARGIN
        yield mention, rank, number, score, is_clear


def _prior(row: dict[str, str | bool]) -> float:
    """Return what the state of an association and of its name add to its likeness, for the order of candidates only."""
    return LOCAL * bool(row["is_local"]) + ENDED * (row["status"] == "ended") + PREVIOUS * (row["kind"] == "previous")
