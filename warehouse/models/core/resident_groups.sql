-- grain: one row a year, sex and age; the figures of 31.12. of one delivery a year
-- Statistics Finland gives single ages (000 … 099, 100-); a range counts when it lies within one age group.
WITH year_end AS (
    SELECT rows.*, left(rows.period, 4)::BIGINT AS year
    FROM staging.population AS rows
    CROSS JOIN meta.edition AS edition
    WHERE rows.area_code = edition.municipality_code
        AND (length(rows.period) = 4 OR right(rows.period, 3) = 'M12')
        AND rows.sex <> 'total'
),

aged AS (
    SELECT
        *,
        try_cast(regexp_extract(age, '(\d+)', 1) AS BIGINT) AS first_age,
        try_cast(regexp_extract(age, '(\d+)\D*$', 1) AS BIGINT) AS last_age,
        regexp_matches(age, '\d\s*[-–+]\s*$') AS is_open
    FROM year_end
),

age_groups AS (
    SELECT
        code,
        try_cast(regexp_extract(code, '^(\d+)', 1) AS BIGINT) AS first_age,
        try_cast(regexp_extract(code, '-(\d+)$', 1) AS BIGINT) AS last_age
    FROM meta.codes
    WHERE list = 'age_groups'
),

grouped AS (
    SELECT aged.*, age_groups.code AS age_group
    FROM aged
    JOIN age_groups
        ON aged.first_age >= age_groups.first_age
        AND (age_groups.last_age IS NULL OR (aged.last_age <= age_groups.last_age AND NOT aged.is_open))
),

-- two tables may cut the ages differently, so one delivery speaks for a year
newest AS (
    SELECT *
    FROM grouped
    QUALIFY rank() OVER (PARTITION BY year ORDER BY delivery DESC, length(period), measure) = 1
)

SELECT year, sex, age, age_group, residents, file_sha256, sheet, line
FROM newest
