-- grain: one row a partner of an event: an association, another organiser or a unit of the town
WITH organisers AS (
    SELECT
        tellings.event_id,
        CASE WHEN links.register_number IS NULL THEN 'other' ELSE 'association' END AS partner_kind,
        coalesce(links.register_number, lower(links.mention)) AS partner_key,
        links.register_number,
        nullif(links.mention, '***') AS partner_name, -- the mask of staging for a possible person
        tellings.source, tellings.file_sha256, tellings.sheet, tellings.line
    FROM core.event_tellings AS tellings
    JOIN core.organisation_links AS links
        ON links.source = 'events' AND tellings.source = 'events'
        AND links.file_sha256 = tellings.file_sha256 AND links.sheet = tellings.sheet AND links.line = tellings.line
),

-- an association that the town's record names was helped, which does not yet make it an organiser
units AS (
    SELECT tellings.event_id, 'city' AS partner_kind, rows.city_unit AS partner_key, NULL AS register_number,
        NULL AS partner_name, tellings.source, tellings.file_sha256, tellings.sheet, tellings.line
    FROM core.event_tellings AS tellings
    JOIN staging.events AS rows
        ON tellings.source = 'events'
        AND rows.file_sha256 = tellings.file_sha256 AND rows.sheet = tellings.sheet AND rows.line = tellings.line
    WHERE rows.city_unit IS NOT NULL
    UNION ALL
    SELECT tellings.event_id, 'city', work.city_unit, NULL, NULL,
        tellings.source, tellings.file_sha256, tellings.sheet, tellings.line
    FROM core.event_tellings AS tellings
    JOIN core.city_work AS work
        ON tellings.source = 'city_work'
        AND work.file_sha256 = tellings.file_sha256 AND work.sheet = tellings.sheet AND work.line = tellings.line
),

once AS (
    SELECT *
    FROM (SELECT * FROM organisers UNION ALL SELECT * FROM units)
    QUALIFY row_number() OVER (
        PARTITION BY event_id, partner_kind, partner_key ORDER BY source DESC, file_sha256, sheet, line
    ) = 1
)

SELECT event_id, partner_kind, partner_key, register_number, partner_name, source, file_sha256, sheet, line
FROM once
