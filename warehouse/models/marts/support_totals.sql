-- grain: one row a year
WITH summed AS (
    SELECT
        year,
        -- a total without one of its parts would be a smaller total, so it is none
        CASE WHEN count(value_eur) = 3 THEN
            max(value_eur) FILTER (part = 'grants')
            + max(value_eur) FILTER (part = 'premises')
            + max(value_eur) FILTER (part = 'staff')
        END AS total_eur,
        -- the total is as revealing as the part that the fewest associations are behind
        coalesce(
            max(n) FILTER (part = 'premises' AND value_eur IS NOT NULL), max(n) FILTER (part = 'grants'), 0
        ) AS n,
        CASE WHEN count(gap) > 1 THEN 'lacks_several' ELSE max(gap) END AS gap
    FROM marts.support_parts
    GROUP BY year
),

active AS (
    SELECT year, n AS associations
    FROM marts.register_figures
    WHERE indicator_id = 'active_associations' AND breakdown = 'total'
),

base AS (
    SELECT prices.year AS base_year, prices.index_points AS base_points
    FROM core.price_index AS prices
    JOIN core.years AS years ON years.year = prices.year AND years.is_complete
    ORDER BY prices.year DESC
    LIMIT 1
)

SELECT
    summed.year,
    summed.total_eur,
    summed.n,
    nullif(active.associations, 0) AS associations,
    nullif(residents.residents, 0) AS residents,
    prices.index_points,
    base.base_points,
    base.base_year,
    summed.gap
FROM summed
LEFT JOIN active ON active.year = summed.year
LEFT JOIN core.residents AS residents ON residents.year = summed.year
LEFT JOIN core.price_index AS prices ON prices.year = summed.year
LEFT JOIN base ON true
