"""What the tables are: the one place that opens DuckDB, and the SQL models of each room."""
