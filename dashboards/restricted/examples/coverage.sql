-- grain: one row a year of the yearly returns
SELECT
    year,
    count(*) AS returns,
    sum(members) AS members_told,
    sum(volunteer_hours) AS volunteer_hours_told,
    round(avg(cooperation_grade), 2) AS mean_grade
FROM core.returns
GROUP BY year
ORDER BY year DESC
