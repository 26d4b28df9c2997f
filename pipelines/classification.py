"""Classifications of records: their kinds, and the rules of the settings that decide what nobody recorded.

Here belongs: which kinds there are, what a rule may look at, and whether a rule makes sense. Not here: applying them
(`warehouse/models/core/classifications.sql`), the code lists (`data_contracts/codes/`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from pipelines.contract_model import LANGUAGES, CodeList, Text
from pipelines.contracts import message

KINDS: Mapping[str, str] = {
    "sector": "city_sectors",
    "area": "settings.areas",
    "goal": "common_goals",
    "means": "participation_means",
    "volunteer_form": "volunteer_forms",
    "channel": "information_channels",
}
"""Code list of each kind, by the name that contracts use."""

NOT_RECORDED = "not_recorded"
"""Code of a record whose kind nobody recorded and no rule decides; no file can say it."""

LOOKS_AT: Mapping[str, Mapping[str, str | None]] = {
    "city_work": {"city_unit": "settings.city_units", "kind": "work_kinds"},
    "events": {"city_unit": "settings.city_units", "name": None, "place": None},
    "grant_ledger": {
        "granting_body": "settings.granting_bodies",
        "grant_type": "settings.grant_types",
        "recipient_name": None,
    },
    "meetings": {"forum": "settings.forums"},
}
"""Columns of each source that a rule may look at, with their code list; None where the column holds a name."""

SHORTEST_WORD = 4
"""Shorter words stand in too many others."""


class ClassificationRule(BaseModel):
    """What a record is when nobody recorded it: a column has one of the codes, or a name holds one of the words.

    A word is found anywhere in the name, in any case, so that it finds compounds (`konsertti` in `Kesäkonsertti`). Of
    several rules for one kind the first that fits decides.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    sources: tuple[str, ...] = Field(min_length=1)
    column: str
    values: tuple[str, ...] = Field(min_length=1)
    kind: str
    code: str


def first_fault(rules: Iterable[ClassificationRule], code_list: Callable[[str], CodeList]) -> Text | None:
    """Say what is wrong with the first rule that can't be applied; None when all can."""
    seen: set[str] = set()
    for rule in rules:
        fault = _fault(rule, code_list)
        if fault is None and rule.id in seen:
            fault = message("settings.rule.repeated")
        if fault is not None:
            return Text(**{name: message("settings.rule", rule=rule.id, fault=fault[name])[name] for name in LANGUAGES})
        seen.add(rule.id)
    return None


def rows(rules: Iterable[ClassificationRule]) -> list[dict[str, Any]]:
    """Return the rows of `meta.classification_rules`: one a rule, source and value."""
    return [
        {
            "position": position,
            "rule_id": rule.id,
            "source": source,
            "column_name": rule.column,
            "is_word": LOOKS_AT[source][rule.column] is None,
            "value": value.lower() if LOOKS_AT[source][rule.column] is None else value,
            "kind": rule.kind,
            "code": rule.code,
        }
        for position, rule in enumerate(rules)
        for source in rule.sources
        for value in rule.values
    ]


def _fault(rule: ClassificationRule, code_list: Callable[[str], CodeList]) -> Text | None:
    if rule.kind not in KINDS:
        return message("settings.rule.kind", kind=rule.kind, kinds=", ".join(KINDS))
    if rule.code not in _codes(code_list(KINDS[rule.kind])):
        return message("settings.rule.code", code=rule.code, kind=rule.kind)
    for source in rule.sources:
        if rule.column not in LOOKS_AT.get(source, {}):
            return message("settings.rule.column", source=source, column=rule.column)
        known = LOOKS_AT[source][rule.column]
        for value in rule.values:
            if known is None and len(value) < SHORTEST_WORD:
                return message("settings.rule.word", word=value, letters=SHORTEST_WORD)
            if known is not None and value not in _codes(code_list(known)):
                return message("settings.rule.value", value=value, column=rule.column)
    return None


def _codes(codes: CodeList) -> set[str]:
    return {entry.code for entry in codes.entries}
