-- grain: one row an indicator and period that some municipality has a value for, newest first
SELECT DISTINCT indicator_id, period
FROM comparison.figures
WHERE value IS NOT NULL
ORDER BY indicator_id, period DESC
