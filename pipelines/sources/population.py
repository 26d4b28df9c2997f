"""Answers of Statistics Finland's PxWeb about population: the residents of each area.

Here belongs: which cells of a JSON-stat table count residents, and of which area. Not here: JSON-stat itself
(`pipelines.sources.json_stat`), fetching.

Source of the format: tables of the statistics on population, which are told from others by labels and by the look of
the codes of areas.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.contract_model import fold
from pipelines.contracts import message
from pipelines.raw_table import Refused, refused
from pipelines.reading_json import JsonRows
from pipelines.sources.json_stat import (
    METRIC_LABELS,
    TIME_LABELS,
    JsonStat,
    Variable,
    find_variable,
    json_stat_label,
    read_json_stat,
)
from pipelines.sources.price_index import speaks_of_prices

HEADER = ("Alue", "Ajankohta", "Sukupuoli", "Ikä", "Tiedot", "Väestö")
"""The headers of the contract: the variables of an answer are named anew from year to year."""

AREA_LABELS = frozenset({"alue", "kunta", "area", "region", "municipality", "område", "kommun"})
SEX_LABELS = frozenset({"sukupuoli", "sex", "gender", "kön"})
AGE_LABELS = frozenset({"ikä", "age", "ålder"})

_AREA_CODE = re.compile(r"KU\d{3}")
_POPULATION = re.compile(
    r"(väkiluku|väestö|asukasluku|population|folkmängd|befolkning|invånarantal)"
    r"(?![\w-])(?!.*(%|\b(change|increase|growth|ökning|förändring|density|share|andel)\b))"
)


def recognises(document: object) -> bool:
    """Tell whether a JSON document looks like JSON-stat that does not speak of prices."""
    label = json_stat_label(document)
    return label is not None and not speaks_of_prices(label)


def read(document: object) -> JsonRows:
    """Read the cells of a table that say how many residents an area has.

    Raises
    ------
    Refused
        The document is no JSON-stat table of population by area.
    """
    table = read_json_stat(document)
    area = find_variable(table, "geo", AREA_LABELS) or _by_codes(table)
    if area is None:
        raise _not_population("no_area")
    time = find_variable(table, "time", TIME_LABELS)
    if time is None:
        raise _not_population("no_time")
    metric = find_variable(table, "metric", METRIC_LABELS)
    measures = _measures(table, metric)
    if not measures:
        raise _not_population("no_measure")
    sex, age = find_variable(table, "", SEX_LABELS), find_variable(table, "", AGE_LABELS)
    used = (area, time, sex, age, metric)
    _refuse_other_breakdowns(table, used)
    places = [table.variables.index(variable) if variable else None for variable in used]
    records = []
    for position, codes, value in table.cells():
        cells = [codes[place] if place is not None else None for place in places]
        if metric is None:
            cells[-1] = table.label
        if metric is None or cells[-1] in measures:
            records.append((position + 1, [*cells, value]))
    return JsonRows(HEADER, records)


def counts_residents(label: str) -> bool:
    """Tell whether the label of a measure says that it counts residents."""
    return _POPULATION.match(fold(label)) is not None


def _by_codes(table: JsonStat) -> Variable | None:
    return next((item for item in table.variables if any(_AREA_CODE.fullmatch(code) for code in item.codes)), None)


def _measures(table: JsonStat, metric: Variable | None) -> frozenset[str]:
    """Return the codes of the measures that count residents; a table of one measure may have only its own label."""
    if metric is None:
        return frozenset({table.label}) if counts_residents(table.label) else frozenset()
    said = {code: (metric.labels.get(code, code), metric.units.get(code, "")) for code in metric.codes}
    return frozenset(code for code, texts in said.items() if any(map(counts_residents, texts)))


def _refuse_other_breakdowns(table: JsonStat, used: Sequence[Variable | None]) -> None:
    """Refuse a table that parts residents by something else too: its rows could not be told apart."""
    for variable in table.variables:
        if variable not in used and len(variable.codes) > 1:
            raise _not_population("other_breakdown", label=variable.label)


def _not_population(reason: str, **values: object) -> Refused:
    why = message(f"refusal.not_population.{reason}", **values)
    return refused("refusal.not_population", reason=why)
