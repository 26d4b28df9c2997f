"""Fixtures of the tests of the dashboards: a small edition and the app that shows it."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
import streamlit as st
from small_edition import build
from streamlit.testing.v1 import AppTest

from dashboards.data import WORKSPACE_VARIABLE

APP = Path(__file__).resolve().parents[2] / "dashboards" / "app.py"


@pytest.fixture(autouse=True)
def _fresh_caches() -> Iterator[None]:
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small edition, written once."""
    folder = tmp_path_factory.mktemp("built")
    build(folder)
    return folder


@pytest.fixture
def workspace(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace of the test's own with the small edition."""
    copytree(built, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv(WORKSPACE_VARIABLE, str(tmp_path))
    return tmp_path


@pytest.fixture
def app() -> AppTest:
    """The app before its first run."""
    return AppTest.from_file(str(APP), default_timeout=20)
