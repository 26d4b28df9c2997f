-- grain: one row an indicator, year and breakdown value
WITH registered AS (
    SELECT * FROM marts.association_years WHERE is_registered
),

by_group AS (
    SELECT
        year,
        CASE WHEN grouping(purpose_group) = 1 THEN 'total' ELSE 'purpose_group' END AS breakdown,
        coalesce(purpose_group, 'total') AS breakdown_value,
        count(*) AS registered,
        count_if(is_active) AS active,
        count_if(under_umbrella) AS under_umbrella,
        count_if(is_active AND gave_return) AS active_with_return
    FROM registered
    GROUP BY GROUPING SETS ((year), (year, purpose_group))
),

by_umbrella AS (
    SELECT
        registered.year,
        memberships.umbrella,
        count(DISTINCT registered.register_number) AS members,
        any_value(by_group.registered) AS registered
    FROM registered
    JOIN core.umbrella_memberships AS memberships
        ON memberships.register_number = registered.register_number
        AND memberships.valid_from <= make_date(registered.year, 12, 31)
        AND (memberships.valid_to IS NULL OR memberships.valid_to >= make_date(registered.year, 12, 31))
    JOIN by_group ON by_group.year = registered.year AND by_group.breakdown = 'total'
    GROUP BY registered.year, memberships.umbrella
),

founded AS (
    SELECT
        year(registered_on) AS year,
        CASE WHEN grouping(purpose_group) = 1 THEN 'total' ELSE 'purpose_group' END AS breakdown,
        coalesce(purpose_group, 'total') AS breakdown_value,
        count(*) AS associations
    FROM core.associations
    WHERE is_local AND status <> 'pending'
    GROUP BY GROUPING SETS ((year(registered_on)), (year(registered_on), purpose_group))
),

ended AS (
    SELECT
        year(ended_on) AS year,
        CASE WHEN grouping(end_reason) = 1 THEN 'total' ELSE 'end_reason' END AS breakdown,
        coalesce(end_reason, 'total') AS breakdown_value,
        count(*) AS associations
    FROM core.associations
    WHERE is_local AND status = 'ended'
    GROUP BY GROUPING SETS ((year(ended_on)), (year(ended_on), end_reason))
),

years AS (
    SELECT year FROM core.years WHERE is_complete
),

figures AS (
    SELECT 'registered_associations' AS indicator_id, year, breakdown, breakdown_value,
        registered::DOUBLE AS reported, registered AS n, NULL::BIGINT AS population
    FROM by_group
    UNION ALL
    SELECT 'active_associations', year, breakdown, breakdown_value, active, active, registered FROM by_group
    UNION ALL
    SELECT 'return_response_share', year, breakdown, breakdown_value,
        active_with_return / nullif(active, 0), active_with_return, active
    FROM by_group
    WHERE (active > 0 OR breakdown <> 'total') AND year IN (SELECT year FROM core.returns)
    UNION ALL
    SELECT 'umbrella_coverage_share', year, breakdown, breakdown_value,
        under_umbrella / registered, under_umbrella, registered
    FROM by_group
    WHERE breakdown = 'total' AND EXISTS (SELECT 1 FROM core.umbrella_memberships)
    UNION ALL
    SELECT 'umbrella_coverage_share', year, 'umbrella', umbrella, members / registered, members, registered
    FROM by_umbrella
    UNION ALL
    SELECT 'associations_per_1000', by_group.year, 'total', 'total',
        1000.0 * by_group.registered / residents.residents, by_group.registered, residents.residents
    FROM by_group
    LEFT JOIN core.residents AS residents ON residents.year = by_group.year
    WHERE by_group.breakdown = 'total'
    UNION ALL
    -- a year in which nobody was founded or ended is a true zero: the register speaks of every complete year
    SELECT 'founded', years.year, 'total', 'total', coalesce(founded.associations, 0),
        coalesce(founded.associations, 0), NULL
    FROM years
    LEFT JOIN founded ON founded.year = years.year AND founded.breakdown = 'total'
    UNION ALL
    SELECT 'founded', year, breakdown, breakdown_value, associations, associations, NULL
    FROM founded
    WHERE breakdown <> 'total' AND year IN (SELECT year FROM years)
    UNION ALL
    SELECT 'ended', years.year, 'total', 'total', coalesce(ended.associations, 0),
        coalesce(ended.associations, 0), NULL
    FROM years
    LEFT JOIN ended ON ended.year = years.year AND ended.breakdown = 'total'
    UNION ALL
    SELECT 'ended', year, breakdown, breakdown_value, associations, associations, NULL
    FROM ended
    WHERE breakdown <> 'total' AND year IN (SELECT year FROM years)
)

SELECT indicator_id, year, breakdown, breakdown_value, reported, n, population
FROM figures
