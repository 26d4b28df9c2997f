"""Checking typed rows against the rules of their contract with Great Expectations.

Here belongs: the suite built from a contract, running it, and which rows failed which rule. Not here: reading cells
(`pipelines.parsing`), deciding what happens to a row (`pipelines.staging`).

Great Expectations takes seconds to import, so it is imported inside the functions that need it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cache
from math import ceil
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.comparing import Known, failing
from pipelines.contract_model import Rule, SourceContract
from pipelines.contracts import READING_RULES
from pipelines.expectations import COMPARING_RULES

if TYPE_CHECKING:
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.core.expectation_validation_result import ExpectationValidationResult
    from great_expectations.expectations.expectation import Expectation

UNIQUE = "expect_compound_columns_to_be_unique"
ROW_COUNT = "expect_table_row_count_to_be_between"


class QualityError(Exception):
    """A check could not be carried out; that is a fault of the contract or the program, never of the data."""


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What one rule found: the positions of the failing rows, or of none when the whole table fails."""

    rule: Rule
    rows_checked: int
    failing: tuple[int, ...]
    passed: bool


def check(
    contract: SourceContract, frame: pl.DataFrame, failed: Iterable[int] = (), known: Known | None = None
) -> list[RuleResult]:
    """Check the rows of a typed frame by the rules of its contract, except those that staging judges while reading.

    Parameters
    ----------
    frame
        Typed columns of the contract, with `file_sha256` so that uniqueness is judged inside a file.
    failed
        Positions of the rows that reading has failed; a row that fails anything else is nobody's duplicate.
    known
        What rules that compare rows need to know beside them.

    Raises
    ------
    QualityError
        Great Expectations could not evaluate a rule.
    """
    elsewhere = {*READING_RULES, *COMPARING_RULES, ROW_COUNT}
    results = _evaluate([rule for rule in contract.rules if rule.expectation not in elsewhere], frame)
    bad = set(failed)
    for result in results:
        if result.rule.severity != "warning" and result.rule.expectation != UNIQUE:
            bad.update(result.failing)
    results = [_first_kept(frame, result, bad) if result.rule.expectation == UNIQUE else result for result in results]
    for result in results:
        if result.rule.severity != "warning":
            bad.update(result.failing)
    return [*results, *_compare(contract, frame, bad, known or Known())]


def _compare(contract: SourceContract, frame: pl.DataFrame, bad: AbstractSet[int], known: Known) -> list[RuleResult]:
    """Compare the good rows with each other; a row that is put aside neither asks for a look nor is a measure.

    Raises
    ------
    QualityError
        A rule names a column that is not there.
    """
    good = [position for position in range(frame.height) if position not in bad]
    rows = frame[good]
    found = []
    for rule in contract.rules:
        if rule.expectation in COMPARING_RULES:
            try:
                positions = tuple(good[position] for position in failing(rule, rows, known))
            except pl.exceptions.ColumnNotFoundError as error:
                raise QualityError(f"{rule.id}: could not be evaluated: {error}") from error
            found.append(RuleResult(rule, frame.height, positions, not positions))
    return found


def check_size(contract: SourceContract, frame: pl.DataFrame, rows_before: int | None) -> list[RuleResult]:
    """Check how many rows a source has by the rules of its contract that speak of that.

    Parameters
    ----------
    frame
        The rows that go on, so that a file whose rows all lie in quarantine has shrunk.
    rows_before
        Rows of the source in the edition before; None when there is none, and rules that compare with it pass.
    """
    rules = [rule for rule in contract.rules if rule.expectation == ROW_COUNT]
    return [RuleResult(rule, frame.height, (), frame.height >= least_rows(rule, rows_before)) for rule in rules]


def least_rows(rule: Rule, rows_before: int | None) -> int:
    """Return how many rows a rule asks of a source; a rule that does not speak of that asks for none."""
    if rule.expectation != ROW_COUNT:
        return 0
    if rule.share_of_previous is None:
        return int(rule.arguments["min_value"])
    return ceil(round((rows_before or 0) * rule.share_of_previous, 6))  # 15 * 0.8 is 12.000000000000002


