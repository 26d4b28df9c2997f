-- grain: one row a value and row of a core table behind it
-- The amounts of role counted, summed, and divided by the sum of those of role divisor where there are any, give the
-- figure that was reported; rows of role basis have no amount: they are why a row counts.
WITH told AS (
    SELECT * FROM marts.register_lineage
    UNION ALL SELECT * FROM marts.return_lineage
    UNION ALL SELECT * FROM marts.grant_lineage
    UNION ALL SELECT * FROM marts.city_lineage
    UNION ALL SELECT * FROM marts.participation_lineage
    UNION ALL SELECT * FROM marts.resident_lineage
),

once AS (
    SELECT DISTINCT * FROM told
)

SELECT
    once.indicator_id,
    figures.period_type,
    once.period,
    once.breakdown,
    once.breakdown_value,
    once.role,
    once.core_table,
    once.core_key,
    once.source,
    once.file_sha256,
    once.sheet,
    once.line,
    once.amount,
    once.source_rows
FROM once
JOIN marts.indicator_values AS figures
    ON figures.indicator_id = once.indicator_id AND figures.period = once.period
    AND figures.breakdown = once.breakdown AND figures.breakdown_value = once.breakdown_value
