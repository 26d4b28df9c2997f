"""The front page in a real Chromium that has never seen it: when the first figure can be read, and what it cost to send.

Here belongs: the browser's side of `pages`. Not here: many visitors (`viewers`).
"""

from __future__ import annotations

import json
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
LOOK_OUT = """wanted => {
  const seen = (window.seen = {});
  const look = () => {
    for (const [name, selector] of Object.entries(wanted)) {
      if (!(name in seen) && document.querySelector(selector)?.checkVisibility({visibilityProperty: true})) {
        seen[name] = performance.now();
      }
    }
    if (Object.keys(seen).length < Object.keys(wanted).length) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
"""Looks at every frame: asking from outside would wait until the scripts of the page have run."""

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
        wanted = json.dumps({"figure": FIRST_FIGURE[kind], "picture": FIRST_PICTURE[kind]})
        page.add_init_script(f"({LOOK_OUT})({wanted})")
        page.goto(f"http://127.0.0.1:{port}/", wait_until="commit")
        page.wait_for_function("() => 'figure' in window.seen && 'picture' in window.seen", timeout=60_000)
        page.wait_for_timeout(SETTLING)
        seen = page.evaluate("window.seen")
        return Cold(seen["figure"] / 1000, seen["picture"] / 1000, sum(sizes) / 1e6)
