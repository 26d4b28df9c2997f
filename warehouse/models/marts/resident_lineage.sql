-- grain: one row an indicator, council term, breakdown value and sheet of a file
-- Single answers are in no edition, so they are not told row by row here either.
WITH questions AS (
    SELECT *
    FROM (VALUES
        ('resident_participation_share'), ('resident_volunteering_share'), ('resident_satisfaction'),
        ('residents_know_where_to_ask_share')
    ) AS questions (indicator_id)
),

answers AS (
    SELECT
        questions.indicator_id,
        residents.*,
        CASE questions.indicator_id
            WHEN 'resident_participation_share' THEN residents.participated::DOUBLE
            WHEN 'resident_volunteering_share' THEN residents.volunteered::DOUBLE
            WHEN 'resident_satisfaction' THEN residents.satisfaction::DOUBLE
            ELSE (residents.knows_where_to_ask = 'yes')::DOUBLE
        END AS answer
    FROM core.resident_answers AS residents
    CROSS JOIN questions
),

breakdowns AS (
    SELECT *
    FROM (VALUES ('total'), ('age_group'), ('sex'), ('area')) AS breakdowns (breakdown)
),

grouped AS (
    SELECT
        answers.indicator_id,
        answers.term,
        breakdowns.breakdown,
        CASE breakdowns.breakdown
            WHEN 'age_group' THEN answers.age_group
            WHEN 'sex' THEN answers.sex
            WHEN 'area' THEN answers.area
            ELSE 'total'
        END AS breakdown_value,
        answers.file_sha256,
        answers.sheet,
        answers.answer
    FROM answers
    CROSS JOIN breakdowns
    WHERE answers.answer IS NOT NULL
),

summed AS (
    SELECT indicator_id, term, breakdown, breakdown_value, file_sha256, sheet,
        sum(answer) AS answers_sum, count(*) AS answers
    FROM grouped
    WHERE breakdown_value IS NOT NULL
    GROUP BY indicator_id, term, breakdown, breakdown_value, file_sha256, sheet
),

roles AS (
    SELECT * FROM (VALUES ('counted'), ('divisor')) AS roles (role)
)

SELECT
    summed.indicator_id,
    summed.term AS period,
    summed.breakdown,
    summed.breakdown_value,
    roles.role,
    'core.resident_answers' AS core_table,
    summed.term AS core_key,
    'resident_survey' AS source,
    summed.file_sha256,
    summed.sheet,
    NULL::BIGINT AS line,
    CASE roles.role WHEN 'divisor' THEN summed.answers::DOUBLE ELSE summed.answers_sum END AS amount,
    summed.answers AS source_rows
FROM summed
CROSS JOIN roles
