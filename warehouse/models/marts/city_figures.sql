-- grain: one row an indicator, year and breakdown value
WITH work AS (
    SELECT
        year,
        CASE
            WHEN grouping(city_unit) = 0 THEN 'city_unit'
            WHEN grouping(kind) = 0 THEN 'work_kind'
            ELSE 'total'
        END AS breakdown,
        coalesce(city_unit, kind, 'total') AS breakdown_value,
        sum(hours ORDER BY hours) AS hours,
        count(hours) AS entries_with_hours,
        count_if(kind = 'assistance') AS assistance
    FROM core.city_work
    GROUP BY GROUPING SETS ((year), (year, city_unit), (year, kind))
),

-- an event that two units wrote down is one event of the whole, and one of each unit
town_events AS (
    SELECT
        work.year,
        CASE WHEN grouping(work.city_unit) = 1 THEN 'total' ELSE 'city_unit' END AS breakdown,
        coalesce(work.city_unit, 'total') AS breakdown_value,
        count(DISTINCT tellings.event_id) AS events
    FROM core.city_work AS work
    JOIN core.event_tellings AS tellings
        ON tellings.source = 'city_work'
        AND tellings.file_sha256 = work.file_sha256 AND tellings.sheet = work.sheet AND tellings.line = work.line
    GROUP BY GROUPING SETS ((work.year), (work.year, work.city_unit))
),

-- bookings of associations of the register; persons, companies and the town itself are not meant
premises AS (
    SELECT
        year,
        CASE WHEN grouping(premises) = 1 THEN 'total' ELSE 'premises' END AS breakdown,
        coalesce(premises, 'total') AS breakdown_value,
        sum(hours ORDER BY hours) AS hours,
        count(DISTINCT register_number) AS associations,
        sum(support_eur) AS support_eur,
        count(DISTINCT register_number) FILTER (support_eur IS NOT NULL) AS supported
    FROM core.bookings
    WHERE state = 'confirmed' AND register_number IS NOT NULL
    GROUP BY GROUPING SETS ((year), (year, premises))
),

held AS (
    SELECT
        events.year,
        events.event_id,
        bool_or(partners.partner_kind = 'city') AS with_city
    FROM core.events AS events
    JOIN core.event_partners AS partners ON partners.event_id = events.event_id
    GROUP BY events.year, events.event_id
    HAVING bool_or(partners.partner_kind = 'association')
),

listed AS (
    SELECT year, count(*) AS events, count_if(with_city) AS joint_events
    FROM held
    GROUP BY year
),

figures AS (
    SELECT 'city_staff_hours' AS indicator_id, year, breakdown, breakdown_value,
        hours::DOUBLE AS reported, entries_with_hours AS n
    FROM work
    WHERE entries_with_hours > 0
    UNION ALL
    SELECT 'city_assistance', year, breakdown, breakdown_value, assistance, assistance FROM work
    WHERE breakdown <> 'work_kind'
    UNION ALL
    SELECT 'city_events', work.year, work.breakdown, work.breakdown_value,
        coalesce(town_events.events, 0), coalesce(town_events.events, 0)
    FROM work
    LEFT JOIN town_events
        ON town_events.year = work.year AND town_events.breakdown = work.breakdown
        AND town_events.breakdown_value = work.breakdown_value
    WHERE work.breakdown <> 'work_kind'
    UNION ALL
    SELECT 'premises_hours', year, breakdown, breakdown_value, hours, associations FROM premises
    UNION ALL
    SELECT 'premises_support_eur', year, breakdown, breakdown_value, support_eur, supported FROM premises
    WHERE supported > 0
    UNION ALL
    SELECT 'listed_events', year, 'total', 'total', events, events FROM listed
    UNION ALL
    SELECT 'listed_joint_events', year, 'total', 'total', joint_events, joint_events FROM listed
)

SELECT indicator_id, figures.year, breakdown, breakdown_value, reported, n, NULL::BIGINT AS population
FROM figures
JOIN core.years AS years ON years.year = figures.year
