-- grain: one row a piece of evidence
WITH evidence AS (
    SELECT register_number, make_date(year, 12, 31) AS evidence_on, 'return' AS kind, 'association_returns' AS source,
        file_sha256, sheet, line
    FROM core.returns
    UNION ALL
    -- a re-grant tells of the association that passes the money on, not of the one that gets it
    SELECT register_number, decided_on, CASE WHEN is_own THEN 'grant_application' ELSE 'outside_grant' END,
        'grant_ledger', file_sha256, sheet, line
    FROM core.grants
    WHERE NOT is_regrant
    UNION ALL
    SELECT register_number, applied_on, 'grant_application', 'grant_ledger', file_sha256, sheet, line
    FROM core.open_applications
    WHERE applied_on IS NOT NULL
    UNION ALL
    SELECT register_number, valid_from, 'umbrella_joining', 'umbrella_members', file_sha256, sheet, line
    FROM core.umbrella_memberships
    UNION ALL
    SELECT register_number, starts_at::DATE, 'booking', 'premises_bookings', file_sha256, sheet, line
    FROM core.bookings
    WHERE state = 'confirmed'
    UNION ALL
    SELECT partners.register_number, events.held_on, 'event',
        partners.source, partners.file_sha256, partners.sheet, partners.line
    FROM core.event_partners AS partners
    JOIN core.events AS events ON events.event_id = partners.event_id
    UNION ALL
    SELECT present.register_number, meetings.held_on, 'meeting',
        'meetings', present.file_sha256, present.sheet, present.line
    FROM core.meeting_associations AS present
    JOIN core.meetings AS meetings ON meetings.meeting_id = present.meeting_id
    UNION ALL
    SELECT register_number, updated_on, 'directory_update', 'directory_listings', file_sha256, sheet, line
    FROM core.directory_listings
    WHERE updated_on IS NOT NULL
)

SELECT register_number, evidence_on, kind, source, file_sha256, sheet, line
FROM evidence
WHERE register_number IS NOT NULL
