-- grain: one row a record, kind and code
WITH cells AS (
    SELECT 'grant_ledger' AS source, file_sha256, sheet, line,
        unnest(['sector', 'area', 'goal', 'means', 'volunteer_form']) AS kind,
        unnest([[sector], [area], goals, means, volunteer_forms]) AS codes
    FROM staging.grant_ledger
    UNION ALL
    SELECT 'city_work', file_sha256, sheet, line,
        unnest(['sector', 'area', 'goal', 'means']) AS kind,
        unnest([[sector], [area], goals, means]) AS codes
    FROM staging.city_work
    UNION ALL
    SELECT 'meetings', file_sha256, sheet, line,
        unnest(['sector', 'area', 'goal', 'means']) AS kind,
        unnest([[sector], [area], goals, means]) AS codes
    FROM staging.meetings
    UNION ALL
    SELECT 'events', file_sha256, sheet, line,
        unnest(['sector', 'area', 'goal', 'means', 'volunteer_form', 'channel']) AS kind,
        unnest([[sector], [area], goals, means, volunteer_forms, channels]) AS codes
    FROM staging.events
),

told AS (
    SELECT
        rows.*, cells.kind,
        list_sort(list_distinct(list_filter(cells.codes, code -> code IS NOT NULL))) AS codes
    FROM core.classified_rows AS rows
    JOIN cells
        ON cells.source = rows.source
        AND cells.file_sha256 = rows.file_sha256 AND cells.sheet = rows.sheet AND cells.line = rows.line
),

-- of several rows that tell of a record, the newest that records the kind decides
recorded AS (
    SELECT *
    FROM told
    QUALIFY row_number() OVER (
        PARTITION BY source, record_id, kind ORDER BY coalesce(len(codes), 0) > 0 DESC, telling
    ) = 1
),

facts AS (
    SELECT 'grant_ledger' AS source, file_sha256, sheet, line,
        unnest(['granting_body', 'grant_type', 'recipient_name']) AS column_name,
        unnest([granting_body, grant_type, recipient_name]) AS value
    FROM staging.grant_ledger
    UNION ALL
    SELECT 'city_work', file_sha256, sheet, line,
        unnest(['city_unit', 'kind']) AS column_name,
        unnest([city_unit, kind]) AS value
    FROM staging.city_work
    UNION ALL
    SELECT 'meetings', file_sha256, sheet, line, 'forum', forum FROM staging.meetings
    UNION ALL
    SELECT 'events', file_sha256, sheet, line,
        unnest(['city_unit', 'name', 'place']) AS column_name,
        unnest([city_unit, name, place]) AS value
    FROM staging.events
),

ruled AS (
    SELECT rows.source, rows.record_id, rules.kind, rules.code, rules.rule_id
    FROM core.classified_rows AS rows
    JOIN facts
        ON facts.source = rows.source
        AND facts.file_sha256 = rows.file_sha256 AND facts.sheet = rows.sheet AND facts.line = rows.line
    JOIN meta.classification_rules AS rules
        ON rules.source = facts.source AND rules.column_name = facts.column_name
        AND CASE
            WHEN rules.is_word THEN contains(lower(facts.value), rules.value)
            ELSE facts.value = rules.value
        END
    QUALIFY row_number() OVER (
        PARTITION BY rows.source, rows.record_id, rules.kind ORDER BY rules.position, rows.telling
    ) = 1
)

SELECT
    recorded.source,
    recorded.record_id,
    recorded.kind,
    unnest(
        CASE WHEN len(recorded.codes) > 0 THEN recorded.codes ELSE [coalesce(ruled.code, 'not_recorded')] END
    ) AS code,
    CASE
        WHEN len(recorded.codes) > 0 THEN 'recorded'
        WHEN ruled.code IS NOT NULL THEN 'rule'
        ELSE 'none'
    END AS decided_by,
    CASE WHEN len(recorded.codes) > 0 THEN NULL ELSE ruled.rule_id END AS rule_id,
    recorded.file_sha256,
    recorded.sheet,
    recorded.line
FROM recorded
LEFT JOIN ruled
    ON ruled.source = recorded.source AND ruled.record_id = recorded.record_id AND ruled.kind = recorded.kind
