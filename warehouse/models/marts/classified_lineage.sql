-- grain: one row an indicator, year, breakdown value and source row
WITH whole AS (
    SELECT * FROM marts.grant_lineage WHERE breakdown = 'total'
    UNION ALL SELECT * FROM marts.city_lineage WHERE breakdown = 'total'
    UNION ALL SELECT * FROM marts.participation_lineage WHERE breakdown = 'total'
),

-- the rows of the whole, each in its classes; what an event is for is recorded of the event, not of each telling
placed AS (
    SELECT whole.* REPLACE (classes.kind AS breakdown, classes.code AS breakdown_value)
    FROM whole
    JOIN core.classifications AS classes
        ON classes.record_id = whole.core_key
        AND classes.source = CASE WHEN whole.core_table = 'core.events' THEN 'events' ELSE whole.source END
    JOIN meta.indicators AS cards
        ON cards.indicator_id = whole.indicator_id AND list_contains(cards.breakdowns, classes.kind)
),

-- of the town's records that tell of one event the first of each class counts
ranked AS (
    SELECT placed.*,
        row_number() OVER (
            PARTITION BY tellings.event_id, placed.breakdown, placed.breakdown_value
            ORDER BY placed.file_sha256, placed.sheet, placed.line
        ) = 1 AS is_first
    FROM placed
    JOIN core.event_tellings AS tellings
        ON tellings.source = 'city_work'
        AND tellings.file_sha256 = placed.file_sha256 AND tellings.sheet = placed.sheet
        AND tellings.line = placed.line
    WHERE placed.indicator_id = 'city_events'
),

figures AS (
    SELECT * FROM placed WHERE indicator_id <> 'city_events'
    UNION ALL
    SELECT * EXCLUDE (is_first) REPLACE (
        CASE WHEN is_first THEN 'counted' ELSE 'basis' END AS role, CASE WHEN is_first THEN 1.0 END AS amount
    )
    FROM ranked
)

SELECT indicator_id, period, breakdown, breakdown_value, role, core_table, core_key, source,
    file_sha256, sheet, line, amount, source_rows
FROM figures
