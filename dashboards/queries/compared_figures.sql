-- grain: one row a municipality that tells of the indicator in the period
SELECT indicator_id, period, municipality_code, measure, value, lower, upper, verdict, reason
FROM comparison.figures
WHERE indicator_id = $indicator_id AND period = $period
ORDER BY municipality_code
