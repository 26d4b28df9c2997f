-- grain: one row an indicator, period and breakdown value
WITH yearly AS (
    SELECT * FROM marts.register_figures
    UNION ALL SELECT * FROM marts.return_figures
    UNION ALL SELECT * FROM marts.grant_figures
    UNION ALL SELECT * FROM marts.city_figures
    UNION ALL SELECT * FROM marts.classified_figures
    UNION ALL SELECT * FROM marts.support_figures
    UNION ALL SELECT * FROM marts.participation_figures
),

figures AS (
    SELECT 'year' AS period_type, yearly.year::VARCHAR AS period, years.is_complete,
        yearly.indicator_id, yearly.year, yearly.breakdown, yearly.breakdown_value,
        yearly.reported, yearly.n, yearly.population
    FROM yearly
    JOIN core.years AS years ON years.year = yearly.year
    UNION ALL
    SELECT 'term', residents.term, terms.ends <= edition.data_until,
        residents.indicator_id, NULL, residents.breakdown, residents.breakdown_value,
        residents.reported, residents.n, residents.population
    FROM marts.resident_figures AS residents
    JOIN meta.council_terms AS terms ON terms.term_id = residents.term
    CROSS JOIN meta.edition AS edition
)

-- which of them are hidden is said after they are counted and before they are estimated (decision 0015)
SELECT indicator_id, period_type, period, breakdown, breakdown_value, year, is_complete, reported, n, population,
    false AS is_hidden
FROM figures
