-- grain: one row an association (or unregistered group) that was present at a meeting
WITH present AS (
    SELECT
        meetings.meeting_id,
        coalesce(links.register_number, lower(links.mention)) AS association_key,
        links.register_number,
        nullif(links.mention, '***') AS association_name, -- the mask of staging for a possible person
        links.part,
        meetings.file_sha256, meetings.sheet, meetings.line
    FROM core.meetings AS meetings
    JOIN core.organisation_links AS links
        ON links.source = 'meetings'
        AND links.file_sha256 = meetings.file_sha256 AND links.sheet = meetings.sheet AND links.line = meetings.line
),

-- ordered by two columns: DuckDB 1.5.5 fails inside when it rewrites this window with one
once AS (
    SELECT *
    FROM present
    QUALIFY row_number() OVER (PARTITION BY meeting_id, association_key ORDER BY part, line) = 1
)

SELECT meeting_id, association_key, register_number, association_name, file_sha256, sheet, line
FROM once
