"""Which module reads which format of the contracts.

Here belongs: the JSON formats, and the layouts of tables that need columns added before a source can read them. Not
here: the formats themselves (one module each beside this one), which source takes which (the contracts).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipelines.raw_table import Split
from pipelines.reading_json import JsonRows
from pipelines.sources import (
    grant_applications,
    linked_events,
    municipal_finance,
    population,
    premises_bookings,
    prh_register,
    price_index,
    ptv,
    state_grants,
    ytj_companies,
)


@dataclass(frozen=True, slots=True)
class JsonFormat:
    """A JSON format of the contracts: how its documents are recognised and read."""

    recognises: Callable[[object], bool]
    read: Callable[[object], JsonRows]


JSON_FORMATS: Mapping[str, JsonFormat] = {
    "yrtti_json": JsonFormat(prh_register.recognises, prh_register.read),
    "json_stat": JsonFormat(population.recognises, population.read),
    "price_json_stat": JsonFormat(price_index.recognises, price_index.read),
    "treasury_json": JsonFormat(municipal_finance.recognises, municipal_finance.read),
    "grant_application_json": JsonFormat(grant_applications.recognises, grant_applications.read),
    "varaamo_json": JsonFormat(premises_bookings.recognises, premises_bookings.read),
    "linked_events_json": JsonFormat(linked_events.recognises, linked_events.read),
    "ptv_json": JsonFormat(ptv.recognises, ptv.read),
    "ytj_json": JsonFormat(ytj_companies.recognises, ytj_companies.read),
}

TABLE_LAYOUTS: Mapping[str, Callable[[Split], Split]] = {"state_grants": state_grants.as_columns}
"""Layouts (`tableLayouts` of a contract) that know their own tables and leave every other as it is."""
