"""The catalogues are complete: every sentence of the code and word of the contracts has its Finnish and Swedish."""

from collections import Counter
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from pipelines import contracts

ROOT = Path(__file__).resolve().parents[2]
TRANSLATED = ("fi", "sv")


def _catalogue(language: str) -> Catalog:
    with (ROOT / f"dashboards/texts/{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def _said() -> set[str | tuple[str, str]]:
    keywords = {"tr": None, "tr_n": (1, 2)}
    found = extract_from_dir(str(ROOT / "dashboards"), method_map=[("**.py", "python")], keywords=keywords)
    return {message for _, _, message, _, _ in found}


def _of_contracts() -> set[str]:
    return {word for source in contracts.sources().values() for word in (source.licence, source.owner)}


def _forms(text: object) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, tuple | list) else (str(text),)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated(language: str) -> None:
    translated = {message.id for message in _catalogue(language) if message.id and all(_forms(message.string))}
    assert _said() - translated == set()
    assert _of_contracts() - translated == set()


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_sentence_is_left_over_or_uncertain(language: str) -> None:
    catalogue = _catalogue(language)
    assert {message.id for message in catalogue if message.id} - _said() - _of_contracts() == set()
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []
    assert catalogue.obsolete == {}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_there_once(language: str) -> None:
    """Of two translations of a sentence the reader of catalogues would take the later without a word."""
    lines = (ROOT / f"dashboards/texts/{language}.po").read_text(encoding="utf-8").splitlines()
    counted = Counter(line for line in lines if line.startswith("msgid ") and line != 'msgid ""')
    assert [line for line, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_placeholders_are_the_same_and_plurals_complete(language: str) -> None:
    catalogue = _catalogue(language)
    for message in catalogue:
        names = [
            {name for _, name, _, _ in Formatter().parse(text) if name}
            for text in (*_forms(message.id), *_forms(message.string))
        ]
        assert all(found == names[0] for found in names), message.id
        if message.pluralizable:
            assert len(_forms(message.string)) == catalogue.num_plurals


def test_codes_of_the_contracts_are_english_words_too() -> None:
    words = {message.id: message.string for message in _catalogue("en") if message.id}
    assert set(words) == {word for word in _of_contracts() if word.islower() and " " not in word}
    assert all(words.values())
