"""How long a refresh of the example takes, cold and warm, against a bare script, and where the time goes.

Run by `make bench`. It is no test: seconds depend on the machine. Every cold run is a new process on a workspace of its
own, so all sides pay for starting Python and for their imports; they take turns, and the median of the rounds counts. A
warm refresh is the second one of a living process, after one file has got one more row. The bare script (`bare.py`)
reckons the eight indicators of the handbook and nothing else. Processor seconds stand beside the seconds of the clock,
because they stay steady on a machine that has other work too.
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
AIM, COLD_AIM, WARM_AIM = 2.5, 8.0, 2.0
BARE = Path(__file__).with_name("bare.py")
COMMAND = Path(sys.executable).parent / "yhteispeli"
IN_PROCESS, WARM = "--rooms", "--warm"


def main() -> None:
    """Measure and print; `--rooms` and `--warm WORKSPACE` are sides that have a process of their own."""
    if IN_PROCESS in sys.argv:
        print(json.dumps(_rooms(Path(sys.argv[-1]))))
    elif WARM in sys.argv:
        print(json.dumps(_warm(Path(sys.argv[-1]))))
    else:
        with TemporaryDirectory() as folder:
            _report(_measure(Path(folder)))


@dataclass(frozen=True, slots=True)
class Timed:
    """What a command took, and what it printed."""

    seconds: float
    processor_seconds: float
    printed: str


@dataclass(frozen=True, slots=True)
class Measured:
    """The rounds of each side, one bare import of the Dagster definitions, and how far the bare figures are from ours."""

    dagster: list[Timed]
    rooms: list[Timed]
    bare: list[Timed]
    warm: list[Timed]
    definitions: Timed
    apart: dict[str, float]


def _measure(folder: Path) -> Measured:
    example = folder / "example"
    _timed(COMMAND, "example", example)
    dagster, rooms, bare, warm = [], [], [], []
    for number in range(ROUNDS):
        first, second, third = (
            shutil.copytree(example, folder / f"{side}{number}") for side in ("dagster", "rooms", "warm")
        )
        dagster.append(_timed(COMMAND, "refresh", first))
        rooms.append(_timed(sys.executable, __file__, IN_PROCESS, second))
        bare.append(_timed(sys.executable, BARE, example))
        told = json.loads(_timed(sys.executable, __file__, WARM, third).printed)
        warm.append(Timed(told["seconds"], told["processor_seconds"], ""))
    definitions = _timed(sys.executable, "-c", "import pipelines.definitions")
    return Measured(dagster, rooms, bare, warm, definitions, _apart(folder / "dagster0", json.loads(bare[0].printed)))


def _apart(root: Path, bare: dict[str, dict[str, float]]) -> dict[str, float]:
    """Return for each indicator how far the figure of its newest year is from that of the edition, as a share."""
    from pipelines import editions
    from pipelines.workspace import Workspace
    from warehouse import database

    file = editions.analyst_file(Workspace(root))
    if file is None:
        sys.exit("The refresh made no edition.")
    with database.open_edition(file) as edition:
        values = database.read_frame(edition, "marts.indicator_values").filter(breakdown="total")
    ours = {(row["indicator_id"], row["period"]): row["value"] for row in values.iter_rows(named=True) if row["value"]}
    apart = {}
    for indicator, of_period in bare.items():
        both = [period for period in sorted(of_period) if (indicator, period) in ours]
        apart[indicator] = abs(of_period[both[-1]] / ours[indicator, both[-1]] - 1)
    return apart


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


def _warm(root: Path) -> dict[str, float]:
    """Refresh, let one file get one more row, and return what it takes to refresh again."""
    from pipelines import run
    from pipelines.workspace import Workspace

    run.refresh(Workspace(root), lambda _table: None)
    file = min((root / "inbox" / "city_work").glob("*.csv"))
    lines = file.read_bytes().rstrip().splitlines(keepends=True)
    file.write_bytes(b"".join([*lines, b"\r\n", lines[-1]]))
    started, used = time.perf_counter(), time.process_time()
    outcome = run.refresh(Workspace(root), lambda _table: None)
    if not outcome.is_new:
        sys.exit(f"The second refresh made no new edition: {outcome}")
    return {"seconds": time.perf_counter() - started, "processor_seconds": time.process_time() - used}


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


def _report(measured: Measured) -> None:
    dagster, rooms, bare = (_median(side) for side in (measured.dagster, measured.rooms, measured.bare))
    without, definitions = measured.rooms, measured.definitions
    print(f"Refresh of the example, median of {ROUNDS} rounds")
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores\n")
    print(f"{'':<40} seconds  processor")
    _line("cold: yhteispeli refresh (Dagster)", dagster, f"aim: at most {COLD_AIM} s")
    _line("cold: the same rooms without it", rooms)
    _line("warm: one file has one more row", _median(measured.warm), f"aim: at most {WARM_AIM} s")
    _line("bare script, eight indicators", bare)
    _line("ratio cold / bare", _ratio(dagster, bare), f"aim: at most {AIM}")
    _line("ratio with / without Dagster", _ratio(dagster, rooms), f"aim: at most {AIM}")
    print("\nHow far the figures of the bare script are from ours, newest year")
    for indicator, share in measured.apart.items():
        print(f"  {indicator:<40} {share:6.1%}")
    print()
    print("Where the time goes without Dagster")
    runs = [json.loads(timed.printed) for timed in without]
    parts = {part: statistics.median(run[part] for run in runs) for part in runs[0]}
    parts["start and stop Python, the rest"] = rooms.seconds - sum(parts.values())
    for part, seconds in parts.items():
        print(f"  {part:<32} {seconds:7.2f} {seconds / rooms.seconds:10.0%}")
    print("\nWhat Dagster adds")
    print(f"  {'in all':<32} {dagster.seconds - rooms.seconds:7.2f}")
    print(f"  {'importing its definitions, alone':<32} {definitions.seconds:7.2f}")


def _line(what: str, timed: Timed, aim: str = "") -> None:
    print(f"  {what:<38} {timed.seconds:7.2f} {timed.processor_seconds:10.2f}   {aim}".rstrip())


def _ratio(one: Timed, other: Timed) -> Timed:
    return Timed(one.seconds / other.seconds, one.processor_seconds / other.processor_seconds, "")


def _median(rounds: list[Timed]) -> Timed:
    seconds = statistics.median(timed.seconds for timed in rounds)
    return Timed(seconds, statistics.median(timed.processor_seconds for timed in rounds), "")


if __name__ == "__main__":
    main()
