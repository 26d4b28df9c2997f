-- grain: one row a rule of a source that did not hold for every row
SELECT
    source,
    rule_id,
    column_name,
    severity,
    rows_failed,
    rows_checked,
    round(rows_failed / rows_checked, 4) AS failed_share
FROM quality.checks
WHERE NOT passed
ORDER BY rows_failed DESC, source, rule_id
