-- grain: one row an indicator, parameter and first day
WITH base AS (
    SELECT DISTINCT prices.index_series, prices.year
    FROM marts.support_totals AS totals
    JOIN core.price_index AS prices ON prices.year = totals.base_year
),

parameters AS (
    SELECT cards.indicator_id, 'staff_hour_rate' AS parameter, rates.name, rates.eur_per_hour::DOUBLE AS value,
        rates.valid_from, rates.source
    FROM meta.staff_hour_rates AS rates
    JOIN meta.indicators AS cards ON starts_with(cards.indicator_id, 'total_support')
    UNION ALL
    SELECT 'total_support_real_eur', 'price_year', index_series, year, make_date(year, 1, 1), 'price_index'
    FROM base
)

SELECT indicator_id, parameter, name, value, valid_from, source
FROM parameters
