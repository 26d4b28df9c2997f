-- grain: one row a recipient, granting body, grant type and year; re-grants apart
WITH named AS (
    SELECT
        grants.*,
        coalesce(associations.name, grants.recipient_name) AS recipient,
        coalesce(grants.register_number, grants.business_id, lower(grants.recipient_name), 'private_person')
            AS recipient_key,
        coalesce(associations.business_id, grants.business_id) AS recipient_business_id
    FROM core.grants AS grants
    LEFT JOIN core.associations AS associations ON associations.register_number = grants.register_number
    WHERE grants.is_own
)

SELECT
    decision_year,
    granting_body,
    grant_type,
    recipient_key,
    min(recipient) AS recipient,
    min(recipient_business_id) AS business_id,
    sum(applied_eur)::DECIMAL(14,2) AS applied_eur,
    sum(awarded_eur)::DECIMAL(14,2) AS awarded_eur,
    sum(paid_eur)::DECIMAL(14,2) AS paid_eur,
    count(*) AS decisions,
    is_regrant
FROM named
GROUP BY decision_year, granting_body, grant_type, recipient_key, is_regrant
