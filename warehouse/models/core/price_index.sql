-- grain: one row a year; the yearly index, or the mean of its twelve months
WITH newest_series AS (
    SELECT index_series
    FROM staging.price_index
    ORDER BY delivery DESC, line
    LIMIT 1
),

periods AS (
    SELECT rows.*, left(rows.period, 4)::BIGINT AS year, length(rows.period) = 4 AS is_yearly
    FROM staging.price_index AS rows
    JOIN newest_series ON newest_series.index_series = rows.index_series
    QUALIFY row_number() OVER (PARTITION BY rows.period ORDER BY rows.delivery DESC, rows.line) = 1
),

averaged AS (
    SELECT
        year,
        is_yearly,
        any_value(index_series) AS index_series,
        avg(index_points::DECIMAL(18,4)) AS index_points, -- decimals add up alike in any order
        first({'file_sha256': file_sha256, 'sheet': sheet, 'line': line} ORDER BY period DESC) AS place
    FROM periods
    GROUP BY year, is_yearly
    HAVING is_yearly OR count(*) = 12
),

chosen AS (
    SELECT *
    FROM averaged
    QUALIFY row_number() OVER (PARTITION BY year ORDER BY is_yearly DESC) = 1
)

SELECT
    year,
    index_points,
    index_series,
    place.file_sha256 AS file_sha256,
    place.sheet AS sheet,
    place.line AS line
FROM chosen
