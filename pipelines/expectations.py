"""Which expectation of Great Expectations a rule of a contract means.

Here belongs: the mapping from ODCS rules; a rule without one is an error. Not here: reading contracts
(`pipelines.contracts`), building and running expectations (`pipelines.quality`).
"""

from __future__ import annotations

from typing import Any

from open_data_contract_standard.model import DataQuality

from pipelines.contract_model import ContractError

EXPECTATIONS = frozenset(
    {
        "expect_business_id_check_digit",
        "expect_column_pair_values_a_to_be_greater_than_b",
        "expect_column_values_to_be_between",
        "expect_column_values_to_not_be_null",
    }
)
"""Expectations that a rule of type custom may name; `pipelines.quality` builds each of them."""

COMPARING_RULES = (
    "near_own_history",
    "within_usual_range",
    "year_of_its_file",
    "told_once",
    "in_register",
    "not_after_receipt",
)
"""Rules of the own engine, for which Great Expectations has no word; `pipelines.comparing` judges them."""


def expectation_of(where: str, column: str | None, quality: DataQuality) -> tuple[str, dict[str, Any], float | None]:
    """Map an ODCS rule to (expectation, arguments, share of the edition before).

    Raises
    ------
    ContractError
        The rule has no mapping.
    """
    if quality.type == "custom" and quality.engine in _ENGINES and isinstance(quality.implementation, dict):
        name, kwargs = _custom_rule(where, column, str(quality.engine), quality.implementation)
        return name, kwargs, None
    if quality.type != "library":
        raise ContractError(f"{where}: no mapping for a rule of type {quality.type}")
    arguments = dict(quality.arguments or {})
    match quality.metric, quality.mustBe, sorted(arguments):
        case "duplicateValues", 0, ["properties"]:
            return "expect_compound_columns_to_be_unique", {"column_list": arguments["properties"]}, None
        case "invalidValues", 0, ["pattern"] if column:
            return "expect_column_values_to_match_regex", {"column": column, "regex": arguments["pattern"]}, None
        case "invalidValues", 0, ["validValues"] if column:
            return "expect_column_values_to_be_in_set", {"column": column, "value_set": arguments["validValues"]}, None
        case "rowCount", None, [] if quality.mustBeGreaterOrEqualTo is not None:
            bound = quality.mustBeGreaterOrEqualTo
            if quality.unit == "share_of_previous_edition":
                return "expect_table_row_count_to_be_between", {}, float(bound)
            return "expect_table_row_count_to_be_between", {"min_value": bound}, None
    raise ContractError(f"{where}: no mapping for the metric {quality.metric} with {sorted(arguments)}")


def _custom_rule(
    where: str, column: str | None, engine: str, implementation: dict[str, Any]
) -> tuple[str, dict[str, Any]]:
    name = str(implementation.get("type"))
    if name not in _ENGINES[engine]:
        raise ContractError(f"{where}: no mapping for the expectation {name}")
    kwargs = dict(implementation.get("kwargs", {}))
    return name, {"column": column, **kwargs} if column else kwargs


_ENGINES = {"greatExpectations": EXPECTATIONS, "yhteispeli": frozenset(COMPARING_RULES)}
"""Rules of type custom that each engine knows."""
