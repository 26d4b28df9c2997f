-- grain: one row a source row behind a value; it is shown to analysts, who run it on analyst.duckdb
SELECT
    lineage.role,
    lineage.amount,
    lineage.core_table,
    lineage.core_key,
    lineage.source,
    files.file_name,
    lineage.sheet,
    lineage.line
FROM marts.value_lineage AS lineage
JOIN quality.files AS files USING (source, file_sha256)
WHERE lineage.indicator_id = $indicator_id
    AND lineage.period = $period
    AND lineage.breakdown = $breakdown
    AND lineage.breakdown_value = $breakdown_value
ORDER BY ALL
