"""The reader of the contracts: it loads every file, and refuses what the code can't do, naming the place."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
import yaml
from open_data_contract_standard.model import OpenDataContractStandard

from pipelines import contracts
from pipelines.contract_model import CodeList, ContractError, Indicator, SourceContract, TableContract, Text, fold
from pipelines.indicator_cards import card_of

TEXT = {"fi": "fi", "sv": "sv", "en": "en"}


def source_dictionary() -> dict[str, Any]:
    """A small source that the reader accepts: one column of text, one of euros, one rule."""
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "urn:yhteispeli:source:tools",
        "name": "tools",
        "version": "1.0.0",
        "status": "active",
        "description": {"purpose": "Tools lent.", "limitations": "None."},
        "team": {"name": "tool_keeper"},
        "customProperties": [
            {"property": "title", "value": TEXT},
            {"property": "formats", "value": ["csv"]},
            {"property": "licence", "value": "Own records"},
        ],
        "schema": [
            {
                "name": "tools",
                "physicalType": "table",
                "dataGranularityDescription": "one row a loan",
                "quality": [
                    {
                        "id": "no_row_twice",
                        "type": "library",
                        "metric": "duplicateValues",
                        "mustBe": 0,
                        "arguments": {"properties": ["tool", "price_eur"]},
                        "dimension": "uniqueness",
                        "severity": "error",
                        "customProperties": [
                            {"property": "message", "value": TEXT},
                            {"property": "remedy", "value": TEXT},
                        ],
                    }
                ],
                "properties": [
                    column("tool", "Työkalu", "text", required=True),
                    column("price_eur", "Hinta", "money", unit="EUR"),
                ],
            }
        ],
        "slaProperties": [
            {"property": "frequency", "value": 12, "unit": "m"},
            {"property": "latency", "value": 60, "unit": "d"},
        ],
    }


def column(name: str, header: str, reads: str, *, required: bool = False, **custom: Any) -> dict[str, Any]:
    """One property of a schema."""
    return {
        "name": name,
        "businessName": header,
        "physicalType": "VARCHAR",
        "required": required,
        "classification": "public",
        "description": "A column.",
        "examples": ["x"],
        "customProperties": [{"property": key, "value": value} for key, value in {"reads": reads, **custom}.items()],
    }


def build(raw: dict[str, Any]) -> SourceContract:
    return contracts._source(OpenDataContractStandard.model_validate(raw))


def test_every_file_loads() -> None:
    assert {"prh_register", "grant_ledger", "association_returns"} <= set(contracts.sources())
    assert {"core.grants", "marts.indicator_values"} <= set(contracts.tables())
    assert "grants_awarded_eur" in contracts.indicators()
    assert contracts.code_lists()["municipalities"].spellings()["alajärvi"] == "005"
    assert contracts.message("refusal.too_large", size=400, limit=300).fi.count("300") == 1


def test_a_source_becomes_columns_and_rules() -> None:
    source = build(source_dictionary())
    assert source.owner == "tool_keeper"
    assert source.header_spellings() == {"työkalu": "tool", "hinta": "price_eur"}
    assert [money.name for money in source.money_columns] == ["price_eur"]
    assert [rule.id for rule in source.rules] == [
        "tools.tool_readable",
        "tools.tool_required",
        "tools.price_eur_readable",
        "tools.no_row_twice",
        "tools.cells_match_header",
        "tools.headers_known",
    ]
    assert source.rule("tools.no_row_twice").arguments == {"column_list": ["tool", "price_eur"]}
    assert "Työkalu" in source.rule("tools.tool_required").message.fi


def test_personal_columns_stop_and_their_rules_with_them() -> None:
    raw = source_dictionary()
    raw["schema"][0]["properties"][0]["classification"] = "personal"
    source = build(raw)
    assert [staged.name for staged in source.staged_columns] == ["price_eur"]
    assert not [rule for rule in source.rules if rule.column == "tool"]


def _rule(raw: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = raw["schema"][0]["quality"][0]
    return found


def _first_column(raw: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = raw["schema"][0]["properties"][0]
    return found


def _custom(raw: dict[str, Any], **custom: Any) -> None:
    raw["customProperties"] = [{"property": key, "value": value} for key, value in custom.items()]


GX = {"type": "custom", "engine": "greatExpectations", "metric": None, "mustBe": None, "arguments": None}
UNKNOWN_GX = {**GX, "implementation": {"type": "expect_the_unexpected"}}

REFUSED: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "a rule of type sql": (
        lambda raw: _rule(raw).update(type="sql", query="SELECT 1", metric=None),
        r"tools\.no_row_twice: no mapping for a rule of type sql",
    ),
    "a rule of type text": (
        lambda raw: _rule(raw).update(type="text", metric=None),
        r"tools\.no_row_twice: no mapping for a rule of type text",
    ),
    "an unknown metric": (
        lambda raw: _rule(raw).update(metric="nullValues"),
        r"tools\.no_row_twice: no mapping for the metric nullValues",
    ),
    "another bound of a known metric": (
        lambda raw: _rule(raw).update(mustBe=None, mustBeLessThan=5),
        r"tools\.no_row_twice: no mapping for the metric duplicateValues",
    ),
    "an unknown argument of a known metric": (
        lambda raw: _rule(raw)["arguments"].update(threshold=3),
        r"tools\.no_row_twice: no mapping .*threshold",
    ),
    "an unknown expectation": (
        lambda raw: _rule(raw).update(UNKNOWN_GX),
        r"tools\.no_row_twice: no mapping for the expectation expect_the_unexpected",
    ),
    "another engine": (
        lambda raw: _rule(raw).update({**UNKNOWN_GX, "engine": "soda"}),
        r"tools\.no_row_twice: no mapping for a rule of type custom",
    ),
    "a severity that nobody knows": (
        lambda raw: _rule(raw).update(severity="fatal"),
        r"tools\.no_row_twice: severity must be one of",
    ),
    "a rule without a message": (
        lambda raw: _rule(raw).pop("customProperties"),
        r"tools\.no_row_twice: needs a message and a remedy",
    ),
    "a message without a remedy": (
        lambda raw: _custom(_rule(raw), message=TEXT),
        r"tools\.no_row_twice\.remedy: needs exactly fi, sv and en",
    ),
    "a message without Swedish": (
        lambda raw: _custom(_rule(raw), message={"fi": "a", "en": "b"}, remedy=TEXT),
        r"tools\.no_row_twice\.message: needs exactly fi, sv and en",
    ),
    "two rules with one id": (
        lambda raw: raw["schema"][0]["quality"].append(deepcopy(_rule(raw))),
        r"tools: two rules bear one id",
    ),
    "no classification": (
        lambda raw: _first_column(raw).pop("classification"),
        r"tools\.tool: classification must be one of",
    ),
    "a column without a description": (
        lambda raw: _first_column(raw).pop("description"),
        r"tools\.tool: needs a description",
    ),
    "a column without a DuckDB type": (
        lambda raw: _first_column(raw).pop("physicalType"),
        r"tools\.tool: needs a description and a physicalType",
    ),
    "an unknown way of reading": (
        lambda raw: _custom(_first_column(raw), reads="guess"),
        r"tools\.tool: reads must be one of",
    ),
    "codes without a list": (
        lambda raw: _custom(_first_column(raw), reads="code"),
        r"tools\.tool: a codeList goes with",
    ),
    "a list without codes": (
        lambda raw: _custom(_first_column(raw), reads="text", codeList="yes_no"),
        r"tools\.tool: a codeList goes with",
    ),
    "two columns with one header": (
        lambda raw: _first_column(raw).update(businessName="HINTA :"),
        r"tools: header .* means two columns",
    ),
    "no owner": (lambda raw: raw.pop("team"), r"tools: needs a team"),
    "no title": (lambda raw: _custom(raw, formats=["csv"]), r"tools\.title: needs exactly fi, sv and en"),
}


@pytest.mark.parametrize(("change", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_a_source_that_the_code_cannot_do_is_refused(change: Callable[[dict[str, Any]], Any], said: str) -> None:
    raw = source_dictionary()
    build(raw)  # it is this change that is refused, and nothing else
    change(raw)
    with pytest.raises(ContractError, match=said):
        build(raw)


MAPPED: dict[str, tuple[dict[str, Any], str, dict[str, Any], float | None]] = {
    "a pattern": (
        {"metric": "invalidValues", "mustBe": 0, "arguments": {"pattern": "^a$"}},
        "expect_column_values_to_match_regex",
        {"column": "tool", "regex": "^a$"},
        None,
    ),
    "a set": (
        {"metric": "invalidValues", "mustBe": 0, "arguments": {"validValues": ["a", "b"]}},
        "expect_column_values_to_be_in_set",
        {"column": "tool", "value_set": ["a", "b"]},
        None,
    ),
    "a least number of rows": (
        {"metric": "rowCount", "mustBeGreaterOrEqualTo": 10, "unit": "rows"},
        "expect_table_row_count_to_be_between",
        {"min_value": 10},
        None,
    ),
    "a share of the rows of the edition before": (
        {"metric": "rowCount", "mustBeGreaterOrEqualTo": 0.8, "unit": "share_of_previous_edition"},
        "expect_table_row_count_to_be_between",
        {},
        0.8,
    ),
    "an expectation by name": (
        {
            "type": "custom",
            "engine": "greatExpectations",
            "implementation": {"type": "expect_column_values_to_be_between", "kwargs": {"min_value": 0}},
        },
        "expect_column_values_to_be_between",
        {"column": "tool", "min_value": 0},
        None,
    ),
}


@pytest.mark.parametrize(("quality", "expectation", "arguments", "share"), MAPPED.values(), ids=MAPPED.keys())
def test_a_rule_is_mapped(
    quality: dict[str, Any], expectation: str, arguments: dict[str, Any], share: float | None
) -> None:
    raw = source_dictionary()
    said = [{"property": "message", "value": TEXT}, {"property": "remedy", "value": TEXT}]
    basics = {"id": "odd", "type": "library", "dimension": "conformity", "severity": "error", "customProperties": said}
    _first_column(raw)["quality"] = [{**basics, **quality}]
    rule = build(raw).rule("tools.odd")
    assert (rule.expectation, rule.arguments, rule.share_of_previous) == (expectation, arguments, share)


def table_dictionary() -> dict[str, Any]:
    """A schema of a table file."""
    return {
        "name": "tools",
        "description": "Tools.",
        "dataGranularityDescription": "one row a tool",
        "customProperties": [{"property": "audience", "value": "public"}],
        "properties": [
            {**column("owner", "", "text"), "primaryKey": True, "primaryKeyPosition": 2},
            {**column("tool", "", "text"), "primaryKey": True, "primaryKeyPosition": 1},
            column("price_eur", "", "money"),
        ],
    }


def build_table(raw: dict[str, Any]) -> TableContract:
    properties = {
        "name": "core",
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "x",
        "version": "1",
        "schema": [raw],
    }
    odcs = OpenDataContractStandard.model_validate({**properties, "status": "active"})
    return contracts._table("core", (odcs.schema_ or [])[0])


def test_a_table_keeps_the_order_of_its_key() -> None:
    table = build_table(table_dictionary())
    assert table.full_name == "core.tools"
    assert table.key == ("tool", "owner")


def test_a_table_without_an_audience_is_refused() -> None:
    raw = table_dictionary()
    raw["customProperties"] = []
    with pytest.raises(ContractError, match=r"core\.tools: audience must be one of"):
        build_table(raw)


def card() -> dict[str, Any]:
    """A real card as a dictionary, to be damaged."""
    return contracts._load("indicators/grants_awarded_eur.yaml")


def built_card(raw: dict[str, Any]) -> Indicator:
    return card_of("cards/x.yaml", raw, {entry.code for entry in contracts.code_lists()["series_breaks"].entries})


CARDS: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "a field is missing": (lambda raw: raw.pop("limits"), r"cards/x\.yaml: missing fields \['limits'\]"),
    "a field is unknown": (lambda raw: raw.update(colour="red"), r"cards/x\.yaml: .*unknown fields \['colour'\]"),
    "an unknown direction": (lambda raw: raw.update(direction="left"), r"cards/x\.yaml: direction must be one of"),
    "an unknown group": (lambda raw: raw.update(group="weather"), r"cards/x\.yaml: group must be one of"),
    "a question in one language": (lambda raw: raw.update(question={"fi": "?"}), r"cards/x\.yaml\.question: needs"),
    "a materiality in words": (
        lambda raw: raw.update(materiality="some"),
        r"cards/x\.yaml: materiality must be a number",
    ),
    "a materiality of all": (lambda raw: raw.update(materiality=1), r"cards/x\.yaml: materiality must be a number"),
    "a break that nobody knows": (
        lambda raw: raw.update(breaks=["storm"]),
        r"cards/x\.yaml: breaks \['storm'\] are not",
    ),
    "a limit empty in Swedish": (lambda raw: raw["limits"].update(sv=" "), r"cards/x\.yaml\.limits: empty in \['sv'\]"),
    "a unit without its code": (lambda raw: raw["unit"].pop("code"), r"cards/x\.yaml: unit needs a code"),
    "a unit without words": (lambda raw: raw.update(unit={"code": "eur"}), r"cards/x\.yaml\.unit: needs"),
}


@pytest.mark.parametrize(("change", "said"), CARDS.values(), ids=CARDS.keys())
def test_a_damaged_card_is_refused(change: Callable[[dict[str, Any]], Any], said: str) -> None:
    raw = card()
    assert built_card(raw).id == "grants_awarded_eur"
    change(raw)
    with pytest.raises(ContractError, match=said):
        built_card(raw)


@pytest.mark.parametrize("field", sorted(contracts._load("indicators/grants_awarded_eur.yaml")))
@pytest.mark.parametrize("emptied", [False, True], ids=["without it", "with nothing in it"])
def test_a_card_that_lacks_a_field_does_not_load_and_says_which(field: str, emptied: bool) -> None:
    raw = card()
    del raw[field]
    if emptied:
        raw[field] = None
    with pytest.raises(ContractError, match=rf"cards/x\.yaml: missing fields \['{field}'\], unknown fields \[\]"):
        built_card(raw)


def test_a_card_without_breaks_says_so_by_an_empty_list() -> None:
    assert built_card(card() | {"breaks": []}).breaks == ()


DESIGNED = """
    volunteer_hours volunteer_persons memberships association_events joint_events city_staff_hours city_assistance
    premises_hours premises_support_eur city_events grants_awarded_eur grants_paid_eur grants_share_of_budget
    grants_applied_eur grants_per_resident_eur resident_participation_share resident_volunteering_share
    resident_satisfaction residents_know_where_to_ask_share cooperation_grade cooperation_works_share
    registered_associations active_associations umbrella_coverage_share associations_per_1000 founded ended
    forum_meetings forum_attendance directory_coverage_share annual_clock_done_share return_response_share
