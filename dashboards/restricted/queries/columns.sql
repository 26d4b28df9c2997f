-- grain: one row a column of a table of the analysts' file
SELECT
    column_name AS name,
    data_type AS type,
    coalesce(comment, '') AS description
FROM duckdb_columns()
WHERE NOT internal
    AND schema_name || '.' || table_name = $table_name
ORDER BY column_index
