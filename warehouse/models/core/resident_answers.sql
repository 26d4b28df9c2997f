-- grain: one row a respondent of the survey of residents
SELECT
    term,
    answered_on,
    age_group,
    sex,
    area,
    participated,
    volunteered,
    satisfaction,
    knows_where_to_ask,
    file_sha256,
    sheet,
    line
FROM staging.resident_survey
