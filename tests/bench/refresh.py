"""How long a refresh of the example takes, with Dagster and without, and where the time goes.

Run by `make bench`. It is no test: seconds depend on the machine. Every run is a new process on a workspace of its own,
so both sides pay for starting Python and for their imports; the two take turns, and the median of the rounds counts.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

ROUNDS = 3
AIM = 2.5
COMMAND = Path(sys.executable).parent / "yhteispeli"
IN_PROCESS = "--rooms"


def main() -> None:
    """Measure and print; `--rooms WORKSPACE` is the side without Dagster, in a process of its own."""
    if IN_PROCESS in sys.argv:
        print(json.dumps(_rooms(Path(sys.argv[-1]))))
        return
    with TemporaryDirectory() as folder:
        _report(*_measure(Path(folder)))


def _measure(folder: Path) -> tuple[list[float], list[float], list[dict[str, float]], float]:
    """Return seconds with Dagster, seconds without, their parts, and seconds of importing the Dagster definitions."""
    example = folder / "example"
    _timed(COMMAND, "example", example)
    with_dagster, without, parts = [], [], []
    for number in range(ROUNDS):
        first, second = (shutil.copytree(example, folder / f"{side}{number}") for side in ("dagster", "rooms"))
        with_dagster.append(_timed(COMMAND, "refresh", first)[0])
        seconds, printed = _timed(sys.executable, __file__, IN_PROCESS, second)
        without.append(seconds)
        parts.append(json.loads(printed))
    definitions, _ = _timed(sys.executable, "-c", "import pipelines.definitions")
    return with_dagster, without, parts, definitions


def _timed(*command: str | Path) -> tuple[float, str]:
    started = time.perf_counter()
    done = subprocess.run(list(map(str, command)), check=False, capture_output=True, text=True)
    seconds = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} gave {done.returncode}: {done.stderr.strip()[-2000:]}")
    return seconds, done.stdout


def _rooms(root: Path) -> dict[str, float]:
    """Refresh without Dagster and return the seconds of each part."""
    spent: dict[str, float] = defaultdict(float)
    part, since = "import the pipeline", time.perf_counter()

    def enter(next_part: str) -> None:
        nonlocal part, since
        now = time.perf_counter()
        spent[part] += now - since
        part, since = next_part, now

    from pipelines.refresh import run_rooms
    from pipelines.workspace import Workspace

    enter("import Great Expectations")
    import great_expectations.expectations  # noqa: F401 - the rooms would import it later, inside staging

    enter("open the build file")
    run_rooms(Workspace(root), lambda step: enter(step.partition(".")[0]))
    enter("")
    return dict(spent)


def _report(with_dagster: list[float], without: list[float], parts: list[dict[str, float]], definitions: float) -> None:
    dagster, rooms = statistics.median(with_dagster), statistics.median(without)
    print(f"Cold refresh of the example, median of {ROUNDS} rounds")
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores\n")
    print(f"  yhteispeli refresh (Dagster)   {dagster:6.2f} s   {_all(with_dagster)}")
    print(f"  the same rooms without it      {rooms:6.2f} s   {_all(without)}")
    print(f"  ratio                          {dagster / rooms:6.2f}     aim: at most {AIM}\n")
    print("Where the time goes without Dagster")
    medians = {part: statistics.median(run[part] for run in parts) for part in parts[0]}
    medians["start and stop Python, the rest"] = rooms - sum(medians.values())
    for part, seconds in medians.items():
        print(f"  {part:<32} {seconds:5.2f} s  {seconds / rooms:4.0%}")
    print("\nWhat Dagster adds")
    print(f"  in all                           {dagster - rooms:5.2f} s")
    print(f"  import its definitions, alone    {definitions:5.2f} s")


def _all(seconds: list[float]) -> str:
    return "(" + ", ".join(f"{second:.2f}" for second in seconds) + ")"


if __name__ == "__main__":
    main()
