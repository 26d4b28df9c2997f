"""Checking a file in a process of its own, so that whoever asks goes on working and survives it.

Here belongs: handing the file over, the limits of that process, and the outcome as plain sentences in one language. Not
here: the check (`pipelines.checking`), which files are taken in (`pipelines.deliveries`).

A file of a few megabytes may be thousands of faults or a table that grows a hundredfold; in the server of the pages it
would hold up everybody else, since one interpreter runs one thread at a time.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from pipelines.contracts import message
from pipelines.feedback import Note
from pipelines.raw_table import Refused

LONGEST_CHECK: Final = 180
"""Seconds after which a check is given up; the largest file that may be delivered takes a third of it."""

MOST_MEMORY: Final = 6 * 1024**3
"""Bytes that a check may reserve; of the largest file that may be delivered it fills a third of them."""

AT_ONCE: Final = 2
"""So many checks run at a time; whoever comes then waits, and who came first goes first."""

_OUTCOME, _WORKBOOK = "outcome.json", "feedback.xlsx"
_checking: Final = ThreadPoolExecutor(AT_ONCE, "check")


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that rows of the file failed, in sentences; `severity` is the code, `severity_told` its words."""

    severity: str
    severity_told: str
    what: str
    how_many: str
    why: str
    where: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the check of a file came to, in one language.

    Attributes
    ----------
    source
        Name of the source; empty when the file is refused.
    refusal
        Why the file can't be read; empty when it can.
    not_read
        Headers that mean no column of the source.
    workbook
        A copy of the file as XLSX with the faults marked; empty when there is nothing to mark or no sheet can hold it.
    """

    sha256: str
    source: str = ""
    refusal: str = ""
    rows_read: int = 0
    rows_staged: int = 0
    rows_quarantined: int = 0
    findings: tuple[Finding, ...] = ()
    not_read: tuple[str, ...] = ()
    workbook: bytes = b""

    @property
    def is_readable(self) -> bool:
        """Tell whether the file is a table of a source."""
        return not self.refusal


def check_apart(content: bytes, name: str, source: str | None, workspace: Path, language: str) -> Feedback:
    """Check a file in a process of its own and wait for the outcome; whatever goes wrong there is a refusal.

    Parameters
    ----------
    name
        Name of the file, safe to be one; its ending and question maps may decide how the file is read.
    source
        Name of the source, None when it is to be recognised.
    """
    return _checking.submit(_check, content, name, source, workspace, language).result()


def _check(content: bytes, name: str, source: str | None, workspace: Path, language: str) -> Feedback:
    sha256 = hashlib.sha256(content).hexdigest()
    with TemporaryDirectory(prefix="yhteispeli-") as folder:
        file = Path(folder) / "delivered" / name
        file.parent.mkdir()
        file.write_bytes(content)
        asked = json.dumps([str(file), source, str(workspace), language])
        command = [sys.executable, "-m", "pipelines.checking_apart", folder, asked]
        try:
            done = subprocess.run(command, timeout=LONGEST_CHECK, check=False, stderr=subprocess.DEVNULL)  # noqa: S603 - own code
        except subprocess.TimeoutExpired:
            return Feedback(sha256, refusal=message("delivery.too_slow", seconds=LONGEST_CHECK)[language])
        outcome = Path(folder) / _OUTCOME
        if done.returncode or not outcome.is_file():
            return Feedback(sha256, refusal=message("delivery.too_heavy")[language])
        workbook = Path(folder) / _WORKBOOK
        return _read(sha256, outcome, workbook.read_bytes() if workbook.is_file() else b"")


def _read(sha256: str, outcome: Path, workbook: bytes) -> Feedback:
    told = json.loads(outcome.read_text(encoding="utf-8"))
    told["findings"] = tuple(Finding(**finding) for finding in told["findings"])
    told["not_read"] = tuple(told["not_read"])
    return Feedback(**told | {"sha256": sha256, "workbook": workbook})


def _run(folder: Path, file: Path, source: str | None, workspace: Path, language: str) -> None:
    """Check in this process and write the outcome into the folder."""
    from pipelines.checking import check_file
    from pipelines.settings import WorkspaceError

    try:
        checked = check_file(file, source, workspace)
    except Refused as refusal:
        _write(folder, Feedback("", refusal=refusal.text[language]))
        return
    except WorkspaceError as error:
        _write(folder, Feedback("", refusal=str(error)))
        return
    findings = tuple(_finding(note, language) for note in checked.notes)
    feedback = Feedback(
        "",
        checked.source,
        rows_read=checked.rows["read"],
        rows_staged=checked.rows["staged"],
        rows_quarantined=checked.rows["quarantined"],
        findings=findings,
        not_read=checked.not_read,
    )
    _write(folder, feedback)
    if findings:
        from pipelines import feedback_files

        try:
            (folder / _WORKBOOK).write_bytes(feedback_files.workbook(file.name, checked, language))
        except Refused:
            return  # longer than a sheet can be; the findings say where the faults are


def _write(folder: Path, feedback: Feedback) -> None:
    told = {name: value for name, value in asdict(feedback).items() if name not in {"sha256", "workbook"}}
    (folder / _OUTCOME).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def _finding(note: Note, language: str) -> Finding:
    return Finding(
        severity=note.rule.severity,
        severity_told=message(f"feedback.severity.{note.rule.severity}")[language],
        what=note.rule.message[language],
        how_many=note.how_many(language),
        why=note.why(language),
        where=note.where(language),
        remedy=note.rule.remedy[language],
    )


def _limit() -> None:
    """Take at most so much memory, and give way to those who wait for a page."""
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    os.nice(10)


if __name__ == "__main__":
    _limit()
    given_file, given_source, given_workspace, given_language = json.loads(sys.argv[2])
    _run(Path(sys.argv[1]), Path(given_file), given_source, Path(given_workspace), given_language)
