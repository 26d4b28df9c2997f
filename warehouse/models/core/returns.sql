-- grain: one row an association (or unregistered group) and year; the last answer counts
WITH linked AS (
    SELECT rows.*, links.register_number,
        coalesce(links.register_number, lower(rows.association_name)) AS respondent_key
    FROM staging.association_returns AS rows
    JOIN core.organisation_links AS links
        ON links.source = 'association_returns'
        AND links.file_sha256 = rows.file_sha256 AND links.sheet = rows.sheet AND links.line = rows.line
),

last_answer AS (
    SELECT *
    FROM linked
    QUALIFY row_number() OVER (
        PARTITION BY year, respondent_key ORDER BY delivery DESC, sheet DESC, line DESC
    ) = 1
)

SELECT
    year,
    respondent_key,
    register_number,
    association_name,
    members,
    CASE WHEN counting_method = 'two_months' THEN volunteer_hours * 6 ELSE volunteer_hours END AS volunteer_hours,
    volunteer_hours AS volunteer_hours_told,
    coalesce(counting_method, 'full_year') AS counting_method,
    volunteer_persons,
    events,
    joint_events,
    cooperation_grade,
    cooperation_works,
    volunteer_forms,
    file_sha256,
    sheet,
    line
FROM last_answer
