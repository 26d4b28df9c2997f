-- grain: one row an indicator, year and breakdown value that has a year before it
WITH pairs AS (
    SELECT
        now.indicator_id,
        now.period,
        before.period AS previous_period,
        now.breakdown,
        now.breakdown_value,
        now.value,
        before.value AS value_before,
        panel.estimate AS panel_change,
        panel.lower AS panel_lower,
        panel.upper AS panel_upper,
        now.is_hidden OR before.is_hidden AS is_hidden,
        now.status = 'preliminary' OR before.status = 'preliminary' AS is_preliminary,
        'verdict.window_not_full' IN (now.verdict_reason, before.verdict_reason) AS window_is_short,
        cards.basis,
        cards.materiality,
        EXISTS (
            SELECT 1 FROM meta.series_breaks AS breaks
            WHERE breaks.indicator_id = now.indicator_id AND year(breaks.breaks_on) = try_cast(now.period AS BIGINT)
        ) AS is_broken
    FROM marts.indicator_values AS now
    JOIN marts.indicator_values AS before
        ON before.indicator_id = now.indicator_id
        AND before.breakdown = now.breakdown AND before.breakdown_value = now.breakdown_value
        AND before.period_type = 'year' AND try_cast(before.period AS BIGINT) = try_cast(now.period AS BIGINT) - 1
    JOIN meta.indicators AS cards ON cards.indicator_id = now.indicator_id
    LEFT JOIN marts.return_changes AS panel
        ON panel.indicator_id = now.indicator_id AND panel.year = now.period::BIGINT
        AND panel.breakdown = now.breakdown AND panel.breakdown_value = now.breakdown_value
    WHERE now.period_type = 'year'
),

judged AS (
    SELECT
        *,
        CASE
            WHEN is_hidden THEN 'hidden'
            WHEN is_broken THEN 'break'
            WHEN basis = 'evidence' AND window_is_short THEN 'window_not_full'
            WHEN is_preliminary THEN 'year_not_over'
            WHEN basis = 'returns' AND panel_lower IS NULL THEN 'too_few_pairs'
            WHEN value IS NULL OR value_before IS NULL THEN 'missing'
            WHEN basis = 'returns' AND panel_lower > 0 THEN 'rose_in_panel'
            WHEN basis = 'returns' AND panel_upper < 0 THEN 'fell_in_panel'
            WHEN basis = 'returns' THEN 'within_interval'
            WHEN value = value_before THEN 'small'
            WHEN abs(value - value_before) < materiality * abs(value_before) THEN 'small'
            WHEN value > value_before THEN 'rose'
            ELSE 'fell'
        END AS reason
    FROM pairs
),

comparable AS (
    SELECT
        *,
        reason IN ('small', 'rose', 'fell', 'rose_in_panel', 'fell_in_panel', 'within_interval') AS is_comparable,
        CASE WHEN basis = 'returns' THEN panel_change ELSE value - value_before END AS difference
    FROM judged
)

SELECT
    indicator_id,
    period,
    previous_period,
    breakdown,
    breakdown_value,
    CASE WHEN is_comparable THEN difference END AS change,
    CASE WHEN is_comparable AND basis = 'returns' THEN panel_lower END AS lower,
    CASE WHEN is_comparable AND basis = 'returns' THEN panel_upper END AS upper,
    CASE WHEN is_comparable THEN difference / nullif(value_before, 0) END AS change_share,
    CASE
        WHEN reason IN ('rose', 'rose_in_panel') THEN 'rose'
        WHEN reason IN ('fell', 'fell_in_panel') THEN 'fell'
        WHEN is_comparable THEN 'no_clear_change'
        ELSE 'not_comparable'
    END AS direction,
    'change.' || reason AS reason
FROM comparable
