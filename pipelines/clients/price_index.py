"""Client of Statistics Finland's PxWeb: the consumer price index of the whole country.

Here belongs: what to ask of a table of prices. Not here: metadata, requests and landing (`pipelines.clients.pxweb`),
the shape of the answer (`pipelines.sources.price_index`).
"""

from __future__ import annotations

from pipelines.clients.http import FetchFailed
from pipelines.clients.job import Job
from pipelines.clients.pxweb import Question, Variable, land_tables
from pipelines.contracts import message
from pipelines.settings import PriceInterface, Settings
from pipelines.sources.price_index import is_points, whole_of


def fetch(job: Job[PriceInterface]) -> None:
    """Land one answer a table: the points of the whole index in every period of the series.

    Raises
    ------
    FetchFailed
        See `pipelines.clients.job`; also when the table is not one of a price index.
    """
    land_tables(job, QUESTION)


def _choose(variable: Variable, _: Settings) -> list[str] | None:
    if variable.is_measure:
        return _points(variable)
    whole = whole_of(dict(zip(variable.values, variable.texts, strict=True)))
    return None if whole is None else [whole]


def _points(variable: Variable) -> list[str]:
    chosen = variable.values_of(is_points)
    if not chosen:
        raise FetchFailed(message("client.no_points"))
    return chosen


QUESTION = Question(_choose, needs={})
