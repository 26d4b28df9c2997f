-- grain: one row a value, role, core table and source
WITH counted AS (
    SELECT
        lineage.indicator_id, lineage.period_type, lineage.period, lineage.breakdown, lineage.breakdown_value,
        lineage.role, lineage.core_table, lineage.source,
        sum(lineage.source_rows) AS source_rows,
        list(DISTINCT files.file_number ORDER BY files.file_number) AS files
    FROM marts.value_lineage AS lineage
    JOIN marts.file_numbers AS files
        ON files.source = lineage.source AND files.file_sha256 = lineage.file_sha256
    GROUP BY
        lineage.indicator_id, lineage.period_type, lineage.period, lineage.breakdown, lineage.breakdown_value,
        lineage.role, lineage.core_table, lineage.source
)

SELECT
    counted.indicator_id,
    counted.period_type,
    counted.period,
    counted.breakdown,
    counted.breakdown_value,
    counted.role,
    counted.core_table,
    counted.source,
    -- of a group only the rows that its n tells anyway, and of a hidden cell nothing
    CASE
        WHEN figures.is_hidden THEN NULL
        WHEN counted.breakdown = 'total' OR counted.role = 'counted' THEN counted.source_rows
    END AS source_rows,
    CASE WHEN counted.breakdown = 'total' AND NOT figures.is_hidden THEN counted.files END AS files
FROM counted
JOIN marts.indicator_values AS figures
    ON figures.indicator_id = counted.indicator_id AND figures.period = counted.period
    AND figures.breakdown = counted.breakdown AND figures.breakdown_value = counted.breakdown_value
