"""The words of the dashboards that no contract gives: gettext catalogues, English sentences as keys.

Here belongs: looking up a sentence and choosing the language of a text of an edition. Not here: the sentences
themselves (they stand where they are said) and their translations (`fi.po`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

LANGUAGE: Final = "fi"

_FOLDER = Path(__file__).parent


def tr(sentence: str, /, **values: object) -> str:
    """Return a sentence in the language of the page, its placeholders filled.

    Parameters
    ----------
    sentence
        The English sentence, key of the catalogue; placeholders in braces.
    **values
        What the placeholders stand for, already written for people.
    """
    return _catalogue(LANGUAGE).gettext(sentence).format(**values)


def tr_n(one: str, many: str, n: int, /, **values: object) -> str:
    """Return the singular or plural of a sentence by `n`; `values` as in `tr`."""
    return _catalogue(LANGUAGE).ngettext(one, many, n).format(**values)


def say(words: Mapping[str, str]) -> str:
    """Return a text of the edition in the language of the page."""
    return words[LANGUAGE]


@cache
def _catalogue(language: str) -> Translations:
    with (_FOLDER / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
