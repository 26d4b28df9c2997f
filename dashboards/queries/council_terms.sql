-- grain: one row a council term, newest first
SELECT
    term_id,
    starts,
    ends,
    baseline_year,
    first_year,
    last_year
FROM meta.council_terms
ORDER BY starts DESC
