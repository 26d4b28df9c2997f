-- grain: one row an indicator and council term
WITH broken AS (
    SELECT
        ends.indicator_id,
        ends.term_id,
        min(breaks.breaks_on) FILTER (year(breaks.breaks_on) > left(ends.baseline_period, 4)::BIGINT) AS cuts_term_on,
        min(breaks.breaks_on) FILTER (breaks.breaks_on > targets.set_on) AS cuts_target_on
    FROM marts.term_ends AS ends
    JOIN meta.series_breaks AS breaks
        ON breaks.indicator_id = ends.indicator_id
        AND year(breaks.breaks_on) <= right(ends.latest_period, 4)::BIGINT
    LEFT JOIN meta.targets AS targets
        ON targets.indicator_id = ends.indicator_id AND targets.term_id = ends.term_id
    GROUP BY ends.indicator_id, ends.term_id
),

paired AS (
    SELECT
        ends.*,
        cards.kind,
        cards.materiality,
        CASE cards.direction WHEN 'down' THEN -1 ELSE 1 END AS better,
        began.value AS baseline,
        began.lower AS baseline_lower,
        began.upper AS baseline_upper,
        began.verdict AS baseline_verdict,
        came.value AS latest,
        came.lower AS latest_lower,
        came.upper AS latest_upper,
        came.status AS latest_status,
        CASE WHEN came.value IS NULL THEN 'not_usable' ELSE came.verdict END AS verdict,
        coalesce(came.verdict_reason, 'verdict.no_data') AS verdict_reason,
        coalesce(began.is_hidden, false) OR coalesce(came.is_hidden, false) AS is_hidden,
        coalesce('verdict.window_not_full' IN (began.verdict_reason, came.verdict_reason), false) AS window_is_short,
        broken.cuts_term_on,
        broken.cuts_target_on
    FROM marts.term_ends AS ends
    JOIN meta.indicators AS cards ON cards.indicator_id = ends.indicator_id
    LEFT JOIN broken ON broken.indicator_id = ends.indicator_id AND broken.term_id = ends.term_id
    LEFT JOIN marts.term_years AS began
        ON began.indicator_id = ends.indicator_id AND began.term_id = ends.term_id AND began.is_baseline
    LEFT JOIN marts.term_years AS came
        ON came.indicator_id = ends.indicator_id AND came.term_id = ends.term_id
        AND NOT came.is_baseline AND came.period = ends.told_period
),

-- the difference of the two ends: of a panel, of two independent samples, or of two counts
differing AS (
    SELECT
        paired.*,
        CASE basis
            WHEN 'returns' THEN panels.estimate
            WHEN 'residents' THEN samples.change
            ELSE latest - baseline
        END AS difference,
        CASE basis WHEN 'returns' THEN panels.lower WHEN 'residents' THEN samples.lower END AS difference_lower,
        CASE basis WHEN 'returns' THEN panels.upper WHEN 'residents' THEN samples.upper END AS difference_upper,
        panels.reason AS panel_reason
    FROM paired
    LEFT JOIN marts.term_panels AS panels
        ON panels.indicator_id = paired.indicator_id
        AND panels.baseline_year = try_cast(paired.baseline_period AS BIGINT)
        AND panels.year = try_cast(paired.latest_period AS BIGINT)
    LEFT JOIN marts.indicator_changes AS samples
        ON samples.indicator_id = paired.indicator_id
        AND samples.previous_period = paired.baseline_period AND samples.period = paired.latest_period
        AND samples.breakdown = 'total' AND paired.basis = 'residents'
),

changed AS (
    SELECT
        *,
        CASE
            -- a change of a panel may tell what those outside it answered (decision 0015)
            WHEN is_hidden OR panel_reason = 'hidden' THEN 'hidden'
            WHEN latest IS NULL THEN 'no_latest'
            WHEN baseline IS NULL THEN 'no_baseline'
            WHEN cuts_term_on IS NOT NULL THEN 'break'
            WHEN basis = 'evidence' AND window_is_short THEN 'window_not_full'
            WHEN 'not_usable' IN (baseline_verdict, verdict) THEN 'not_usable'
            -- a survey of residents is whole when it has been made, though its term goes on
            WHEN latest_status = 'preliminary' AND basis <> 'residents' THEN 'preliminary'
            WHEN basis = 'returns' AND difference_lower IS NULL THEN 'too_few_pairs'
            WHEN basis = 'residents' AND difference_lower IS NULL THEN 'no_interval'
            WHEN basis = 'returns' AND difference_lower > 0 THEN 'rose_in_panel'
            WHEN basis = 'returns' AND difference_upper < 0 THEN 'fell_in_panel'
            WHEN difference_lower > 0 THEN 'rose'
            WHEN difference_upper < 0 THEN 'fell'
            WHEN difference_lower IS NOT NULL THEN 'within_interval'
            WHEN difference = 0 OR abs(difference) < materiality * abs(baseline) THEN 'small'
            WHEN difference > 0 THEN 'rose'
            -- evidence tells the least that there is: less of it may come of fewer answers alone
            WHEN basis = 'evidence' AND kind <> 'share' THEN 'smaller_minimum'
            ELSE 'fell'
        END AS change_reason
    FROM differing
),

