"""The words of the dashboards that no contract gives: gettext catalogues, English sentences as keys.

Here belongs: the languages and which one a page speaks, looking up a sentence, choosing the language of a text of an
edition. Not here: the sentences themselves (they stand where they are said) and their translations (`fi.po`, `sv.po`;
`en.po` has only what stands in the contracts as a code).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final, Literal, get_args
from urllib.parse import parse_qs

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from streamlit.runtime.scriptrunner import get_script_run_ctx

Language = Literal["fi", "sv", "en"]

LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
DEFAULT: Final[Language] = "fi"
PARAMETER: Final = "lang"
"""Name of the language in an address; without it a page speaks `DEFAULT`."""

OWN_NAMES: Final[Mapping[Language, str]] = {"fi": "Suomi", "sv": "Svenska", "en": "English"}
"""Each language's name in itself."""

_FOLDER = Path(__file__).parent
_SPOKEN: ContextVar[Language | None] = ContextVar("spoken", default=None)


def language() -> Language:
    """Return the language that is spoken now: of `speaking`, else of the address of the page that runs.

    What is kept between runs and holds words must be keyed by it.
    """
    spoken = _SPOKEN.get()
    if spoken is not None:
        return spoken
    run = get_script_run_ctx(suppress_warning=True)
    return DEFAULT if run is None else language_of(run.query_string)


@lru_cache(maxsize=512)
def language_of(query: str) -> Language:
    """Return the language that the query of an address asks for; the default where it asks for none that is known."""
    asked = parse_qs(query[:2000]).get(PARAMETER, [DEFAULT])[-1]
    return asked if asked in LANGUAGES else DEFAULT


@contextmanager
def speaking(chosen: Language) -> Iterator[None]:
    """Speak a language whatever the address says: outside a page's run, or for a file in a language of its own."""
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
def _catalogue(of: Language) -> Translations:
    with (_FOLDER / f"{of}.po").open("rb") as file:
        catalogue = read_po(file, locale=of)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
