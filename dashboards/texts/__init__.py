"""The words of the dashboards that no contract gives: gettext catalogues, English sentences as keys.

Here belongs: looking up a sentence and choosing the language of a text of an edition. Not here: the sentences
themselves (they stand where they are said) and their translations (`fi.po`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LANGUAGE: Final = "fi"

_FOLDER = Path(__file__).parent
_KEYS_ARE: Final = "en"
_spoken: ContextVar[str] = ContextVar("spoken", default=LANGUAGE)


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """Let `tr` and `say` speak a language; threads that are started within do so too.

    Parameters
    ----------
    language
        `fi`, `sv` or `en`.
    """
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def language_spoken() -> str:
    """Return the language that `tr` speaks now."""
    return _spoken.get()


def tr(sentence: str, /, **values: object) -> str:
    """Return a sentence in the language of the page, its placeholders filled.

    Parameters
    ----------
    sentence
        The English sentence, key of the catalogue; placeholders in braces.
    **values
        What the placeholders stand for, already written for people.
    """
    return _catalogue(_spoken.get()).gettext(sentence).format(**values)


def tr_n(one: str, many: str, n: int, /, **values: object) -> str:
    """Return the singular or plural of a sentence by `n`; `values` as in `tr`."""
    return _catalogue(_spoken.get()).ngettext(one, many, n).format(**values)


def say(words: Mapping[str, str]) -> str:
    """Return a text of the edition in the language of the page."""
    return words[_spoken.get()]


@cache
def _catalogue(language: str) -> NullTranslations:
    if language == _KEYS_ARE:
        return NullTranslations()
    with (_FOLDER / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
