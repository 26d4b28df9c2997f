"""The pages behind a door, opened by a real login, against WCAG 2.1 A and AA; closed they are looked at with the others."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import analyst_file
import polars as pl
import pytest
import waiting_name
from playwright.sync_api import Page, expect
from small_edition import build
from test_accessible import faults, opened

from dashboards.navigation import ANALYST, DELIVERIES, PROPOSALS, REVIEW, page_title
from pipelines import proposals

pytestmark = pytest.mark.browser

ADMIN = "ylla.pitaja@esimerkkila.example"
PEOPLE = {"admin": {"email": ADMIN, "email_verified": True}}
SETTINGS = waiting_name.SETTINGS.replace("[figures]", f'"{ADMIN}" = "admin"\n\n[figures]')
TEXT = "Tiloja pitäisi saada iltaisin."
SHOWN = {
    ANALYST: "core.mentions",
    DELIVERIES: "Tyhjät pohjat täytettäviksi",
    REVIEW: "Kuvitelman Latu",
    PROPOSALS: TEXT,
}
"""What each page shows only to those whom it lets in."""
LOG_OUT = {"fi": "Kirjaudu ulos", "sv": "Logga ut", "en": "Log out"}


def _write(root: Path) -> None:
    """Write an edition with something behind every door."""
    build(root)
    workspace = analyst_file.write(root)
    waiting_name.write(root)
    workspace.settings_file.write_text(SETTINGS, encoding="utf-8")
    row = ("0" * 16, "association", TEXT, proposals.theme_of(TEXT), 2023, 2023, 1)
    proposals.write_store(workspace, pl.DataFrame([row], schema=proposals.SHAPE, orient="row"))


def test_axe_finds_nothing_on_the_pages_that_a_role_opens(
    page: Page,
    tmp_path: Path,
    serving_with_login: Callable[[Path, object], AbstractContextManager[str]],
    log_in: Callable[[Page, str, str], None],
) -> None:
    _write(tmp_path)
    found: dict[tuple[str, str, int], list[str]] = {}
    with serving_with_login(tmp_path, PEOPLE) as address:
        log_in(page, f"{address}/{DELIVERIES.address}", "admin")
        for entry, shown in SHOWN.items():
            opened(page, address, entry.address)
            expect(page.get_by_role("heading", level=1, name=page_title(entry))).to_be_visible()
            expect(page.get_by_text(shown).first).to_be_attached()
            for language, log_out in LOG_OUT.items():
                opened(page, address, f"{entry.address}?lang={language}")
                expect(page.get_by_role("button", name=log_out)).to_be_attached()
                for width in (320, 768, 1400):
                    page.set_viewport_size({"width": width, "height": 900})
                    page.wait_for_function("width => window.innerWidth === width", arg=width)
                    if lines := faults(page):
                        found[entry.file, language, width] = lines
        opened(page, address, DELIVERIES.address)
        sent = {"name": "lista.csv", "mimeType": "text/csv", "buffer": b"Nimi;Kotipaikka\n"}
        page.locator("input[type=file]").set_input_files(sent)  # type: ignore[arg-type]  # one file, as a mapping
        page.get_by_role("button", name="Poista tiedosto lista.csv").click(timeout=30_000)
        expect(page.get_by_text("lista.csv")).to_have_count(0)
    assert found == {}
