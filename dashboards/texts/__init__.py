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
from typing import Final, Literal, get_args

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

Language = Literal["fi", "sv", "en"]

LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
LANGUAGE: Final[Language] = "fi"
"""The language where no other is asked for."""

_SPOKEN: ContextVar[Language] = ContextVar("spoken", default=LANGUAGE)
_FOLDER = Path(__file__).parent


def language() -> Language:
    """Return the language that is spoken now."""
    return _SPOKEN.get()


@contextmanager
def speaking(chosen: Language) -> Iterator[None]:
    """Speak a language within the block, as for a file in a language of its own; other threads keep theirs."""
    token = _SPOKEN.set(chosen)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def tr(sentence: str, /, **values: object) -> str:
    """Return a sentence in the language of the page, its placeholders filled.

    Parameters
    ----------
    sentence
        The English sentence, key of the catalogue; placeholders in braces.
    **values
        What the placeholders stand for, already written for people.
    """
    return _catalogue(language()).gettext(sentence).format(**values)


def tr_n(one: str, many: str, n: int, /, **values: object) -> str:
    """Return the singular or plural of a sentence by `n`; `values` as in `tr`."""
    return _catalogue(language()).ngettext(one, many, n).format(**values)


def say(words: Mapping[str, str]) -> str:
    """Return a text of the edition in the language of the page."""
    return words[language()]


@cache
def _catalogue(code: Language) -> NullTranslations:
    file_of_language = _FOLDER / f"{code}.po"
    if not file_of_language.is_file():  # the keys are English
        return NullTranslations()
    with file_of_language.open("rb") as file:
        catalogue = read_po(file, locale=code)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
