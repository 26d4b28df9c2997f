"""The cards of the indicators: what each must say.

Here belongs: turning the mapping of a card into an `Indicator`, and refusing one that lacks a field. Not here: reading
the files (`contracts`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from pipelines.contract_model import ContractError, Indicator, text_of

MAY_BE_EMPTY = frozenset({"breaks"})
"""Fields of an indicator card that may be an empty list: most series have no break."""

INDICATOR_ORDER = (
    "volunteering",
    "events",
    "city",
    "grants",
    "residents",
    "cooperation",
    "participation",
    "associations",
)


def card_of(path: str, raw: Mapping[str, Any], known_breaks: Collection[str]) -> Indicator:
    """Return the card of one file.

    Parameters
    ----------
    path
        Name of the file, for messages.
    raw
        The mapping in it.
    known_breaks
        Ids of the series breaks that a card may name.

    Raises
    ------
    ContractError
        A field is missing, unknown or has a value that it can't have; the message says which.
    """
    expected = {item for item in Indicator.__dataclass_fields__ if item != "unit_code"}
    missing = sorted(name for name in expected if _lacks(raw, name))
    unknown = sorted(set(raw) - expected)
    if missing or unknown:
        raise ContractError(f"{path}: missing fields {missing}, unknown fields {unknown}")
    allowed = {
        "group": INDICATOR_ORDER,
        "direction": ("up", "down", "none"),
        "kind": ("stock", "flow", "share"),
        "basis": ("register", "ledger", "evidence", "returns", "residents"),
        "disclosure": ("none", "associations", "residents"),
        "audience": ("public", "welfare"),
    }
    for name, values in allowed.items():
        if raw[name] not in values:
            raise ContractError(f"{path}: {name} must be one of {values}")
    if not isinstance(raw["materiality"], int | float) or not 0 <= raw["materiality"] < 1:
        raise ContractError(f"{path}: materiality must be a number from 0 to 1")
    strangers = sorted(set(raw["breaks"]) - set(known_breaks))
    if strangers:
        raise ContractError(f"{path}: breaks {strangers} are not in codes/series_breaks.yaml")
    fields: dict[str, Any] = dict(raw)
    for name in ("title", "question", "formula", "unit", "method", "limits"):
        fields[name] = text_of(raw[name], f"{path}.{name}")
    if not raw["unit"].get("code"):
        raise ContractError(f"{path}: unit needs a code")
    fields["unit_code"] = str(raw["unit"]["code"])
    for name in ("sources", "breaks", "breakdowns"):
        fields[name] = tuple(raw[name])
    return Indicator(**fields)


def _lacks(raw: Mapping[str, Any], name: str) -> bool:
    """Tell whether a card lacks a field: it is not there, or there is nothing in it."""
    value = raw.get(name)
    return value is None or (value in ("", [], {}) and name not in MAY_BE_EMPTY)
