-- grain: one row an indicator, year, breakdown value and source row
-- A figure that lacks one of its parts is empty: nothing was counted in it, so no rows are told of it.
WITH told AS (
    SELECT indicator_id, year, breakdown, breakdown_value
    FROM marts.support_figures
    WHERE reported IS NOT NULL
),

parts AS (
    SELECT 'grants' AS part, period::BIGINT AS year, lineage.*
    FROM marts.grant_lineage AS lineage
    WHERE indicator_id = 'grants_awarded_eur' AND breakdown = 'total'
    UNION ALL
    SELECT 'premises', period::BIGINT, lineage.*
    FROM marts.city_lineage AS lineage
    WHERE indicator_id = 'premises_support_eur' AND breakdown = 'total'
    UNION ALL
    SELECT 'staff', rates.year, lineage.* REPLACE (lineage.amount * rates.eur_per_hour::DOUBLE AS amount)
    FROM marts.city_lineage AS lineage
    JOIN marts.staff_rates AS rates ON rates.year::VARCHAR = lineage.period
    WHERE lineage.indicator_id = 'city_staff_hours' AND lineage.breakdown = 'total'
),

counted AS (
    SELECT parts.* REPLACE (
        told.indicator_id AS indicator_id, told.breakdown AS breakdown, told.breakdown_value AS breakdown_value
    )
    FROM parts
    JOIN told ON told.year = parts.year AND told.breakdown_value IN ('total', parts.part)
),

-- at the prices of the base year a euro is worth what the index says, so the sum is divided by their ratio
prices AS (
    SELECT prices.*, totals.base_year, prices.index_points / totals.base_points AS ratio
    FROM core.price_index AS prices
    JOIN marts.support_totals AS totals ON totals.year = prices.year
),

divisors AS (
    SELECT 'total_support_per_association_eur' AS indicator_id, period::BIGINT AS year, 'divisor' AS role, core_table,
        core_key, source, file_sha256, sheet, line, amount
    FROM marts.register_lineage
    WHERE indicator_id = 'active_associations' AND breakdown = 'total' AND role = 'counted'
    UNION ALL
    SELECT 'total_support_per_resident_eur', year, 'divisor', 'core.residents', year::VARCHAR, 'population',
        file_sha256, sheet, line, residents
    FROM core.residents
    UNION ALL
    SELECT 'total_support_real_eur', year, 'divisor', 'core.price_index', year::VARCHAR, 'price_index',
        file_sha256, sheet, line, ratio
    FROM prices
    UNION ALL
    SELECT 'total_support_real_eur', prices.year, 'basis', 'core.price_index', base.year::VARCHAR, 'price_index',
        base.file_sha256, base.sheet, base.line, NULL
    FROM prices
    JOIN core.price_index AS base ON base.year = prices.base_year
),

figures AS (
    SELECT indicator_id, year, breakdown, breakdown_value, role, core_table, core_key, source,
        file_sha256, sheet, line, amount
    FROM counted
    UNION ALL
    SELECT told.indicator_id, told.year, told.breakdown, told.breakdown_value, divisors.role, divisors.core_table,
        divisors.core_key, divisors.source, divisors.file_sha256, divisors.sheet, divisors.line, divisors.amount
    FROM divisors
    JOIN told ON told.indicator_id = divisors.indicator_id AND told.year = divisors.year
)

SELECT indicator_id, year::VARCHAR AS period, breakdown, breakdown_value, role, core_table, core_key, source,
    file_sha256, sheet, line, amount::DOUBLE AS amount, 1 AS source_rows
FROM figures
