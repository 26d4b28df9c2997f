-- grain: one row a figure that the edition before had otherwise: wholes first
SELECT
    indicator_id,
    period,
    breakdown,
    breakdown_value,
    previous_edition_id,
    previous_status,
    coalesce(previous_value, previous_reported) AS previous_number,
    previous_lower,
    previous_upper,
    previous_n,
    previous_population,
    coalesce(value, reported) AS number,
    lower,
    upper,
    n,
    population,
    cause
FROM meta.revisions
ORDER BY breakdown <> 'total', indicator_id, period, breakdown, breakdown_value
