-- grain: one row a record and source row
WITH rows AS (
    SELECT 'grant_ledger' AS source, grant_id AS record_id, 1 AS telling, file_sha256, sheet, line
    FROM core.grants
    UNION ALL
    SELECT 'city_work', work_id, 1, file_sha256, sheet, line FROM core.city_work
    UNION ALL
    SELECT 'meetings', meeting_id, 1, file_sha256, sheet, line FROM core.meetings
    UNION ALL
    -- the newest telling of an event comes first
    SELECT
        'events',
        tellings.event_id,
        row_number() OVER (PARTITION BY tellings.event_id ORDER BY rows.delivery DESC, rows.sheet, rows.line),
        tellings.file_sha256,
        tellings.sheet,
        tellings.line
    FROM core.event_tellings AS tellings
    JOIN staging.events AS rows
        ON rows.file_sha256 = tellings.file_sha256 AND rows.sheet = tellings.sheet AND rows.line = tellings.line
    WHERE tellings.source = 'events'
)

SELECT source, record_id, telling, file_sha256, sheet, line
FROM rows
