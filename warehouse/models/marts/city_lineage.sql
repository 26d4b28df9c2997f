-- grain: one row an indicator, year, breakdown value and source row
WITH breakdowns AS (
    SELECT *
    FROM (VALUES ('total'), ('city_unit'), ('work_kind'), ('premises')) AS breakdowns (breakdown)
),

work AS (
    SELECT 'city_staff_hours' AS indicator_id, work.*, work.hours AS amount
    FROM core.city_work AS work
    WHERE work.hours IS NOT NULL
    UNION ALL
    SELECT 'city_assistance', work.*, 1.0
    FROM core.city_work AS work
    WHERE work.kind = 'assistance'
),

-- of the rows that tell of one event the first one counts, of the whole and of each unit
town_events AS (
    SELECT work.*, tellings.event_id, breakdowns.breakdown,
        CASE breakdowns.breakdown WHEN 'city_unit' THEN work.city_unit ELSE 'total' END AS breakdown_value
    FROM core.city_work AS work
    JOIN core.event_tellings AS tellings
        ON tellings.source = 'city_work'
        AND tellings.file_sha256 = work.file_sha256 AND tellings.sheet = work.sheet AND tellings.line = work.line
    CROSS JOIN breakdowns
    WHERE breakdowns.breakdown IN ('total', 'city_unit')
),

ranked AS (
    SELECT *,
        row_number() OVER (
            PARTITION BY event_id, breakdown, breakdown_value ORDER BY file_sha256, sheet, line
        ) = 1 AS is_first
    FROM town_events
),

bookings AS (
    SELECT 'premises_hours' AS indicator_id, booked.*, booked.hours AS amount
    FROM core.bookings AS booked
    WHERE booked.state = 'confirmed' AND booked.register_number IS NOT NULL
    UNION ALL
    SELECT 'premises_support_eur', booked.*, booked.support_eur
    FROM core.bookings AS booked
    WHERE booked.state = 'confirmed' AND booked.register_number IS NOT NULL AND booked.support_eur IS NOT NULL
),

held AS (
    SELECT partners.event_id, bool_or(partners.partner_kind = 'city') AS with_city
    FROM core.event_partners AS partners
    GROUP BY partners.event_id
    HAVING bool_or(partners.partner_kind = 'association')
),

listed AS (
    SELECT 'listed_events' AS indicator_id, event_id
    FROM held
    UNION ALL
    SELECT 'listed_joint_events', event_id
    FROM held
    WHERE with_city
),

-- the row that gives the event its name counts; the others tell of it too
told AS (
    SELECT listed.indicator_id, events.year, events.event_id, tellings.source,
        tellings.file_sha256, tellings.sheet, tellings.line,
        tellings.file_sha256 = events.file_sha256 AND tellings.sheet = events.sheet
            AND tellings.line = events.line AND tellings.source = events.source AS is_first
    FROM listed
    JOIN core.events AS events ON events.event_id = listed.event_id
    JOIN core.event_tellings AS tellings ON tellings.event_id = events.event_id
),

figures AS (
    SELECT work.indicator_id, work.year, breakdowns.breakdown,
        CASE breakdowns.breakdown
            WHEN 'city_unit' THEN work.city_unit
            WHEN 'work_kind' THEN work.kind
            ELSE 'total'
        END AS breakdown_value,
        'counted' AS role, 'core.city_work' AS core_table, work.work_id AS core_key, 'city_work' AS source,
        work.file_sha256, work.sheet, work.line, work.amount
    FROM work
    CROSS JOIN breakdowns
    WHERE breakdowns.breakdown <> 'premises'
    UNION ALL
    SELECT bookings.indicator_id, bookings.year, breakdowns.breakdown,
        CASE breakdowns.breakdown WHEN 'premises' THEN bookings.premises ELSE 'total' END,
        'counted', 'core.bookings', bookings.booking_id, 'premises_bookings',
        bookings.file_sha256, bookings.sheet, bookings.line, bookings.amount
    FROM bookings
    CROSS JOIN breakdowns
    WHERE breakdowns.breakdown IN ('total', 'premises')
    UNION ALL
    SELECT 'city_events', year, breakdown, breakdown_value, CASE WHEN is_first THEN 'counted' ELSE 'basis' END,
        'core.city_work', work_id, 'city_work', file_sha256, sheet, line, CASE WHEN is_first THEN 1.0 END
    FROM ranked
    UNION ALL
    SELECT indicator_id, year, 'total', 'total', CASE WHEN is_first THEN 'counted' ELSE 'basis' END,
        'core.events', event_id, source, file_sha256, sheet, line, CASE WHEN is_first THEN 1.0 END
    FROM told
)

SELECT indicator_id, year::VARCHAR AS period, breakdown, breakdown_value, role, core_table, core_key, source,
    file_sha256, sheet, line, amount::DOUBLE AS amount, 1 AS source_rows
FROM figures
