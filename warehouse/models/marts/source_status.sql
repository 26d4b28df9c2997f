-- grain: one row a source
WITH accounts AS (
    SELECT
        source,
        count_if(state = 'read') AS files_read,
        count_if(state = 'refused') AS files_refused,
        sum(rows_read) AS rows_read,
        sum(rows_staged) AS rows_staged,
        sum(rows_quarantined) AS rows_quarantined,
        sum(eur_read) AS eur_read,
        sum(eur_staged) AS eur_staged,
        sum(eur_quarantined) AS eur_quarantined,
        -- a file that could not be read puts off no delivery
        max(received_at) FILTER (state = 'read')::DATE AS newest_received_on
    FROM quality.files
    WHERE state <> 'superseded'
    GROUP BY source
),

warnings AS (
    SELECT source, count(DISTINCT (file_sha256, sheet, line)) AS warnings
    FROM quality.findings
    WHERE severity = 'warning'
    GROUP BY source
)

SELECT
    sources.source,
    coalesce(accounts.files_read, 0) AS files_read,
    coalesce(accounts.files_refused, 0) AS files_refused,
    coalesce(accounts.rows_read, 0)::BIGINT AS rows_read,
    coalesce(accounts.rows_staged, 0)::BIGINT AS rows_staged,
    coalesce(accounts.rows_quarantined, 0)::BIGINT AS rows_quarantined,
    accounts.eur_read::DECIMAL(16,2) AS eur_read,
    accounts.eur_staged::DECIMAL(16,2) AS eur_staged,
    accounts.eur_quarantined::DECIMAL(16,2) AS eur_quarantined,
    coalesce(warnings.warnings, 0) AS warnings,
    accounts.newest_received_on,
    (accounts.newest_received_on + to_months(sources.frequency_months::INTEGER)
        + to_days(sources.latency_days::INTEGER))::DATE AS next_due_on
FROM meta.sources AS sources
LEFT JOIN accounts ON accounts.source = sources.source
LEFT JOIN warnings ON warnings.source = sources.source
