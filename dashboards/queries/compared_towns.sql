-- grain: one row a municipality that has published
SELECT municipality_code, municipality_name, edition_id, data_until, is_example, residents, residents_year
FROM comparison.towns
ORDER BY municipality_code
