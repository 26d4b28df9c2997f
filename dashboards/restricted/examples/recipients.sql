-- grain: one row an association that was awarded something, re-grants left out
SELECT
    associations.name,
    associations.purpose_group,
    count(*) AS decisions,
    sum(grants.awarded_eur) AS awarded_eur,
    min(grants.decision_year) AS first_year,
    max(grants.decision_year) AS last_year
FROM core.grants AS grants
JOIN core.associations AS associations USING (register_number)
WHERE NOT grants.is_regrant
    AND grants.is_own
GROUP BY ALL
ORDER BY awarded_eur DESC, associations.name
