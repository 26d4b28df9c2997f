-- grain: one row a year and part
WITH known AS (
    SELECT year, indicator_id, reported, n
    FROM marts.grant_figures
    WHERE indicator_id = 'grants_awarded_eur' AND breakdown = 'total'
    UNION ALL
    SELECT year, indicator_id, reported, n
    FROM marts.city_figures
    WHERE indicator_id IN ('premises_support_eur', 'city_staff_hours') AND breakdown = 'total'
),

sums AS (
    SELECT
        year,
        max(reported) FILTER (indicator_id = 'grants_awarded_eur') AS grants_eur,
        max(n) FILTER (indicator_id = 'grants_awarded_eur') AS grants_n,
        max(reported) FILTER (indicator_id = 'premises_support_eur') AS premises_eur,
        max(n) FILTER (indicator_id = 'premises_support_eur') AS premises_n,
        max(reported) FILTER (indicator_id = 'city_staff_hours') AS hours,
        max(n) FILTER (indicator_id = 'city_staff_hours') AS hours_n
    FROM known
    GROUP BY year
),

rated AS (
    SELECT sums.*, rates.eur_per_hour
    FROM sums
    LEFT JOIN marts.staff_rates AS rates ON rates.year = sums.year
),

parts AS (
    SELECT year, 'grants' AS part, grants_eur AS value_eur, grants_n AS n, 'lacks_grants' AS gap FROM rated
    UNION ALL
    SELECT year, 'premises', premises_eur, premises_n, 'lacks_premises' FROM rated
    UNION ALL
    SELECT year, 'staff', hours * eur_per_hour::DOUBLE, hours_n,
        CASE WHEN hours IS NULL THEN 'lacks_staff_hours' ELSE 'lacks_staff_rate' END
    FROM rated
)

SELECT year, part, value_eur, coalesce(n, 0) AS n, CASE WHEN value_eur IS NULL THEN gap END AS gap
FROM parts
