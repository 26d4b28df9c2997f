-- grain: one row a piece of evidence
WITH evidence AS (
    SELECT register_number, make_date(year, 12, 31) AS evidence_on, 'return' AS kind, file_sha256, sheet, line
    FROM core.returns
    UNION ALL
    -- a re-grant tells of the association that passes the money on, not of the one that gets it
    SELECT register_number, decided_on, 'grant_application', file_sha256, sheet, line
    FROM core.grants
    WHERE NOT is_regrant
    UNION ALL
    SELECT register_number, valid_from, 'umbrella_joining', file_sha256, sheet, line
    FROM core.umbrella_memberships
)

SELECT register_number, evidence_on, kind, file_sha256, sheet, line
FROM evidence
WHERE register_number IS NOT NULL
