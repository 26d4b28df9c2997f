"""How long a refresh of the example takes, with Dagster and without, and where the time goes.

Run by `make bench`. It is no test: seconds depend on the machine. Every run is a new process on a workspace of its own,
so both sides pay for starting Python and for their imports; the two take turns, and the median of the rounds counts.
Processor seconds stand beside the seconds of the clock, because they stay steady on a machine that has other work too.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Timed:
    """What a command took, and what it printed."""

    seconds: float
    processor_seconds: float
    printed: str


def _measure(folder: Path) -> tuple[list[Timed], list[Timed], Timed]:
    """Return the rounds with Dagster, the rounds without, and one bare import of the Dagster definitions."""
    example = folder / "example"
    _timed(COMMAND, "example", example)
    with_dagster, without = [], []
    for number in range(ROUNDS):
        first, second = (shutil.copytree(example, folder / f"{side}{number}") for side in ("dagster", "rooms"))
        with_dagster.append(_timed(COMMAND, "refresh", first))
        without.append(_timed(sys.executable, __file__, IN_PROCESS, second))
    return with_dagster, without, _timed(sys.executable, "-c", "import pipelines.definitions")


def _timed(*command: str | Path) -> Timed:
    started, used = time.perf_counter(), _processor_seconds()
    done = subprocess.run(list(map(str, command)), check=False, capture_output=True, text=True)
    seconds, processor_seconds = time.perf_counter() - started, _processor_seconds() - used
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} gave {done.returncode}: {done.stderr.strip()[-2000:]}")
    return Timed(seconds, processor_seconds, done.stdout)


def _processor_seconds() -> float:
    """Return what the processes started from here have used so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


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


def _report(with_dagster: list[Timed], without: list[Timed], definitions: Timed) -> None:
    dagster, rooms = _median(with_dagster), _median(without)
    print(f"Cold refresh of the example, median of {ROUNDS} rounds")
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores\n")
    print(f"{'':<34} seconds  processor")
    print(f"  {'yhteispeli refresh (Dagster)':<32} {dagster.seconds:7.2f} {dagster.processor_seconds:10.2f}")
    print(f"  {'the same rooms without it':<32} {rooms.seconds:7.2f} {rooms.processor_seconds:10.2f}")
    ratios = dagster.seconds / rooms.seconds, dagster.processor_seconds / rooms.processor_seconds
    print(f"  {'ratio':<32} {ratios[0]:7.2f} {ratios[1]:10.2f}   aim: at most {AIM}\n")
    print("Where the time goes without Dagster")
    runs = [json.loads(timed.printed) for timed in without]
    parts = {part: statistics.median(run[part] for run in runs) for part in runs[0]}
    parts["start and stop Python, the rest"] = rooms.seconds - sum(parts.values())
    for part, seconds in parts.items():
        print(f"  {part:<32} {seconds:7.2f} {seconds / rooms.seconds:10.0%}")
    print("\nWhat Dagster adds")
    print(f"  {'in all':<32} {dagster.seconds - rooms.seconds:7.2f}")
    print(f"  {'importing its definitions, alone':<32} {definitions.seconds:7.2f}")


def _median(rounds: list[Timed]) -> Timed:
    seconds = statistics.median(timed.seconds for timed in rounds)
    return Timed(seconds, statistics.median(timed.processor_seconds for timed in rounds), "")


if __name__ == "__main__":
    main()
