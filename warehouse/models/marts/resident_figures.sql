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
)

SELECT
    indicator_id,
    term,
    breakdown,
    CASE WHEN breakdown = 'total' THEN 'total' ELSE group_code END AS breakdown_value,
    reported,
    n,
    NULL::BIGINT AS population
FROM grouped
WHERE n > 0 AND (breakdown = 'total' OR group_code IS NOT NULL)
