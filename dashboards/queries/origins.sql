-- grain: one row a role, core table and source behind the value $indicator_id, $period, $breakdown, $breakdown_value
SELECT
    role,
    core_table,
    source,
    source_rows,
    files
FROM marts.value_origins
WHERE indicator_id = $indicator_id
    AND period = $period
    AND breakdown = $breakdown
    AND breakdown_value = $breakdown_value
ORDER BY
    CASE role WHEN 'counted' THEN 1 WHEN 'divisor' THEN 2 ELSE 3 END,
    source