"""


def test_every_measure_of_the_handbook_and_what_gives_it_sense_has_a_card() -> None:
    assert set(DESIGNED.split()) <= set(contracts.indicators())


def test_a_code_list_takes_labels_and_synonyms_in_any_case() -> None:
    raw = yaml.safe_load("id: answers\nentries: [{code: 'yes', fi: Kyllä, synonyms: [K, 1]}, {code: 'no', fi: Ei}]")
    assert contracts.code_list(raw).spellings() == {
        "yes": "yes",
        "kyllä": "yes",
        "k": "yes",
        "1": "yes",
        "no": "no",
        "ei": "no",
    }


@pytest.mark.parametrize("synonym", ["YES", " kyllä ", "Kyllä:"])
def test_a_spelling_that_means_two_codes_is_refused(synonym: str) -> None:
    entries = [{"code": "yes", "fi": "Kyllä"}, {"code": "no", "fi": "Ei", "synonyms": [synonym]}]
    with pytest.raises(ContractError, match=r"code list answers: .* means two codes"):
        contracts.code_list({"id": "answers", "entries": entries})


def test_a_label_falls_back_to_finnish() -> None:
    built: CodeList = contracts.code_list({"id": "tools", "entries": [{"code": "saw", "fi": "Saha", "weight": 2}]})
    assert built.entries[0].label == Text("Saha", "Saha", "Saha")
    assert built.entries[0].facts == {"weight": 2}


def test_known_municipalities_are_real_ones() -> None:
    known = contracts.known_municipalities()
    assert known
    assert not {contracts.BLANK_MUNICIPALITY, contracts.EXAMPLE_MUNICIPALITY} & set(known)


def test_settings_of_an_unknown_municipality() -> None:
    with pytest.raises(KeyError, match="atlantis"):
        contracts.municipality_settings("atlantis")


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("  Myönnetty\n(€) ", "myönnetty (€)"),
        ("Y\u00a0tunnus:", "y tunnus"),
        ("HAKIJA *", "hakija"),
        ("", ""),
    ],
)
def test_fold(written: str, folded: str) -> None:
    assert fold(written) == folded
    assert fold(fold(written)) == folded
