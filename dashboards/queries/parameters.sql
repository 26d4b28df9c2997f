-- grain: one row an indicator, parameter and first day
SELECT indicator_id, parameter, name, value, valid_from, source
FROM marts.figure_parameters
ORDER BY indicator_id, parameter, valid_from
