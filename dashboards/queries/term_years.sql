-- grain: one row an indicator, council term and period, oldest first
SELECT
    indicator_id,
    term_id,
    period,
    is_baseline,
    value,
    lower,
    upper,
    status,
    verdict,
    verdict_reason
FROM marts.term_years
ORDER BY indicator_id, term_id, period
