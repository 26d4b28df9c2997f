-- grain: one row an indicator, council term and period: the baseline, and each period of the term that the data reaches
WITH terms AS (
    SELECT
        term_id,
        lag(term_id) OVER (ORDER BY starts) AS previous_term,
        starts <= edition.data_until AS has_begun,
        baseline_year,
        last_year
    FROM meta.council_terms
    CROSS JOIN meta.edition AS edition
),

periods AS (
    SELECT terms.term_id, 'year' AS period_type, years.year::VARCHAR AS period,
        years.year = terms.baseline_year AS is_baseline
    FROM terms
    JOIN core.years AS years ON years.year BETWEEN terms.baseline_year AND terms.last_year
    UNION ALL
    SELECT term_id, 'term', previous_term, true FROM terms WHERE previous_term IS NOT NULL
    UNION ALL
    SELECT term_id, 'term', term_id, false FROM terms WHERE has_begun
)

SELECT
    cards.indicator_id,
    periods.term_id,
    periods.period,
    periods.is_baseline,
    CASE WHEN NOT figures.is_hidden THEN figures.value END AS value,
    CASE WHEN NOT figures.is_hidden THEN figures.lower END AS lower,
    CASE WHEN NOT figures.is_hidden THEN figures.upper END AS upper,
    figures.status,
    coalesce(figures.verdict, 'not_usable') AS verdict,
    coalesce(figures.verdict_reason, 'verdict.no_data') AS verdict_reason,
    coalesce(figures.is_hidden, false) AS is_hidden
FROM periods
JOIN meta.indicators AS cards
    ON periods.period_type = CASE WHEN cards.basis = 'residents' THEN 'term' ELSE 'year' END
LEFT JOIN marts.indicator_values AS figures
    ON figures.indicator_id = cards.indicator_id
    AND figures.period_type = periods.period_type AND figures.period = periods.period
    AND figures.breakdown = 'total' AND figures.breakdown_value = 'total'
