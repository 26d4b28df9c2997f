-- grain: one row an indicator, year and breakdown value
WITH answers AS (
    SELECT returns.*, states.purpose_group
    FROM core.returns AS returns
    JOIN marts.association_years AS states
        ON states.register_number = returns.register_number AND states.year = returns.year
    WHERE states.is_registered
),

active AS (
    SELECT
        year,
        CASE WHEN grouping(purpose_group) = 1 THEN 'total' ELSE 'purpose_group' END AS breakdown,
        coalesce(purpose_group, 'total') AS breakdown_value,
        count_if(is_active) AS active
    FROM marts.association_years
    WHERE is_registered
    GROUP BY GROUPING SETS ((year), (year, purpose_group))
),

summed AS (
    SELECT
        year,
        CASE WHEN grouping(purpose_group) = 1 THEN 'total' ELSE 'purpose_group' END AS breakdown,
        coalesce(purpose_group, 'total') AS breakdown_value,
        -- sums of decimals in a fixed order: the last digit must not depend on the number of processors
        sum(volunteer_hours ORDER BY volunteer_hours) AS volunteer_hours,
        count(volunteer_hours) AS volunteer_hours_n,
        sum(volunteer_persons) AS volunteer_persons, count(volunteer_persons) AS volunteer_persons_n,
        sum(members) AS members, count(members) AS members_n,
        sum(events) AS events, count(events) AS events_n,
        sum(joint_events) AS joint_events, count(joint_events) AS joint_events_n,
        avg(cooperation_grade) AS grade, count(cooperation_grade) AS grade_n,
        count_if(cooperation_works >= 4) / nullif(count(cooperation_works), 0) AS works,
        count(cooperation_works) AS works_n
    FROM answers
    GROUP BY GROUPING SETS ((year), (year, purpose_group))
),

figures AS (
    SELECT 'volunteer_hours' AS indicator_id, year, breakdown, breakdown_value,
        volunteer_hours::DOUBLE AS reported, volunteer_hours_n AS n
    FROM summed
    UNION ALL
    SELECT 'volunteer_persons', year, breakdown, breakdown_value, volunteer_persons, volunteer_persons_n FROM summed
    UNION ALL
    SELECT 'memberships', year, breakdown, breakdown_value, members, members_n FROM summed
    UNION ALL
    SELECT 'association_events', year, breakdown, breakdown_value, events, events_n FROM summed
    UNION ALL
    SELECT 'joint_events', year, breakdown, breakdown_value, joint_events, joint_events_n FROM summed
    UNION ALL
    SELECT 'cooperation_grade', year, breakdown, breakdown_value, grade, grade_n FROM summed
    UNION ALL
    SELECT 'cooperation_works_share', year, breakdown, breakdown_value, works, works_n FROM summed
),

answered AS (
    SELECT indicator_id, year FROM figures WHERE breakdown = 'total' AND n > 0
)

-- a group in which nobody answered has a row too: were it missing, its absence would tell that (decision 0015)
SELECT answered.indicator_id, active.year, active.breakdown, active.breakdown_value,
    figures.reported, coalesce(figures.n, 0) AS n, active.active AS population
FROM answered
JOIN active ON active.year = answered.year
LEFT JOIN figures
    ON figures.indicator_id = answered.indicator_id AND figures.year = active.year
    AND figures.breakdown = active.breakdown AND figures.breakdown_value = active.breakdown_value
