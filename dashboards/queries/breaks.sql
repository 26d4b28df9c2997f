-- grain: one row an indicator and series break
SELECT
    break_id,
    indicator_id,
    breaks_on,
    {'fi': text_fi, 'sv': text_sv, 'en': text_en} AS text
FROM meta.series_breaks
ORDER BY breaks_on, break_id, indicator_id
