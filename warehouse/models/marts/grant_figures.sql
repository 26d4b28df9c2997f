-- grain: one row an indicator, year and breakdown value
WITH own AS (
    SELECT * FROM core.grants WHERE NOT is_regrant AND is_own
),

decided AS (
    SELECT
        decision_year AS year,
        CASE
            WHEN grouping(granting_body) = 0 THEN 'granting_body'
            WHEN grouping(grant_type) = 0 THEN 'grant_type'
            ELSE 'total'
        END AS breakdown,
        coalesce(granting_body, grant_type, 'total') AS breakdown_value,
        sum(awarded_eur) AS awarded_eur,
        sum(applied_eur) AS applied_eur,
        count(applied_eur) AS applications,
        count(*) AS decisions
    FROM own
    GROUP BY GROUPING SETS ((decision_year), (decision_year, granting_body), (decision_year, grant_type))
),

paid AS (
    SELECT
        payment_year AS year,
        CASE
            WHEN grouping(granting_body) = 0 THEN 'granting_body'
            WHEN grouping(grant_type) = 0 THEN 'grant_type'
            ELSE 'total'
        END AS breakdown,
        coalesce(granting_body, grant_type, 'total') AS breakdown_value,
        sum(paid_eur) AS paid_eur,
        count(*) AS payments
    FROM own
    WHERE payment_year IS NOT NULL
    GROUP BY GROUPING SETS ((payment_year), (payment_year, granting_body), (payment_year, grant_type))
),

original_budgets AS (
    SELECT * FROM core.budgets WHERE planning_stage = 'original_budget'
),

figures AS (
    SELECT 'grants_awarded_eur' AS indicator_id, year, breakdown, breakdown_value,
        awarded_eur::DOUBLE AS reported, decisions AS n
    FROM decided
    UNION ALL
    SELECT 'grants_applied_eur', year, breakdown, breakdown_value, applied_eur, applications FROM decided
    UNION ALL
    SELECT 'grants_paid_eur', year, breakdown, breakdown_value, paid_eur, payments FROM paid
    UNION ALL
    SELECT 'grants_share_of_budget', decided.year, 'total', 'total',
        decided.awarded_eur::DOUBLE / original_budgets.operating_expenses_eur::DOUBLE, decided.decisions
    FROM decided
    LEFT JOIN original_budgets ON original_budgets.year = decided.year
    WHERE decided.breakdown = 'total'
    UNION ALL
    SELECT 'grants_per_resident_eur', decided.year, 'total', 'total',
        decided.awarded_eur::DOUBLE / residents.residents, decided.decisions
    FROM decided
    LEFT JOIN core.residents AS residents ON residents.year = decided.year
    WHERE decided.breakdown = 'total'
)

SELECT indicator_id, figures.year, breakdown, breakdown_value, reported, n, NULL::BIGINT AS population
FROM figures
JOIN core.years AS years ON years.year = figures.year
