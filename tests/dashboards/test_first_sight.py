"""Before its script has come the front page shows the figures of the overview, and no others."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from shutil import copytree

import pytest
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from dashboards.first_sight import first_sight
from dashboards.texts import LANGUAGES, Language

NUMBER = re.compile(r"<strong>(.*?)</strong>")
LEAD = re.compile(r'<p class="yp-lead">(.*?)</p>')


def asked(path: str) -> str:
    """What the server answers to a browser."""
    from dashboards.asgi import app

    answer = TestClient(app).get(path, headers={"accept": "text/html"})
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("chosen", LANGUAGES)
def test_it_says_what_the_overview_says(chosen: Language, workspace: Path, app: AppTest) -> None:
    page = asked(f"/?lang={chosen}")
    sight = page[page.index('<main id="yp-first-sight">') : page.index("</main>")]
    app.query_params["lang"] = chosen
    overview = " ".join(element.proto.body for element in app.run().html)
    figures = overview[overview.index('<dl class="yp-figures">') :].partition("</dl>")[0]
    assert len(NUMBER.findall(sight)) == 3
    assert NUMBER.findall(sight) == NUMBER.findall(figures)
    assert LEAD.findall(sight) == LEAD.findall(overview)
    for words in re.findall(
        r'<h1 class="yp-h1">.*?</h1>|<p class="yp-town">.*?</p>|<div class="yp-notice.*?</div>', sight
    ):
        assert words in overview
    assert "<a " not in sight


@pytest.mark.parametrize("path", ["/avustukset", "/?edition=2026-03-02-a1b2c3", "/?lang=sv&edition=x"])
def test_other_pages_and_editions_have_none(path: str, workspace: Path) -> None:
    assert "yp-first-sight" not in asked(path)


def test_the_next_edition_shows_at_once(workspace: Path) -> None:
    editions = workspace / "editions"
    (first,) = editions.iterdir()
    copytree(first, editions / "next")
    before = first_sight("fi")
    (workspace / "CURRENT").write_text("next", encoding="utf-8")
    assert first_sight("fi") is not before


def test_a_browser_keeps_no_page_with_figures(workspace: Path) -> None:
    from dashboards.asgi import app

    answer = TestClient(app).get("/", headers={"accept": "text/html"})
    assert answer.headers["cache-control"] == "no-store"


def test_without_an_edition_there_is_none(workspace: Path) -> None:
    (workspace / "CURRENT").unlink()
    assert first_sight("fi") == ""
    assert "yp-first-sight" not in unescape(asked("/"))
