-- grain: one row a year with awards, newest first
SELECT DISTINCT decision_year
FROM marts.grant_awards
ORDER BY decision_year DESC
