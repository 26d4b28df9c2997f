-- grain: one row an indicator, period and breakdown value
WITH figures AS (
    SELECT * FROM marts.register_figures
    UNION ALL SELECT * FROM marts.return_figures
    UNION ALL SELECT * FROM marts.grant_figures
),

-- the first complete year whose whole window lies in years that returns and grants both speak of
first_full AS (
    SELECT max(kinds.first_seen) + any_value(ceil(edition.active_within_months / 12)) - 1 AS year
    FROM (
        SELECT kind, min(year(evidence_on)) AS first_seen
        FROM core.activity_evidence
        WHERE kind <> 'umbrella_joining'
        GROUP BY kind
    ) AS kinds
    CROSS JOIN meta.edition AS edition
),

described AS (
    SELECT
        figures.*,
        cards.basis,
        cards.kind,
        years.is_complete,
        breaks.break_id,
        cards.basis = 'evidence' AND figures.year < (SELECT year FROM first_full) AS window_is_short,
        CASE WHEN cards.basis = 'returns' THEN figures.n / nullif(figures.population, 0) END AS coverage_share
    FROM figures
    JOIN meta.indicators AS cards ON cards.indicator_id = figures.indicator_id
    JOIN core.years AS years ON years.year = figures.year
    LEFT JOIN meta.series_breaks AS breaks
        ON breaks.indicator_id = figures.indicator_id AND year(breaks.breaks_on) = figures.year
),

judged AS (
    SELECT
        *,
        CASE
            WHEN basis = 'returns' AND coalesce(coverage_share, 0) < 0.3 THEN 'low_coverage'
            WHEN reported IS NULL THEN 'no_denominator'
            WHEN NOT is_complete THEN 'year_not_over'
            WHEN break_id IS NOT NULL THEN 'break'
            WHEN basis = 'returns' THEN 'no_estimate'
            WHEN window_is_short THEN 'window_not_full'
            WHEN basis = 'evidence' THEN 'minimum'
            ELSE 'counted'
        END AS reason
    FROM described
)

SELECT
    judged.indicator_id,
    edition.municipality_code,
    'year' AS period_type,
    judged.year::VARCHAR AS period,
    judged.breakdown,
    judged.breakdown_value,
    CASE WHEN judged.basis <> 'returns' THEN judged.reported END AS value,
    NULL::DOUBLE AS lower,
    NULL::DOUBLE AS upper,
    judged.n,
    judged.population,
    judged.coverage_share,
    judged.reported,
    CASE
        WHEN judged.basis <> 'returns' THEN 'full_count'
        WHEN judged.kind = 'share' THEN 'reported_mean'
        ELSE 'reported_sum'
    END AS method,
    CASE WHEN judged.is_complete THEN 'final' ELSE 'preliminary' END AS status,
    CASE
        WHEN judged.reason IN ('low_coverage', 'no_denominator') THEN 'not_usable'
        WHEN judged.reason = 'counted' THEN 'usable'
        ELSE 'usable_with_care'
    END AS verdict,
    'verdict.' || judged.reason AS verdict_reason,
    judged.break_id,
    false AS is_hidden,
    edition.edition_id
FROM judged
CROSS JOIN meta.edition AS edition
