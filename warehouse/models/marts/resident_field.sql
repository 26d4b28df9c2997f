-- grain: one row an answer to the survey of residents, with a number of its own
WITH terms AS (
    SELECT term_id, row_number() OVER (ORDER BY starts) AS term_number
    FROM meta.council_terms
)

SELECT
    row_number() OVER (ORDER BY file_sha256, sheet, line) AS answer_number,
    term,
    terms.term_number,
    age_group,
    sex,
    area,
    participated::BIGINT AS participated,
    volunteered::BIGINT AS volunteered,
    satisfaction,
    -- who can't say whether they know, does not know
    (knows_where_to_ask = 'yes')::BIGINT AS knows_where_to_ask
FROM core.resident_answers AS answers
JOIN terms ON terms.term_id = answers.term
