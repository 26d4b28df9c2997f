-- grain: one row an indicator, year and breakdown value
WITH forums AS (
    SELECT
        year,
        CASE WHEN grouping(forum) = 1 THEN 'total' ELSE 'forum' END AS breakdown,
        coalesce(forum, 'total') AS breakdown_value,
        count(*) AS meetings,
        sum(participants) AS participants,
        count(participants) AS meetings_with_participants
    FROM core.meetings
    GROUP BY GROUPING SETS ((year), (year, forum))
),

clock AS (
    SELECT year, count_if(is_done) AS done, count(*) AS tasks
    FROM core.annual_clock
    GROUP BY year
),

-- the first year whose whole window lies in years that the directories speak of
first_listed AS (
    SELECT min(year(listings.updated_on)) + any_value(ceil(edition.active_within_months / 12)) - 1 AS year
    FROM core.directory_listings AS listings
    CROSS JOIN meta.edition AS edition
),

registered AS (
    SELECT register_number, year, make_date(year, 12, 31) AS year_end
    FROM marts.association_years
    WHERE is_registered AND year >= (SELECT year FROM first_listed)
),

kept_up AS (
    SELECT DISTINCT registered.year, listings.directory, registered.register_number
    FROM registered
    CROSS JOIN meta.edition AS edition
    JOIN core.directory_listings AS listings
        ON listings.register_number = registered.register_number
        AND listings.updated_on <= registered.year_end
        AND listings.updated_on > registered.year_end - to_months(edition.active_within_months::INTEGER)
),

listed AS (
    SELECT
        year,
        CASE WHEN grouping(directory) = 1 THEN 'total' ELSE 'directory' END AS breakdown,
        coalesce(directory, 'total') AS breakdown_value,
        count(DISTINCT register_number) AS associations
    FROM kept_up
    GROUP BY GROUPING SETS ((year), (year, directory))
),

field AS (
    SELECT year, count(*) AS associations
    FROM registered
    GROUP BY year
),

figures AS (
    SELECT 'forum_meetings' AS indicator_id, year, breakdown, breakdown_value,
        meetings::DOUBLE AS reported, meetings AS n, NULL::BIGINT AS population
    FROM forums
    UNION ALL
    SELECT 'forum_attendance', year, breakdown, breakdown_value, participants, meetings_with_participants, meetings
    FROM forums
    WHERE meetings_with_participants > 0
    UNION ALL
    SELECT 'annual_clock_done_share', year, 'total', 'total', done / tasks, done, tasks FROM clock
    UNION ALL
    SELECT 'directory_coverage_share', listed.year, listed.breakdown, listed.breakdown_value,
        listed.associations / field.associations, listed.associations, field.associations
    FROM listed
    JOIN field ON field.year = listed.year
)

SELECT indicator_id, figures.year, breakdown, breakdown_value, reported, n, population
FROM figures
JOIN core.years AS years ON years.year = figures.year