def build(rule: Rule) -> Expectation:
    """Build the Great Expectations expectation of a rule.

    Raises
    ------
    QualityError
        Great Expectations has no such expectation, or does not take these arguments.
    """
    import great_expectations.expectations as gxe

    from pipelines.business_id import ExpectBusinessIdCheckDigit

    arguments = dict(rule.arguments)
    if rule.expectation == UNIQUE:
        arguments = {"column_list": ["file_sha256", *arguments["column_list"]], "ignore_row_if": "never"}
    if "row_condition" in arguments:
        arguments["row_condition"] = _condition(rule, **arguments["row_condition"])
    if rule.expectation == "expect_business_id_check_digit":
        expectation_class: Any = ExpectBusinessIdCheckDigit
    else:
        class_name = "".join(part.capitalize() for part in rule.expectation.replace("_a_", "_A_").split("_"))
        expectation_class = getattr(gxe, class_name, None)
    if expectation_class is None:
        raise QualityError(f"{rule.id}: Great Expectations has no {rule.expectation}")
    built: Expectation = expectation_class(**arguments, meta={"rule_id": rule.id})
    return built


def _condition(rule: Rule, column: str, **comparison: Any) -> Any:
    """Build the condition of a rule that judges some rows only: `{column, is: value}` and the like, see its cases."""
    from great_expectations.expectations.row_conditions import Column

    match comparison:
        case {"is": value}:
            return Column(column) == value
        case {"is_not": value}:
            return Column(column) != value
        case {"is_empty_or": value}:
            return Column(column).is_null() | (Column(column) == value)
        case {"is_in": values}:
            return Column(column).is_in(values)
    raise QualityError(
        f"{rule.id}: a row_condition is {{column, is}}, with is_not, is_in or is_empty_or, not {comparison}"
    )


def _evaluate(rules: Sequence[Rule], frame: pl.DataFrame) -> list[RuleResult]:
    if frame.is_empty():  # no row fails, and asking about none takes Great Expectations as long as about a hundred
        return [RuleResult(rule, 0, (), passed=True) for rule in rules]
    if not rules:
        return []
    results = _validate(frame, [build(rule) for rule in rules])
    return [_result(rule, results[rule.id], frame) for rule in rules]


def _validate(frame: pl.DataFrame, expectations: Sequence[Expectation]) -> dict[str, ExpectationValidationResult]:
    import great_expectations as gx

    batch = _any_frame().get_batch({"dataframe": _for_pandas(frame)})
    suite = gx.ExpectationSuite(name="contract", expectations=list(expectations))
    validated = batch.validate(suite, result_format={"result_format": "COMPLETE"})
    return {_rule_id(result): result for result in validated.results}


@cache
def _any_frame() -> BatchDefinition[Any]:
    """Return the batch that any frame can be given to; a context of its own for each would be most of a check."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    asset = context.data_sources.add_pandas("staging").add_dataframe_asset("rows")
    return asset.add_batch_definition_whole_dataframe("all")


def _rule_id(result: ExpectationValidationResult) -> str:
    config = result.expectation_config
    if config is None or not config.meta:
        raise QualityError("a result of Great Expectations does not name its rule")
    return str(config.meta["rule_id"])


def _for_pandas(frame: pl.DataFrame) -> Any:
    """Give pandas the types that its arrow-backed comparisons know: no decimals, no lists."""
    columns = [
        pl.col(name).cast(pl.Float64)
        if isinstance(dtype, pl.Decimal)
        else pl.col(name).list.join(";")
        if isinstance(dtype, pl.List)
        else pl.col(name)
        for name, dtype in frame.schema.items()
    ]
    return frame.select(columns).to_pandas(use_pyarrow_extension_array=True)


def _result(rule: Rule, result: ExpectationValidationResult, frame: pl.DataFrame) -> RuleResult:
    exception = result.exception_info or {}
    if exception.get("raised_exception") or any(isinstance(value, dict) for value in exception.values()):
        raise QualityError(f"{rule.id}: could not be evaluated: {exception}")
    failing = sorted(int(position) for position in result.result.get("unexpected_index_list") or [])
    return RuleResult(rule, frame.height, tuple(failing), not failing)


def _first_kept(frame: pl.DataFrame, result: RuleResult, bad: AbstractSet[int]) -> RuleResult:
    """Of equal rows keep the first good one and fail the other good ones."""
    key = ["file_sha256", *result.rule.arguments["column_list"]]
    positions = [position for position in result.failing if position not in bad]
    is_repeated = frame[positions].select(pl.struct(key).is_first_distinct().not_()).to_series()
    failing = tuple(position for position, repeated in zip(positions, is_repeated, strict=True) if repeated)
    return replace(result, failing=failing, passed=not failing)
