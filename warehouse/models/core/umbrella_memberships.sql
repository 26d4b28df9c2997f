-- grain: one row a membership; the newest delivery of a membership counts
WITH linked AS (
    SELECT rows.*, links.register_number
    FROM staging.umbrella_members AS rows
    JOIN core.organisation_links AS links
        ON links.source = 'umbrella_members'
        AND links.file_sha256 = rows.file_sha256 AND links.sheet = rows.sheet AND links.line = rows.line
),

newest AS (
    SELECT *
    FROM linked
    QUALIFY row_number() OVER (
        PARTITION BY umbrella, coalesce(register_number, member_name), valid_from
        ORDER BY delivery DESC, sheet DESC, line DESC
    ) = 1
)

SELECT umbrella, register_number, member_name, valid_from, valid_to, file_sha256, sheet, line
FROM newest
