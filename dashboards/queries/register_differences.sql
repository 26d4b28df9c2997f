-- grain: one row an association whose state in the register extract is another than in YTJ
SELECT
    business_id,
    name,
    extract_status,
    ytj_status,
    ytj_status_date
FROM marts.register_differences
ORDER BY name, business_id
