-- grain: one row a grant to an organisation: the decisions on one application, corrections taken off; re-grants apart
WITH named AS (
    SELECT
        grants.*,
        coalesce(associations.name, grants.recipient_name) AS recipient,
        coalesce(associations.business_id, grants.business_id) AS recipient_business_id
    FROM core.grants AS grants
    LEFT JOIN core.associations AS associations ON associations.register_number = grants.register_number
    WHERE grants.is_own
),

-- private persons are told together in marts.grant_awards
organisations AS (
    SELECT *, coalesce(register_number, business_id, lower(recipient)) AS recipient_key
    FROM named
    WHERE recipient IS NOT NULL
),

-- numbers of applications may begin anew each year, so a correction goes with the award before it
dated AS (
    SELECT
        *,
        coalesce(
            max(decision_year) FILTER (WHERE NOT is_correction) OVER (
                PARTITION BY application_number, granting_body, grant_type, recipient_key, is_regrant
                ORDER BY decided_on
            ),
            decision_year
        ) AS award_year
    FROM organisations
)

SELECT
    left(sha256(concat_ws(
        '|', application_number, award_year::VARCHAR, granting_body, grant_type, recipient_key, is_regrant::VARCHAR
    )), 16) AS grant_id,
    award_year,
    min(decided_on) AS decided_on,
    granting_body,
    grant_type,
    min(recipient) AS recipient,
    min(register_number) AS register_number,
    min(recipient_business_id) AS business_id,
    sum(applied_eur)::DECIMAL(14,2) AS applied_eur,
    sum(awarded_eur)::DECIMAL(14,2) AS awarded_eur,
    sum(paid_eur)::DECIMAL(14,2) AS paid_eur,
    count(*) AS decisions,
    is_regrant
FROM dated
GROUP BY application_number, award_year, granting_body, grant_type, recipient_key, is_regrant
