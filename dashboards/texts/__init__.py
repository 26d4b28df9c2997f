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
"""The language where no other is asked for."""

_IN_FORCE: Final = ContextVar("language", default=LANGUAGE)
_FOLDER = Path(__file__).parent


def language() -> str:
    """Return the language in which texts are looked up now: `fi`, `sv` or `en`."""
    return _IN_FORCE.get()


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Look texts up in this language within the block; other threads and tasks keep theirs."""
    token = _IN_FORCE.set(code)
    try:
        yield
    finally:
        _IN_FORCE.reset(token)


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
def _catalogue(code: str) -> NullTranslations:
    file_of_language = _FOLDER / f"{code}.po"
    if not file_of_language.is_file():  # the keys are English
        return NullTranslations()
    with file_of_language.open("rb") as file:
        catalogue = read_po(file, locale=code)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
