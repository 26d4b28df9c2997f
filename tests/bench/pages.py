"""How fast the dashboards are, beside a plain Dash app that shows the same pages of the same edition.

Run by `make bench`; the first argument is a workspace that has an edition, else an example is made. It is no test:
seconds depend on the machine, so both sides are measured in one run, in turns, and their ratio is what counts. The server
is held on one core and the visitors on the others.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.append(str(Path(__file__).resolve().parents[2]))

from cold_page import show_cold
from other_loads import show_interface, show_questions, show_reports
from served import Kind, Served, on_the_other_cores, served
from viewers import PATIENCE, VIEWERS, NotWhole, Viewer
from websockets.exceptions import WebSocketException

AT_ONCE = 100
ROUNDS = 3
STAYING = 200
EVERY = 10.0
"""Seconds between two page changes of a viewer."""

SECONDS = 20.0
"""How long the staying viewers are watched."""

PAGES = ("", "jarjestokentta", "talkootyo-ja-jasenet", "tapahtumat")
KINDS: tuple[Kind, ...] = ("yhteispeli", "dash")
SIGHTS: tuple[tuple[Kind, str], ...] = (*((kind, page) for page in PAGES[:2] for kind in KINDS), ("bare", ""))
"""What is loaded by everybody at once: two pages of both, and the Streamlit app that shows nothing."""

COMMAND = Path(sys.executable).parent / "yhteispeli"


@dataclass
class Waits:
    """What visitors waited for, in seconds, and how often it did not come."""

    seconds: list[float] = field(default_factory=list)
    errors: int = 0

    async def time(self, action: Callable[[], Awaitable[None]]) -> bool:
        """Time one visit; tell whether the page came."""
        started = time.perf_counter()
        try:
            await asyncio.wait_for(action(), PATIENCE)
        except (NotWhole, OSError, TimeoutError, EOFError, WebSocketException):
            self.errors += 1
            return False
        self.seconds.append(time.perf_counter() - started)
        return True

    def part(self, percent: int) -> float:
        """Return the milliseconds within which so many percent were served; not a number where hardly any was."""
        if len(self.seconds) < 2:
            return float("nan")
        return 1000 * statistics.quantiles(self.seconds, n=100, method="inclusive")[percent - 1]

    def line(self) -> str:
        """Return median, 95th percentile and errors."""
        return f"{self.part(50):9.0f}{self.part(95):9.0f}{self.errors:8}"


def main() -> None:
    """Measure and print."""
    with _workspace() as workspace:
        print(f"Dashboards beside Dash, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} at the start\n")
        with on_the_other_cores():
            _show_at_once(workspace)
            _show_staying(workspace)
        show_cold(workspace)
        with on_the_other_cores(), served("yhteispeli", workspace) as server:
            show_interface(server)
        show_questions(workspace)
        show_reports(COMMAND, workspace)
        _print_load()


def _print_load() -> None:
    print(f"  load average {os.getloadavg()[0]:.1f}", flush=True)


@contextmanager
def _workspace() -> Iterator[Path]:
    if len(sys.argv) > 1:
        yield Path(sys.argv[1]).resolve()
        return
    with TemporaryDirectory() as folder:
        workspace = Path(folder) / "example"
        for command in ("example", "refresh"):
            subprocess.run([COMMAND, command, workspace], check=True, capture_output=True)
        yield workspace


def _show_at_once(workspace: Path) -> None:
    """(a) everybody opens a page at the same moment."""
    print(
        f"{AT_ONCE} page loads at once on one core, {ROUNDS} rounds: milliseconds   aim: p95 at most 700 and that of Dash"
    )
    print(f"  {'':<34}{'p50':>9}{'p95':>9}{'errors':>8}{'processor ms a load':>22}")
    waits = {sight: Waits() for sight in SIGHTS}
    spent = dict.fromkeys(SIGHTS, 0.0)
    with ExitStack() as stack:
        servers = {kind: stack.enter_context(served(kind, workspace)) for kind in (*KINDS, "bare")}
        for kind, page in SIGHTS:  # imports and caches: the cold page is measured by itself
            asyncio.run(_all_load(servers[kind], page, Waits(), 5))
        for _ in range(ROUNDS):
            for kind, page in SIGHTS:
                before = servers[kind].processor_seconds
                asyncio.run(_all_load(servers[kind], page, waits[kind, page], AT_ONCE))
                spent[kind, page] += servers[kind].processor_seconds - before
    for (kind, page), waited in waits.items():
        cost = 1000 * spent[kind, page] / (ROUNDS * AT_ONCE)
        name = "of one element" if kind == "bare" else page or "overview"
        print(f"  {'Streamlit' if kind == 'bare' else kind:<12}{name:<22}{waited.line()}{cost:22.1f}")
    for page in PAGES[:2]:
        ratio = waits["yhteispeli", page].part(95) / waits["dash", page].part(95)
        print(f"  {'ratio':<12}{page or 'overview':<22}{'':9}{ratio:9.2f}")
    _print_load()


async def _all_load(server: Served, page: str, waits: Waits, viewers: int) -> None:
    everybody: list[Viewer] = [VIEWERS[server.kind](server.port) for _ in range(viewers)]
    await asyncio.gather(*(_arrive(viewer, page, waits) for viewer in everybody))
    await asyncio.gather(*(waits.time(partial(viewer.load, page)) for viewer in everybody))
    await asyncio.gather(*(viewer.leave() for viewer in everybody))


async def _arrive(viewer: Viewer, page: str, waits: Waits) -> None:
    """Get the HTML, whose time is not counted; that it did not come is."""
    arrival = Waits()
    await arrival.time(partial(viewer.arrive, page))
    waits.errors += arrival.errors


def _show_staying(workspace: Path) -> None:
    """(b) and (d): many stay and turn pages; the memory that they take."""
    print(f"\n{STAYING} viewers, a page change each {EVERY:.0f} s: milliseconds   aim: p95 at most 50, no errors")
    print(f"  {'':<34}{'p50':>9}{'p95':>9}{'errors':>8}{'MB empty':>10}{'MB a viewer':>13}")
    for kind in KINDS:
        with served(kind, workspace) as server:
            asyncio.run(_all_load(server, PAGES[1], Waits(), 5))
            empty = server.memory_mb
            waits, full = asyncio.run(_stay(server))
            print(f"  {kind:<34}{waits.line()}{empty:10.0f}{(full - empty) / STAYING:13.2f}")
    print("  aim of the memory: at most 300 MB and 0.5 MB a viewer")
    _print_load()


async def _stay(server: Served) -> tuple[Waits, float]:
    chance = random.Random(1)
    viewers: list[Viewer] = [VIEWERS[server.kind](server.port) for _ in range(STAYING)]
    waits, arrivals = Waits(), Waits()
    for viewer in viewers:
        await _arrive(viewer, "", waits)
        await arrivals.time(partial(viewer.load, ""))
    waits.errors += arrivals.errors
    end = time.perf_counter() + SECONDS

    async def stay(viewer: Viewer, first: float, number: int) -> None:
        await asyncio.sleep(first)
        while time.perf_counter() < end:
            started = time.perf_counter()
            number += 1
            if not await waits.time(partial(viewer.turn_to, PAGES[number % len(PAGES)])):
                await viewer.leave()  # what still comes is not the answer to the next question
            await asyncio.sleep(max(EVERY - (time.perf_counter() - started), 0))

    await asyncio.gather(*(stay(viewer, chance.uniform(0, EVERY), number) for number, viewer in enumerate(viewers)))
    memory = server.memory_mb
    for viewer in viewers:
        await viewer.leave()
    return waits, memory


if __name__ == "__main__":
    main()
