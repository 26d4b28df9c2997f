-- grain: one row a register number
WITH newest AS (
    SELECT *
    FROM staging.prh_register
    QUALIFY row_number() OVER (
        PARTITION BY register_number ORDER BY delivery DESC, sheet DESC, line DESC
    ) = 1
),

grouped AS (
    SELECT newest.*, coalesce(spellings.code, 'unknown') AS purpose_group
    FROM newest
    LEFT JOIN meta.code_spellings AS spellings
        ON spellings.list = 'purpose_groups' AND spellings.spelling = left(newest.purpose_class, 1) || '00'
)

SELECT
    register_number,
    business_id,
    name,
    domicile_code,
    domicile_code = edition.municipality_code AS is_local,
    purpose_class,
    purpose_group,
    status,
    registered_on,
    CASE WHEN status = 'ended' THEN status_date END AS ended_on,
    CASE WHEN status = 'ended' THEN coalesce(end_reason, 'unknown') END AS end_reason,
    language,
    file_sha256,
    sheet,
    line
FROM grouped
CROSS JOIN meta.edition AS edition
