-- grain: one row a council term that has a survey, margin and group of residents
-- Adults only: the survey asks nobody under 18. The nearest year end counts, at most two years from the survey.
WITH surveys AS (
    SELECT
        answers.term,
        coalesce(
            max(year(answers.answered_on)),
            least(any_value(year(terms.ends)), any_value(year(edition.data_until)))
        ) AS survey_year
    FROM core.resident_answers AS answers
    JOIN meta.council_terms AS terms ON terms.term_id = answers.term
    CROSS JOIN meta.edition AS edition
    GROUP BY answers.term
),

by_age_and_sex AS (
    SELECT year, age_group, sex, sum(residents)::BIGINT AS residents
    FROM core.resident_groups
    GROUP BY year, age_group, sex
),

-- a year of which a group is missing says nothing of the shares of the others
whole_years AS (
    SELECT groups.year
    FROM by_age_and_sex AS groups
    LEFT JOIN core.residents AS residents ON residents.year = groups.year
    GROUP BY groups.year
    HAVING count(*) = 2 * (SELECT count(*) FROM meta.codes WHERE list = 'age_groups')
        AND abs(sum(groups.residents) - coalesce(any_value(residents.residents), sum(groups.residents)))
            <= 0.01 * sum(groups.residents)
),

whole_area_years AS (
    SELECT year
    FROM meta.area_residents
    GROUP BY year
    HAVING count(*) = (SELECT count(*) FROM meta.codes WHERE list = 'areas' AND code <> 'not_recorded')
),

nearest AS (
    SELECT surveys.term, margins.margin, margins.year
    FROM surveys
    JOIN (
        SELECT 'age_sex' AS margin, year FROM whole_years
        UNION ALL
        SELECT 'area', year FROM whole_area_years
    ) AS margins ON abs(margins.year - surveys.survey_year) <= 2
    QUALIFY row_number() OVER (
        PARTITION BY surveys.term, margins.margin ORDER BY abs(margins.year - surveys.survey_year), margins.year
    ) = 1
)

SELECT
    nearest.term,
    nearest.margin,
    concat_ws('/', groups.age_group, groups.sex) AS group_code,
    groups.age_group,
    groups.sex,
    NULL AS area,
    nearest.year,
    groups.residents
FROM nearest
JOIN by_age_and_sex AS groups ON groups.year = nearest.year
WHERE nearest.margin = 'age_sex' AND groups.age_group <> '0-17'
UNION ALL
SELECT nearest.term, nearest.margin, areas.area, NULL, NULL, areas.area, nearest.year, areas.residents
FROM nearest
JOIN meta.area_residents AS areas ON areas.year = nearest.year
WHERE nearest.margin = 'area'
