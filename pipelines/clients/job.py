"""What a client works with: the service, the settings, and pages that land one by one.

Here belongs: the fetch of one source, and that a page lands only when the reader of the source can read it. Not here:
HTTP (`pipelines.clients.http`), which pages there are (the client of each service).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pipelines import contracts, landing
from pipelines.clients.http import Answer, FetchFailed, Service
from pipelines.contracts import message
from pipelines.raw_table import Refused
from pipelines.reading import read_file
from pipelines.settings import Interface, Settings
from pipelines.workspace import Workspace

MAX_PAGES = 5000
"""More pages than any municipality has: a service that offers them has lost count."""

I_co = TypeVar("I_co", bound=Interface, covariant=True)


class PagesDisagree(FetchFailed):
    """The pages of a fetch don't fit together, so it has to begin anew."""


@dataclass(frozen=True, slots=True)
class Job(Generic[I_co]):
    """The fetch of one source from its interface."""

    workspace: Workspace
    interface: I_co
    service: Service
    fetch: landing.Fetch

    @property
    def settings(self) -> Settings:
        """The settings of the municipality."""
        return self.workspace.settings

    def page(self, name: str, ask: Callable[[], Answer], *, lands: Callable[[object], bool] = lambda _: True) -> object:
        """Return what a page says: from landing when it landed before the fetch broke off, else by asking for it.

        Parameters
        ----------
        name
            Name of the page, unlike every other of the fetch.
        lands
            Looks at the answer: whether it holds anything to land. May raise `FetchFailed`.

        Raises
        ------
        FetchFailed
            The service did not answer, or its answer can't be read as the source; nothing has landed then.
        """
        landed = self.fetch.pages.get(name)
        if landed is not None:
            return json.loads(landing.content_of(self.workspace, landed))
        if len(self.fetch.pages) >= MAX_PAGES:
            raise PagesDisagree(message("client.too_many_pages", limit=MAX_PAGES))
        answer = ask()
        if not lands(answer.document):
            return answer.document
        try:
            read_file(answer.content, f"{name}.json", contracts.sources()[self.fetch.source])
        except Refused as refused:
            raise FetchFailed(refused.text) from refused
        landing.land_page(self.fetch, name, answer.url, answer.content)
        return answer.document


def field(document: object, name: str, kind: type) -> Any:
    """Return a field of an answer.

    Raises
    ------
    FetchFailed
        The answer is no object, or has no such field of that kind: the interface has changed.
    """
    value = document.get(name) if isinstance(document, Mapping) else None
    if not isinstance(value, kind) or isinstance(value, bool):
        raise FetchFailed(message("client.shape", field=name))
    return value


def refuse_repetition(page: int, names: Iterable[str], seen: set[str]) -> None:
    """Add the records of a page to those seen.

    Raises
    ------
    PagesDisagree
        A page after the first has nothing that was not on a page before: the service began anew from its first page.
    """
    own = set(names)
    if page > 1 and own <= seen:
        raise PagesDisagree(message("client.page_repeated", page=page))
    seen |= own
