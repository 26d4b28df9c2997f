"""The assets of staging: one a source, with a check for each rule of its contract.

A critical rule stops what is downstream; a failed row of the other rules is in quarantine or kept with a warning, so
those checks warn.
"""

from collections.abc import Collection, Iterator

import dagster as dg

from pipelines import contracts
from pipelines.assets.tables import dependencies, key
from pipelines.contract_model import SourceContract
from pipelines.quality import RuleResult
from pipelines.refresh import Progress, work
from pipelines.staging import Staged

ACCOUNTED = "rows_and_euros_accounted_for"
CELLS = "cells_are_readable_and_filled"


def staging_assets(sources: Collection[str], progress: Progress) -> dg.AssetsDefinition:
    """Return the assets of sources, staged in one step in the order given; see `tables_asset` for why one."""
    staged = {f"staging.{source}": contracts.sources()[source] for source in sources}

    @dg.multi_asset(
        name="staging",
        specs=[spec(table, contract) for table, contract in staged.items()],
        check_specs=[spec for contract in staged.values() for spec in check_specs(contract)],
        can_subset=True,
        pool="warehouse",
        required_resource_keys={"build"},
    )
    def assets(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]  # Dagster knows the bare class only
        selected = context.selected_asset_keys
        for table in staged:
            if key(table) in selected:
                progress(table)
                yield materialized(table, work(table)(context.resources.build))

    return assets


def spec(table: str, contract: SourceContract) -> dg.AssetSpec:
    """Return the asset of a source as Dagster knows it."""
    return dg.AssetSpec(
        key=key(table),
        deps=dependencies(table),
        group_name="staging",
        description=f"{contract.purpose} {contract.limitations}",
        kinds={"polars", "greatexpectations"},
        owners=[f"team:{contract.owner}"],
    )


def materialized(table: str, staged: object) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster knows the bare class only
    """Return what Dagster is told of a source that was staged, with the outcome of its checks."""
    if not isinstance(staged, Staged):
        raise TypeError(f"{table}: staging gave {type(staged)}")
    return dg.MaterializeResult(
        asset_key=key(table),
        metadata={
            "dagster/row_count": dg.MetadataValue.int(staged.rows.height),
            "rows_quarantined": dg.MetadataValue.int(staged.quarantine.height),
        },
        check_results=check_results(key(table), staged),
    )


def check_specs(contract: SourceContract) -> list[dg.AssetCheckSpec]:
    """Return a check for each rule that the contract writes out, one for the implied rules, and one for the accounting.

    Dagster keeps several records of every check of every run, so the some fifteen implied rules of a source share one;
    `quality.checks` holds each of them.
    """
    asset = key(f"staging.{contract.name}")
    rules = [
        dg.AssetCheckSpec(
            name=_name(rule.id),
            asset=asset,
            description=rule.message.fi,
            blocking=rule.severity == "critical",
        )
        for rule in contract.rules
        if not rule.implied
    ]
    return [
        *rules,
        dg.AssetCheckSpec(name=CELLS, asset=asset),
        dg.AssetCheckSpec(name=ACCOUNTED, asset=asset, blocking=True),
    ]


def check_results(asset: dg.AssetKey, staged: Staged) -> list[dg.AssetCheckResult]:
    """Return the outcome of each check of `check_specs`."""
    return [
        *(_rule_result(asset, result) for result in staged.results if not result.rule.implied),
        _cells_result(asset, [result for result in staged.results if result.rule.implied]),
        _accounting_result(asset, staged),
    ]


def _rule_result(asset: dg.AssetKey, result: RuleResult) -> dg.AssetCheckResult:
    is_critical = result.rule.severity == "critical"
    return dg.AssetCheckResult(
        asset_key=asset,
        check_name=_name(result.rule.id),
        passed=result.passed,
        severity=dg.AssetCheckSeverity.ERROR if is_critical else dg.AssetCheckSeverity.WARN,
        description=f"{result.rule.message.fi} {result.rule.remedy.fi}",
        metadata={"rows_checked": result.rows_checked, "rows_failed": len(result.failing)},
    )


def _cells_result(asset: dg.AssetKey, results: list[RuleResult]) -> dg.AssetCheckResult:
    failed = {_name(result.rule.id): len(result.failing) for result in results if not result.passed}
    return dg.AssetCheckResult(
        asset_key=asset,
        check_name=CELLS,
        passed=not failed,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"rules_checked": len(results), "rows_failed": dg.MetadataValue.json(failed)},
    )


def _accounting_result(asset: dg.AssetKey, staged: Staged) -> dg.AssetCheckResult:
    counts = {name: int(staged.accounts[name].sum()) for name in ("rows_read", "rows_staged", "rows_quarantined")}
    balanced = counts["rows_read"] == counts["rows_staged"] + counts["rows_quarantined"]
    return dg.AssetCheckResult(asset_key=asset, check_name=ACCOUNTED, passed=balanced, metadata=counts)


def _name(rule_id: str) -> str:
    return rule_id.partition(".")[2]
