-- grain: one row a granting body and year
WITH ledger AS (
    SELECT payment_year AS year, granting_body, sum(paid_eur) AS ledger_paid_eur
    FROM core.grants
    WHERE NOT is_regrant AND is_own AND payment_year IS NOT NULL
    GROUP BY payment_year, granting_body
),

books AS (
    SELECT year, granting_body, sum(booked_eur) AS booked_eur
    FROM core.grant_controls
    WHERE account = '4742'
    GROUP BY year, granting_body
),

explained AS (
    SELECT year, granting_body, sum(difference_eur) AS explained_eur, count(*) AS explanations
    FROM core.grant_explanations
    GROUP BY year, granting_body
),

compared AS (
    SELECT
        year,
        granting_body,
        coalesce(ledger.ledger_paid_eur, 0)::DECIMAL(14,2) AS ledger_paid_eur,
        books.booked_eur::DECIMAL(14,2) AS booked_eur,
        (coalesce(ledger.ledger_paid_eur, 0) - books.booked_eur)::DECIMAL(14,2) AS difference_eur,
        coalesce(explained.explained_eur, 0)::DECIMAL(14,2) AS explained_eur,
        coalesce(explained.explanations, 0) AS explanations
    FROM ledger
    FULL JOIN books USING (year, granting_body)
    FULL JOIN explained USING (year, granting_body)
)

SELECT
    year,
    granting_body,
    ledger_paid_eur,
    booked_eur,
    difference_eur,
    explained_eur,
    (difference_eur - explained_eur)::DECIMAL(14,2) AS unexplained_eur,
    CASE
        WHEN booked_eur IS NULL THEN 'no_books'
        WHEN difference_eur <> explained_eur THEN 'unexplained'
        WHEN explanations > 0 THEN 'explained'
        ELSE 'agrees'
    END AS state
FROM compared
