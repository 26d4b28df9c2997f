-- grain: one row a rule of a source: failed ones first, the gravest first
SELECT
    source,
    rule_id,
    severity,
    column_name,
    rows_checked,
    rows_failed,
    passed,
    {'fi': message_fi, 'sv': message_sv, 'en': message_en} AS message,
    {'fi': remedy_fi, 'sv': remedy_sv, 'en': remedy_en} AS remedy,
    owner
FROM quality.checks
ORDER BY
    passed,
    CASE severity WHEN 'critical' THEN 1 WHEN 'error' THEN 2 ELSE 3 END,
    rows_failed DESC,
    rule_id
