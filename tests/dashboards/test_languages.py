"""Every page in every language: nothing of another language on it, and each viewer their own."""

from __future__ import annotations

import ast
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest
from test_pages import text_of

from dashboards import texts
from dashboards.formats import day, euros, number, percent
from dashboards.navigation import PAGES, page_title
from dashboards.texts import DEFAULT, LANGUAGES, Language, language, language_of, speaking, tr, tr_n

FOLDER = Path(texts.__file__).parent
OTHERS = [chosen for chosen in LANGUAGES if chosen != DEFAULT]


def _forms(text: object) -> list[str]:
    return [str(form) for form in (text if isinstance(text, tuple | list) else [text])]


def _sentences(of: Language) -> dict[str, set[str]]:
    """What a language says for each key, but what a placeholder makes too general to look for."""
    with (FOLDER / "fi.po").open("rb") as file:
        keys = {key for message in read_po(file, locale="fi") if message.id for key in _forms(message.id)}
    if of == "en":
        return {key: {key} for key in keys}
    with (FOLDER / f"{of}.po").open("rb") as file:
        catalogue = read_po(file, locale=of)
    return {key: set(_forms(message.string)) for message in catalogue for key in _forms(message.id) if key}


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = [re.escape(part) for part in re.split(r"\{[^}]*\}", sentence)]
    return re.compile(r"(?<!\w)" + ".{1,80}?".join(parts) + r"(?!\w)")


def _is_telling(sentence: str) -> bool:
    """Tell whether a sentence has words enough of its own to be known for its language."""
    return len(re.findall(r"[^\W\d_]{2,}", re.sub(r"\{[^}]*\}", " ", sentence))) >= 3


def shown(app: AppTest) -> str:
    """Every word that a page shows: texts, labels, options, alternatives."""
    words = [text_of(app)]
    bodies = " ".join(element.proto.body for element in app.html)
    words += [unescape(found) for found in re.findall(r'(?:aria-label|alt)="([^"]*)"', bodies)]
    words += [element.label for kind in ("button", "selectbox", "expander") for element in app.get(kind)]
    words += [option for box in app.selectbox for option in box.options]
    words += [element.proto.label for element in app.get("download_button")]
    words += [element.proto.alt for element in app.get("plotly_chart")]
    return "\n".join(words)


def opened(app: AppTest, file: str, chosen: Language) -> AppTest:
    """Open a page in a language."""
    app.query_params["lang"] = chosen
    app.run()
    app.switch_page(f"app_pages/{file}.py")
    app.query_params["lang"] = chosen
    app.run()
    assert not app.exception
    return app


@pytest.mark.parametrize("chosen", LANGUAGES)
@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.file)
def test_a_page_has_no_sentence_of_another_language(entry, chosen: Language, workspace: Path, app: AppTest) -> None:
    page = shown(opened(app, entry.file, chosen))
    own = _sentences(chosen)
    with speaking(chosen):
        assert page_title(entry) in page
    strangers = [
        sentence
        for other in LANGUAGES
        if other != chosen
        for key, said in _sentences(other).items()
        for sentence in said - own.get(key, set())
        if _is_telling(sentence) and _pattern(sentence).search(page)
    ]
    assert strangers == []


@pytest.mark.parametrize(
    ("chosen", "foreign"),
    [
        ("sv", r"\b(?:että|vuonna|ovat|eivät|the|of|and|associations)\b"),
        ("en", r"\b(?:että|vuonna|ovat|eivät|och|är|inte)\b"),
    ],
)
@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.file)
def test_a_page_has_no_common_word_of_another_language(
    entry, chosen: Language, foreign: str, workspace: Path, app: AppTest
) -> None:
    opened(app, entry.file, chosen)
    bodies = " ".join(element.proto.body for element in app.html)
    bodies = re.sub(r"<(\w+)[^>]*\blang=[^>]*>.*?</\1>", " ", bodies)  # marked as of another language
    bodies = re.sub(r"<pre.*?</pre>", " ", bodies, flags=re.DOTALL)  # SQL
    words = unescape(re.sub(r"<[^>]+>", "\n", bodies))
    words = re.sub(r"\b\w+\.\w+\b|README|Esimerk\w+ .{0,30}", " ", words)  # tables, invented names
    found = [line for line in words.splitlines() if re.search(foreign, line, flags=re.IGNORECASE)]
    assert found == []


