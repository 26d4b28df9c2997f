-- grain: one row a received file, by source, the oldest first
SELECT
    source,
    file_number,
    received_on,
    state,
    rows_read,
    rows_staged,
    rows_quarantined,
    cells_corrected
FROM marts.source_files
ORDER BY source, file_number
