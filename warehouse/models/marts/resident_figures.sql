-- grain: one row an indicator, council term and breakdown value
WITH answers AS (
    SELECT 'resident_participation_share' AS indicator_id, term, age_group, sex, area, participated::DOUBLE AS answer
    FROM core.resident_answers
    UNION ALL
    SELECT 'resident_volunteering_share', term, age_group, sex, area, volunteered::DOUBLE FROM core.resident_answers
    UNION ALL
    SELECT 'resident_satisfaction', term, age_group, sex, area, satisfaction::DOUBLE FROM core.resident_answers
    UNION ALL
    -- who can't say whether they know, does not know
    SELECT 'residents_know_where_to_ask_share', term, age_group, sex, area, (knows_where_to_ask = 'yes')::DOUBLE
    FROM core.resident_answers
),

grouped AS (
    SELECT
        indicator_id,
        term,
        CASE
            WHEN grouping(age_group) = 0 THEN 'age_group'
            WHEN grouping(sex) = 0 THEN 'sex'
            WHEN grouping(area) = 0 THEN 'area'
            ELSE 'total'
        END AS breakdown,
        coalesce(age_group, sex, area) AS group_code,
        avg(answer) AS reported,
        count(answer) AS n
    FROM answers
    GROUP BY GROUPING SETS (
        (indicator_id, term), (indicator_id, term, age_group), (indicator_id, term, sex), (indicator_id, term, area)
    )
),

told AS (
    SELECT * FROM grouped WHERE n > 0 AND (breakdown = 'total' OR group_code IS NOT NULL)
),

groups_of_residents AS (
    SELECT term, 'age_group' AS breakdown, age_group AS group_code FROM marts.survey_population
    UNION
    SELECT term, 'sex', sex FROM marts.survey_population
    UNION
    SELECT term, 'area', area FROM marts.survey_population
),

-- a group of residents that nobody answered for is said, not left out
silent AS (
    SELECT totals.indicator_id, groups.term, groups.breakdown, groups.group_code
    FROM groups_of_residents AS groups
    JOIN told AS totals ON totals.term = groups.term AND totals.breakdown = 'total'
    WHERE groups.group_code IS NOT NULL
        AND NOT EXISTS (
            SELECT 1 FROM told
            WHERE told.indicator_id = totals.indicator_id AND told.term = groups.term
                AND told.breakdown = groups.breakdown AND told.group_code = groups.group_code
        )
),

figures AS (
    SELECT indicator_id, term, breakdown, group_code, reported, n FROM told
    UNION ALL
    SELECT indicator_id, term, breakdown, group_code, NULL, 0 FROM silent
)

SELECT
    indicator_id,
    term,
    breakdown,
    CASE WHEN breakdown = 'total' THEN 'total' ELSE group_code END AS breakdown_value,
    reported,
    n,
    NULL::BIGINT AS population
FROM figures
