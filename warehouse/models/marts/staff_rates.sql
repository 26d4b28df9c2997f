-- grain: one row a year that has a rate: the one in force at its end
-- Before the first rate there is none, and none is guessed.
WITH in_force AS (
    SELECT years.year, rates.eur_per_hour
    FROM core.years AS years
    JOIN meta.staff_hour_rates AS rates ON rates.valid_from <= make_date(years.year, 12, 31)
    QUALIFY row_number() OVER (PARTITION BY years.year ORDER BY rates.valid_from DESC, rates.name) = 1
)

SELECT year, eur_per_hour
FROM in_force
