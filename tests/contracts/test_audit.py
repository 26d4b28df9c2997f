"""The audit of dependencies: an answer, a finding, and nobody to ask are three different things."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_spec = spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
audit = module_from_spec(_spec)
_spec.loader.exec_module(audit)

SOUND = {"name": "one", "version": "1.0", "vulns": []}
FAULTY = {"name": "two", "version": "2.0", "vulns": [{"id": "PYSEC-0000-1", "fix_versions": ["2.1"]}]}
UNASKED = {"name": "three", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("dependencies", "code", "says"),
    [
        ([SOUND], audit.CLEAN, "1 locked packages"),
        ([SOUND, UNASKED], audit.NOT_ASKED, "1 of 2 packages"),
        ([UNASKED, FAULTY], audit.VULNERABLE, "two 2.0: PYSEC-0000-1, mended in 2.1"),
        ([], audit.NOT_ASKED, "could not be reached"),
    ],
)
def test_a_verdict(dependencies: list[dict], code: int, says: str) -> None:
    found, lines = audit.verdict(dependencies)
    assert found == code
    assert says in lines[0]


@pytest.mark.parametrize("told", ["", json.dumps({"dependencies": [UNASKED]})])
def test_nobody_to_ask_is_one_sentence_and_a_code_of_its_own(
    told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    done = subprocess.CompletedProcess([], 0, stdout=told, stderr="")
    monkeypatch.setattr(audit.subprocess, "run", lambda *_arguments, **_named: done)
    assert audit.main("requirements.lock") == audit.NOT_ASKED
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 1
    assert said[0].startswith("The advisory service could not be reached")


def test_continuous_integration_stops_at_a_finding_only(tmp_path: Path) -> None:
    """The line of `.ci/run`, with a program in place of the audit that ends as it may end."""
    (line,) = [line for line in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines() if "audit.py" in line]
    for code, goes_on in ((audit.CLEAN, True), (audit.NOT_ASKED, True), (audit.VULNERABLE, False)):
        ending = line.replace(".venv/bin/python .ci/audit.py requirements.lock", f"{sys.executable} -c 'exit({code})'")
        assert ending != line
        done = subprocess.run(["bash", "-euc", f"{ending}\necho on"], capture_output=True, text=True, check=False)
        assert (done.stdout == "on\n") is goes_on
