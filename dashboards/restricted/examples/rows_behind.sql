-- grain: one row a source row behind the newest final sum of awarded grants
WITH newest AS (
    SELECT max(period) AS period
    FROM marts.indicator_values
    WHERE indicator_id = 'grants_awarded_eur'
        AND status = 'final'
)

SELECT
    lineage.amount,
    lineage.source,
    files.file_name,
    lineage.sheet,
    lineage.line
FROM marts.value_lineage AS lineage
JOIN newest USING (period)
JOIN quality.files AS files USING (source, file_sha256)
WHERE lineage.indicator_id = 'grants_awarded_eur'
    AND lineage.breakdown = 'total'
    AND lineage.role = 'counted'
ORDER BY ALL
