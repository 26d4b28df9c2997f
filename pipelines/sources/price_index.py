"""Answers of Statistics Finland's PxWeb about consumer prices: the index of all goods together.

Here belongs: which cells of a JSON-stat table are the points of the whole index. Not here: JSON-stat itself
(`pipelines.sources.json_stat`), fetching.

Source of the format: as for the population. Tables of the consumer price index and of the cost-of-living index are
both read; their changes are the same, their base years are not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

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

HEADER = ("Sarja", "Ajankohta", "Tiedot", "Pisteluku")
"""The headers of the contract: the variables of an answer are named anew from year to year."""

WHOLE_CODES = frozenset({"0", "00", "sss", "total", "t"})

_PRICES = re.compile(
    r"(kuluttajahintaindeksi|elinkustannusindeksi|consumer price index|cost-of-living index"
    r"|konsumentprisindex|levnadskostnadsindex)"
)
_POINTS = re.compile(r"pisteluku|indeksi|index")
_NO_POINTS = re.compile(r"%|muutos|vaikutus|change|effect|förändring|inverkan")
_WHOLE = re.compile(r"kokonaisindeksi|kuluttajahintaindeksi|yhteensä|overall|all items|total|konsumentprisindex")


def recognises(document: object) -> bool:
    """Tell whether a JSON document looks like a table of consumer prices."""
    label = json_stat_label(document)
    return label is not None and speaks_of_prices(label)


def read(document: object) -> JsonRows:
    """Read the points of the whole index, one row a period.

    Raises
    ------
    Refused
        The document is no JSON-stat table of a price index, or parts it by something that has no whole.
    """
    table = read_json_stat(document)
    if not speaks_of_prices(table.label):
        raise _not_prices("no_prices")
    time = find_variable(table, "time", TIME_LABELS)
    if time is None:
        raise _not_prices("no_time")
    metric = find_variable(table, "metric", METRIC_LABELS)
    wanted = {variable.id: _wanted(variable, time, metric) for variable in table.variables}
    places = {variable.id: place for place, variable in enumerate(table.variables)}
    rows = []
    for position, codes, value in table.cells():
        if all(codes[places[name]] in chosen for name, chosen in wanted.items()):
            measure = None if metric is None else codes[places[metric.id]]
            rows.append((position + 1, [series_of(table), codes[places[time.id]], measure, value]))
    return JsonRows(HEADER, rows)


def series_of(table: JsonStat) -> str:
    """Return what a table calls its index, without the list of its variables; it names the base year."""
    return re.split(r"\s+(?:muuttujina|by|efter)\s+", table.label, maxsplit=1)[0]


def is_points(label: str) -> bool:
    """Tell whether the label of a measure says that it is the points of an index."""
    said = fold(label)
    return _POINTS.search(said) is not None and _NO_POINTS.search(said) is None


def whole_of(labels: Mapping[str, str]) -> str | None:
    """Return the code of all goods together among codes and their labels; None when there is none."""
    by_code = (code for code in labels if code.casefold() in WHOLE_CODES)
    by_label = (code for code, label in labels.items() if _WHOLE.search(fold(label)))
    return next(by_code, None) or next(by_label, None)


def speaks_of_prices(label: str) -> bool:
    """Tell whether the label of a table says that it is of an index of consumer prices or of the cost of living."""
    return _PRICES.search(fold(label)) is not None


def _wanted(variable: Variable, time: Variable, metric: Variable | None) -> frozenset[str]:
    """Return the codes of a variable whose cells are read."""
    labels = {code: variable.labels.get(code, code) for code in variable.codes}
    if variable is time:
        return frozenset(variable.codes)
    if variable is metric:
        points = frozenset(code for code, label in labels.items() if is_points(label))
        if not points:
            raise _not_prices("no_points")
        return points
    if len(variable.codes) == 1:
        return frozenset(variable.codes)
    whole = whole_of(labels)
    if whole is None:
        raise _not_prices("no_whole", label=variable.label)
    return frozenset({whole})


def _not_prices(reason: str, **values: object) -> Refused:
    why = message(f"refusal.not_prices.{reason}", **values)
    return refused("refusal.not_prices", reason=why)
