"""The front page in a real Chromium that has never seen it: when the first figure can be read, and what it cost to send.

Here belongs: the browser's side of `pages`. Not here: many visitors (`viewers`).
"""

from __future__ import annotations

import shutil
import statistics
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from served import Kind, served

ROUNDS = 5
SETTLING = 1000  # milliseconds in which what the page loads later still comes; its connection never falls idle

FIRST_FIGURE: dict[Kind, str] = {"yhteispeli": ".yp-figure strong", "dash": "#page p"}
FIRST_PICTURE: dict[Kind, str] = {"yhteispeli": "img.yp-picture", "dash": ".js-plotly-plot .main-svg"}
SWITCHES = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@dataclass(frozen=True, slots=True)
class Cold:
    """One visit: seconds until the first figure and the first picture can be seen, megabytes over the wire."""

    figure: float
    picture: float
    megabytes: float


def show_cold(workspace: Path) -> None:
    """Measure and print; without Chromium it says so."""
    print(f"\nFront page in a browser without a cache, median of {ROUNDS}   aim: figure within 1.3 s, at most 3 MB")
    chromium = shutil.which("chromium")
    if chromium is None:
        print("  left out: Chromium is not installed")
        return
    print(f"  {'':<22}{'first figure s':>16}{'first picture s':>17}{'MB':>7}")
    with sync_playwright() as playwright, served("yhteispeli", workspace) as ours, served("dash", workspace) as theirs:
        browser = playwright.chromium.launch(executable_path=chromium, args=SWITCHES)
        visits: dict[Kind, list[Cold]] = {"yhteispeli": [], "dash": []}
        for number in range(ROUNDS + 1):
            for server in (ours, theirs):
                seen = _visit(browser, server.kind, server.port)
                if number:  # the first visit warms the server, as a viewer before this one did
                    visits[server.kind].append(seen)
        browser.close()
    for kind, seen in visits.items():
        middle = [statistics.median(getattr(one, name) for one in seen) for name in ("figure", "picture", "megabytes")]
        print(f"  {kind:<22}{middle[0]:16.2f}{middle[1]:17.2f}{middle[2]:7.2f}")


def _visit(browser: Browser, kind: Kind, port: int) -> Cold:
    with browser.new_context() as context:
        page = context.new_page()
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        sizes: list[float] = []
        wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        wire.on(
            "Network.webSocketFrameReceived", lambda event: sizes.append(len(event["response"]["payloadData"]) * 0.75)
        )
        page.goto(f"http://127.0.0.1:{port}/", wait_until="commit")
        seconds = []
        for wanted in (FIRST_FIGURE[kind], FIRST_PICTURE[kind]):
            page.locator(wanted).first.wait_for(state="visible", timeout=60_000)
            seconds.append(page.evaluate("performance.now()") / 1000)
        page.wait_for_timeout(SETTLING)
        return Cold(seconds[0], seconds[1], sum(sizes) / 1e6)
