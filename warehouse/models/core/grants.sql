-- grain: one row a decision or correction; a row that several files hold counts once
WITH linked AS (
    SELECT rows.*, links.register_number
    FROM staging.grant_ledger AS rows
    JOIN core.organisation_links AS links
        ON links.source = 'grant_ledger'
        AND links.file_sha256 = rows.file_sha256 AND links.sheet = rows.sheet AND links.line = rows.line
    -- an application that is still open (core.open_applications) or was withdrawn has no decision
    WHERE rows.awarded_eur IS NOT NULL AND rows.decided_on IS NOT NULL
),

keyed AS (
    SELECT
        *,
        sha256(concat_ws(
            '|', application_number, coalesce(register_number, business_id, recipient_name), granting_body, grant_type,
            coalesce(applied_eur::VARCHAR, '-'), awarded_eur::VARCHAR, coalesce(paid_eur::VARCHAR, '-'),
            decided_on::VARCHAR, coalesce(paid_on::VARCHAR, '-'), coalesce(is_regrant, false)::VARCHAR
        )) AS grant_id
    FROM linked
),

-- rows that only a mask makes alike lie in one file, where staging has already told them apart
counted AS (
    SELECT *, row_number() OVER (PARTITION BY grant_id, file_sha256 ORDER BY sheet, line) AS occurrence
    FROM keyed
),

once AS (
    SELECT *
    FROM counted
    QUALIFY row_number() OVER (
        PARTITION BY grant_id, occurrence ORDER BY delivery DESC, sheet DESC, line DESC
    ) = 1
)

SELECT
    CASE WHEN occurrence = 1 THEN grant_id ELSE grant_id || '-' || occurrence END AS grant_id,
    application_number,
    granting_body,
    grant_type,
    register_number,
    nullif(recipient_name, '***') AS recipient_name, -- the mask of staging for a possible person
    business_id,
    applied_eur,
    awarded_eur,
    paid_eur,
    decided_on,
    paid_on,
    year(decided_on) AS decision_year,
    CASE WHEN paid_eur IS NOT NULL THEN year(paid_on) END AS payment_year,
    account,
    coalesce(is_regrant, false) AS is_regrant,
    granting_body IN (SELECT code FROM meta.granting_bodies WHERE is_own) AS is_own,
    awarded_eur < 0 OR coalesce(paid_eur, 0) < 0 AS is_correction,
    file_sha256,
    sheet,
    line
FROM once
