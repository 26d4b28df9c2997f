"""Client of Statistics Finland's PxWeb: the population of the municipality and of the whole country.

Here belongs: what to ask of a table of population. Not here: metadata, requests and landing
(`pipelines.clients.pxweb`), the shape of the answer (`pipelines.sources.population`).
"""

from __future__ import annotations

from pipelines.clients.http import FetchFailed
from pipelines.clients.job import Job
from pipelines.clients.pxweb import Question, Variable, land_tables
from pipelines.contracts import message
from pipelines.settings import PopulationInterface, Settings
from pipelines.sources.population import AGE_LABELS, AREA_LABELS, SEX_LABELS, counts_residents

WHOLE_COUNTRY = "SSS"


def fetch(job: Job[PopulationInterface]) -> None:
    """Land one answer a table: the residents of the municipality and the country in every year of the series.

    Raises
    ------
    FetchFailed
        See `pipelines.clients.job`; also when the table is not one of population by municipality.
    """
    land_tables(job, QUESTION)


def _choose(variable: Variable, settings: Settings) -> list[str] | None:
    if _is_area(variable):
        return _areas(variable, settings.municipality.code)
    if variable.is_measure:
        return _measures(variable)
    return list(variable.values) if variable.is_called(SEX_LABELS | AGE_LABELS) else None


def _is_area(variable: Variable) -> bool:
    return variable.is_called(AREA_LABELS)


def _areas(variable: Variable, code: str) -> list[str]:
    own = [value for value in variable.values if value in {code, f"KU{code}"}]
    if not own:
        raise FetchFailed(message("client.no_area", code=code))
    return [value for value in variable.values if value in {*own, WHOLE_COUNTRY}]


def _measures(variable: Variable) -> list[str]:
    chosen = variable.values_of(counts_residents)
    if not chosen:
        raise FetchFailed(message("client.no_measure"))
    return chosen


QUESTION = Question(_choose, needs={"Alue": _is_area})
