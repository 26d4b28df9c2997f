"""Asking in SQL in a real browser, logged in: the same figure as on the public page, and files for the asker alone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import analyst_file
import polars as pl
import pytest
from playwright.sync_api import Page, expect
from small_edition import AWARDED, build

from dashboards.formats import number

pytestmark = pytest.mark.browser

PEOPLE = {"analyst": {"email": analyst_file.ANALYST, "email_verified": True}}


def test_an_analyst_asks_and_takes_the_answer_along(
    page: Page,
    tmp_path: Path,
    serving_with_login: Callable[[Path, object], AbstractContextManager[str]],
    log_in: Callable[[Page, str, str], None],
) -> None:
    build(tmp_path)
    analyst_file.write(tmp_path)
    with serving_with_login(tmp_path, PEOPLE) as address:
        log_in(page, f"{address}/aineisto-ja-sql", "analyst")
        page.get_by_role("button", name="Aja kysely").click()
        table = page.get_by_role("table", name="Kyselyn tulos")
        row = table.get_by_role("row").filter(has=page.get_by_role("rowheader", name="2025", exact=True))
        expect(row.get_by_role("cell").first).to_have_text(f"{AWARDED[2025]:.0f}", timeout=30_000)
        for name, read in (("CSV", pl.read_csv), ("Parquet", pl.read_parquet)):
            with page.expect_download() as download:
                page.get_by_role("button", name=f"Lataa tulos {name}-tiedostona").click()
            separator = {"separator": ";"} if name == "CSV" else {}
            assert len(read(download.value.path(), **separator)) == 12
            private = page.request.get(download.value.url)
            assert private.ok
            stranger = page.context.browser.new_context()
            assert stranger.request.get(download.value.url).status == 404
            stranger.close()
        assert "kysely=" in page.url
        page.goto(f"{address}/avustukset")
        expect(page.get_by_role("heading", level=2).first).to_contain_text(number(AWARDED[2025]), timeout=30_000)
