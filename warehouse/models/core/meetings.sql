-- grain: one row a meeting; the newest delivery of a meeting counts
WITH newest AS (
    SELECT *
    FROM staging.meetings
    QUALIFY row_number() OVER (
        PARTITION BY held_on, forum, lower(coalesce(place, '')) ORDER BY delivery DESC, sheet DESC, line DESC
    ) = 1
)

SELECT
    sha256(concat_ws('|', held_on::VARCHAR, forum, lower(coalesce(place, '')))) AS meeting_id,
    held_on,
    year(held_on) AS year,
    forum,
    place,
    participants,
    file_sha256,
    sheet,
    line
FROM newest
