-- grain: one row an indicator, period and breakdown value
-- the first complete year whose whole window lies in years that returns and grants both speak of; the other kinds of
-- evidence reach a part of the field each, so one that starts later makes no year before it too small (decision 0011)
WITH first_full AS (
    SELECT max(kinds.first_seen) + any_value(ceil(edition.active_within_months / 12)) - 1 AS year
    FROM (
        SELECT kind, min(year(evidence_on)) AS first_seen
        FROM core.activity_evidence
        WHERE kind IN ('return', 'grant_application')
        GROUP BY kind
    ) AS kinds
    CROSS JOIN meta.edition AS edition
),

estimates AS (
    SELECT indicator_id, year::VARCHAR AS period, breakdown, breakdown_value, estimate, lower, upper, cv, reason,
        NULL AS effective_n, NULL AS population, 'stratified_estimate' AS method, false AS is_collapsed
    FROM marts.return_estimates
    UNION ALL
    SELECT indicator_id, term, breakdown, breakdown_value, estimate, lower, upper, cv, reason,
        effective_n, population, method, is_collapsed
    FROM marts.resident_estimates
),

breaks AS (
    SELECT breaks.indicator_id, breaks.break_id, year(breaks.breaks_on)::VARCHAR AS period
    FROM meta.series_breaks AS breaks
    UNION ALL
    SELECT breaks.indicator_id, breaks.break_id, terms.term_id
    FROM meta.series_breaks AS breaks
    JOIN meta.council_terms AS terms ON breaks.breaks_on BETWEEN terms.starts AND terms.ends
),

described AS (
    SELECT
        figures.* EXCLUDE (population),
        coalesce(figures.population, estimates.population) AS population,
        cards.basis,
        cards.kind,
        breaks.break_id,
        estimates.estimate,
        estimates.lower,
        estimates.upper,
        -- few answers leave the CV itself unsure; then the interval is wider than the CV tells, and counts (decision 0016)
        greatest(
            estimates.cv, (estimates.upper - estimates.lower) / (2 * 1.96) / nullif(abs(estimates.estimate), 0)
        ) AS spread,
        gaps.reason AS gap,
        estimates.reason AS estimate_reason,
        estimates.effective_n,
        estimates.method AS estimate_method,
        estimates.is_collapsed,
        cards.basis IN ('evidence', 'returns') AND figures.year < (SELECT year FROM first_full) AS window_is_short,
        CASE WHEN cards.basis = 'returns' THEN figures.n / nullif(figures.population, 0) END AS coverage_share
    FROM marts.figures AS figures
    JOIN meta.indicators AS cards ON cards.indicator_id = figures.indicator_id
    LEFT JOIN estimates
        ON estimates.indicator_id = figures.indicator_id AND estimates.period = figures.period
        AND estimates.breakdown = figures.breakdown AND estimates.breakdown_value = figures.breakdown_value
    LEFT JOIN marts.figure_gaps AS gaps
        ON gaps.indicator_id = figures.indicator_id AND gaps.year = figures.year
        AND gaps.breakdown = figures.breakdown AND gaps.breakdown_value = figures.breakdown_value
    LEFT JOIN breaks ON breaks.indicator_id = figures.indicator_id AND breaks.period = figures.period
),

judged AS (
    SELECT
        *,
        CASE
            WHEN basis = 'returns' AND coalesce(coverage_share, 0) < 0.3 THEN 'low_coverage'
            WHEN basis IN ('returns', 'residents') AND estimate IS NULL THEN coalesce(estimate_reason, 'too_few_answers')
            -- for residents the effective number of answers stands in the place of coverage (decision 0031)
            WHEN basis = 'residents' AND effective_n < 30 THEN 'few_residents'
            WHEN basis IN ('returns', 'residents') AND (spread IS NULL OR spread > 0.333) THEN 'uncertain'
            WHEN reported IS NULL THEN coalesce(gap, 'no_denominator')
            WHEN NOT is_complete AND period_type = 'term' THEN 'term_not_over'
            WHEN NOT is_complete THEN 'year_not_over'
            WHEN break_id IS NOT NULL THEN 'break'
            WHEN basis = 'returns' AND (coverage_share < 0.6 OR spread > 0.165) THEN 'rough_estimate'
            WHEN basis = 'returns' THEN 'estimated'
            WHEN basis = 'residents' AND (effective_n < 100 OR spread > 0.165) THEN 'rough_weighted'
            WHEN basis = 'residents' AND is_collapsed THEN 'groups_weighted_together'
            WHEN basis = 'residents' AND estimate_method = 'raked_by_age_sex' THEN 'weighted_without_area'
            WHEN basis = 'residents' THEN 'weighted'
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
    CASE WHEN judged.basis IN ('returns', 'residents') THEN judged.estimate ELSE judged.reported END AS value,
    judged.lower,
    judged.upper,
    judged.n,
    judged.population,
    judged.coverage_share,
    judged.reported,
    CASE
        WHEN judged.basis NOT IN ('returns', 'residents') THEN 'full_count'
        WHEN judged.estimate IS NOT NULL THEN judged.estimate_method
        WHEN judged.kind = 'share' THEN 'reported_mean'
        ELSE 'reported_sum'
    END AS method,
    CASE WHEN judged.is_complete THEN 'final' ELSE 'preliminary' END AS status,
    CASE
        WHEN judged.reason IN ('counted', 'estimated', 'weighted') THEN 'usable'
        WHEN judged.reason IN (
            'minimum', 'year_not_over', 'term_not_over', 'break', 'window_not_full',
            'rough_estimate', 'rough_weighted', 'groups_weighted_together', 'weighted_without_area'
        ) THEN 'usable_with_care'
        ELSE 'not_usable'
    END AS verdict,
    'verdict.' || judged.reason AS verdict_reason,
    judged.break_id,
    judged.is_hidden,
    edition.edition_id
FROM judged
CROSS JOIN meta.edition AS edition