def test_words_that_stand_in_the_contracts_as_codes_are_english_words_on_an_english_page(
    workspace: Path, app: AppTest
) -> None:
    assert not re.search(r"\b[a-z]+_[a-z]+\b", text_of(opened(app, "quality", "en")))


def test_numbers_days_and_plurals_are_of_the_language() -> None:
    written = {}
    for chosen in LANGUAGES:
        with speaking(chosen):
            written[chosen] = (number(-1234.5, 1), euros(1234.5, 2), percent(0.1234, 1), day(date(2026, 11, 4)))
    finnish = ("-1\u00a0234,5", "1\u00a0234,50\u00a0€", "12,3\u00a0%", "4.11.2026")
    assert written == {
        "fi": finnish,
        "sv": finnish,
        "en": ("-1,234.5", "€1,234.50", "12.3%", "4 Nov 2026"),
    }
    with speaking("sv"):
        one, many = (tr_n("{count} row: {sources}", "{count} rows: {sources}", n, count=n, sources="x") for n in (1, 2))
    assert (one, many) == ("1 rad: x", "2 rader: x")


@pytest.mark.parametrize("value", [-0.04, 0.0, 0.04])
def test_no_minus_stands_before_a_zero(value: float) -> None:
    assert number(value, 1) == "0,0"
    assert percent(value / 1000) == "0\u00a0%"


@pytest.mark.parametrize("query", ["", "lang=", "lang=de", "lang=SV", "vuosi=2021", "lang=%00", "lang=sv&lang=xx"])
def test_what_is_no_language_is_the_default(query: str) -> None:
    assert language_of(query) == DEFAULT


def test_threads_speak_each_their_own() -> None:
    def said(chosen: Language) -> tuple[str, Language]:
        with speaking(chosen):
            return tr("Overview"), language()

    asked = [LANGUAGES[index % 3] for index in range(300)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(said, asked))
    overview = {"fi": "Yleiskuva", "sv": "Översikt", "en": "Overview"}
    assert answers == [(overview[chosen], chosen) for chosen in asked]


def test_the_shell_is_of_the_language_of_its_address(workspace: Path) -> None:
    from dashboards.asgi import app

    client = TestClient(app)
    for query, chosen, close in (("", "fi", "Sulje"), ("?lang=sv", "sv", "Stäng"), ("?lang=en", "en", "Close")):
        answer = client.get(f"/{query}", headers={"accept": "text/html"})
        assert f'<html lang="{chosen}">' in answer.text
        assert f'"Close": "{close}"' in answer.text
        assert answer.headers["content-language"] == chosen


def test_an_unknown_language_gets_a_sentence_and_finnish(workspace: Path, app: AppTest) -> None:
    app.query_params["lang"] = "xx"
    words = text_of(app.run())
    assert not app.exception
    assert "Sivuja ei ole kielellä ”xx”. Ne näytetään suomeksi." in words
    assert "Julkaisu 2026-03-02-a1b2c3" in words


def test_what_is_kept_between_runs_and_holds_words_is_keyed_by_language() -> None:
    """A function that keeps its results and says something takes the language as a parameter."""
    for file in FOLDER.parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef):
                continue
            keeps = any("cache" in ast.unparse(decorator) for decorator in node.decorator_list)
            calls = {ast.unparse(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)}
            says = calls & {"tr", "tr_n", "say", "number", "day", "euros", "percent", "language"}
            parameters = {argument.arg for argument in node.args.args}
            assert not (keeps and says) or parameters & {"language", "of"}, f"{file.name}: {node.name}"
