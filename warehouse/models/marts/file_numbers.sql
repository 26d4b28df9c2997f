-- grain: one row a file that was read or refused
SELECT
    source,
    file_sha256,
    row_number() OVER (PARTITION BY source ORDER BY received_at, file_sha256) AS file_number
FROM quality.files
WHERE state <> 'superseded'
