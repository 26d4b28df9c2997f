"""Addresses that name an earlier edition, or something that there is not: a sentence and a way on, never a traceback."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from shutil import copytree

import duckdb
import pytest
from small_edition import AWARDED, EDITION
from streamlit.testing.v1 import AppTest
from test_pages import opened, text_of

from dashboards import data, published
from dashboards.formats import euros
from dashboards.navigation import PAGES

OLD = "2025-06-02-0f0f0f"
FIGURE = 111_111.0


@pytest.fixture
def with_old(workspace: Path) -> Path:
    """The workspace with an earlier edition, in which one figure is another."""
    folder = workspace / "editions" / OLD
    copytree(workspace / "editions" / EDITION, folder)
    with duckdb.connect(str(folder / data.PUBLIC_FILE)) as connection:
        connection.execute("UPDATE meta.edition SET edition_id = ?, data_until = DATE '2025-06-01'", [OLD])
        connection.execute(
            """
            UPDATE marts.indicator_values SET value = ?, reported = ?
            WHERE indicator_id = 'grants_awarded_eur' AND breakdown = 'total' AND period = '2025'
            """,
            [FIGURE, FIGURE],
        )
    _describe(folder, "2025-06-02T08:00:00.000000+00:00")
    _describe(workspace / "editions" / EDITION, "2026-03-02T08:00:00.000000+00:00")
    return workspace


def _describe(folder: Path, moment: str, software: str = version("yhteispeli")) -> None:
    described = {"published_at": moment, "software_version": software}
    (folder / published.DESCRIPTION).write_text(json.dumps(described), encoding="utf-8")


def bodies_of(app: AppTest) -> str:
    """The HTML of a page."""
    return " ".join(element.proto.body for element in app.html)


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.file)
def test_every_page_of_an_earlier_edition_says_so_and_leads_to_the_current(entry, with_old: Path, app: AppTest) -> None:
    words = opened(app, entry.file, edition=OLD)
    assert f"Tämä on aiempi julkaisu {OLD}, jossa on tiedot 1.6.2025 asti." in words
    assert f"Julkaisu {OLD}." in words
    bodies = bodies_of(app)
    way_back = bodies[: bodies.index("Näytä nykyinen julkaisu")].rpartition("href=")[2]
    assert "edition" not in way_back


def test_an_earlier_edition_shows_its_own_figures(with_old: Path, app: AppTest) -> None:
    assert f"avustuksia {euros(FIGURE)} vuonna 2025" in opened(app, "grants", edition=OLD)
    assert f"edition={OLD}" in bodies_of(app)[bodies_of(app).index("mista-luku-tulee") :][:120]


def test_without_an_edition_in_the_address_the_current_one_is_shown(with_old: Path, app: AppTest) -> None:
    words = opened(app, "grants")
    assert euros(AWARDED[2025]) in words
    assert "aiempi julkaisu" not in words


def test_the_page_of_quality_lists_the_editions_newest_first(with_old: Path, app: AppTest) -> None:
    words = opened(app, "quality")
    assert f"{EDITION}, julkaistu 2.3.2026, nykyinen" in words
    assert words.index(f"{EDITION}, julkaistu") < words.index(f"{OLD}, julkaistu 2.6.2025")
    assert f'href="?edition={OLD}"' in bodies_of(app)


@pytest.mark.parametrize("asked", ["2020-01-01-000000", "../../etc", ".", "\x00", "x" * 500])
def test_an_edition_that_is_not_kept_gets_a_sentence(asked: str, with_old: Path, app: AppTest) -> None:
    words = opened(app, "overview", edition=asked)
    assert "ei ole. Näytetään nykyinen." in words
    assert f"Julkaisu {EDITION}." in words


def test_an_earlier_edition_that_cannot_be_read_gets_a_sentence(with_old: Path, app: AppTest) -> None:
    (with_old / "editions" / OLD / data.PUBLIC_FILE).write_bytes(b"spoilt")
    words = opened(app, "overview", edition=OLD)
    assert f"Julkaisua {OLD} ei voi avata. Näytetään nykyinen." in words


@pytest.mark.parametrize(
    ("software", "sentence", "remedy"),
    [
        ("99.1.0", "on tehty ohjelman uudemmalla versiolla 99.1.0", "ohjelma on päivitettävä"),
        ("0.0.1", "on tehty ohjelman vanhemmalla versiolla 0.0.1", "uusi julkaisu tehdään komennolla"),
        (version("yhteispeli"), "Julkaistuja lukuja ei voi avata.", "Kerro asiasta palvelun ylläpitäjälle."),
    ],
)
def test_an_edition_of_another_version_that_cannot_be_read_names_it(
    software: str, sentence: str, remedy: str, with_old: Path, app: AppTest
) -> None:
    folder = with_old / "editions" / EDITION
    with duckdb.connect(str(folder / data.PUBLIC_FILE)) as connection:
        connection.execute("ALTER TABLE meta.indicators DROP COLUMN materiality")
    _describe(folder, "2026-03-02T08:00:00.000000+00:00", software)
    app.run()
    assert not app.exception
    words = text_of(app)
    assert sentence in words
    assert remedy in words
    assert f'href="?edition={OLD}"' in bodies_of(app)
    app.query_params["edition"] = OLD
    app.run()
    assert f"Julkaisu {OLD}." in text_of(app)


def test_a_missing_pointer_says_that_nothing_is_published(with_old: Path, app: AppTest) -> None:
    (with_old / "CURRENT").unlink()
    app.run()
    assert not app.exception
    assert "Lukuja ei ole vielä julkaistu." in text_of(app)


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.file)
def test_an_empty_edition_has_all_its_pages(entry, workspace: Path, app: AppTest) -> None:
    with duckdb.connect(str(workspace / "editions" / EDITION / data.PUBLIC_FILE)) as connection:
        tables = connection.execute("SELECT table_schema, table_name FROM information_schema.tables").fetchall()
        for schema, name in tables:
            if (schema, name) not in {("meta", "edition"), ("meta", "messages")}:
                connection.execute(f"DELETE FROM {schema}.{name}")
    assert f"Julkaisu {EDITION}" in opened(app, entry.file)


@pytest.mark.parametrize(
    ("file", "parameters", "sentence"),
    [
        ("origin", {"luku": "ei_ole"}, "puuttuu aineistosta"),
        ("origin", {"luku": "memberships", "kausi": "1066"}, "puuttuu aineistosta"),
        ("origin", {"luku": "memberships", "jako": "<b>"}, "puuttuu aineistosta"),
        ("terms", {"kausi": "1900-1904"}, "puuttuu aineistosta"),
        ("grants", {"vuosi": "20x1", "toimielin": "kuu"}, "puuttuu aineistosta"),
        ("events", {"vuosi": "2021"}, "jota tämä sivu ei tunne"),
    ],
)
def test_a_broken_link_gets_a_sentence(
    file: str, parameters: dict[str, str], sentence: str, workspace: Path, app: AppTest
) -> None:
    assert sentence in opened(app, file, **parameters)
