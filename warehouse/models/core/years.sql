-- grain: one row a year
-- Sources that tell of the associations themselves make a year complete; budgets and residents may run ahead of them.
-- Grants of others, such as the state, tell of a few associations only and make no year complete.
WITH own_grants AS (
    SELECT decision_year, payment_year FROM core.grants WHERE is_own
),

field_years AS (
    SELECT year(registered_on) AS year FROM core.associations
    UNION ALL SELECT year(ended_on) FROM core.associations
    UNION ALL SELECT decision_year FROM own_grants
    UNION ALL SELECT year FROM core.returns
    UNION ALL SELECT year(valid_from) FROM core.umbrella_memberships
),

bounds AS (
    SELECT
        any_value(edition.first_year) AS first_year,
        -- a register alone speaks of every year up to its delivery; with other sources the newest of their years counts
        CASE
            WHEN (SELECT count(*) FROM own_grants) + (SELECT count(*) FROM core.returns) = 0
                THEN any_value(year(edition.data_until))
            ELSE least(max(field_years.year), any_value(year(edition.data_until)))
        END AS last_field_year,
        any_value(edition.data_until) AS data_until
    FROM field_years
    CROSS JOIN meta.edition AS edition
),

last_years AS (
    SELECT
        bounds.*,
        greatest(last_field_year, least((SELECT max(payment_year) FROM own_grants), year(data_until))) AS last_year
    FROM bounds
)

SELECT
    unnest(range(first_year, last_year + 1)) AS year,
    year <= last_field_year AND make_date(year, 12, 31) <= data_until AS is_complete
FROM last_years
