-- grain: one row an indicator, year or council term, and breakdown value
SELECT
    indicator_id,
    period,
    previous_period,
    breakdown,
    breakdown_value,
    change,
    change_share,
    direction,
    reason
FROM marts.indicator_changes
ORDER BY indicator_id, breakdown, breakdown_value, period
