"""What is said when there is no edition, or one that can't be read; and how a new one is found."""

from pathlib import Path
from shutil import copytree

import pytest
from small_edition import EDITION
from streamlit.testing.v1 import AppTest
from test_pages import text_of

from dashboards.data import WORKSPACE_VARIABLE, EditionUnavailable, current_edition


def test_without_a_folder(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(WORKSPACE_VARIABLE, raising=False)
    app.run()
    assert not app.exception
    assert "Sivusto ei tiedä, minkä kunnan kansio näytetään." in text_of(app)


def test_before_the_first_edition(built: Path, app: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(WORKSPACE_VARIABLE, str(tmp_path))
    app.run()
    assert not app.exception
    assert "Lukuja ei ole vielä julkaistu." in text_of(app)
    copytree(built, tmp_path, dirs_exist_ok=True)
    app.button[0].click().run()
    assert f"Julkaisu {EDITION}" in text_of(app)


@pytest.mark.parametrize("pointer", ["", "2020-ei-ole", "../editions", "\x00\x01"])
def test_pointer_to_nothing(pointer: str, app: AppTest, workspace: Path) -> None:
    (workspace / "CURRENT").write_text(pointer, encoding="utf-8")
    app.run()
    assert not app.exception
    assert "Julkaistuja lukuja ei voi avata." in text_of(app)


@pytest.mark.parametrize("content", [b"", b"not a database at all"])
def test_damaged_file(content: bytes, app: AppTest, workspace: Path) -> None:
    (workspace / "editions" / EDITION / "public.duckdb").write_bytes(content)
    app.run()
    assert not app.exception
    assert "Julkaistuja lukuja ei voi avata." in text_of(app)


def test_next_edition_is_served_without_a_restart(workspace: Path) -> None:
    first = current_edition()
    folder = workspace / "editions" / EDITION
    folder.rename(folder.with_name("next"))
    (workspace / "CURRENT").write_text("next\n", encoding="utf-8")
    assert current_edition() is not first
    assert current_edition() is current_edition()


def test_reason_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(WORKSPACE_VARIABLE, str(tmp_path / "missing"))
    with pytest.raises(EditionUnavailable) as caught:
        current_edition()
    assert caught.value.problem == "no_workspace"
