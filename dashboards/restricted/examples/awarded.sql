-- grain: one row a year
SELECT
    period,
    value AS awarded_eur,
    status
FROM marts.indicator_values
WHERE indicator_id = 'grants_awarded_eur'
    AND breakdown = 'total'
ORDER BY period DESC
