-- grain: one row an indicator, period and breakdown value
WITH yearly AS (
    SELECT * FROM marts.register_figures
    UNION ALL SELECT * FROM marts.return_figures
    UNION ALL SELECT * FROM marts.grant_figures
    UNION ALL SELECT * FROM marts.city_figures
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
),

-- the first complete year whose whole window lies in years that returns and grants both speak of; the other kinds of
-- evidence reach a part of the field each, so one that starts later makes no year before it too small (decision 0011)
first_full AS (
    SELECT max(kinds.first_seen) + any_value(ceil(edition.active_within_months / 12)) - 1 AS year
    FROM (
        SELECT kind, min(year(evidence_on)) AS first_seen
        FROM core.activity_evidence
        WHERE kind IN ('return', 'grant_application')
        GROUP BY kind
    ) AS kinds
    CROSS JOIN meta.edition AS edition
),

described AS (
    SELECT
        figures.*,
        cards.basis,
        cards.kind,
        breaks.break_id,
        estimates.estimate,
        estimates.lower,
        estimates.upper,
        estimates.cv,
        cards.basis IN ('evidence', 'returns') AND figures.year < (SELECT year FROM first_full) AS window_is_short,
        CASE WHEN cards.basis = 'returns' THEN figures.n / nullif(figures.population, 0) END AS coverage_share
    FROM figures
    JOIN meta.indicators AS cards ON cards.indicator_id = figures.indicator_id
    LEFT JOIN marts.return_estimates AS estimates
        ON estimates.indicator_id = figures.indicator_id AND estimates.year = figures.year
        AND estimates.breakdown = figures.breakdown AND estimates.breakdown_value = figures.breakdown_value
    LEFT JOIN meta.series_breaks AS breaks
        ON breaks.indicator_id = figures.indicator_id AND year(breaks.breaks_on) = figures.year
),

judged AS (
    SELECT
        *,
        CASE
            WHEN basis = 'returns' AND coalesce(coverage_share, 0) < 0.3 THEN 'low_coverage'
            WHEN basis = 'returns' AND estimate IS NULL THEN 'too_few_answers'
            WHEN basis = 'returns' AND cv > 0.333 THEN 'uncertain'
            WHEN reported IS NULL THEN 'no_denominator'
            WHEN basis = 'residents' THEN 'not_weighted'
            WHEN NOT is_complete THEN 'year_not_over'
            WHEN break_id IS NOT NULL THEN 'break'
            WHEN basis = 'returns' AND (coverage_share < 0.6 OR cv > 0.165) THEN 'rough_estimate'
            WHEN basis = 'returns' THEN 'estimated'
            WHEN window_is_short THEN 'window_not_full'
            WHEN basis = 'evidence' THEN 'minimum'
            ELSE 'counted'
        END AS reason
    FROM described
)

SELECT
    judged.indicator_id,
    edition.municipality_code,
    judged.period_type,
    judged.period,
    judged.breakdown,
    judged.breakdown_value,
    CASE judged.basis WHEN 'returns' THEN judged.estimate WHEN 'residents' THEN NULL ELSE judged.reported END AS value,
    judged.lower,
    judged.upper,
    judged.n,
    judged.population,
    judged.coverage_share,
    judged.reported,
    CASE
        WHEN judged.basis NOT IN ('returns', 'residents') THEN 'full_count'
        WHEN judged.estimate IS NOT NULL THEN 'stratified_estimate'
        WHEN judged.kind = 'share' THEN 'reported_mean'
        ELSE 'reported_sum'
    END AS method,
    CASE WHEN judged.is_complete THEN 'final' ELSE 'preliminary' END AS status,
    CASE
        WHEN judged.reason IN ('low_coverage', 'too_few_answers', 'uncertain', 'no_denominator') THEN 'not_usable'
        WHEN judged.reason IN ('counted', 'estimated') THEN 'usable'
        ELSE 'usable_with_care'
    END AS verdict,
    'verdict.' || judged.reason AS verdict_reason,
    judged.break_id,
    false AS is_hidden,
    edition.edition_id
FROM judged
CROSS JOIN meta.edition AS edition
