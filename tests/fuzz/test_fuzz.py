"""A bounded hunt, the cases that hunts have found, and files too large to be made by spoiling others."""

from __future__ import annotations

import io
import re
import resource
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
import yaml

from pipelines import contracts, staging
from pipelines.corrections import read_corrections
from pipelines.question_maps import read_maps
from pipelines.reading import Refused, read_file
from pipelines.receiving import raw_frame
from pipelines.settings import SETTINGS_FILE, WorkspaceError, parse_settings
from pipelines.workspace import Workspace

ROOT = Path(__file__).parents[2]
FOUND = yaml.safe_load((ROOT / "tests" / "cases" / "spoilt.yaml").read_text(encoding="utf-8"))
SETTINGS = contracts.municipality_settings("esimerkkila")
HUNT = ROOT / "tests" / "fuzz" / "hunt.py"
MOST_MEMORY = 2_500_000_000


def test_no_spoilt_file_breaks_what_must_hold() -> None:
    """In a process of its own: a watchdog in it ends a file that hangs, and its memory is measured."""
    ended = subprocess.run(
        [sys.executable, HUNT, "--cases", "24", "--seed", "1"], capture_output=True, text=True, cwd=ROOT, timeout=600,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "LANG": "C.UTF-8"},
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-3000:]
    assert "nothing broken" in ended.stdout
    (memory,) = re.findall(r"memory at the most (\d+) MB", ended.stdout)
    assert int(memory) * 1_000_000 < MOST_MEMORY


def workbook(rows: str) -> bytes:
    """A workbook whose first sheet holds the given XML rows."""
    made, changed = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        book.add_worksheet("T").write(0, 0, "x")
    with zipfile.ZipFile(made) as archive, zipfile.ZipFile(changed, "w") as packed:
        for name in archive.namelist():
            part = archive.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                part = re.sub(r"<sheetData>.*</sheetData>", f"<sheetData>{rows}</sheetData>", part)
            packed.writestr(name, part)
    return changed.getvalue()


def content(case: dict[str, Any]) -> bytes:
    text, times = case.get("repeat", ("", 0))
    if "sheet" in case:
        return workbook(case["sheet"])
    if "calendar" in case:
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *case["calendar"], "END:VCALENDAR"]
        return "\r\n".join(lines).encode()
    return (case["text"] + text * times).encode()


@pytest.mark.parametrize("case", FOUND["files"], ids=lambda case: case["name"])
def test_a_file_that_once_broke_the_readers(case: dict[str, Any]) -> None:
    source = contracts.sources()[case["source"]]
    if "says" in case:
        with pytest.raises(Refused, match=re.escape(case["says"])):
            read_file(content(case), "a", source)
        return
    (table,) = read_file(content(case), "a", source)
    staged = staging.stage(source, raw_frame("a", 1, table), parse_settings(SETTINGS, SETTINGS_FILE))
    (account,) = staged.accounts.to_dicts()
    told = (account["rows_read"], account["rows_outside"], account["rows_quarantined"])
    assert told == (case["rows"], case.get("outside", 0), case.get("aside", 0))


@pytest.mark.parametrize("case", FOUND["kept"], ids=lambda case: case["name"])
def test_a_kept_file_that_once_broke_its_reader(case: dict[str, Any], tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "town")
    workspace.create(SETTINGS)
    file = workspace.root / case["path"]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content(case))
    with pytest.raises(WorkspaceError, match=f"^{case['says']}"):
        _ = (workspace.settings, read_corrections(workspace), read_maps(workspace))


def test_one_name_for_two_codes_of_the_settings_is_told_in_a_sentence() -> None:
    twice = SETTINGS + '\n[[premises]]\ncode = "toinen"\nfi = "Yhdistysten talo"\n'
    with pytest.raises(WorkspaceError, match=r"premises\. Sama nimi tarkoittaa kahta koodia"):
        parse_settings(twice, SETTINGS_FILE)


LARGE = {
    "a row of 190 MB": (b"Vuosi;Toimielin;Tili;Toteuma\n2024;", b"x", 190),
    "a row of separators": (b"Vuosi;Toimielin;Tili;Toteuma\n2024;", b";", 100),
    "short rows without end": (b"Vuosi;Toimielin;Tili;Toteuma\n", b"2024;a;b;1\n", 100),
    "one quotation mark and no end": (b'Vuosi;Toimielin;Tili;Toteuma\n2024;"', b"x\n", 25),
    "a file of 201 MB": (b"", b"x", 201),
    "a list of nothing": (b"[", b"{},", 100),
    "brackets": (b"", b"[", 100),
}


@pytest.mark.parametrize(("begin", "piece", "megabytes"), LARGE.values(), ids=LARGE.keys())
def test_a_large_file_is_refused_with_a_sentence_and_bounded_memory(begin: bytes, piece: bytes, megabytes: int) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    source = contracts.sources()["population" if begin.startswith(b"[") or piece == b"[" else "grant_controls"]
    with pytest.raises(Refused) as refused:
        read_file(begin + piece * (megabytes * 1_000_000 // len(piece)), "suuri.dat", source)
    assert refused.value.text.fi.endswith(".")
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < MOST_MEMORY


def test_bombs_in_archives_are_refused() -> None:
    nested = b"PK\x05\x06" + bytes(18)
    for _ in range(5):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("sisällä.zip", nested)
        nested = file.getvalue()
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<x/>")
        packed.writestr("xl/workbook.xml", b" " * 320_000_000)
    for archive in (nested, bomb.getvalue()):
        with pytest.raises(Refused, match=r"pakattu|liian suuri"):
            read_file(archive, "a.xlsx", contracts.sources()["grant_controls"])


def test_formulas_and_macros_are_only_text() -> None:
    """A workbook with macros is read like any other; what a formula came to is a cell, and nothing is run."""
    made, with_macro = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        sheet = book.add_worksheet("T")
        sheet.write_row(0, 0, ["Vuosi", "Toimielin", "Tili", "Toteuma"])
        sheet.write_row(1, 0, [2024, "Liikuntatoimi", "4742"])
        sheet.write_formula(1, 3, "=WEBSERVICE(A1)", None, 70000)
        sheet.merge_range(3, 0, 4, 3, "yhdistetty")
    with zipfile.ZipFile(made) as archive, zipfile.ZipFile(with_macro, "w") as packed:
        for name in archive.namelist():
            packed.writestr(name, archive.read(name))
        packed.writestr("xl/vbaProject.bin", bytes(500))
    (table,) = read_file(with_macro.getvalue(), "makro.xlsm", contracts.sources()["grant_controls"])
    assert table.rows == [["2024", "Liikuntatoimi", "4742", "70000"], ["yhdistetty", None, None, None]]
    assert isinstance(raw_frame("a", 1, table), pl.DataFrame)
