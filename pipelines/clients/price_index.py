"""Client of Statistics Finland's PxWeb: the consumer price index of the whole country.

Here belongs: what to ask of a table of prices. Not here: asking for a table and its metadata
(`pipelines.clients.statfin`), the shape of the answer (`pipelines.sources.price_index`).
"""

from __future__ import annotations

from functools import partial

from pipelines.clients.http import FetchFailed
from pipelines.clients.job import Job
from pipelines.clients.statfin import Variable, periods_from, table_answer, variables_of
from pipelines.contracts import message
from pipelines.settings import PriceInterface, Settings
from pipelines.sources.population import METRIC_LABELS
from pipelines.sources.price_index import is_points, whole_of


def fetch(job: Job[PriceInterface]) -> None:
    """Land one answer a table.

    Raises
    ------
    FetchFailed
        See `pipelines.clients.job`; also when the table is not one of a price index.
    """
    for table in job.interface.tables:
        job.page(table.replace("/", "-"), partial(table_answer, job, table, query))


def query(metadata: object, settings: Settings) -> dict[str, object]:
    """Return the request for the points of the whole index in every period of the series.

    Raises
    ------
    FetchFailed
        The metadata has not the expected shape, or something that is needed is not in the table.
    """
    variables = variables_of(metadata)
    if not any(variable.is_time for variable in variables):
        raise FetchFailed(message("client.shape", field="Vuosi"))
    chosen = ((variable, _choose(variable, settings)) for variable in variables)
    selections = [
        {"code": variable.code, "selection": {"filter": "item", "values": values}}
        for variable, values in chosen
        if values is not None
    ]
    return {"query": selections, "response": {"format": "json-stat2"}}


def _choose(variable: Variable, settings: Settings) -> list[str] | None:
    """Return the values to ask for; None leaves the variable out, so that PxWeb sums over it."""
    labels = dict(zip(variable.values, variable.texts, strict=True))
    if variable.is_time:
        return periods_from(variable, settings.figures.first_year)
    if variable.is_called(METRIC_LABELS | {"contentscode"}):
        points = [value for value, text in labels.items() if is_points(text)]
        if not points:
            raise FetchFailed(message("client.no_points"))
        return points
    whole = whole_of(labels)
    if whole is not None:
        return [whole]
    if variable.can_be_left_out:
        return None
    raise FetchFailed(message("client.surplus_variable", label=variable.label))
