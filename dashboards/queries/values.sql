-- grain: one row an indicator, year or council term, and breakdown value
SELECT
    indicator_id,
    period_type,
    period,
    breakdown,
    breakdown_value,
    value,
    lower,
    upper,
    n,
    population,
    coverage_share,
    reported,
    method,
    status,
    verdict,
    verdict_reason,
    break_id,
    is_hidden
FROM marts.indicator_values
ORDER BY indicator_id, breakdown, breakdown_value, period
