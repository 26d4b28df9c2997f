-- grain: one row a local association and complete year
WITH local_years AS (
    SELECT
        associations.register_number,
        associations.purpose_group,
        associations.status,
        associations.registered_on,
        associations.ended_on,
        years.year,
        make_date(years.year, 12, 31) AS year_end
    FROM core.associations AS associations
    CROSS JOIN core.years AS years
    WHERE associations.is_local AND years.is_complete
),

registered AS (
    SELECT
        *,
        status <> 'pending' AND registered_on <= year_end AND (ended_on IS NULL OR ended_on > year_end) AS is_registered
    FROM local_years
),

in_window AS (
    SELECT DISTINCT registered.register_number, registered.year
    FROM registered
    CROSS JOIN meta.edition AS edition
    JOIN core.activity_evidence AS evidence
        ON evidence.register_number = registered.register_number
        AND evidence.evidence_on <= registered.year_end
        AND evidence.evidence_on > registered.year_end - to_months(edition.active_within_months::INTEGER)
),

members AS (
    SELECT DISTINCT registered.register_number, registered.year
    FROM registered
    JOIN core.umbrella_memberships AS memberships
        ON memberships.register_number = registered.register_number
        AND memberships.valid_from <= registered.year_end
        AND (memberships.valid_to IS NULL OR memberships.valid_to >= registered.year_end)
)

SELECT
    registered.register_number,
    registered.year,
    registered.purpose_group,
    registered.is_registered,
    registered.is_registered AND in_window.year IS NOT NULL AS is_active,
    members.year IS NOT NULL AS under_umbrella,
    EXISTS (
        SELECT 1 FROM core.returns AS returns
        WHERE returns.register_number = registered.register_number AND returns.year = registered.year
    ) AS gave_return,
    EXISTS (
        SELECT 1 FROM core.grants AS grants
        WHERE grants.register_number = registered.register_number
            AND grants.decision_year = registered.year AND grants.awarded_eur > 0 AND grants.is_own
    ) AS got_grant
FROM registered
LEFT JOIN in_window USING (register_number, year)
LEFT JOIN members USING (register_number, year)
