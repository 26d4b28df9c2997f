"""What is drawn of an edition is drawn once, and sent again as it was: the same elements, files and languages."""

from __future__ import annotations

import gc
from pathlib import Path
from weakref import ref

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboards import data, drawn, evidence
from dashboards.rows import IndicatorCard

APP = Path(data.__file__).with_name("app.py")


def shown(app: AppTest, file: str, **asked: str) -> list[str]:
    """Open a page; return its elements in their order, as they are sent to the browser."""
    app.query_params.update(asked)
    app.run()
    app.switch_page(f"app_pages/{file}.py")
    app.query_params.update(asked)
    app.run()
    assert not app.exception
    return [f"{element.type} {element.proto}" for element in app.main if hasattr(element, "proto")]


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The indicators whose evidence was drawn, as often as it was."""
    seen: list[str] = []
    real = evidence.show

    def show(edition: data.Edition, card: IndicatorCard, *, folded: bool) -> None:
        seen.append(card.indicator_id)
        real(edition, card, folded=folded)

    monkeypatch.setattr(evidence, "show", show)
    return seen


def another() -> AppTest:
    """Another reader of the same app."""
    return AppTest.from_file(str(APP), default_timeout=20)


@pytest.mark.parametrize("file", ["overview", "associations", "grants", "terms", "quality"])
def test_the_second_reader_gets_what_the_first_got(file: str, workspace: Path, app: AppTest) -> None:
    first = shown(app, file)
    assert len(first) > 5
    assert shown(another(), file) == first


def test_a_group_is_drawn_once_in_each_language(workspace: Path, app: AppTest, counted: list[str]) -> None:
    finnish = shown(app, "associations")
    once = len(counted)
    assert once
    shown(another(), "associations")
    assert len(counted) == once
    assert shown(another(), "associations", lang="sv") != finnish
    assert len(counted) == 2 * once


def test_what_stands_further_down_is_drawn_anew(workspace: Path, app: AppTest, counted: list[str]) -> None:
    shown(app, "associations")
    once = len(counted)
    page = shown(another(), "associations", tuntematon="1")  # a notice above
    assert len(counted) == 2 * once
    assert any("tuntematon" in element for element in page)


def test_drawings_go_when_their_edition_goes(workspace: Path) -> None:
    gone = ref(_read_once())
    st.cache_resource.clear()
    gc.collect()
    assert gone() is None


def _read_once() -> data.Edition:
    shown(another(), "associations")
    edition = data.current_edition()
    assert drawn._drawings[edition]
    return edition


def test_no_number_of_languages_fills_the_memory(
    workspace: Path, app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawn, "MOST", 2)
    for asked in ("xa", "xb", "xc", "xd"):
        shown(app, "associations", lang=asked)
    assert len(drawn._drawings[data.current_edition()]) == 2
