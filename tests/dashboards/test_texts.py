"""The catalogue is complete: every sentence of the code and every word of the contracts has its Finnish."""

from pathlib import Path
from string import Formatter

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from pipelines import contracts

ROOT = Path(__file__).resolve().parents[2]


def _catalogue():
    with (ROOT / "dashboards/texts/fi.po").open("rb") as file:
        return read_po(file, locale="fi")


def _said() -> set[str | tuple[str, str]]:
    keywords = {"tr": None, "tr_n": (1, 2)}
    found = extract_from_dir(str(ROOT / "dashboards"), method_map=[("**.py", "python")], keywords=keywords)
    return {message for _, _, message, _, _ in found}


def _of_contracts() -> set[str]:
    return {word for source in contracts.sources().values() for word in (source.licence, source.owner)}


def _forms(text: object) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, tuple | list) else (str(text),)


def test_every_sentence_has_its_finnish() -> None:
    translated = {message.id for message in _catalogue() if message.id and all(_forms(message.string))}
    assert _said() - translated == set()
    assert _of_contracts() - translated == set()


def test_no_sentence_is_left_over() -> None:
    assert {message.id for message in _catalogue() if message.id} - _said() - _of_contracts() == set()


def test_placeholders_are_the_same_in_both_languages() -> None:
    for message in _catalogue():
        names = [
            {name for _, name, _, _ in Formatter().parse(text) if name}
            for text in (*_forms(message.id), *_forms(message.string))
        ]
        assert all(found == names[0] for found in names), message.id
