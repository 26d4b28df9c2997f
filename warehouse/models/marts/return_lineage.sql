-- grain: one row an indicator, year, breakdown value and source row
WITH answers AS (
    SELECT returns.*, states.purpose_group
    FROM core.returns AS returns
    JOIN marts.association_years AS states
        ON states.register_number = returns.register_number AND states.year = returns.year
    WHERE states.is_registered
),

-- a mean and a share are the sum of the answers divided by their number
parts AS (
    SELECT *
    FROM (VALUES
        ('volunteer_hours', 'counted'), ('volunteer_persons', 'counted'), ('memberships', 'counted'),
        ('association_events', 'counted'), ('joint_events', 'counted'),
        ('cooperation_grade', 'counted'), ('cooperation_grade', 'divisor'),
        ('cooperation_works_share', 'counted'), ('cooperation_works_share', 'divisor')
    ) AS parts (indicator_id, role)
),

told AS (
    SELECT
        parts.indicator_id,
        parts.role,
        answers.year,
        answers.purpose_group,
        answers.register_number,
        answers.file_sha256,
        answers.sheet,
        answers.line,
        CASE parts.indicator_id
            WHEN 'volunteer_hours' THEN answers.volunteer_hours
            WHEN 'volunteer_persons' THEN answers.volunteer_persons::DOUBLE
            WHEN 'memberships' THEN answers.members::DOUBLE
            WHEN 'association_events' THEN answers.events::DOUBLE
            WHEN 'joint_events' THEN answers.joint_events::DOUBLE
            WHEN 'cooperation_grade' THEN answers.cooperation_grade::DOUBLE
            ELSE (answers.cooperation_works >= 4)::DOUBLE
        END AS answer
    FROM answers
    CROSS JOIN parts
),

breakdowns AS (
    SELECT * FROM (VALUES ('total'), ('purpose_group')) AS breakdowns (breakdown)
)

SELECT
    told.indicator_id,
    told.year::VARCHAR AS period,
    breakdowns.breakdown,
    CASE breakdowns.breakdown WHEN 'purpose_group' THEN told.purpose_group ELSE 'total' END AS breakdown_value,
    told.role,
    'core.returns' AS core_table,
    told.register_number AS core_key,
    'association_returns' AS source,
    told.file_sha256,
    told.sheet,
    told.line,
    CASE told.role WHEN 'divisor' THEN 1.0 ELSE told.answer END AS amount,
    1 AS source_rows
FROM told
CROSS JOIN breakdowns
WHERE told.answer IS NOT NULL
