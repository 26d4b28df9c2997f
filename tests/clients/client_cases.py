"""What the tests of the clients share: quick manners, a town that fetches, and one played service of each source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from played_services import Asked, Reply, company, linked_events, prices, ptv, pxweb, treasury, ytj

from pipelines import clients, landing
from pipelines.clients import Fetched
from pipelines.clients.http import Manners
from pipelines.workspace import Workspace

FAST = Manners(pace=0, attempts=2, wait_initial=0.01, wait_max=0.02, longest_wait=0.3, max_bytes=1024 * 1024)
IMPATIENT = replace(FAST, silence=0.4)


@dataclass(frozen=True)
class Town:
    """A workspace and what landed in it."""

    workspace: Workspace

    def fetch(self, manners: Manners = FAST) -> list[Fetched]:
        return list(clients.fetch_all(self.workspace, manners=manners))

    def files(self, source: str) -> list[bytes]:
        in_force = landing.files_in_force(self.workspace, source)
        return [landing.content_of(self.workspace, file) for file in sorted(in_force, key=lambda file: file.path)]

    def pages_ever(self, source: str) -> int:
        """Count the pages in the manifest, in force or not."""
        manifest = self.workspace.landing / "manifest.jsonl"
        return manifest.read_text(encoding="utf-8").count(f"interfaces/{source}/") if manifest.is_file() else 0


@dataclass(frozen=True)
class Case:
    """One service as it is played: how many pages its fetch lands."""

    source: str
    play: Callable[[Asked, str], Reply]
    pages: int


CASES = {
    case.source: case
    for case in (
        Case("ytj_companies", ytj([company(number) for number in range(250)]), 3),
        Case("population", pxweb("new"), 1),
        Case("price_index", prices, 1),
        Case("municipal_finance", treasury([{"period": "2023"}, {"period": "2024"}]), 2),
        Case("events", linked_events(5), 3),
        Case("directory_listings", ptv(5), 3),
    )
}
