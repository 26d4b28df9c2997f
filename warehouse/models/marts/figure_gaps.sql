-- grain: one row an indicator, year and breakdown value
WITH totals AS (
    SELECT
        year,
        unnest([
            'total_support_eur', 'total_support_per_association_eur', 'total_support_per_resident_eur',
            'total_support_real_eur'
        ]) AS indicator_id,
        unnest([
            gap,
            coalesce(gap, CASE WHEN associations IS NULL THEN 'lacks_associations' END),
            coalesce(gap, CASE WHEN residents IS NULL THEN 'lacks_residents' END),
            CASE
                WHEN base_year IS NULL THEN NULL -- the figure is not told at all
                ELSE coalesce(gap, CASE WHEN index_points IS NULL THEN 'lacks_price_index' END)
            END
        ]) AS reason
    FROM marts.support_totals
)

SELECT indicator_id, year, 'total' AS breakdown, 'total' AS breakdown_value, reason
FROM totals
WHERE reason IS NOT NULL
UNION ALL
SELECT 'total_support_eur' AS indicator_id, year, 'support_part' AS breakdown, part AS breakdown_value, gap AS reason
FROM marts.support_parts
WHERE gap IS NOT NULL
