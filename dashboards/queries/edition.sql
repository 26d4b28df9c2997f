-- grain: one row, the edition
SELECT
    edition_id,
    municipality_code,
    municipality_name,
    is_example,
    data_until,
    software_version,
    disclosure_k,
    active_within_months,
    contact_name,
    contact_email
FROM meta.edition
