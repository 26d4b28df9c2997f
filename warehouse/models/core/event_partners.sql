-- grain: one row a partner of an event: an association, another organiser or a unit of the town
WITH tellings AS (
    SELECT event_id, unnest(told_in, recursive := true)
    FROM core.events
),

organisers AS (
    SELECT
        tellings.*,
        CASE WHEN links.register_number IS NULL THEN 'other' ELSE 'association' END AS partner_kind,
        coalesce(links.register_number, lower(links.mention)) AS partner_key,
        links.register_number,
        nullif(links.mention, '***') AS partner_name -- the mask of staging for a possible person
    FROM tellings
    JOIN core.organisation_links AS links
        ON links.source = 'events'
        AND links.file_sha256 = tellings.file_sha256 AND links.sheet = tellings.sheet AND links.line = tellings.line
),

units AS (
    SELECT tellings.*, 'city' AS partner_kind, rows.city_unit AS partner_key, NULL AS register_number,
        NULL AS partner_name
    FROM tellings
    JOIN staging.events AS rows
        ON rows.file_sha256 = tellings.file_sha256 AND rows.sheet = tellings.sheet AND rows.line = tellings.line
    WHERE rows.city_unit IS NOT NULL
),

once AS (
    SELECT *
    FROM (SELECT * FROM organisers UNION ALL SELECT * FROM units)
    QUALIFY row_number() OVER (
        PARTITION BY event_id, partner_kind, partner_key ORDER BY file_sha256, sheet, line
    ) = 1
)

SELECT event_id, partner_kind, partner_key, register_number, partner_name, file_sha256, sheet, line
FROM once
