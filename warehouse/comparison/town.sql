-- grain: one row, the municipality of a public edition
WITH residents AS (
    -- the divisor of what is counted per 1,000 residents
    SELECT figures.period::BIGINT AS year, figures.population AS residents
    FROM marts.indicator_values AS figures
    JOIN meta.indicators AS cards USING (indicator_id)
    WHERE cards.unit_code = 'per_1000'
        AND figures.breakdown = 'total'
        AND figures.period_type = 'year'
        AND figures.population > 0
)

SELECT
    edition.municipality_code,
    edition.municipality_name,
    edition.edition_id,
    edition.data_until,
    edition.is_example,
    (SELECT arg_max(residents, year) FROM residents) AS residents,
    (SELECT max(year) FROM residents) AS residents_year
FROM meta.edition AS edition
