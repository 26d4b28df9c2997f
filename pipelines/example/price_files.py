"""The file of consumer prices, as Statistics Finland's PxWeb answers.

Here belongs: the shape of the answer, and the invented index. Not here: what is done with it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipelines.example.sheets import FILE_PREFIX, LABEL, Delivery, Row
from pipelines.example.town import YEARS

INDEX_POINTS = dict(
    zip(YEARS, (100.0, 100.4, 101.1, 102.2, 103.2, 103.5, 105.8, 113.3, 120.4, 122.3, 123.0), strict=True)
)
"""Invented points of the index of all goods, by year."""

_GOODS = {"01": "Elintarvikkeet (keksitty)", "0": "Kokonaisindeksi (keksitty)"}
_MEASURES = {"vuosimuutos": "Vuosimuutos, %", "pisteluku": "Pisteluku"}


def write_prices(folder: Path) -> Delivery:
    """Write a yearly table of two goods and two measures, only one cell of four of which is the index of the whole."""
    cells: list[float | None] = []
    for year in YEARS:
        for good in _GOODS:
            points = INDEX_POINTS[year] + (5 if good == "01" else 0)
            cells += [None if year == YEARS[0] else 2.5, points]
    sizes = (len(YEARS), len(_GOODS), len(_MEASURES))
    answer = {
        "esimerkkiaineisto": LABEL,
        "class": "dataset",
        "version": "2.0",
        "label": "Kuluttajahintaindeksi (2015=100, keksitty) muuttujina Vuosi, Hyödyke ja Tiedot",
        "id": ["timeperiod_y", "hyodyke", "contentscode"],
        "size": list(sizes),
        "role": {"time": ["timeperiod_y"], "metric": ["contentscode"]},
        "dimension": {
            "timeperiod_y": _dimension("Vuosi", {str(year): str(year) for year in YEARS}),
            "hyodyke": _dimension("Hyödyke", _GOODS),
            "contentscode": _dimension("Tiedot", _MEASURES),
        },
        "value": cells,
    }
    path = folder / f"{FILE_PREFIX}kuluttajahinnat.json"
    path.write_text(json.dumps(answer, ensure_ascii=False, indent=1), encoding="utf-8")
    rows = [Row({"period": str(year)}) for year in YEARS]
    return Delivery(path, rows, [4 * place + 4 for place in range(len(rows))])


def _dimension(label: str, labels: dict[str, str]) -> dict[str, Any]:
    return {"label": label, "category": {"index": {code: place for place, code in enumerate(labels)}, "label": labels}}
