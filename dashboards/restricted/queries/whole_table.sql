-- grain: one row a row of the table
SELECT *
FROM $table_name
