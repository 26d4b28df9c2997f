-- grain: one row an explanation of a difference, newest year first
SELECT
    year,
    granting_body,
    difference_eur,
    reason
FROM marts.grant_explanations
ORDER BY year DESC, granting_body, position
