-- grain: one row a record and source row
WITH rows AS (
    SELECT 'grant_ledger' AS source, grant_id AS record_id, 1 AS telling, file_sha256, sheet, line
    FROM core.grants
    UNION ALL
    SELECT 'city_work', work_id, 1, file_sha256, sheet, line FROM core.city_work
    UNION ALL
    SELECT 'meetings', meeting_id, 1, file_sha256, sheet, line FROM core.meetings
    UNION ALL
    SELECT 'events', event_id, unnest(range(1, len(told_in) + 1)), unnest(told_in, recursive := true)
    FROM core.events
)

SELECT source, record_id, telling, file_sha256, sheet, line
FROM rows
