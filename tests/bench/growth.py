"""How the cost of a refresh grows from a municipality to a region to the whole country: a table, an exponent, a plot.

Run by `make bench` (municipality and region) and `make bench-national` (all three, in one run). It is no test: seconds
depend on the machine. Each size is a new process on a folder of its own. Processor seconds are those of all its
processes, peak memory what they held together (proportional set size, looked at twice a second).
"""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from math import log10
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import psutil

from pipelines.country.folder import Country, is_country
from pipelines.run import accounts
from pipelines.workspace import Workspace

SIZES = ("municipality", "region", "national")
MOST_EXPONENT = 1.1
NATIONAL_SECONDS, NATIONAL_GIB = 300, 6
COMMAND = (sys.executable, "-c", "from pipelines.cli import main; main()")
PLOT = Path("build") / "bench" / "growth.svg"
GIB = 1024**3
NEW_FILE = "Vuosi;Yhdistys;Jäsenmäärä\n2025;Kuvitteellinen Lisäys ry;12\n"


@dataclass(frozen=True, slots=True)
class Cost:
    """What the refresh of one size took."""

    size: str
    rows: int
    seconds: float
    processor_seconds: float
    peak_bytes: int


def main() -> None:
    """Measure the sizes that are named, by default those that take minutes; print the table and write the plot."""
    sizes = sys.argv[1:] or list(SIZES[:2])
    print(
        f"Refresh of invented data, Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n"
    )
    titles = f"{'size':<14}{'rows in':>12}{'wall s':>10}{'processor s':>13}{'peak GiB':>10}"
    print(f"{titles}{'again, wall s':>15}{'processor s':>13}{'one new file, wall s':>22}{'processor s':>13}")
    costs = []
    with TemporaryDirectory() as folder:
        for size in sizes:
            root = Path(folder) / size
            subprocess.run([*COMMAND, "example", str(root), "--size", size], check=True, capture_output=True)
            cost = measure(root, size)
            again = measure(root, size)
            add_file(root)
            touched = measure(root, size)
            costs.append(cost)
            print(
                f"{size:<14}{cost.rows:>12,}{cost.seconds:>10.1f}{cost.processor_seconds:>13.1f}"
                f"{cost.peak_bytes / GIB:>10.2f}{again.seconds:>15.1f}{again.processor_seconds:>13.1f}"
                f"{touched.seconds:>22.1f}{touched.processor_seconds:>13.1f}",
                flush=True,
            )
    if len(costs) > 1:
        exponent, _ = fit(costs)
        print(f"\nprocessor seconds grow with the rows to the power of {exponent:.2f} (aim: at most {MOST_EXPONENT})")
        draw(costs, PLOT)
        print(f"plot: {PLOT}")
    for cost in costs:
        if cost.size == SIZES[-1]:
            print(f"the country: aim {NATIONAL_SECONDS} s and {NATIONAL_GIB} GiB on 2 cores that do nothing else")


def measure(root: Path, size: str) -> Cost:
    """Refresh a workspace or country in a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    process = subprocess.Popen(
        [*COMMAND, "refresh", str(root)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    peak = [0]
    watching = threading.Thread(target=_watch, args=(process.pid, peak), daemon=True)
    watching.start()
    said, _ = process.communicate()
    seconds = time.perf_counter() - began
    if process.returncode:
        sys.exit(f"refresh of {size} gave {process.returncode}: {said[-3000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(size, rows_in(root), seconds, used, peak[0])


def add_file(root: Path) -> None:
    """Put a return of an association into the inbox of a workspace; of a country, into that of a town of middle size."""
    towns = sorted(workspaces(root), key=lambda town: sum(path.stat().st_size for path in town.inbox.rglob("*.csv")))
    inbox = towns[len(towns) // 2].inbox / "association_returns"
    inbox.mkdir(exist_ok=True)
    (inbox / "lisays.csv").write_text(NEW_FILE, encoding="utf-8")


def workspaces(root: Path) -> list[Workspace]:
    """Return the workspace, or all those of a country."""
    return list(Country(root).towns.values()) if is_country(root) else [Workspace(root)]


def _watch(pid: int, peak: list[int]) -> None:
    """Note the most that a process and all below it hold together, until it ends."""
    while True:
        try:
            top = psutil.Process(pid)
            family = [top, *top.children(recursive=True)]
        except psutil.NoSuchProcess:
            return
        held = 0
        for one in family:
            try:
                held += one.memory_full_info().pss
            except (psutil.NoSuchProcess, psutil.ZombieProcess):
                continue
        peak[0] = max(peak[0], held)
        time.sleep(0.5)


def rows_in(root: Path) -> int:
    """Return the rows that the files of a workspace, or of all workspaces of a country, hold."""
    return sum(int(accounts(workspace)[0]["rows_read"].sum()) for workspace in workspaces(root))


def fit(costs: list[Cost]) -> tuple[float, float]:
    """Return the exponent and the factor (as its logarithm) of the power of the rows that fits the costs best."""
    exponent, factor = np.polyfit(
        [log10(cost.rows) for cost in costs], [log10(cost.processor_seconds) for cost in costs], 1
    )
    return float(exponent), float(factor)


def draw(costs: list[Cost], path: Path) -> None:
    """Draw rows against processor seconds, both on scales of powers of ten, with the line that fits them."""
    exponent, factor = fit(costs)
    width, height, edge = 640, 400, 60
    left, right = log10(min(cost.rows for cost in costs)) - 0.3, log10(max(cost.rows for cost in costs)) + 0.3
    seconds = [log10(cost.processor_seconds) for cost in costs]
    low, high = min(seconds) - 0.3, max(seconds) + 0.3

    def x(power: float) -> float:
        return edge + (width - 2 * edge) * (power - left) / (right - left)

    def y(power: float) -> float:
        return height - edge - (height - 2 * edge) * (power - low) / (high - low)

    ends = [(x(at), y(factor + exponent * at)) for at in (left, right)]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<path d="M{edge} {edge}V{height - edge}H{width - edge}" fill="none" stroke="#888"/>',
        f'<path d="M{ends[0][0]:.1f} {ends[0][1]:.1f}L{ends[1][0]:.1f} {ends[1][1]:.1f}" stroke="#2a6ebb" stroke-dasharray="6 4"/>',
        f'<text x="{edge}" y="{edge - 24}">processor seconds against rows in, log-log; exponent {exponent:.2f}</text>',
    ]
    for cost in costs:
        at = x(log10(cost.rows)), y(log10(cost.processor_seconds))
        parts.append(f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="5" fill="#2a6ebb"/>')
        told = f"{cost.size}: {cost.rows:,} rows, {cost.processor_seconds:.0f} s"
        parts.append(f'<text x="{at[0]:.1f}" y="{at[1] + 22:.1f}" text-anchor="middle">{told}</text>')
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*parts, "</svg>"]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
