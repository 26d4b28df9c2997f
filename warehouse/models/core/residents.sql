-- grain: one row a year; the figure of 31.12., the newest delivery of it
WITH year_end AS (
    SELECT rows.*, left(period, 4)::BIGINT AS year
    FROM staging.population AS rows
    CROSS JOIN meta.edition AS edition
    WHERE rows.area_code = edition.municipality_code
        AND (length(period) = 4 OR right(period, 3) = 'M12')
        AND (sex IS NULL OR sex = 'total')
        AND (age IS NULL OR age IN ('SSS', 'total'))
),

newest AS (
    SELECT *
    FROM year_end
    QUALIFY row_number() OVER (
        PARTITION BY year ORDER BY delivery DESC, length(period), line DESC
    ) = 1
)

SELECT year, residents, file_sha256, sheet, line
FROM newest
