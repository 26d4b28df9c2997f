"""The one reader of `data_contracts/`.

Here belongs: turning the YAML of contracts, code lists, indicator cards and messages into typed, immutable objects, and
refusing what can't be turned. Not here: applying them (reading, quality, SQL do that).

Format of the contracts: Open Data Contract Standard 3.1 (Bitol). What ODCS has no word for stands in
`customProperties`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from open_data_contract_standard.model import (
    CustomProperty,
    DataQuality,
    OpenDataContractStandard,
    SchemaObject,
    SchemaProperty,
)

from pipelines.contract_model import (
    LANGUAGES,
    CodeList,
    Column,
    ContractError,
    Entry,
    Indicator,
    Rule,
    SourceContract,
    TableContract,
    Text,
    text_of,
)
from pipelines.expectations import expectation_of
from pipelines.indicator_cards import INDICATOR_ORDER, card_of
from pipelines.open_data_cards import OpenData, open_data_of

SEVERITIES = ("critical", "error", "warning")
CLASSIFICATIONS = ("public", "restricted", "personal")
AUDIENCES = ("public", "analyst", "workspace")
READS = (
    "area",
    "boolean",
    "business_id",
    "code",
    "codes",
    "date",
    "datetime",
    "integer",
    "money",
    "municipality",
    "number",
    "organisation",
    "organisations",
    "register_number",
    "scale",
    "text",
    "texts",
    "year",
)
"""The ways in which the text of a cell can be read; `pipelines.parsing` has one function for each."""

MESSAGES, OPEN_DATA, OPEN_DATA_COLUMNS = WORDS = ("messages.yaml", "open_data.yaml", "open_data_columns.yaml")
"""Files that hold words only: no figure changes with them."""

COMPARISON = "country/comparison.odcs.yaml"

BLANK_MUNICIPALITY, EXAMPLE_MUNICIPALITY = "blank", "esimerkkila"
"""Settings files that are not those of a real municipality."""

EVERY_MUNICIPALITY = "every"
"""Said of a source whose rows hold for every municipality, where others name the column by which they are parted."""

READABLE, RAGGED, FINISHED, HEADERS = READING_RULES = (
    "readable",
    "cells_match_header",
    "answer_finished",
    "headers_known",
)
"""Expectations that staging itself judges while it reads cells; Great Expectations judges all others."""


@cache
def sources() -> dict[str, SourceContract]:
    """Return every source contract by name, in alphabetical order."""
    contracts = [_source(_odcs(path)) for path in _yaml_files("sources")]
    return {contract.name: contract for contract in contracts}


@cache
def tables() -> dict[str, TableContract]:
    """Return every table contract by full name, in the order of the files."""
    found: dict[str, TableContract] = {}
    for path in _yaml_files("tables"):
        odcs = _odcs(path)
        for schema in odcs.schema_ or []:
            table = _table(str(odcs.name), schema)
            found[table.full_name] = table
    return found


@cache
def country_tables() -> dict[str, TableContract]:
    """Return the contracts of the tables that hold the comparison of municipalities, by full name."""
    schemas = _odcs(COMPARISON).schema_ or []
    return {table.full_name: table for table in (_table("comparison", schema) for schema in schemas)}


@cache
def indicators() -> dict[str, Indicator]:
    """Return every indicator card by id, in the order in which people read them."""
    breaks = {entry.code for entry in code_lists()["series_breaks"].entries}
    cards = [card_of(path, _load(path), breaks) for path in _yaml_files("indicators")]
    cards.sort(key=lambda card: (INDICATOR_ORDER.index(card.group), card.id))
    return {card.id: card for card in cards}


@cache
def code_lists() -> dict[str, CodeList]:
    """Return every code list of the project by id; those of a municipality come from its settings."""
    return {codes.id: codes for codes in (code_list(_load(path)) for path in _yaml_files("codes"))}


@cache
def open_data() -> OpenData:
    """Return what an edition publishes as open data."""
    return open_data_of(_load(OPEN_DATA), _load(OPEN_DATA_COLUMNS), tables())


@cache
def messages() -> dict[str, Text]:
    """Return every message by key."""
    return {key: text_of(value, f"message {key}") for key, value in _load(MESSAGES).items()}


def message(key: str, **values: object) -> Text:
    """Return a message with its placeholders filled."""
    return messages()[key].format(**values)


def municipality_settings(name: str) -> str:
    """Return the text of the settings file that the project ships for a municipality.

    Raises
    ------
    KeyError
        The project has no settings for that municipality.
    """
    path = files("data_contracts") / "municipalities" / f"{name}.toml"
    if not path.is_file():
        raise KeyError(name)
    return path.read_text(encoding="utf-8")


def example_town_settings() -> str:
    """Return the settings of a municipality of the invented country, a template with `$code` and the like."""
    return _read("country/example_town.toml")


def known_municipalities() -> list[str]:
    """Return the names of the real municipalities that the project ships settings for."""
    names = (path.partition(".")[0] for path in _names("municipalities", ".toml"))
    return [name for name in names if name not in {BLANK_MUNICIPALITY, EXAMPLE_MUNICIPALITY}]


@cache
def fingerprint_texts() -> tuple[tuple[str, str], ...]:
    """Return (name, text) of every contract file, in a fixed order, for the fingerprint of an edition."""
    paths = [path for folder in ("sources", "tables", "indicators", "codes") for path in _yaml_files(folder)]
    return tuple((path, _read(path)) for path in (*paths, *WORDS))


def code_list(raw: Mapping[str, Any]) -> CodeList:
    """Build a code list from its mapping (`id`, `title`, `source`, `entries`)."""
    entries = []
    for item in raw["entries"]:
        facts = {key: value for key, value in item.items() if key not in {"code", "synonyms", *LANGUAGES}}
        if None in facts.values():
            raise ContractError(f"code list {raw['id']}: {item['code']} has an empty field (a comma without quotes?)")
        label = Text(fi=item["fi"], sv=item.get("sv") or item["fi"], en=item.get("en") or item["fi"])
        entries.append(Entry(str(item["code"]), label, tuple(map(str, item.get("synonyms", ()))), facts))
    title = raw.get("title", {})
    built = CodeList(
        id=raw["id"],
        title=Text(fi=title.get("fi", raw["id"]), sv=title.get("sv", raw["id"]), en=title.get("en", raw["id"])),
        source=raw.get("source", ""),
        entries=tuple(entries),
    )
    built.spellings()
    return built


def _yaml_files(folder: str) -> list[str]:
    return [f"{folder}/{name}" for name in _names(folder, ".yaml")]


def _names(folder: str, ending: str) -> list[str]:
    names = sorted(item.name for item in (files("data_contracts") / folder).iterdir())
    return [name for name in names if name.endswith(ending)]


def _read(path: str) -> str:
    return files("data_contracts").joinpath(path).read_text(encoding="utf-8")


def _load(path: str) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loaded = yaml.load(_read(path), Loader=loader)  # noqa: S506 - both loaders are safe ones
    if not isinstance(loaded, dict):
        raise ContractError(f"{path}: not a mapping")
    return loaded


def _odcs(path: str) -> OpenDataContractStandard:
    return OpenDataContractStandard.model_validate(_load(path))


def _custom(properties: list[CustomProperty] | None) -> dict[str, Any]:
    return {str(item.property): item.value for item in properties or []}


def _source(odcs: OpenDataContractStandard) -> SourceContract:
    name = str(odcs.name)
    custom = _custom(odcs.customProperties)
    schema = (odcs.schema_ or [])[0]
    owner = str(getattr(odcs.team, "name", None) or "")
    if not owner:
        raise ContractError(f"{name}: needs a team, the owner of its rules")
    columns = tuple(_source_column(name, prop) for prop in schema.properties or [])
    rules: list[Rule] = []
    for column, prop in zip(columns, schema.properties or [], strict=True):
        rules.extend(_implied_rules(name, column, owner))
        rules.extend(_rule(name, column, quality, owner) for quality in prop.quality or [])
    rules.extend(_rule(name, None, quality, owner) for quality in schema.quality or [])
    rules.append(_row_rule(name, RAGGED, "error", "conformity", owner))
    if custom.get("surveyExports"):
        rules.append(_row_rule(name, FINISHED, "error", "completeness", owner))
    rules.append(_row_rule(name, HEADERS, "warning", "conformity", owner))
    ids = [rule.id for rule in rules]
    if len(set(ids)) != len(ids):
        raise ContractError(f"{name}: two rules bear one id")
    sla = {str(item.property): item for item in odcs.slaProperties or []}
    contract = SourceContract(
        name=name,
        title=text_of(custom.get("title"), f"{name}.title"),
        purpose=str(odcs.description.purpose if odcs.description else ""),
        limitations=str(odcs.description.limitations if odcs.description else ""),
        grain=str(schema.dataGranularityDescription),
        licence=str(custom.get("licence", "")),
        owner=owner,
        formats=tuple(custom.get("formats", ())),
        parted_by=custom.get("partedBy"),
        survey_exports=bool(custom.get("surveyExports", False)),
        table_layouts=tuple(custom.get("tableLayouts", ())),
        total_row_words=tuple(custom.get("totalRowWords", ())),
        unread_headers=tuple(custom.get("unreadHeaders", ())),
        frequency_months=int(str(sla["frequency"].value)),
        latency_days=int(str(sla["latency"].value)),
        columns=columns,
        rules=tuple(rule for rule in rules if not _is_personal(rule, columns)),
    )
    contract.header_spellings()
    if contract.parted_by not in (None, EVERY_MUNICIPALITY, *(column.name for column in columns)):
        raise ContractError(f"{name}: partedBy must be a column or {EVERY_MUNICIPALITY!r}")
    return contract


def _is_personal(rule: Rule, columns: tuple[Column, ...]) -> bool:
    return any(column.name == rule.column and column.is_personal for column in columns)


def _column_basics(where: str, prop: SchemaProperty) -> dict[str, Any]:
    if prop.classification not in CLASSIFICATIONS:
        raise ContractError(f"{where}.{prop.name}: classification must be one of {CLASSIFICATIONS}")
    if not prop.description or not prop.physicalType:
        raise ContractError(f"{where}.{prop.name}: needs a description and a physicalType")
    return {
        "name": str(prop.name),
        "duckdb_type": prop.physicalType,
        "required": bool(prop.required),
        "classification": prop.classification,
        "description": prop.description,
    }


def _source_column(source: str, prop: SchemaProperty) -> Column:
    custom = _custom(prop.customProperties)
    reads = custom.get("reads")
    if reads not in READS:
        raise ContractError(f"{source}.{prop.name}: reads must be one of {READS}")
    if (reads in {"code", "codes"}) != ("codeList" in custom):
        raise ContractError(f"{source}.{prop.name}: a codeList goes with reads code or codes, and only with them")
    return Column(
        **_column_basics(source, prop),
        required_when=custom.get("requiredWhen"),
        header=str(prop.businessName),
        reads=reads,
        code_list=custom.get("codeList"),
        synonyms=tuple(map(str, custom.get("synonyms", ()))),
        unit=custom.get("unit"),
        missing_marks=tuple(custom.get("missingMarks", ())),
        example=str((prop.examples or [""])[0]),
    )


def _table(room: str, schema: SchemaObject) -> TableContract:
    where = f"{room}.{schema.name}"
    audience = _custom(schema.customProperties).get("audience")
    if audience not in AUDIENCES:
        raise ContractError(f"{where}: audience must be one of {AUDIENCES}")
    properties = schema.properties or []
    keyed = sorted((prop for prop in properties if prop.primaryKey), key=lambda prop: prop.primaryKeyPosition or 0)
    return TableContract(
        schema=room,
        name=str(schema.name),
        audience=audience,
        grain=str(schema.dataGranularityDescription),
        key=tuple(str(prop.name) for prop in keyed),
        description=str(schema.description),
        columns=tuple(Column(**_column_basics(where, prop)) for prop in properties),
    )


def _implied_rules(source: str, column: Column, owner: str) -> Iterable[Rule]:
    """Rules that follow from the column itself: it must be readable, and there when it is required."""
    if column.is_personal:
        return
    yield Rule(
        id=f"{source}.{column.name}_readable",
        source=source,
        column=column.name,
        expectation=READABLE,
        arguments={},
        dimension="conformity",
        severity="error",
        owner=owner,
        message=message(f"rule.readable.{column.reads}.message", header=column.header),
        remedy=message(f"rule.readable.{column.reads}.remedy", header=column.header),
        implied=True,
    )
    if column.required:
        yield Rule(
            id=f"{source}.{column.name}_required",
            source=source,
            column=column.name,
            expectation="expect_column_values_to_not_be_null",
            arguments={"column": column.name}
            | ({"row_condition": dict(column.required_when)} if column.required_when else {}),
            dimension="completeness",
            severity="error",
            owner=owner,
            message=message("rule.required.message", header=column.header),
            remedy=message("rule.required.remedy", header=column.header),
            implied=True,
        )


def _row_rule(source: str, name: str, severity: str, dimension: str, owner: str) -> Rule:
    """Return a rule about a whole row that reading judges.

    It has as many cells as the header row (else they can't be told apart), its answer is finished, or its headers are
    known.
    """
    return Rule(
        id=f"{source}.{name}",
        source=source,
        column=None,
        expectation=name,
        arguments={},
        dimension=dimension,
        severity=severity,
        owner=owner,
        message=messages()[f"rule.{name}.message"],
        remedy=messages()[f"rule.{name}.remedy"],
        implied=True,
    )


def _rule(source: str, column: Column | None, quality: DataQuality, owner: str) -> Rule:
    where = f"{source}.{quality.id}"
    custom = _custom(quality.customProperties)
    expectation, arguments, share = expectation_of(where, column.name if column else None, quality)
    if quality.severity not in SEVERITIES:
        raise ContractError(f"{where}: severity must be one of {SEVERITIES}")
    if "message" in custom:
        said, remedy = text_of(custom["message"], f"{where}.message"), text_of(custom.get("remedy"), f"{where}.remedy")
    else:
        key = f"rule.{expectation}"
        if f"{key}.message" not in messages():
            raise ContractError(f"{where}: needs a message and a remedy")
        header = column.header if column else ""
        said, remedy = (message(f"{key}.{part}", header=header) for part in ("message", "remedy"))
    return Rule(
        id=where,
        source=source,
        column=column.name if column else None,
        expectation=expectation,
        arguments=arguments,
        dimension=str(quality.dimension),
        severity=quality.severity,
        owner=str(custom.get("owner", owner)),
        message=said,
        remedy=remedy,
        share_of_previous=share,
    )
