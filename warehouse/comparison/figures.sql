-- grain: one row an indicator and year or council term of the municipality of a public edition
WITH residents AS (
    SELECT figures.period, figures.population AS residents
    FROM marts.indicator_values AS figures
    JOIN meta.indicators AS cards USING (indicator_id)
    WHERE cards.unit_code = 'per_1000'
        AND figures.breakdown = 'total'
        AND figures.period_type = 'year'
        AND figures.population > 0
),

-- what the card calls a share is one already, or a mean; stocks and flows grow with the municipality
measured AS (
    SELECT
        figures.*,
        CASE WHEN cards.kind = 'share' THEN 'as_it_is' ELSE 'per_1000' END AS measure,
        CASE WHEN cards.kind = 'share' THEN 1.0 ELSE 1000.0 / residents.residents END AS factor
    FROM marts.indicator_values AS figures
    JOIN meta.indicators AS cards USING (indicator_id)
    LEFT JOIN residents ON residents.period = figures.period
    WHERE cards.audience = 'public' AND figures.breakdown = 'total'
)

SELECT
    measured.indicator_id,
    measured.period,
    edition.municipality_code,
    measured.measure,
    CASE WHEN NOT measured.is_hidden THEN measured.value * measured.factor END AS value,
    CASE WHEN NOT measured.is_hidden THEN measured.lower * measured.factor END AS lower,
    CASE WHEN NOT measured.is_hidden THEN measured.upper * measured.factor END AS upper,
    measured.verdict,
    CASE
        WHEN measured.is_hidden THEN 'comparison.hidden'
        WHEN measured.value IS NULL THEN measured.verdict_reason
        WHEN measured.factor IS NULL THEN 'comparison.lacks_residents'
    END AS reason
FROM measured
CROSS JOIN meta.edition AS edition
