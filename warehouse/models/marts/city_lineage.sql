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
    UNION ALL
    SELECT 'city_events', work.*, 1.0
    FROM core.city_work AS work
    WHERE work.kind = 'event'
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
    SELECT 'listed_events' AS indicator_id, events.*
    FROM core.events AS events
    JOIN held ON held.event_id = events.event_id
    UNION ALL
    SELECT 'listed_joint_events', events.*
    FROM core.events AS events
    JOIN held ON held.event_id = events.event_id
    WHERE held.with_city
),

figures AS (
    SELECT work.indicator_id, work.year, breakdowns.breakdown,
        CASE breakdowns.breakdown
            WHEN 'city_unit' THEN work.city_unit
            WHEN 'work_kind' THEN work.kind
            ELSE 'total'
        END AS breakdown_value,
        'core.city_work' AS core_table, work.work_id AS core_key, 'city_work' AS source,
        work.file_sha256, work.sheet, work.line, work.amount
    FROM work
    CROSS JOIN breakdowns
    WHERE breakdowns.breakdown <> 'premises'
    UNION ALL
    SELECT bookings.indicator_id, bookings.year, breakdowns.breakdown,
        CASE breakdowns.breakdown WHEN 'premises' THEN bookings.premises ELSE 'total' END,
        'core.bookings', bookings.booking_id, 'premises_bookings',
        bookings.file_sha256, bookings.sheet, bookings.line, bookings.amount
    FROM bookings
    CROSS JOIN breakdowns
    WHERE breakdowns.breakdown IN ('total', 'premises')
    UNION ALL
    SELECT indicator_id, year, 'total', 'total', 'core.events', event_id, 'events', file_sha256, sheet, line, 1.0
    FROM listed
)

SELECT indicator_id, year::VARCHAR AS period, breakdown, breakdown_value, 'counted' AS role, core_table, core_key,
    source, file_sha256, sheet, line, amount::DOUBLE AS amount, 1 AS source_rows
FROM figures
