-- grain: one row an event; rows of the same day, name and place are one event, however many tell of it
WITH named AS (
    SELECT
        *,
        trim(regexp_replace(lower(name), '[^\p{L}\p{N}]+', ' ', 'g')) AS name_key,
        trim(regexp_replace(lower(coalesce(place, '')), '[^\p{L}\p{N}]+', ' ', 'g')) AS place_key
    FROM staging.events
),

grouped AS (
    SELECT
        held_on,
        name_key,
        place_key,
        max(participants) AS participants,
        list({'file_sha256': file_sha256, 'sheet': sheet, 'line': line} ORDER BY delivery DESC, sheet, line) AS told_in,
        first(name ORDER BY delivery DESC, sheet, line) AS name,
        first(place ORDER BY delivery DESC, sheet, line) AS place
    FROM named
    GROUP BY held_on, name_key, place_key
)

SELECT
    sha256(concat_ws('|', held_on::VARCHAR, name_key, place_key)) AS event_id,
    held_on,
    year(held_on) AS year,
    name,
    place,
    participants,
    told_in,
    told_in[1].file_sha256 AS file_sha256,
    told_in[1].sheet AS sheet,
    told_in[1].line AS line
FROM grouped
