-- grain: one row an indicator, year, breakdown value and source row
WITH registered AS (
    SELECT
        states.year,
        states.register_number,
        states.purpose_group,
        states.is_active,
        states.under_umbrella,
        states.gave_return,
        make_date(states.year, 12, 31) AS year_end,
        associations.file_sha256,
        associations.sheet,
        associations.line
    FROM marts.association_years AS states
    JOIN core.associations AS associations ON associations.register_number = states.register_number
    WHERE states.is_registered
),

parts AS (
    SELECT *
    FROM (VALUES
        ('registered_associations', 'counted'), ('active_associations', 'counted'),
        ('return_response_share', 'counted'), ('return_response_share', 'divisor'),
        ('umbrella_coverage_share', 'counted'), ('umbrella_coverage_share', 'divisor'),
        ('associations_per_1000', 'counted')
    ) AS parts (indicator_id, role)
),

of_field AS (
    SELECT parts.indicator_id, parts.role, registered.*
    FROM registered
    CROSS JOIN parts
    WHERE parts.indicator_id IN ('registered_associations', 'associations_per_1000')
        OR parts.indicator_id = 'active_associations' AND registered.is_active
        OR parts.indicator_id = 'return_response_share' AND registered.is_active
            AND (parts.role = 'divisor' OR registered.gave_return)
        OR parts.indicator_id = 'umbrella_coverage_share' AND (parts.role = 'divisor' OR registered.under_umbrella)
),

founded_and_ended AS (
    SELECT 'founded' AS indicator_id, year(registered_on) AS year, 'purpose_group' AS breakdown,
        purpose_group AS breakdown_value, register_number, file_sha256, sheet, line
    FROM core.associations
    WHERE is_local AND status <> 'pending'
    UNION ALL
    SELECT 'ended', year(ended_on), 'end_reason', end_reason, register_number, file_sha256, sheet, line
    FROM core.associations
    WHERE is_local AND status = 'ended'
),

evidence AS (
    SELECT
        'active_associations' AS indicator_id, registered.year, registered.purpose_group,
        'core.activity_evidence' AS core_table,
        evidence.source,
        registered.register_number,
        evidence.file_sha256, evidence.sheet, evidence.line
    FROM registered
    CROSS JOIN meta.edition AS edition
    JOIN core.activity_evidence AS evidence
        ON evidence.register_number = registered.register_number
        AND evidence.evidence_on <= registered.year_end
        AND evidence.evidence_on > registered.year_end - to_months(edition.active_within_months::INTEGER)
    UNION ALL
    SELECT
        'return_response_share', registered.year, registered.purpose_group,
        'core.returns', 'association_returns', registered.register_number,
        returns.file_sha256, returns.sheet, returns.line
    FROM registered
    JOIN core.returns AS returns
        ON returns.register_number = registered.register_number AND returns.year = registered.year
    WHERE registered.is_active
),

memberships AS (
    SELECT registered.year, registered.register_number, registered.file_sha256 AS register_file,
        registered.sheet AS register_sheet, registered.line AS register_line, memberships.umbrella,
        memberships.file_sha256, memberships.sheet, memberships.line
    FROM registered
    JOIN core.umbrella_memberships AS memberships
        ON memberships.register_number = registered.register_number
        AND memberships.valid_from <= registered.year_end
        AND (memberships.valid_to IS NULL OR memberships.valid_to >= registered.year_end)
),

umbrellas AS (
    SELECT DISTINCT year, umbrella
    FROM memberships
),

told AS (
    SELECT indicator_id, year, 'purpose_group' AS breakdown, purpose_group AS breakdown_value, role,
        'core.associations' AS core_table, register_number AS core_key, 'prh_register' AS source,
        file_sha256, sheet, line, 1.0 AS amount
    FROM of_field
    UNION ALL
    SELECT indicator_id, year, breakdown, breakdown_value, 'counted', 'core.associations', register_number,
        'prh_register', file_sha256, sheet, line, 1.0
    FROM founded_and_ended
    UNION ALL
    SELECT indicator_id, year, 'purpose_group', purpose_group, 'basis', core_table, register_number, source,
        file_sha256, sheet, line, NULL
    FROM evidence
),

-- every row of a group is a row of the whole too
whole_and_groups AS (
    SELECT * FROM told
    UNION ALL
    SELECT * REPLACE ('total' AS breakdown, 'total' AS breakdown_value) FROM told
    UNION ALL
    SELECT 'umbrella_coverage_share', year, 'total', 'total', 'basis', 'core.umbrella_memberships', register_number,
        'umbrella_members', file_sha256, sheet, line, NULL
    FROM memberships
    UNION ALL
    SELECT 'umbrella_coverage_share', year, 'umbrella', umbrella, 'basis', 'core.umbrella_memberships',
        register_number, 'umbrella_members', file_sha256, sheet, line, NULL
    FROM memberships
    UNION ALL
    SELECT DISTINCT 'umbrella_coverage_share', year, 'umbrella', umbrella, 'counted', 'core.associations',
        register_number, 'prh_register', register_file, register_sheet, register_line, 1.0
    FROM memberships
    UNION ALL
    SELECT 'umbrella_coverage_share', registered.year, 'umbrella', umbrellas.umbrella, 'divisor', 'core.associations',
        registered.register_number, 'prh_register', registered.file_sha256, registered.sheet, registered.line, 1.0
    FROM registered
    JOIN umbrellas ON umbrellas.year = registered.year
    UNION ALL
    SELECT 'associations_per_1000', year, 'total', 'total', 'divisor', 'core.residents', year::VARCHAR, 'population',
        file_sha256, sheet, line, residents / 1000
    FROM core.residents
)

SELECT indicator_id, year::VARCHAR AS period, breakdown, breakdown_value, role, core_table, core_key, source,
    file_sha256, sheet, line, amount::DOUBLE AS amount, 1 AS source_rows
FROM whole_and_groups
