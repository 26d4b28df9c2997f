-- grain: one row an application and grant type that waits for a decision; the newest delivery counts
WITH linked AS (
    SELECT rows.*, links.register_number
    FROM staging.grant_ledger AS rows
    JOIN core.organisation_links AS links
        ON links.source = 'grant_ledger'
        AND links.file_sha256 = rows.file_sha256 AND links.sheet = rows.sheet AND links.line = rows.line
),

-- once a ledger holds the decision, the application no longer waits
waiting AS (
    SELECT *
    FROM linked
    WHERE application_state = 'open' AND (awarded_eur IS NULL OR decided_on IS NULL)
        AND application_number NOT IN (SELECT application_number FROM core.grants)
),

newest AS (
    SELECT *
    FROM waiting
    QUALIFY row_number() OVER (
        PARTITION BY application_number, grant_type ORDER BY delivery DESC, sheet DESC, line DESC
    ) = 1
)

SELECT
    application_number,
    grant_type,
    granting_body,
    register_number,
    nullif(recipient_name, '***') AS recipient_name, -- the mask of staging for a possible person
    applied_eur,
    applied_on,
    file_sha256,
    sheet,
    line
FROM newest
