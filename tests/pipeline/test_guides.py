"""The commands of the guides do what the guides say: marked blocks are run, in order, in a real shell and a new folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "pipelines" / "service" / "GUIDE.md"
UNIT = ROOT / "pipelines" / "service" / "yhteispeli.service"
MARKED = re.compile(r"<!-- run by a test -->\n```sh\n(.*?)```", re.DOTALL)
BIN = Path(sys.executable).parent


def test_the_marked_commands_of_the_guide_run(tmp_path: Path) -> None:
    blocks = MARKED.findall(GUIDE.read_text(encoding="utf-8"))
    assert len(blocks) > 3
    path = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "-eux", "-o", "pipefail", "-c", "\n".join(blocks)],
        cwd=tmp_path,
        env={**os.environ, **path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    for made in ("kunta/CURRENT", "oma/municipality.toml", "kunta.tar.gz", "raportti.docx", "avoin_data"):
        assert (tmp_path / made).exists(), made
    assert (tmp_path / "kunta" / "CURRENT").read_text() == (tmp_path / "palautettu" / "CURRENT").read_text()


def test_the_unit_is_one_that_systemd_understands(tmp_path: Path) -> None:
    checker = shutil.which("systemd-analyze")
    if checker is None:
        pytest.skip("systemd-analyze is not installed")
    text = UNIT.read_text(encoding="utf-8")
    assert "EnvironmentFile=-" in text, "the password of the mail server comes from a file that may be missing"
    unit = tmp_path / UNIT.name
    unit.write_text(text.replace("/opt/yhteispeli/.venv/bin/yhteispeli", shutil.which("true") or "/bin/true"))
    done = subprocess.run([checker, "verify", str(unit)], capture_output=True, text=True, check=False)
    assert UNIT.name not in done.stderr, done.stderr
    assert done.returncode == 0, done.stderr
