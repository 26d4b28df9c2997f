-- grain: one row a code of a list, in the list's order
SELECT
    list,
    code,
    {'fi': label_fi, 'sv': label_sv, 'en': label_en} AS label
FROM meta.codes
ORDER BY list, position
