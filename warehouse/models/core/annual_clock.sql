-- grain: one row a task of a year; the newest delivery of a task counts
WITH newest AS (
    SELECT *
    FROM staging.annual_clock
    QUALIFY row_number() OVER (
        PARTITION BY year, lower(task), due_on ORDER BY delivery DESC, sheet DESC, line DESC
    ) = 1
)

SELECT
    sha256(concat_ws('|', year::VARCHAR, lower(task), coalesce(due_on::VARCHAR, '-'))) AS task_id,
    year,
    due_on,
    task,
    coalesce(is_done, false) AS is_done,
    file_sha256,
    sheet,
    line
FROM newest
