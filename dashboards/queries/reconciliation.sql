-- grain: one row a granting body and year, newest year first
SELECT
    year,
    granting_body,
    ledger_paid_eur,
    booked_eur,
    difference_eur,
    explained_eur,
    unexplained_eur,
    state
FROM marts.grant_reconciliation
ORDER BY year DESC, granting_body
