"""The other things that people wait for: the interface for programs, questions in SQL, the report.

Here belongs: their share of what `pages` prints. Not here: the pages.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from served import Served
from viewers import Connection, NotWhole

from warehouse.question_process import Unanswered
from warehouse.questions import ask

CLIENTS = 50
SECONDS = 8.0
LANGUAGES = ("fi", "sv", "en")
FORMATS = ("pdf", "docx", "html")
FIGURES = "/api/v1/values?indicator=grants_awarded_eur"
QUESTION = "SELECT indicator_id, count(*) FROM marts.indicator_values GROUP BY ALL"


def show_interface(server: Served) -> None:
    """Print what programs wait for that ask again and again."""
    started = time.perf_counter()
    waits, errors = asyncio.run(_ask_on(server.port))
    took = time.perf_counter() - started
    print(f"\nInterface, {CLIENTS} clients that ask without a pause, one core: milliseconds")
    _print(FIGURES.partition("?")[0], waits, errors, took)


async def _ask_on(port: int) -> tuple[list[float], int]:
    waits: list[float] = []
    errors = 0
    end = time.perf_counter() + SECONDS

    async def client() -> None:
        nonlocal errors
        connection = Connection(port)
        while time.perf_counter() < end:
            started = time.perf_counter()
            try:
                await connection.ask(FIGURES)
            except (NotWhole, OSError, EOFError):
                errors += 1
                connection = Connection(port)
            else:
                waits.append(time.perf_counter() - started)
        connection.close()

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return waits, errors


def show_questions(workspace: Path) -> None:
    """Print what analysts wait for who ask in SQL at the same time, as the page asks for them."""
    edition = (workspace / "CURRENT").read_text(encoding="utf-8").strip()
    file = workspace / "editions" / edition / "analyst.duckdb"
    began = time.perf_counter()
    end = began + SECONDS
    waits: list[float] = []
    refused: dict[str, int] = {}

    def analyst(_: int) -> None:
        while time.perf_counter() < end:
            started = time.perf_counter()
            try:
                ask(file, QUESTION)
            except Unanswered as unanswered:
                refused[unanswered.fault] = refused.get(unanswered.fault, 0) + 1
            waits.append(time.perf_counter() - started)

    with ThreadPoolExecutor(CLIENTS) as analysts:
        list(analysts.map(analyst, range(CLIENTS)))
    print(f"\nQuestions in SQL, {CLIENTS} analysts who ask without a pause: milliseconds")
    _print("answers and refusals", waits, sum(refused.values()), time.perf_counter() - began)
    for why, times in refused.items():
        print(f"  refused: {why:<40}{times:8}")


def show_reports(command: Path, workspace: Path) -> None:
    """Print how long the report takes in each language and format."""
    print("\nReport, seconds with the start of Python   aim: at most 15")
    print(f"  {'':<34}" + "".join(f"{form:>9}" for form in FORMATS))
    with TemporaryDirectory() as folder:
        for language in LANGUAGES:
            took = [_timed(_report(command, workspace, language, form, Path(folder))) for form in FORMATS]
            print(f"  {language:<34}" + "".join(f"{seconds:9.2f}" for seconds in took))


def _report(command: Path, workspace: Path, language: str, form: str, folder: Path) -> Callable[[], None]:
    file = folder / f"{language}.{form}"

    def make() -> None:
        asked = [command, "report", workspace, "--lang", language, "--format", form, "--out", file]
        done = subprocess.run(list(map(str, asked)), check=False, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"The report was not made: {(done.stdout + done.stderr).strip()[-1000:]}")

    return make


def _timed(action: Callable[[], None]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _print(name: str, waits: list[float], errors: int, took: float) -> None:
    rate = len(waits) / took
    late = quantiles(waits, n=20, method="inclusive")[18]
    print(f"  {name:<34}p50{1000 * median(waits):7.0f}  p95{1000 * late:7.0f}  errors{errors:5}{rate:8.0f} a second")
