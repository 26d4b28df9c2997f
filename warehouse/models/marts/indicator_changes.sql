-- grain: one row an indicator, period and breakdown value that has a year or council term before it
WITH periods AS (
    SELECT 'year' AS period_type, year::VARCHAR AS period, (year - 1)::VARCHAR AS previous_period
    FROM core.years
    UNION ALL
    SELECT 'term', term_id, lag(term_id) OVER (ORDER BY starts)
    FROM meta.council_terms
),

-- changes with an interval: by a panel of associations, and by two independent surveys of residents
estimated AS (
    SELECT 'year' AS period_type, year::VARCHAR AS period, indicator_id, breakdown, breakdown_value,
        estimate, lower, upper, reason
    FROM marts.return_changes
    UNION ALL
    SELECT 'term', term, indicator_id, breakdown, breakdown_value, estimate, lower, upper, NULL
    FROM marts.resident_changes
),

pairs AS (
    SELECT
        now.indicator_id,
        now.period_type,
        now.period,
        before.period AS previous_period,
        now.breakdown,
        now.breakdown_value,
        now.value,
        before.value AS value_before,
        estimated.estimate AS estimated_change,
        estimated.lower,
        estimated.upper,
        estimated.reason AS estimate_reason,
        now.is_hidden OR before.is_hidden AS is_hidden,
        now.status = 'preliminary' OR before.status = 'preliminary' AS is_preliminary,
        'verdict.window_not_full' IN (now.verdict_reason, before.verdict_reason) AS window_is_short,
        cards.basis,
        cards.kind,
        cards.materiality,
        now.break_id IS NOT NULL AS is_broken
    FROM marts.indicator_values AS now
    JOIN periods ON periods.period_type = now.period_type AND periods.period = now.period
    JOIN marts.indicator_values AS before
        ON before.indicator_id = now.indicator_id
        AND before.breakdown = now.breakdown AND before.breakdown_value = now.breakdown_value
        AND before.period_type = now.period_type AND before.period = periods.previous_period
    JOIN meta.indicators AS cards ON cards.indicator_id = now.indicator_id
    LEFT JOIN estimated
        ON estimated.indicator_id = now.indicator_id
        AND estimated.period_type = now.period_type AND estimated.period = now.period
        AND estimated.breakdown = now.breakdown AND estimated.breakdown_value = now.breakdown_value
),

judged AS (
    SELECT
        *,
        CASE
            -- a change of a panel may tell what those outside it answered (decision 0015)
            WHEN is_hidden OR estimate_reason = 'hidden' THEN 'hidden'
            WHEN is_broken THEN 'break'
            WHEN basis = 'evidence' AND window_is_short THEN 'window_not_full'
            WHEN is_preliminary AND period_type = 'year' THEN 'year_not_over'
            WHEN basis = 'returns' AND estimate_reason = 'no_spread' THEN 'no_spread'
            WHEN basis = 'returns' AND lower IS NULL THEN 'too_few_pairs'
            WHEN basis = 'residents' AND lower IS NULL THEN 'too_few_residents'
            WHEN value IS NULL OR value_before IS NULL THEN 'missing'
            WHEN basis = 'returns' AND lower > 0 THEN 'rose_in_panel'
            WHEN basis = 'returns' AND upper < 0 THEN 'fell_in_panel'
            WHEN basis = 'returns' THEN 'within_interval'
            WHEN basis = 'residents' AND lower > 0 THEN 'rose_between_surveys'
            WHEN basis = 'residents' AND upper < 0 THEN 'fell_between_surveys'
            WHEN basis = 'residents' THEN 'within_interval_of_surveys'
            WHEN value = value_before THEN 'small'
            WHEN abs(value - value_before) < materiality * abs(value_before) THEN 'small'
            WHEN value > value_before THEN 'rose'
            -- evidence tells the least that there is: less of it may come of fewer answers alone
            WHEN basis = 'evidence' AND kind <> 'share' THEN 'smaller_minimum'
            ELSE 'fell'
        END AS reason
    FROM pairs
),

comparable AS (
    SELECT
        *,
        reason IN (
            'small', 'rose', 'fell', 'smaller_minimum', 'rose_in_panel', 'fell_in_panel', 'within_interval',
            'rose_between_surveys', 'fell_between_surveys', 'within_interval_of_surveys'
        ) AS is_comparable,
        CASE WHEN basis IN ('returns', 'residents') THEN estimated_change ELSE value - value_before END AS difference
    FROM judged
)

SELECT
    indicator_id,
    period,
    previous_period,
    breakdown,
    breakdown_value,
    CASE WHEN is_comparable THEN difference END AS change,
    CASE WHEN is_comparable THEN lower END AS lower,
    CASE WHEN is_comparable THEN upper END AS upper,
    -- a panel speaks of the associations of the newest year, so its share is of what they had before
    CASE WHEN is_comparable
        THEN difference / nullif(CASE basis WHEN 'returns' THEN value - difference ELSE value_before END, 0)
    END AS change_share,
    CASE
        WHEN reason IN ('rose', 'rose_in_panel', 'rose_between_surveys') THEN 'rose'
        WHEN reason IN ('fell', 'fell_in_panel', 'fell_between_surveys') THEN 'fell'
        WHEN is_comparable THEN 'no_clear_change'
        ELSE 'not_comparable'
    END AS direction,
    'change.' || reason AS reason
FROM comparable
