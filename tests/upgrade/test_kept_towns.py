"""Towns as older versions of the program left them open in this one, and go on."""

from __future__ import annotations

import tarfile
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboards import data
from dashboards.navigation import PAGES, PageEntry
from pipelines import editions, run
from pipelines.decisions import read_decisions
from pipelines.disclosure import KEY
from pipelines.proposal_changes import standing
from pipelines.service.backups import faults
from pipelines.workspace import Workspace
from warehouse import database

KEPT = sorted(Path(__file__).parent.glob("town-*.tar.xz"))
APP = str(Path(data.__file__).parent / "app.py")


@pytest.fixture(scope="module", params=KEPT, ids=lambda archive: archive.name)
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A town of an older program, as it was left."""
    root = tmp_path_factory.mktemp("kept")
    with tarfile.open(request.param, mode="r:xz") as archive:
        archive.extractall(root, filter="data")
    return Workspace(root)


@pytest.fixture(scope="module")
def before(kept: Workspace) -> dict[str, bytes]:
    return {path.relative_to(kept.root).as_posix(): path.read_bytes() for path in _files(kept)}


@pytest.fixture(scope="module")
def refreshed(kept: Workspace, before: dict[str, bytes]) -> run.Outcome:
    assert before
    return run.refresh(kept, lambda _table: None)


def _files(town: Workspace) -> list[Path]:
    return [path for path in town.root.rglob("*") if path.is_file()]


def _public(town: Workspace, edition_id: str, table: str) -> pl.DataFrame:
    with database.open_edition(town.editions / edition_id / "public.duckdb") as connection:
        return database.read_frame(connection, table)


def _shown(page: AppTest) -> str:
    assert not page.exception
    return " ".join(element.proto.body for element in page.html)


def test_there_is_a_town_to_upgrade() -> None:
    assert KEPT


def test_what_an_older_program_kept_is_whole(kept: Workspace, before: dict[str, bytes]) -> None:
    assert before
    assert faults(kept) == []


def test_every_older_edition_opens_or_says_what_to_do(kept: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(data.WORKSPACE_VARIABLE, str(kept.root))
    for edition in data.published_editions():
        assert _opening(edition.edition_id) in {"opened", "older"}


def _opening(edition_id: str) -> str:
    try:
        opened = data.published_edition(edition_id)
    except data.EditionUnavailable as unavailable:
        return unavailable.problem
    return "opened" if opened is not None and opened.facts.edition_id == edition_id else "lost"


def test_the_pages_of_an_older_edition_show_it_or_say_what_to_do(
    kept: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(data.WORKSPACE_VARIABLE, str(kept.root))
    shown = _shown(AppTest.from_file(APP, default_timeout=60).run())
    assert "Kuvitteela" in shown or "yhteispeli refresh" in shown


def test_a_refresh_goes_on_from_it(kept: Workspace, before: dict[str, bytes], refreshed: run.Outcome) -> None:
    assert refreshed.kept_because is None
    older = {name for name in before if name.startswith("editions/")}
    assert {name: (kept.root / name).read_bytes() for name in older} == {name: before[name] for name in older}
    assert faults(kept) == []


def test_what_people_decided_holds(kept: Workspace, before: dict[str, bytes], refreshed: run.Outcome) -> None:
    assert refreshed.edition_id
    assert (kept.root / "links.csv").read_bytes() == before["links.csv"]
    assert read_decisions(kept)["decided_by"].to_list() == ["Esimerkki"]
    (proposal,) = standing(kept)
    assert (proposal.state, proposal.reason) == ("declined", "Rannassa on jo valot")


def test_each_figure_is_as_it_was_or_a_revision_of_the_program(
    kept: Workspace, before: dict[str, bytes], refreshed: run.Outcome
) -> None:
    was = before["CURRENT"].decode().strip()
    now = str(editions.current_id(kept))
    assert now == refreshed.edition_id
    shown = pl.col("value").is_not_null() & ~pl.col("is_hidden")
    old, new = (_public(kept, edition, "marts.indicator_values").filter(shown) for edition in (was, now))
    both = old.join(new, on=KEY, how="inner", suffix="_new")
    changed = both.filter((pl.col("value") - pl.col("value_new")).abs() > 1e-9 * pl.col("value").abs())
    assert both.height
    assert changed.join(_public(kept, now, "meta.revisions"), on=KEY, how="anti").height == 0


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.file)
def test_every_page_opens_after_the_refresh(
    entry: PageEntry, kept: Workspace, refreshed: run.Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(data.WORKSPACE_VARIABLE, str(kept.root))
    page = AppTest.from_file(APP, default_timeout=60)
    page.run()
    page.switch_page(f"app_pages/{entry.file}.py").run()
    assert str(refreshed.edition_id) in _shown(page)
