-- grain: one row a figure that the edition before had otherwise: wholes first
SELECT
    indicator_id,
    period,
    breakdown,
    breakdown_value,
    previous_edition_id,
    previous_status,
    coalesce(previous_value, previous_reported) AS previous_number,
    coalesce(value, reported) AS number,
    cause
FROM meta.revisions
ORDER BY breakdown <> 'total', indicator_id, period, breakdown, breakdown_value
