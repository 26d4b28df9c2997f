"""The `meta` tables: what the edition is and the words of its figures, from the contracts and the settings.

Here belongs: one function a table that gives its rows. Not here: reading contracts, writing tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from importlib.metadata import version
from typing import Any

from pipelines import classification, contracts
from pipelines.contract_model import LANGUAGES, CodeList, Text
from pipelines.settings import OWN_LISTS, Settings
from warehouse.models import counting_models

Rows = list[dict[str, Any]]


def edition(settings: Settings, edition_id: str, data_until: date) -> Rows:
    """Return the row of `meta.edition`."""
    return [
        {
            "edition_id": edition_id,
            "municipality_code": settings.municipality.code,
            "municipality_business_id": settings.municipality.business_id,
            "municipality_name": settings.municipality.name,
            "is_example": settings.municipality.example,
            "data_until": data_until,
            "software_version": version("yhteispeli"),
            "disclosure_k": settings.figures.disclosure_k,
            "first_year": settings.figures.first_year,
            "active_within_months": settings.figures.active_within_months,
            "contact_name": settings.contact.name,
            "contact_email": settings.contact.email or None,
        }
    ]


def indicators(_settings: Settings) -> Rows:
    """Return the rows of `meta.indicators`."""
    rows = []
    for position, card in enumerate(contracts.indicators().values()):
        texts = {name: getattr(card, name) for name in ("title", "question", "formula", "unit", "method", "limits")}
        rows.append(
            {
                "indicator_id": card.id,
                "position": position,
                "indicator_group": card.group,
                **{key: value for name, text in texts.items() for key, value in _labelled(name, text).items()},
                "unit_code": card.unit_code,
                "direction": card.direction,
                "kind": card.kind,
                "basis": card.basis,
                "sources": list(card.sources),
                "handbook": card.handbook,
                "disclosure": card.disclosure,
                "materiality": card.materiality,
                "breaks": list(card.breaks),
                "decimals": card.decimals,
                "breakdowns": list(card.breakdowns),
                "counted_in": counting_models(card.id),
                "audience": card.audience,
            }
        )
    return rows


def codes(settings: Settings) -> Rows:
    """Return the rows of `meta.codes`; lists of classifications end in the code of what nobody recorded."""
    listed = [
        {"list": codes.id, "position": position, "code": entry.code, **_labelled("label", entry.label)}
        for codes in _code_lists(settings)
        for position, entry in enumerate(codes.entries)
    ]
    said = _labelled("label", contracts.message("classification.not_recorded"))
    for name in classification.KINDS.values():
        codes = settings.code_list(name)
        row = {"list": codes.id, "position": len(codes.entries), "code": classification.NOT_RECORDED}
        listed.append({**row, **said})
    return listed


def code_spellings(settings: Settings) -> Rows:
    """Return the rows of `meta.code_spellings`."""
    return [
        {"list": codes.id, "spelling": spelling, "code": code}
        for codes in _code_lists(settings)
        for spelling, code in codes.spellings().items()
    ]


def finance_figures(_settings: Settings) -> Rows:
    """Return the rows of `meta.finance_figures`."""
    entries = contracts.code_lists()["finance_indicators"].entries
    return [{"figure_code": entry.code, **entry.facts} for entry in entries]


def area_residents(settings: Settings) -> Rows:
    """Return the rows of `meta.area_residents`."""
    return [
        {"area": area.code, "year": year, "residents": residents}
        for area in settings.areas
        for year, residents in sorted(area.residents.items())
    ]


def staff_hour_rates(settings: Settings) -> Rows:
    """Return the rows of `meta.staff_hour_rates`."""
    return [rate.model_dump() for rate in settings.staff_hour_rates]


def classification_rules(settings: Settings) -> Rows:
    """Return the rows of `meta.classification_rules`."""
    return classification.rows(settings.classification_rules)


def granting_bodies(settings: Settings) -> Rows:
    """Return the rows of `meta.granting_bodies`."""
    return [{"code": body.code, "is_own": body.is_own} for body in settings.granting_bodies]


def targets(settings: Settings) -> Rows:
    """Return the rows of `meta.targets`."""
    return [
        {
            "indicator_id": item.indicator,
            "term_id": item.term,
            "target": item.value,
            "owner": item.owner,
            "set_on": item.set_on,
            "decided_in": item.decided_in,
        }
        for item in settings.targets
    ]


def council_terms(settings: Settings) -> Rows:
    """Return the rows of `meta.council_terms`."""
    return [
        {
            "term_id": term.id,
            "baseline_year": term.baseline_year,
            "first_year": term.first_year,
            "last_year": term.last_year,
            "starts": term.starts,
            "ends": term.ends,
        }
        for term in settings.council_terms
    ]


def series_breaks(settings: Settings) -> Rows:
    """Return the rows of `meta.series_breaks`: those of the settings, then those of the cards that they do not tell.

    A series breaks once a year at the most, so a break of the settings stands for one of a card in the same year.
    """
    own = [
        _series_break(item.id, indicator, item.date, Text(item.fi, item.sv, item.en))
        for item in settings.series_breaks
        for indicator in item.indicators
    ]
    told = {(row["indicator_id"], row["breaks_on"].year) for row in own}
    shared = {entry.code: entry for entry in contracts.code_lists()["series_breaks"].entries}
    return own + [
        _series_break(name, card.id, shared[name].facts["breaks_on"], shared[name].label)
        for card in contracts.indicators().values()
        for name in card.breaks
        if (card.id, shared[name].facts["breaks_on"].year) not in told
        and settings.municipality.code not in shared[name].facts["not_in"]
    ]


def _series_break(break_id: str, indicator: str, breaks_on: date, text: Text) -> dict[str, Any]:
    return {"break_id": break_id, "indicator_id": indicator, "breaks_on": breaks_on, **_labelled("text", text)}


def messages(_settings: Settings) -> Rows:
    """Return the rows of `meta.messages`: reasons of verdicts, changes, targets, revisions and comparisons."""
    return [
        {"message_id": key, **_labelled("text", text)}
        for key, text in contracts.messages().items()
        if key.startswith(("verdict.", "change.", "term.", "target.", "revision.", "comparison."))
    ]


def sources(_settings: Settings) -> Rows:
    """Return the rows of `meta.sources`."""
    return [
        {
            "source": source.name,
            **_labelled("title", source.title),
            "purpose": source.purpose,
            "limitations": source.limitations,
            "licence": source.licence,
            "frequency_months": source.frequency_months,
            "latency_days": source.latency_days,
            "owner": source.owner,
        }
        for source in contracts.sources().values()
    ]


def columns(_settings: Settings) -> Rows:
    """Return the rows of `meta.columns`: every column that an edition can hold."""
    return [
        {
            "table_schema": table.schema,
            "table_name": table.name,
            "column_name": column.name,
            "data_type": column.duckdb_type,
            "description": column.description,
            "classification": column.classification,
        }
        for table in contracts.tables().values()
        if table.audience != "workspace"
        for column in table.columns
        if not column.is_personal
    ]


TABLES: Mapping[str, Callable[[Settings], Rows]] = {
    "indicators": indicators,
    "codes": codes,
    "code_spellings": code_spellings,
    "finance_figures": finance_figures,
    "area_residents": area_residents,
    "targets": targets,
    "council_terms": council_terms,
    "granting_bodies": granting_bodies,
    "classification_rules": classification_rules,
    "staff_hour_rates": staff_hour_rates,
    "series_breaks": series_breaks,
    "messages": messages,
    "sources": sources,
    "columns": columns,
}
"""The tables that depend on contracts and settings alone; `edition` needs the landing too."""


def _code_lists(settings: Settings) -> list[CodeList]:
    own = [settings.code_list(f"settings.{name}") for name in OWN_LISTS]
    return [*contracts.code_lists().values(), *own]


def _labelled(prefix: str, text: Text) -> dict[str, str]:
    return {f"{prefix}_{language}": text[language] for language in LANGUAGES}
