"""Public pages are served by a process that has no right to read anything else of the workspace."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import analyst_file
import pytest
from playwright.sync_api import Page, expect
from small_edition import EDITION, build

from dashboards.navigation import PAGES
from pipelines.editions import PUBLIC_PARTS

pytestmark = pytest.mark.browser

ORDINARY = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]
"""Root as bound by the rights of files as everybody else."""
READ = "import sys; from pathlib import Path; Path(sys.argv[1]).read_bytes()"
CLOSED = ("landing/file", "inbox/grant_ledger/file.csv", "dagster/log", "secrets.toml", "links.csv", "build.duckdb")


def may_read(file: Path, rights: Sequence[str]) -> bool:
    command = [*rights, sys.executable, "-c", READ, str(file)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Path]:
    """A workspace of which nothing can be read but CURRENT and the public parts of its edition."""
    build(tmp_path)
    analyst_file.write(tmp_path)
    for name in CLOSED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("secret", encoding="utf-8")
    edition = tmp_path / "editions" / EDITION
    public = (tmp_path / "CURRENT", *(edition / part for part in PUBLIC_PARTS))
    files = (path for path in sorted(tmp_path.rglob("*"), reverse=True) if path.is_file())
    closed = [path for path in files if not any(path.is_relative_to(part) for part in public)]
    for path in closed:
        path.chmod(0)
    for folder in ("landing", "inbox", "dagster"):
        (tmp_path / folder).chmod(0)
    yield tmp_path
    for folder in ("landing", "inbox", "dagster"):
        (tmp_path / folder).chmod(0o700)


@pytest.fixture
def rights(town: Path) -> Sequence[str]:
    """The command that takes from root the right to read every file; nothing for anybody else."""
    if os.geteuid() != 0:
        return ()
    if not may_read(town / "CURRENT", ORDINARY):
        pytest.skip("setpriv (util-linux) can't take rights from root here")
    return ORDINARY


def test_every_public_page_is_served_and_nothing_else_can_be_read(
    page: Page, town: Path, rights: Sequence[str], serving: Callable[..., AbstractContextManager[str]]
) -> None:
    assert may_read(town / "editions" / EDITION / "public.duckdb", rights)
    for name in (*CLOSED, "municipality.toml", f"editions/{EDITION}/analyst.duckdb"):
        assert not may_read(town / name, rights), name
    with serving(town, rights) as address:
        for entry in PAGES:
            page.goto(f"{address}/{entry.address}")
            expect(page.locator("footer")).to_be_visible(timeout=30_000)
            expect(page.locator(".yp-notice-problem")).to_have_count(0)
            if entry.door:
                expect(page.get_by_text("kirjautumista ei ole otettu käyttöön")).to_be_visible()
            else:
                expect(page.get_by_role("heading", level=2).first).to_be_visible()
