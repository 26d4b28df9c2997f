-- grain: one row a source of the contracts, delivered or not
SELECT
    s.source,
    {'fi': s.title_fi, 'sv': s.title_sv, 'en': s.title_en} AS title,
    s.licence,
    s.owner,
    d.files_read,
    d.files_refused,
    d.rows_read,
    d.rows_staged,
    d.rows_quarantined,
    d.eur_read,
    d.eur_staged,
    d.eur_quarantined,
    d.warnings,
    d.newest_received_on,
    d.next_due_on
FROM meta.sources AS s
LEFT JOIN marts.source_status AS d USING (source)
ORDER BY s.title_fi
