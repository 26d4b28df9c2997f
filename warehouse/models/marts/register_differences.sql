-- grain: one row a Y-tunnus whose state in the register extract is another than in YTJ
WITH compared AS (
    SELECT
        records.business_id,
        associations.register_number,
        coalesce(associations.name, records.name) AS name,
        associations.status AS extract_status,
        records.register_status AS ytj_status,
        records.register_status_date AS ytj_status_date
    FROM core.company_records AS records
    LEFT JOIN core.associations AS associations ON associations.business_id = records.business_id
    WHERE records.register_status IS NOT NULL
)

-- an association that YTJ alone knows may have its domicile elsewhere; one that has ended there was never missed
SELECT business_id, register_number, name, extract_status, ytj_status, ytj_status_date
FROM compared
WHERE extract_status IS DISTINCT FROM ytj_status AND (register_number IS NOT NULL OR ytj_status = 'registered')
