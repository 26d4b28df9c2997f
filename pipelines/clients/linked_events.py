"""Client of a Linked Events instance: the events of every type, page by page.

Here belongs: asking for events. Not here: the shape of an event, and which events count once (`pipelines.sources`).

Source of the format: Linked Events API version 1, `GET event/` gives `{meta: {count, next, previous}, data: [...]}`;
without `event_type` it answers general events only.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from pipelines.clients.http import Answer
from pipelines.clients.job import Job, field, refuse_repetition
from pipelines.settings import EventInterface

PATH = "event/"
PAGE_SIZE = 100
"""The largest page that the service gives."""


def fetch(job: Job[EventInterface]) -> None:
    """Land every page, from the first year of the series on; `meta.next` tells the next one.

    Raises
    ------
    FetchFailed
        See `pipelines.clients.job`.
    """
    seen: set[str] = set()
    page, link = 1, None
    while page == 1 or link is not None:
        document = job.page(f"page-{page}", partial(_ask, job, link), lands=_holds_events)
        refuse_repetition(page, _identifiers(document), seen)
        link = field(document, "meta", Mapping).get("next")
        page += 1


def _ask(job: Job[EventInterface], link: object) -> Answer:
    if link is not None:
        return job.service.follow(link)
    asked: dict[str, str | int] = {
        "event_type": ",".join(job.interface.event_types),
        "start": f"{job.settings.figures.first_year}-01-01",
        "page_size": PAGE_SIZE,
        **job.interface.parameters,
    }
    return job.service.get(PATH, asked)


def _holds_events(document: object) -> bool:
    field(document, "meta", Mapping)
    return bool(field(document, "data", list))


def _identifiers(document: object) -> list[str]:
    return [str(event.get("id")) for event in field(document, "data", list) if isinstance(event, dict)]
