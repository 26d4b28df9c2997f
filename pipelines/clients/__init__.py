"""Asking the open interfaces, so that their answers land as files of their sources.

Here belongs: which client serves which source, and that a fault of one ends in a sentence. Not here: the services (one
module each), what is in the answers (`pipelines.sources`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines import contracts, landing
from pipelines.clients.http import FetchFailed, Manners, Service
from pipelines.clients.job import Job, PagesDisagree
from pipelines.clients.linked_events import fetch as fetch_linked_events
from pipelines.clients.population import fetch as fetch_population
from pipelines.clients.price_index import fetch as fetch_prices
from pipelines.clients.ptv import fetch as fetch_ptv
from pipelines.clients.treasury import fetch as fetch_treasury
from pipelines.clients.ytj import fetch as fetch_ytj
from pipelines.contract_model import Text
from pipelines.contracts import message
from pipelines.settings import Interface
from pipelines.sources.formats import JSON_FORMATS
from pipelines.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Client:
    """How a source is fetched, and how its service wants to be asked."""

    fetch: Callable[[Job[Any]], None]
    manners: Manners = field(default_factory=Manners)


CLIENTS: Mapping[str, Client] = {
    "ytj_companies": Client(fetch_ytj, Manners(pace=1.0)),
    "population": Client(fetch_population, Manners(pace=1.5)),
    "price_index": Client(fetch_prices, Manners(pace=1.5)),
    "municipal_finance": Client(fetch_treasury),
    "events": Client(fetch_linked_events),
    "directory_listings": Client(fetch_ptv),
}
"""The client of each source; the keys are the fields of the settings `[interfaces]`.

YTJ takes about 300 requests a minute from all its users together; Statistics Finland asks for a pause between requests.
"""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of asking for a source: how many pages came into force, or the sentence that tells why none did."""

    source: str
    pages: int
    failure: Text | None = None


def fetch_all(
    workspace: Workspace, sources: Collection[str] = CLIENTS.keys(), manners: Manners | None = None
) -> Iterator[Fetched]:
    """Fetch every source whose interface is switched on; one that fails keeps what has landed before.

    Parameters
    ----------
    sources
        The sources that are asked for; all that have a client when not given.
    manners
        Instead of the manners of each client.
    """
    for source, contract in contracts.sources().items():
        interface = getattr(workspace.settings.interfaces, source, None)
        if source not in sources or interface is None or not interface.enabled:
            continue
        if JSON_FORMATS.keys().isdisjoint(contract.formats):
            yield Fetched(source, 0, message("client.no_reader"))
            continue
        client = CLIENTS[source]
        yield _fetch(workspace, source, client, interface, manners or client.manners)


def _fetch(workspace: Workspace, source: str, client: Client, interface: Interface, manners: Manners) -> Fetched:
    municipality = workspace.settings.municipality
    fetch = landing.begin_fetch(workspace, source, f"{municipality.code} {interface.model_dump_json()}")
    try:
        with Service(interface.base_url, manners, workspace.settings.contact.email) as service:
            client.fetch(Job(workspace, interface, service, fetch))
    except FetchFailed as failed:
        if isinstance(failed, PagesDisagree):
            landing.drop_fetch(fetch)
        return Fetched(source, len(fetch.pages), failed.text)
    if not fetch.pages:
        return Fetched(source, 0, message("client.nothing"))
    landing.finish_fetch(fetch)
    return Fetched(source, len(fetch.pages))
