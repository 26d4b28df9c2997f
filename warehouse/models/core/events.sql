-- grain: one row an event, however many tell of it
WITH told AS (
    SELECT
        tellings.event_id, tellings.source, rows.held_on, rows.name, rows.place, rows.participants,
        rows.delivery, rows.file_sha256, rows.sheet, rows.line
    FROM core.event_tellings AS tellings
    JOIN staging.events AS rows
        ON rows.file_sha256 = tellings.file_sha256 AND rows.sheet = tellings.sheet AND rows.line = tellings.line
    WHERE tellings.source = 'events'
    UNION ALL
    -- the town's records bear no name, so a row of a list goes before them
    SELECT
        tellings.event_id, tellings.source, work.done_on, NULL, NULL, NULL,
        0, work.file_sha256, work.sheet, work.line
    FROM core.event_tellings AS tellings
    JOIN core.city_work AS work
        ON work.file_sha256 = tellings.file_sha256 AND work.sheet = tellings.sheet AND work.line = tellings.line
    WHERE tellings.source = 'city_work'
),

grouped AS (
    SELECT
        event_id,
        max(held_on) AS held_on,
        max(participants) AS participants,
        count(*) AS tellings,
        first(name ORDER BY delivery DESC, sheet, line) AS name,
        first(place ORDER BY delivery DESC, place IS NULL, sheet, line) AS place,
        first(source ORDER BY delivery DESC, sheet, line) AS source,
        first(file_sha256 ORDER BY delivery DESC, sheet, line) AS file_sha256,
        first(sheet ORDER BY delivery DESC, sheet, line) AS sheet,
        first(line ORDER BY delivery DESC, sheet, line) AS line
    FROM told
    GROUP BY event_id
)

SELECT
    event_id,
    held_on,
    year(held_on) AS year,
    name,
    place,
    participants,
    tellings,
    source,
    file_sha256,
    sheet,
    line
FROM grouped
