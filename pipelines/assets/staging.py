"""The assets of staging: one a source, with a check for each rule of its contract.

A critical rule stops what is downstream; a failed row of the other rules is in quarantine or kept with a warning, so
those checks warn.
"""

from collections.abc import Collection, Iterator

import dagster as dg

from pipelines import contracts, receiving
from pipelines.assets.tables import dependencies, key
from pipelines.contract_model import SourceContract
from pipelines.receiving import CheckOutcome, Outcome
from pipelines.refresh import Progress, work

ACCOUNTED = "rows_and_euros_accounted_for"
CELLS = "cells_are_readable_and_filled"


def staging_assets(sources: Collection[str], progress: Progress) -> dg.AssetsDefinition:
    """Return the assets of sources, staged in one step in the order given; see `tables_asset` for why one."""
    staged = {f"staging.{source}": contracts.sources()[source] for source in sources}

    @dg.multi_asset(
        name="staging",
        specs=[_spec(table, contract) for table, contract in staged.items()],
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
                work(table)(context.resources.build)
                yield _materialized(table, receiving.outcome(context.resources.build, table.removeprefix("staging.")))

    return assets


def _spec(table: str, contract: SourceContract) -> dg.AssetSpec:
    return dg.AssetSpec(
        key=key(table),
        deps=dependencies(table),
        group_name="staging",
        description=f"{contract.purpose} {contract.limitations}",
        kinds={"polars", "greatexpectations"},
        owners=[f"team:{contract.owner}"],
    )


def _materialized(table: str, outcome: Outcome) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster knows the bare class only
    return dg.MaterializeResult(
        asset_key=key(table),
        metadata={
            "dagster/row_count": dg.MetadataValue.int(outcome.rows_staged),
            "rows_quarantined": dg.MetadataValue.int(outcome.rows_quarantined),
        },
        check_results=check_results(key(table), outcome),
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


def check_results(asset: dg.AssetKey, outcome: Outcome) -> list[dg.AssetCheckResult]:
    """Return the outcome of each check of `check_specs`."""
    return [
        *(_rule_result(asset, check) for check in outcome.checks if not check.rule.implied),
        _cells_result(asset, [check for check in outcome.checks if check.rule.implied]),
        _accounting_result(asset, outcome),
    ]


def _rule_result(asset: dg.AssetKey, check: CheckOutcome) -> dg.AssetCheckResult:
    is_critical = check.rule.severity == "critical"
    return dg.AssetCheckResult(
        asset_key=asset,
        check_name=_name(check.rule.id),
        passed=check.passed,
        severity=dg.AssetCheckSeverity.ERROR if is_critical else dg.AssetCheckSeverity.WARN,
        description=f"{check.rule.message.fi} {check.rule.remedy.fi}",
        metadata={"rows_checked": check.rows_checked, "rows_failed": check.rows_failed},
    )


def _cells_result(asset: dg.AssetKey, checks: list[CheckOutcome]) -> dg.AssetCheckResult:
    failed = {_name(check.rule.id): check.rows_failed for check in checks if not check.passed}
    return dg.AssetCheckResult(
        asset_key=asset,
        check_name=CELLS,
        passed=not failed,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"rules_checked": len(checks), "rows_failed": dg.MetadataValue.json(failed)},
    )


def _accounting_result(asset: dg.AssetKey, outcome: Outcome) -> dg.AssetCheckResult:
    counts = {name: getattr(outcome, name) for name in ("rows_read", "rows_staged", "rows_quarantined")}
    balanced = outcome.rows_read == outcome.rows_staged + outcome.rows_quarantined
    return dg.AssetCheckResult(asset_key=asset, check_name=ACCOUNTED, passed=balanced, metadata=counts)


def _name(rule_id: str) -> str:
    return rule_id.partition(".")[2]
