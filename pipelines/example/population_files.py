"""Files of Statistics Finland's population tables, in both generations of their format.

Here belongs: the shape of JSON-stat 1 and 2. Not here: how many residents there are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pipelines.example.pyramid import OLDEST, SEXES, by_age_and_sex
from pipelines.example.residents import SURVEYS
from pipelines.example.sheets import FILE_PREFIX, LABEL, Delivery, Row
from pipelines.example.town import YEARS, Town

_COUNTRY_RESIDENTS = {year: 5_000_000 + 1_000 * (year - YEARS[0]) for year in YEARS}
_COUNTRY_LABEL = "KOKO MAA (keksitty luku)"
_MEASURES = {"vaesto_muutos": "Väkiluvun muutos edellisestä vuodesta, henkilöä", "vaesto": "Väkiluku"}


def write_population(folder: Path, town: Town) -> Iterator[Delivery]:
    """Write the yearly table (2026 generation, JSON-stat 2), the last December (JSON-stat 1), and ages and sexes."""
    *table_years, last = YEARS
    path = folder / f"{FILE_PREFIX}vaesto_11ra.json"
    _write(path, {"esimerkkiaineisto": LABEL, **_second_generation(town, table_years)})
    cells = [Row({"period": str(year), "area": area}) for year in table_years for area in ("SSS", _area(town))]
    yield Delivery(path, cells, range(1, len(cells) + 1))
    path = folder / f"{FILE_PREFIX}vaesto_{last}M12.json"
    _write(path, {"esimerkkiaineisto": LABEL, "dataset": _first_generation(town, last)})
    yield Delivery(path, [Row({"period": f"{last}M12", "area": area}) for area in ("SSS", _area(town))], (1, 2))
    path = folder / f"{FILE_PREFIX}vaesto_11re.json"
    answer = _by_age_and_sex(town, [first.year for first, _ in SURVEYS.values()])
    _write(path, {"esimerkkiaineisto": LABEL, **answer})
    cells = [Row({"period": "", "area": _area(town)}) for _ in answer["value"]]
    yield Delivery(path, cells, range(1, len(cells) + 1))


def _area(town: Town) -> str:
    return f"KU{town.municipality_code}"


def _write(path: Path, answer: dict[str, Any]) -> None:
    path.write_text(json.dumps(answer, ensure_ascii=False, indent=1), encoding="utf-8")


def _second_generation(town: Town, years: Sequence[int]) -> dict[str, Any]:
    """Return the 2026 shape: new variable codes, no geo role, index dictionaries in no useful order, two measures."""
    area, by_country = _area(town), _COUNTRY_RESIDENTS
    labels = {area: town.municipality_name, "SSS": _COUNTRY_LABEL}
    counts = [figure for year in years for figure in (by_country[year], town.residents[year])]
    changes: list[int | None] = []
    for year in years:
        before = year - 1
        known = before in town.residents
        changes.append(by_country[year] - by_country[before] if known else None)
        changes.append(town.residents[year] - town.residents[before] if known else None)
    places = {str(year): place for place, year in enumerate(years)}
    return {
        "class": "dataset",
        "version": "2.0",
        "label": "Väestö muuttujina Tiedot, Vuosi ja Alue",
        "source": "Esimerkkiaineisto",
        "updated": "2026-01-15T06:00:00Z",
        "id": ["contentscode", "timeperiod_y", "alue_23_20260101"],
        "size": [2, len(years), 2],
        "role": {"metric": ["contentscode"], "time": ["timeperiod_y"]},
        "dimension": {
            "contentscode": _dimension("Tiedot", {"vaesto_muutos": 1, "vaesto": 0}, _MEASURES),
            "timeperiod_y": _dimension("Vuosi", dict(reversed(places.items())), {year: year for year in places}),
            "alue_23_20260101": _dimension("Alue", {area: 1, "SSS": 0}, labels),
        },
        "value": [*counts, *changes],
    }


def _first_generation(town: Town, year: int) -> dict[str, Any]:
    """Return the shape of before: everything within `dataset`, id, size and role within `dimension`."""
    area, month = _area(town), f"{year}M12"
    return {
        "dimension": {
            "Alue": _dimension("Alue", {"SSS": 0, area: 1}, {"SSS": _COUNTRY_LABEL, area: town.municipality_name}),
            "Kuukausi": _dimension("Kuukausi", {month: 0}, {month: month}),
            "Tiedot": _dimension("Tiedot", {"vaesto_kuukausi": 0}, {"vaesto_kuukausi": "Väestö"}),
            "id": ["Alue", "Kuukausi", "Tiedot"],
            "size": [2, 1, 1],
            "role": {"geo": ["Alue"], "time": ["Kuukausi"], "metric": ["Tiedot"]},
        },
        "label": "Väestö muuttujina Alue, Kuukausi ja Tiedot",
        "source": "Esimerkkiaineisto",
        "updated": "2026-01-25T06:00:00Z",
        "value": [_COUNTRY_RESIDENTS[year], town.residents[year]],
    }


def _by_age_and_sex(town: Town, years: Sequence[int]) -> dict[str, Any]:
    """Return the table of single ages and sexes, of the years of the surveys; each variable has its sum (SSS)."""
    area = _area(town)
    ages = ["SSS", *(f"{age:03}" for age in range(OLDEST)), f"{OLDEST}-"]
    sexes = {"SSS": SEXES, "1": ("male",), "2": ("female",)}
    values = []
    for year in years:
        parts = by_age_and_sex(town.residents[year])
        of_ages = [range(OLDEST + 1), *([age] for age in range(OLDEST + 1))]
        values += [
            sum(parts[age, sex] for age in of_age for sex in of_sex) for of_age in of_ages for of_sex in sexes.values()
        ]
    labels = {"SSS": "Yhteensä", "1": "Miehet", "2": "Naiset"}
    return {
        "class": "dataset",
        "version": "2.0",
        "label": "Väestö 31.12. muuttujina Vuosi, Alue, Ikä, Sukupuoli ja Tiedot",
        "source": "Esimerkkiaineisto",
        "updated": "2026-01-15T06:00:00Z",
        "id": ["timeperiod_y", "alue_23_20260101", "ika", "sukupuoli", "contentscode"],
        "size": [len(years), 1, len(ages), len(sexes), 1],
        "role": {"metric": ["contentscode"], "time": ["timeperiod_y"]},
        "dimension": {
            "timeperiod_y": _dimension("Vuosi", _places(map(str, years)), {str(year): str(year) for year in years}),
            "alue_23_20260101": _dimension("Alue", {area: 0}, {area: town.municipality_name}),
            "ika": _dimension("Ikä", _places(ages), {age: age for age in ages}),
            "sukupuoli": _dimension("Sukupuoli", _places(sexes), labels),
            "contentscode": _dimension("Tiedot", {"vaesto": 0}, {"vaesto": "Väestö 31.12."}),
        },
        "value": values,
    }


def _places(codes: Iterable[str]) -> dict[str, int]:
    return {code: place for place, code in enumerate(codes)}


def _dimension(label: str, index: dict[str, int], labels: dict[str, str]) -> dict[str, Any]:
    return {"label": label, "category": {"index": index, "label": labels}}
