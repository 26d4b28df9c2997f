-- grain: one row a file that was read or refused, without its name
WITH corrected AS (
    SELECT source, file_name, count(*) AS cells
    FROM quality.corrections
    WHERE state = 'applied'
    GROUP BY source, file_name
)

SELECT
    files.source,
    numbers.file_number,
    files.received_at::DATE AS received_on,
    files.state,
    files.rows_read,
    files.rows_staged,
    files.rows_quarantined,
    coalesce(corrected.cells, 0) AS cells_corrected
FROM quality.files AS files
JOIN marts.file_numbers AS numbers
    ON numbers.source = files.source AND numbers.file_sha256 = files.file_sha256
LEFT JOIN corrected ON corrected.source = files.source AND corrected.file_name = files.file_name
WHERE files.state <> 'superseded'
