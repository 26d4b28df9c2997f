-- grain: one row a table of the analysts' file
SELECT
    schema_name || '.' || table_name AS name,
    coalesce(comment, '') AS description,
    estimated_size AS row_count
FROM duckdb_tables()
WHERE NOT internal
ORDER BY
    list_position(['marts', 'core', 'quality', 'meta'], schema_name),
    table_name
