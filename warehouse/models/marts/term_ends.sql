-- grain: one row an indicator and council term
-- The two ends of a term's comparison: its baseline, and its newest figure, a preliminary one only when there is no other.
WITH chosen AS (
    SELECT
        indicator_id,
        term_id,
        max(period) FILTER (is_baseline) AS baseline_period,
        max_by(period, (status <> 'preliminary', period)) FILTER (NOT is_baseline AND value IS NOT NULL)
            AS latest_period,
        max(period) FILTER (NOT is_baseline) AS newest_period
    FROM marts.term_years
    GROUP BY indicator_id, term_id
),

last_years AS (
    SELECT
        terms.term_id,
        terms.last_year::VARCHAR AS last_year,
        terms.ends <= edition.data_until AS term_is_over,
        coalesce(years.is_complete, false) AS last_year_is_over
    FROM meta.council_terms AS terms
    CROSS JOIN meta.edition AS edition
    LEFT JOIN core.years AS years ON years.year = terms.last_year
)

SELECT
    cards.indicator_id,
    last_years.term_id,
    cards.basis,
    chosen.baseline_period,
    chosen.latest_period,
    coalesce(chosen.latest_period, chosen.newest_period) AS told_period,
    CASE WHEN cards.basis = 'residents' THEN last_years.term_id ELSE last_years.last_year END AS last_period,
    CASE WHEN cards.basis = 'residents' THEN last_years.term_is_over ELSE last_years.last_year_is_over END AS is_over
FROM meta.indicators AS cards
CROSS JOIN last_years
LEFT JOIN chosen ON chosen.indicator_id = cards.indicator_id AND chosen.term_id = last_years.term_id
