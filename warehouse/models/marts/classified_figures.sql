-- grain: one row an indicator, year and breakdown value
-- A record that serves several goals counts under each of them, so those parts may add up to more than the whole.
WITH own_grants AS (
    SELECT * FROM core.grants WHERE NOT is_regrant AND is_own
),

held AS (
    SELECT events.event_id, events.year, bool_or(partners.partner_kind = 'city') AS with_city
    FROM core.events AS events
    JOIN core.event_partners AS partners ON partners.event_id = events.event_id
    GROUP BY events.event_id, events.year
    HAVING bool_or(partners.partner_kind = 'association')
),

-- an event that two units wrote down is one event of each class
town_events AS (
    SELECT work.work_id, work.year, tellings.event_id
    FROM core.city_work AS work
    JOIN core.event_tellings AS tellings
        ON tellings.source = 'city_work'
        AND tellings.file_sha256 = work.file_sha256 AND tellings.sheet = work.sheet AND tellings.line = work.line
),

-- what each record adds to a figure, and what it is that is counted; null where the record does not tell it
amounts AS (
    SELECT 'grants_awarded_eur' AS indicator_id, 'grant_ledger' AS source, grant_id AS record_id,
        grant_id AS counted, decision_year AS year, awarded_eur::DECIMAL(18,4) AS amount
    FROM own_grants
    UNION ALL
    SELECT 'grants_applied_eur', 'grant_ledger', grant_id, grant_id, decision_year, applied_eur FROM own_grants
    UNION ALL
    SELECT 'grants_paid_eur', 'grant_ledger', grant_id, grant_id, payment_year, paid_eur FROM own_grants
    WHERE payment_year IS NOT NULL
    UNION ALL
    SELECT 'city_staff_hours', 'city_work', work_id, work_id, year, hours FROM core.city_work
    UNION ALL
    SELECT 'city_assistance', 'city_work', work_id, work_id, year, 1
    FROM core.city_work
    WHERE kind = 'assistance'
    UNION ALL
    SELECT 'city_events', 'city_work', work_id, event_id, year, 1 FROM town_events
    UNION ALL
    SELECT 'listed_events', 'events', event_id, event_id, year, 1 FROM held
    UNION ALL
    SELECT 'listed_joint_events', 'events', event_id, event_id, year, 1 FROM held WHERE with_city
    UNION ALL
    SELECT 'forum_meetings', 'meetings', meeting_id, meeting_id, year, 1 FROM core.meetings
),

-- the card of an indicator says by what it is broken down
placed AS (
    SELECT DISTINCT
        amounts.indicator_id, amounts.year, classes.kind, classes.code, amounts.counted, amounts.amount
    FROM amounts
    JOIN core.classifications AS classes
        ON classes.source = amounts.source AND classes.record_id = amounts.record_id
    JOIN meta.indicators AS cards
        ON cards.indicator_id = amounts.indicator_id AND list_contains(cards.breakdowns, classes.kind)
),

summed AS (
    SELECT
        indicator_id,
        year,
        kind AS breakdown,
        code AS breakdown_value,
        sum(amount ORDER BY counted)::DOUBLE AS reported, -- sums of fractions of hours depend on their order
        count(amount) AS n
    FROM placed
    GROUP BY indicator_id, year, kind, code
)

SELECT indicator_id, summed.year, breakdown, breakdown_value, reported, n, NULL::BIGINT AS population
FROM summed
JOIN core.years AS years ON years.year = summed.year
WHERE n > 0
