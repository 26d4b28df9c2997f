-- grain: one row an indicator, year and breakdown value
WITH figures AS (
    SELECT 'total_support_eur' AS indicator_id, year, 'total' AS breakdown, 'total' AS breakdown_value,
        total_eur AS reported, n
    FROM marts.support_totals
    UNION ALL
    SELECT 'total_support_eur', year, 'support_part', part, value_eur, n FROM marts.support_parts
    UNION ALL
    SELECT 'total_support_per_association_eur', year, 'total', 'total', total_eur / associations, n
    FROM marts.support_totals
    UNION ALL
    SELECT 'total_support_per_resident_eur', year, 'total', 'total', total_eur / residents, n
    FROM marts.support_totals
    UNION ALL
    -- told only once a price index has landed
    SELECT 'total_support_real_eur', year, 'total', 'total', total_eur * base_points / index_points, n
    FROM marts.support_totals
    WHERE base_year IS NOT NULL
)

SELECT indicator_id, figures.year, breakdown, breakdown_value, reported, n, NULL::BIGINT AS population
FROM figures
JOIN core.years AS years ON years.year = figures.year
