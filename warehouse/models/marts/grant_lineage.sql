-- grain: one row an indicator, year, breakdown value and source row
WITH own AS (
    SELECT * FROM core.grants WHERE NOT is_regrant AND is_own
),

sums AS (
    SELECT 'grants_awarded_eur' AS indicator_id, decision_year AS year, granting_body, grant_type, grant_id,
        file_sha256, sheet, line, awarded_eur AS amount
    FROM own
    UNION ALL
    SELECT 'grants_applied_eur', decision_year, granting_body, grant_type, grant_id, file_sha256, sheet, line,
        applied_eur
    FROM own
    UNION ALL
    SELECT 'grants_paid_eur', payment_year, granting_body, grant_type, grant_id, file_sha256, sheet, line, paid_eur
    FROM own
    WHERE payment_year IS NOT NULL
),

breakdowns AS (
    SELECT * FROM (VALUES ('total'), ('granting_body'), ('grant_type')) AS breakdowns (breakdown)
),

grouped AS (
    SELECT
        sums.indicator_id, sums.year, breakdowns.breakdown,
        CASE breakdowns.breakdown
            WHEN 'granting_body' THEN sums.granting_body
            WHEN 'grant_type' THEN sums.grant_type
            ELSE 'total'
        END AS breakdown_value,
        'counted' AS role, 'core.grants' AS core_table, sums.grant_id AS core_key, 'grant_ledger' AS source,
        sums.file_sha256, sums.sheet, sums.line, sums.amount::DOUBLE AS amount
    FROM sums
    CROSS JOIN breakdowns
    WHERE sums.amount IS NOT NULL
),

ratios AS (
    SELECT * FROM (VALUES ('grants_share_of_budget'), ('grants_per_resident_eur')) AS ratios (indicator_id)
),

figures AS (
    SELECT indicator_id, year, breakdown, breakdown_value, role, core_table, core_key, source, file_sha256, sheet,
        line, amount
    FROM grouped
    UNION ALL
    SELECT ratios.indicator_id, own.decision_year, 'total', 'total', 'counted', 'core.grants', own.grant_id,
        'grant_ledger', own.file_sha256, own.sheet, own.line, own.awarded_eur::DOUBLE
    FROM own
    CROSS JOIN ratios
    UNION ALL
    SELECT 'grants_share_of_budget', year, 'total', 'total', 'divisor', 'core.budgets', year::VARCHAR,
        'municipal_finance', file_sha256, sheet, line, operating_expenses_eur::DOUBLE
    FROM core.budgets
    WHERE planning_stage = 'original_budget'
    UNION ALL
    SELECT 'grants_per_resident_eur', year, 'total', 'total', 'divisor', 'core.residents', year::VARCHAR, 'population',
        file_sha256, sheet, line, residents::DOUBLE
    FROM core.residents
)

SELECT indicator_id, year::VARCHAR AS period, breakdown, breakdown_value, role, core_table, core_key, source,
    file_sha256, sheet, line, amount, 1 AS source_rows
FROM figures
