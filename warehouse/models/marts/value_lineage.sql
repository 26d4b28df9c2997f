-- grain: one row a value and row of a core table behind it
-- The amounts of role counted, summed, and divided by the sum of those of role divisor where there are any, give the
-- figure that was reported; rows of role basis have no amount: they are why a row counts.
WITH yearly AS (
    SELECT * FROM marts.register_lineage
    UNION ALL SELECT * FROM marts.return_lineage
    UNION ALL SELECT * FROM marts.grant_lineage
    UNION ALL SELECT * FROM marts.city_lineage
    UNION ALL SELECT * FROM marts.classified_lineage
    UNION ALL SELECT * FROM marts.support_lineage
    UNION ALL SELECT * FROM marts.participation_lineage
),

told AS (
    SELECT 'year' AS period_type, * FROM yearly
    UNION ALL
    SELECT 'term', * FROM marts.resident_lineage
)

SELECT
    told.indicator_id,
    told.period_type,
    told.period,
    told.breakdown,
    told.breakdown_value,
    told.role,
    told.core_table,
    told.core_key,
    told.source,
    told.file_sha256,
    told.sheet,
    told.line,
    told.amount,
    told.source_rows
FROM told
SEMI JOIN marts.indicator_values AS figures
    ON figures.indicator_id = told.indicator_id
    AND figures.period_type = told.period_type AND figures.period = told.period
    AND figures.breakdown = told.breakdown AND figures.breakdown_value = told.breakdown_value
