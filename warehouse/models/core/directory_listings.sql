-- grain: one row a listing of an association in a directory and day of its update
WITH linked AS (
    SELECT rows.*, links.register_number,
        coalesce(links.register_number, lower(rows.association_name)) AS association_key
    FROM staging.directory_listings AS rows
    JOIN core.organisation_links AS links
        ON links.source = 'directory_listings'
        AND links.file_sha256 = rows.file_sha256 AND links.sheet = rows.sheet AND links.line = rows.line
    -- a service catalogue lists sole traders too: what staging masked as a possible person is no association
    WHERE links.register_number IS NOT NULL OR rows.association_name <> '***'
),

newest AS (
    SELECT *
    FROM linked
    QUALIFY row_number() OVER (
        PARTITION BY directory, association_key, updated_on ORDER BY delivery DESC, sheet DESC, line DESC
    ) = 1
)

SELECT directory, association_key, register_number, association_name, updated_on, file_sha256, sheet, line
FROM newest
