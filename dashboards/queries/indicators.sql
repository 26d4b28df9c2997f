-- grain: one row an indicator that the public sees, in the catalogue's order
SELECT
    indicator_id,
    position,
    indicator_group,
    {'fi': title_fi, 'sv': title_sv, 'en': title_en} AS title,
    {'fi': question_fi, 'sv': question_sv, 'en': question_en} AS question,
    {'fi': formula_fi, 'sv': formula_sv, 'en': formula_en} AS formula,
    {'fi': unit_fi, 'sv': unit_sv, 'en': unit_en} AS unit,
    {'fi': method_fi, 'sv': method_sv, 'en': method_en} AS method,
    {'fi': limits_fi, 'sv': limits_sv, 'en': limits_en} AS limits,
    unit_code,
    direction,
    kind,
    basis,
    sources,
    handbook,
    disclosure,
    materiality,
    decimals,
    breakdowns,
    counted_in
FROM meta.indicators
WHERE audience = 'public'
ORDER BY position
