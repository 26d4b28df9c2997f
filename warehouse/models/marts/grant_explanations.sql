-- grain: one row an explanation
SELECT
    year,
    granting_body,
    position,
    difference_eur,
    reason
FROM core.grant_explanations
