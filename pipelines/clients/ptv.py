"""Client of PTV, the Finnish Service Catalogue (Palvelutietovaranto), version 11: what is listed in the municipality.

Here belongs: asking for the pages. Not here: which listing is of which association (`pipelines.sources`).

Source of the format: PTV Open API version 11, `{pageNumber, pageSize, pageCount, itemList[]}`.
"""

from __future__ import annotations

from functools import partial

from pipelines.clients.job import Job, PagesDisagree, field, refuse_repetition
from pipelines.contracts import message
from pipelines.settings import Interface


def fetch(job: Job[Interface]) -> None:
    """Land every page of the services that are offered in the municipality.

    Raises
    ------
    FetchFailed
        See `pipelines.clients.job`.
    """
    path = f"Service/list/area/Municipality/code/{job.settings.municipality.code}"
    seen: set[str] = set()
    page, pages = 1, 1
    while page <= pages:
        document = job.page(
            f"page-{page}",
            partial(job.service.get, path, {"page": page}),
            lands=partial(_is_page, page),
        )
        refuse_repetition(page, _identifiers(document), seen)
        pages = field(document, "pageCount", int)
        page += 1


def _is_page(asked: int, document: object) -> bool:
    """Tell whether the page holds anything; a service that answers another page than the asked one has lost count."""
    if field(document, "pageNumber", int) != asked:
        raise PagesDisagree(message("client.page_repeated", page=asked))
    return bool(field(document, "itemList", list))


def _identifiers(document: object) -> list[str]:
    return [str(item.get("id")) for item in field(document, "itemList", list) if isinstance(item, dict)]
