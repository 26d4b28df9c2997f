"""The Finnish business identity code (Y-tunnus): its check digit, and the expectation that checks it.

Here belongs: what makes a Y-tunnus valid. Not here: how it is written in files (`pipelines.parsing`).
Importing this module imports Great Expectations: do it inside functions.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import ColumnMapExpectation
from great_expectations.expectations.metrics.map_metric_provider.column_condition_partial import (
    column_condition_partial,
)
from great_expectations.expectations.metrics.map_metric_provider.column_map_metric_provider import (
    ColumnMapMetricProvider,
)

from pipelines.check_digit import has_valid_check_digit


class BusinessIdCheckDigit(ColumnMapMetricProvider):
    """Metric: which values have the right check digit."""

    condition_metric_name = "column_values.business_id_check_digit"

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: pd.Series, **_: Any) -> pd.Series:  # noqa: N805 - the decorator makes it a class method
        return column.map(has_valid_check_digit).astype(bool)


class ExpectBusinessIdCheckDigit(ColumnMapExpectation):
    """Expect every Y-tunnus of a column to have the right check digit; empty cells are passed over."""

    map_metric = "column_values.business_id_check_digit"
    success_keys = ("mostly",)