aimed AS (
    SELECT
        changed.*,
        targets.target,
        targets.owner AS target_owner,
        targets.set_on AS target_set_on,
        targets.decided_in AS target_decided_in,
        latest - targets.target AS target_gap,
        -- the bounds of the gap, the better one last; where nothing is sampled both are the gap
        least(better * (coalesce(latest_lower, latest) - targets.target),
            better * (coalesce(latest_upper, latest) - targets.target)) AS worst_gap,
        greatest(better * (coalesce(latest_lower, latest) - targets.target),
            better * (coalesce(latest_upper, latest) - targets.target)) AS best_gap
    FROM changed
    LEFT JOIN meta.targets AS targets
        ON targets.indicator_id = changed.indicator_id AND targets.term_id = changed.term_id
),

measured AS (
    SELECT
        *,
        CASE
            WHEN target IS NULL THEN 'none'
            WHEN latest IS NULL THEN 'no_latest'
            WHEN cuts_target_on IS NOT NULL THEN 'break'
            WHEN verdict = 'not_usable' THEN 'not_usable'
            WHEN latest_status = 'preliminary' AND basis <> 'residents' THEN 'preliminary'
            WHEN basis IN ('returns', 'residents') AND latest_lower IS NULL THEN 'no_interval'
            WHEN worst_gap >= 0 AND latest_period < last_period THEN 'reached_so_far'
            WHEN worst_gap >= 0 THEN 'reached'
            WHEN latest_period < last_period AND is_over THEN 'last_year_missing'
            WHEN best_gap >= 0 THEN 'within_interval'
            WHEN latest_period < last_period THEN 'open'
            ELSE 'missed'
        END AS target_reason
    FROM aimed
),

comparable AS (
    SELECT
        *,
        change_reason IN (
            'small', 'rose', 'fell', 'smaller_minimum', 'rose_in_panel', 'fell_in_panel', 'within_interval'
        ) AS is_comparable
    FROM measured
)

SELECT
    indicator_id,
    term_id,
    baseline_period,
    baseline,
    baseline_lower,
    baseline_upper,
    latest_period,
    latest,
    latest_lower,
    latest_upper,
    CASE WHEN latest IS NOT NULL THEN latest_status END AS latest_status,
    CASE WHEN is_comparable THEN difference END AS change,
    CASE WHEN is_comparable THEN difference_lower END AS change_lower,
    CASE WHEN is_comparable THEN difference_upper END AS change_upper,
    -- a panel speaks of the associations of the newest year, so its share is of what they had at the baseline
    CASE WHEN is_comparable
        THEN difference / nullif(CASE basis WHEN 'returns' THEN latest - difference ELSE baseline END, 0)
    END AS change_share,
    CASE
        WHEN change_reason IN ('rose', 'rose_in_panel') THEN 'rose'
        WHEN change_reason IN ('fell', 'fell_in_panel') THEN 'fell'
        WHEN is_comparable THEN 'no_clear_change'
        ELSE 'not_comparable'
    END AS direction,
    'term.' || change_reason AS change_reason,
    CASE WHEN change_reason = 'break' THEN cuts_term_on END AS broken_on,
    target,
    target_owner,
    target_set_on,
    target_decided_in,
    CASE WHEN target_reason IN ('reached', 'reached_so_far', 'open', 'within_interval', 'missed') THEN target_gap END
        AS target_gap,
    CASE
        WHEN target_reason IN ('reached', 'reached_so_far') THEN 'reached'
        WHEN target_reason IN ('none', 'open', 'missed') THEN target_reason
        ELSE 'unknown'
    END AS target_state,
    'target.' || target_reason AS target_reason,
    verdict,
    verdict_reason
FROM comparable
