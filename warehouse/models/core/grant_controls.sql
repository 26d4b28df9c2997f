-- grain: one row a granting body, year and account; the newest delivery counts
SELECT year, granting_body, account, booked_eur, file_sha256, sheet, line
FROM staging.grant_controls
QUALIFY row_number() OVER (
    PARTITION BY year, granting_body, account ORDER BY delivery DESC, sheet DESC, line DESC
) = 1
