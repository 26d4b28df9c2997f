-- grain: one row a recipient, granting body, grant type and re-grant of the year $year, largest first
SELECT
    decision_year,
    granting_body,
    grant_type,
    recipient,
    business_id,
    applied_eur,
    awarded_eur,
    paid_eur,
    decisions,
    is_regrant
FROM marts.grant_awards
WHERE decision_year = $year
ORDER BY awarded_eur DESC, recipient NULLS LAST, granting_body, grant_type
