-- grain: one row a piece of work of the town's staff; a row that several files hold counts once
WITH linked AS (
    SELECT rows.*, links.register_number
    FROM staging.city_work AS rows
    JOIN core.organisation_links AS links
        ON links.source = 'city_work'
        AND links.file_sha256 = rows.file_sha256 AND links.sheet = rows.sheet AND links.line = rows.line
),

keyed AS (
    SELECT
        *,
        sha256(concat_ws(
            '|', done_on::VARCHAR, city_unit, kind, coalesce(hours::VARCHAR, '-'),
            coalesce(register_number, lower(association_name), '-')
        )) AS work_id
    FROM linked
),

-- two pieces of work may be alike but for their description, which stops at raw: in one file they are two
counted AS (
    SELECT *, row_number() OVER (PARTITION BY work_id, file_sha256 ORDER BY sheet, line) AS occurrence
    FROM keyed
),

once AS (
    SELECT *
    FROM counted
    QUALIFY row_number() OVER (
        PARTITION BY work_id, occurrence ORDER BY delivery DESC, sheet DESC, line DESC
    ) = 1
)

SELECT
    CASE WHEN occurrence = 1 THEN work_id ELSE work_id || '-' || occurrence END AS work_id,
    done_on,
    year(done_on) AS year,
    city_unit,
    kind,
    hours,
    register_number,
    nullif(association_name, '***') AS association_name, -- the mask of staging for a possible person
    file_sha256,
    sheet,
    line
FROM once
